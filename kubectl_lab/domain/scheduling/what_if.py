"""What is only pretended: taints that come and go, tolerations that a pod gets. The flags' texts, and their effect.

A taint is written as `kubectl taint` has it. Source: kubectl `cmd/taint` (parseTaints, reorganizeTaints), kube-apiserver
`core/validation` (ValidateTolerations, ValidateTaint).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.domain.rules import near, tolerations
from kubectl_lab.domain.rules.label_selectors import is_key, is_value
from kubectl_lab.domain.scheduling import absent
from kubectl_lab.domain.scheduling.question import TaintChange
from kubectl_lab.errors import BadUsage, NotFound

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from kubectl_lab.domain.scheduling.question import WhatIf
    from kubectl_lab.objects import Object

EFFECTS = (tolerations.NO_SCHEDULE, tolerations.PREFER_NO_SCHEDULE, tolerations.NO_EXECUTE)
EVERY_KEY = "*"
_OPERATORS = {"=": "Equal", ">": "Gt", "<": "Lt"}
_SIGN = re.compile(r"[=<>]")
_SECONDS = re.compile(r"-?[0-9]{1,19}")
_MOST_PARTS = 3  # key and value, effect, seconds


# --- what the flags say


def parse_added(flag: str, text: str) -> TaintChange:
    """`KEY[=VALUE]:EFFECT[@NODE]`. Raises BadUsage, which names the part that is wrong."""
    change = _change(flag, text, text)
    if change.effect is None:
        raise BadUsage("taint-no-effect", flag=flag, value=text)
    return replace(change, value=change.value or "")


def parse_removed(flag: str, text: str) -> TaintChange:
    """`KEY[=VALUE][:EFFECT][@NODE]`; a trailing `-`, as kubectl wants it, may stand before or behind the node."""
    taint, at, node = text.removesuffix("-").partition("@")
    return _change(flag, text, taint.removesuffix("-") + at + node)


def parse_toleration(flag: str, text: str) -> Mapping[str, Any]:
    """`KEY[=VALUE][:EFFECT[:SECONDS]]`, `KEY>N`, `KEY<N`, or `*` for every key, as the toleration that the API has.

    A key alone is Exists; seconds stand with NoExecute only. Raises BadUsage, which names the part that is wrong.
    """
    what, *rest = text.split(":")
    if len(rest) >= _MOST_PARTS:
        raise BadUsage("toleration-form", flag=flag, value=text)
    made = _matched(flag, text, what)
    if rest:
        made["effect"] = _effect(flag, text, rest[0])
    if rest[1:]:
        made["tolerationSeconds"] = _seconds(flag, text, rest[1])
        if made["effect"] != tolerations.NO_EXECUTE:
            raise BadUsage("toleration-seconds-effect", flag=flag, value=text, effect=made["effect"])
    return made


def _change(flag: str, written: str, text: str) -> TaintChange:
    taint, at, node = text.partition("@")
    if at and not node:
        raise BadUsage("taint-no-node", flag=flag, value=written)
    pair, colon, effect = taint.partition(":")
    key, equals, value = pair.partition("=")
    return TaintChange(
        _key(flag, written, key),
        _value(flag, written, value) if equals else None,
        _effect(flag, written, effect) if colon else None,
        node,
    )


def _matched(flag: str, text: str, what: str) -> dict[str, Any]:
    """Key, operator and value of a toleration."""
    if what == EVERY_KEY:
        return {"operator": "Exists"}
    sign = _SIGN.search(what)
    if sign is None:
        return {"key": _key(flag, text, what), "operator": "Exists"}
    key, value = what[: sign.start()], what[sign.end() :]
    if sign[0] != "=" and tolerations.integer(value) is None:
        raise BadUsage("toleration-number", flag=flag, value=text, part=value)
    return {
        "key": _key(flag, text, key),
        "operator": _OPERATORS[sign[0]],
        "value": _value(flag, text, value) if sign[0] == "=" else value,
    }


def _key(flag: str, text: str, key: str) -> str:
    if not is_key(key):
        raise BadUsage("taint-key", flag=flag, value=text, part=key)
    return key


def _value(flag: str, text: str, value: str) -> str:
    if not is_value(value):
        raise BadUsage("taint-value", flag=flag, value=text, part=value)
    return value


def _effect(flag: str, text: str, effect: str) -> str:
    if effect not in EFFECTS:
        raise BadUsage("taint-effect", flag=flag, value=text, part=effect, effects=", ".join(EFFECTS))
    return effect


def _seconds(flag: str, text: str, seconds: str) -> int:
    """An int64; what is negative counts as 0, but the server takes it."""
    if not _SECONDS.fullmatch(seconds) or not -(2**63) <= int(seconds) < 2**63:
        raise BadUsage("toleration-seconds", flag=flag, value=text, part=seconds)
    return int(seconds)


# --- what comes of it


@dataclass(frozen=True, slots=True)
class Replaced:
    """A taint of a node that an added one of the same key and effect takes the place of (`kubectl taint --overwrite`)."""

    node: str
    before: Object
    after: Object


@dataclass(frozen=True, slots=True)
class Tainted:
    """All nodes, those without a change the very same objects."""

    nodes: tuple[Object, ...]
    replaced: tuple[Replaced, ...] = ()


def taints_applied(nodes: Sequence[Object], what_if: WhatIf, meant: Collection[str] | None = None) -> Tainted:
    """The nodes with the taints of `what_if`; taints are removed before others are added.

    A change that names no node is for those of `meant`, or for all. An added taint stands before the others, as kubectl
    writes it; one that is there already stays as it is. Raises NotFound for a node that is not there, and for a removal that
    matches no taint.
    """
    changes = (*what_if.add_taints, *what_if.remove_taints)
    named = [objects.name(node) for node in nodes]
    if lacking := absent.nodes([each.node for each in changes if each.node], named):
        raise absent.error(lacking)
    _require_matches(nodes, what_if.remove_taints, meant)
    made, replaced = [], list[Replaced]()
    for node in nodes:
        before = _taints(node)
        left = [each for each in before if not _is_removed(each, node, what_if.remove_taints, meant)]
        new = _new(left, [each for each in what_if.add_taints if _concerns(each, node, meant)])
        kept = [each for each in left if not any(map(_same_place(each), new))]
        replaced += [Replaced(objects.name(node), old, each) for each in new for old in left if _same_place(old)(each)]
        after = [*new, *kept]
        made.append(node if after == before else _with_taints(node, after))
    return Tainted(tuple(made), tuple(replaced))


def tolerating(pod: Object, added: Sequence[Mapping[str, Any]]) -> Object:
    """The pod with these tolerations behind its own; the same object without any."""
    if not added:
        return pod
    spec = objects.spec(pod)
    return {**pod, "spec": {**spec, "tolerations": [*objects.sequence(spec.get("tolerations")), *added]}}


def _taints(node: Object) -> list[Object]:
    return [objects.mapping(each) for each in objects.sequence(objects.spec(node).get("taints"))]


def _with_taints(node: Object, taints: Sequence[Object]) -> Object:
    return {**node, "spec": {**objects.spec(node), "taints": list(taints)}}


def _concerns(change: TaintChange, node: Object, meant: Collection[str] | None) -> bool:
    name = objects.name(node)
    return change.node == name if change.node else meant is None or name in meant


def _new(there: Sequence[Object], changes: Sequence[TaintChange]) -> list[Object]:
    """The taints to add, of two with one key and effect the later; none that is there as it is."""
    wanted = {(each.key, each.effect): each for each in changes}
    made = [{"key": each.key, "value": each.value or "", "effect": each.effect} for each in wanted.values()]
    return [_plain(each) for each in made if not any(_shown(each) == _shown(other) for other in there)]


def _plain(taint: dict[str, Any]) -> Object:
    """As the API writes it: without an empty value."""
    return {name: value for name, value in taint.items() if value}


def _shown(taint: Object) -> tuple[str, str, str]:
    return objects.text(taint.get("key")), objects.text(taint.get("value")), objects.text(taint.get("effect"))


def _same_place(taint: Object) -> Any:
    """Same key and effect: a node has one of them only (Taint.MatchTaint)."""
    place = taint.get("key"), taint.get("effect")
    return lambda other: (other.get("key"), other.get("effect")) == place


def _matches(change: TaintChange, taint: Object) -> bool:
    key, value, effect = _shown(taint)
    return change.key == key and change.value in (None, value) and change.effect in (None, effect)


def _is_removed(taint: Object, node: Object, changes: Sequence[TaintChange], meant: Collection[str] | None) -> bool:
    return any(_concerns(each, node, meant) and _matches(each, taint) for each in changes)


def _require_matches(nodes: Sequence[Object], changes: Sequence[TaintChange], meant: Collection[str] | None) -> None:
    for change in changes:
        found = [each for node in nodes if _concerns(change, node, meant) for each in _taints(node)]
        if any(_matches(change, each) for each in found):
            continue
        written = _written(change)
        nearest = near.nearest(written.partition("@")[0], dict.fromkeys(map(tolerations.taint_text, found)))
        if nearest:
            raise NotFound("taint-not-there-near", status=404, taint=written, near=nearest)
        raise NotFound("taint-not-there", status=404, taint=written)


def _written(change: TaintChange) -> str:
    value = "" if change.value is None else f"={change.value}"
    effect = f":{change.effect}" if change.effect else ""
    return f"{change.key}{value}{effect}{f'@{change.node}' if change.node else ''}"
