"""`matchLabelKeys` and `mismatchLabelKeys`: a new pod's own labels become part of its selectors.

Source: kube-apiserver `registry/core/pod/strategy.go` (mutatePodAffinity, mutateTopologySpreadConstraints).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import objects

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kubectl_lab.domain.scheduling.features import Features
    from kubectl_lab.objects import Object

_AFFINITIES = ("podAffinity", "podAntiAffinity")
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_SPREAD = "topologySpreadConstraints"
_OPERATORS = {"matchLabelKeys": "In", "mismatchLabelKeys": "NotIn"}


def merged(pod: Object, features: Features) -> Object:
    """In required pod affinity since 1.31, in spread constraints since 1.34. Preferences refuse no node: they stay."""
    labels, spec = objects.labels(pod), dict(objects.spec(pod))
    if features.since(1, 31) and spec.get("affinity"):
        affinity = objects.mapping(spec["affinity"])
        spec["affinity"] = {
            **affinity,
            **{part: _affinity(affinity[part], labels) for part in _AFFINITIES if affinity.get(part)},
        }
    if features.since(1, 34) and spec.get(_SPREAD):
        spec[_SPREAD] = _each(spec[_SPREAD], lambda entry: _merged(entry, labels, ("matchLabelKeys",)))
    return {**pod, "spec": spec}


def _affinity(found: object, labels: Mapping[str, str]) -> Object:
    own = objects.mapping(found)
    if not own.get(_REQUIRED):
        return own
    return {**own, _REQUIRED: _each(own[_REQUIRED], lambda term: _merged(term, labels, tuple(_OPERATORS)))}


def _each(listed: object, change: Callable[[Object], Object]) -> list[Object]:
    return [change(objects.mapping(each)) for each in objects.sequence(listed)]


def _merged(entry: Object, labels: Mapping[str, str], parts: tuple[str, ...]) -> Object:
    """An absent selector matches nothing and stays so; keys that the pod lacks are left out."""
    selector = entry.get("labelSelector")
    added: list[dict[str, Any]] = [
        {"key": key, "operator": _OPERATORS[part], "values": [labels[key]]}
        for part in parts
        for key in map(objects.text, objects.sequence(entry.get(part)))
        if key in labels
    ]
    if not added or not isinstance(selector, dict):
        return entry
    expressions = [*objects.sequence(selector.get("matchExpressions")), *added]
    return {**entry, "labelSelector": {**selector, "matchExpressions": expressions}}
