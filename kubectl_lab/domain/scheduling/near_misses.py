"""Tolerations that nearly tolerate a taint: what one of them would need, and which taint a useless one was most likely for.

Near is: the same key with another effect or value, numbers that are none, a key that differs by case, `_` or `-`, by an edit or
two, or by a prefix that one of them lacks; and a comparison that only the server's feature gate keeps from matching.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import near, tolerations
from kubectl_lab.domain.scheduling.features import COMPARISON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kubectl_lab.domain.scheduling.features import Features
    from kubectl_lab.objects import Object

    Rank = tuple[int, bool, bool]

MOST_DIFFERENCES = 2
_COMPARING = ("Gt", "Lt")
_DIGITS = str.maketrans("", "", "0123456789")


def near_miss(tolerated: Sequence[Object], taint: Object, features: Features) -> dict[str, Any] | None:
    """A sentence about the toleration that comes nearest to tolerating the taint; None where none is near.

    Of a taint that is tolerated, or refuses nothing (PreferNoSchedule), nothing is said.
    """
    if not tolerations.untolerated(tolerated, [taint], comparison=features.enabled(COMPARISON)):
        return None
    found = [(each, differences) for each in tolerated if (differences := _differences(each, taint)) is not None]
    if not found:
        return None
    toleration, differences = min(found, key=lambda entry: _rank(entry[1], entry[0], taint))
    return _said(toleration, taint, differences, features)


def nearest_taint(toleration: Object, taints: Iterable[Object]) -> Object | None:
    """The taint that a toleration which matches none of them was most likely written for; of equals the first."""
    if not objects.text(toleration.get("key")):
        return None
    found = [(each, differences) for each in taints if (differences := _differences(toleration, each)) is not None]
    return min(found, key=lambda entry: _rank(entry[1], toleration, entry[0]), default=(None, ()))[0]


def _differences(toleration: Object, taint: Object) -> tuple[str, ...] | None:
    """What keeps the toleration from matching, as keys of words; empty: the feature gate alone. None where it is not near."""
    found = tuple(name for name, differs in _PARTS.items() if differs(toleration, taint))
    key = objects.text(toleration.get("key"))
    if len(found) > MOST_DIFFERENCES or (not key and toleration.get("operator") != "Exists"):
        return None
    return None if "key" in found and not _are_near(key, objects.text(taint.get("key"))) else found


def _rank(differences: Sequence[str], toleration: Object, taint: Object) -> Rank:
    """Fewer differences first, then the same key, then a value that is near."""
    values = objects.text(toleration.get("value")), objects.text(taint.get("value"))
    return len(differences), "key" in differences, "value" in differences and not near.is_near(*values)


def _said(toleration: Object, taint: Object, differences: Sequence[str], features: Features) -> dict[str, Any]:
    texts = {"toleration": tolerations.toleration_text(toleration), "taint": tolerations.taint_text(taint)}
    if not differences:
        gate = "gate-off" if features.knows(COMPARISON) else "gate-unknown"
        return catalogue.phrase(f"near-miss.{gate}", gate=COMPARISON, **texts)
    if len(differences) > 1:
        kind = "key-and-more" if "key" in differences else "two"
        return catalogue.phrase(f"near-miss.{kind}", **texts)
    kind = differences[0]
    part = kind if kind in {"key", "effect"} else "value"
    has, wanted = (objects.text(each.get(part)) for each in (toleration, taint))
    if kind == "value" and not has:
        kind = "no-value"
    operator = objects.text(toleration.get("operator"))
    return catalogue.phrase(f"near-miss.{kind}", has=has or '""', wanted=wanted or '""', operator=operator, **texts)


def _key_differs(toleration: Object, taint: Object) -> bool:
    return objects.text(toleration.get("key")) not in ("", objects.text(taint.get("key")))


def _effect_differs(toleration: Object, taint: Object) -> bool:
    return objects.text(toleration.get("effect")) not in ("", objects.text(taint.get("effect")))


def _value_differs(toleration: Object, taint: Object) -> bool:
    if toleration.get("operator") not in (None, "", "Equal"):
        return False
    return objects.text(toleration.get("value")) != objects.text(taint.get("value"))


def _no_number(toleration: Object, taint: Object) -> bool:
    return toleration.get("operator") in _COMPARING and None in _numbers(toleration, taint)


def _does_not_compare(toleration: Object, taint: Object) -> bool:
    """The numbers are the wrong way round, or equal."""
    if toleration.get("operator") not in _COMPARING or None in _numbers(toleration, taint):
        return False
    bare = {**toleration, "key": "", "effect": ""}
    return not tolerations.tolerates(bare, taint, comparison=True)


def _no_operator(toleration: Object, _taint: Object) -> bool:
    return toleration.get("operator") not in (None, "", "Equal", "Exists", *_COMPARING)


def _numbers(toleration: Object, taint: Object) -> tuple[int | None, int | None]:
    wanted, found = (tolerations.integer(objects.text(each.get("value"))) for each in (toleration, taint))
    return wanted, found


def _are_near(one: str, other: str) -> bool:
    """Keys by their parts, as a long prefix that both have tells nothing. Another number means another thing."""
    if one.translate(_DIGITS) == other.translate(_DIGITS):
        return False
    (prefix, slash, name), (others, behind, called) = one.rpartition("/"), other.rpartition("/")
    if name == called:
        return not slash or not behind or near.is_near(prefix, others)
    return near.is_near(name, called) and (prefix == others or near.is_near(prefix, others))


# part of a toleration, and the key of what is said of it -> whether it keeps the toleration from matching
_PARTS: Mapping[str, Callable[[Object, Object], bool]] = {
    "key": _key_differs,
    "value": _value_differs,
    "number": _no_number,
    "compared": _does_not_compare,
    "operator": _no_operator,
    "effect": _effect_differs,
}
