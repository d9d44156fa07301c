"""TNT013: tolerations of a manifest that the API server refuses.

Source: kube-apiserver `pkg/apis/core/validation` (ValidateTolerations), k8s.io/apimachinery `content.IsDecimalInteger`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import label_selectors
from kubectl_lab.domain.rules import tolerations as rules
from kubectl_lab.domain.scheduling.features import COMPARISON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kubectl_lab.domain.scheduling.case import Case
    from kubectl_lab.domain.scheduling.features import Features
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Finding

EFFECTS = ("", *rules.REFUSING, rules.PREFER_NO_SCHEDULE)
KNOWN = ("", "Equal", "Exists")
COMPARING = ("Gt", "Lt")


def refused(case: Case) -> Iterator[Finding]:
    """Only of what no server has accepted yet; one finding a toleration, with all that is wrong with it."""
    if objects.uid(case.subject.source) or objects.resource_version(case.subject.source):
        return
    for each in case.subject.tolerations:
        why = [catalogue.phrase(f"scheduling.{key}") for key in faults(each.toleration, case.features)]
        if each.origin == "pod" and why:
            said = rules.toleration_text(each.toleration)
            yield catalogue.finding("TNT013", case.reference, **case.named, toleration=said, why=why)


def faults(toleration: Object, features: Features) -> list[str]:
    """What the server objects to, as keys of phrases."""
    return [key for key, is_wrong in _FAULTS.items() if is_wrong(toleration, features)]


def _text(toleration: Object, name: str) -> str:
    return objects.text(toleration.get(name))


def _empty_key(toleration: Object, _features: Features) -> bool:
    return not _text(toleration, "key") and _text(toleration, "operator") != "Exists"


def _bad_key(toleration: Object, _features: Features) -> bool:
    key = _text(toleration, "key")
    return bool(key) and not label_selectors.is_key(key)


def _seconds(toleration: Object, _features: Features) -> bool:
    return toleration.get("tolerationSeconds") is not None and _text(toleration, "effect") != rules.NO_EXECUTE


def _bad_value(toleration: Object, _features: Features) -> bool:
    return _text(toleration, "operator") in ("", "Equal") and not label_selectors.is_value(_text(toleration, "value"))


def _value_beside_exists(toleration: Object, _features: Features) -> bool:
    return _text(toleration, "operator") == "Exists" and bool(_text(toleration, "value"))


def _gate_off(toleration: Object, features: Features) -> bool:
    return _text(toleration, "operator") in COMPARING and not features.enabled(COMPARISON)


def _no_integer(toleration: Object, _features: Features) -> bool:
    return _text(toleration, "operator") in COMPARING and rules.integer(_text(toleration, "value")) is None


def _unknown_operator(toleration: Object, _features: Features) -> bool:
    return _text(toleration, "operator") not in (*KNOWN, *COMPARING)


def _unknown_effect(toleration: Object, _features: Features) -> bool:
    return _text(toleration, "effect") not in EFFECTS


_FAULTS: dict[str, Callable[[Any, Any], bool]] = {
    "refused-empty-key": _empty_key,
    "refused-key": _bad_key,
    "refused-seconds": _seconds,
    "refused-value": _bad_value,
    "refused-value-beside-exists": _value_beside_exists,
    "refused-gate-off": _gate_off,
    "refused-no-integer": _no_integer,
    "refused-operator": _unknown_operator,
    "refused-effect": _unknown_effect,
}

RULES = (refused,)
