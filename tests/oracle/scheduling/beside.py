"""Inter-pod affinity and anti-affinity: namespaces by name and by selector, several terms, keys that nodes lack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oracle.scheduling import spread
from oracle.scheduling.draw import NAMESPACES, given, put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oracle.scheduling.draw import Draw, Object

STAGES = {"default": {"stage": "prod"}, "shop": {"stage": "prod", "team": "blue"}, "ops": {}}
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def pod(draw: Draw, made: Object, _nodes: Sequence[Object]) -> None:
    """Terms for, against, or both; some pods have none."""
    if draw.chance(0.5):
        terms = [term(draw, made) for _ in range(draw.choice((0, 1, 1, 1, 2)))]
        put(made, "spec", "affinity", "podAffinity", **{REQUIRED: terms})
    if draw.chance(0.5):
        terms = [term(draw, made) for _ in range(draw.choice((0, 1, 1, 1, 2)))]
        put(made, "spec", "affinity", "podAntiAffinity", **{REQUIRED: terms})


def term(draw: Draw, made: Object) -> Object:
    return given(
        topologyKey=draw.choice(spread.KEYS),
        labelSelector=spread.selector(draw, made["metadata"]["labels"]),
        namespaces=draw.some((*NAMESPACES, "gone"), 2, 1) if draw.chance(0.25) else None,
        namespaceSelector=draw.choice(namespace_selectors()) if draw.chance(0.3) else None,
    )


def namespace_selectors() -> tuple[Object, ...]:
    by_name = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["shop"]}
    others = {"key": "team", "operator": "NotIn", "values": ["blue"]}
    nowhere = {"key": "stage", "operator": "DoesNotExist"}
    expressions = ([by_name], [others], [nowhere], [others, by_name])
    labels = ({"stage": "prod"}, {"team": "red"})
    return (
        {},
        *({"matchExpressions": each} for each in expressions),
        *({"matchLabels": each} for each in labels),
    )


def others(_draw: Draw, _nodes: Sequence[Object], _pods: Sequence[Object]) -> list[Object]:
    """The namespaces, labelled."""
    return [
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name} | labels},
        }
        for name, labels in STAGES.items()
    ]
