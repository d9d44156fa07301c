"""Topology spread constraints: nil and empty selectors, policies, minimum domains, labels that only the pod knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oracle.scheduling import affinity, taints
from oracle.scheduling.draw import APPS, given, put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oracle.scheduling.draw import Draw, Object

ZONE, HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
KEYS = (*[ZONE] * 8, *[HOST] * 8, "disk", "absent")
POLICIES = (None, None, "Honor", "Ignore")


def node(draw: Draw, made: Object) -> None:
    """Taints and cordons, which a policy may take into account."""
    if draw.chance(0.25):
        taints.node(draw, made)


def pod(draw: Draw, made: Object, nodes: Sequence[Object]) -> None:
    """One to three constraints; sometimes affinity and tolerations, on which the domains depend."""
    constraints = [constraint(draw, made) for _ in range(draw.choice((1, 1, 1, 2, 3)))]
    put(made, "spec", topologySpreadConstraints=constraints)
    if draw.chance(0.25):
        affinity.pod(draw, made, nodes)
    if draw.chance(0.25):
        taints.pod(draw, made, nodes)


def constraint(draw: Draw, made: Object) -> Object:
    blocking = draw.chance(0.9)
    own = made["metadata"]["labels"]
    return given(
        maxSkew=draw.choice((1, 1, 1, 1, 2)),
        topologyKey=draw.choice(KEYS),
        whenUnsatisfiable="DoNotSchedule" if blocking else "ScheduleAnyway",
        labelSelector=selector(draw, own),
        minDomains=draw.choice((1, 2, 3, 5)) if blocking and draw.chance(0.35) else None,
        nodeAffinityPolicy=draw.choice(POLICIES),
        nodeTaintsPolicy=draw.choice(POLICIES),
        matchLabelKeys=draw.few(("version", "app", "absent"), 2) if draw.chance(0.2) else None,
    )


def selector(draw: Draw, own: Object) -> Object | None:
    """Nothing, everything, the pod's own label, or another's."""
    if draw.chance(0.2):
        return {} if draw.chance(0.5) else None
    app = own.get("app", "web") if draw.chance(0.6) else draw.choice(APPS)
    found: dict[str, Any] = {}
    if draw.chance(0.7):
        found["matchLabels"] = {"app": app}
    if not found or draw.chance(0.3):
        found["matchExpressions"] = [expression(draw, app)]
    return found


def expression(draw: Draw, app: str) -> Object:
    operator = draw.choice(("In", "NotIn", "Exists", "DoesNotExist"))
    key = draw.choice(("app", "version"))
    value = app if key == "app" else "1"
    return {"key": key, "operator": operator} | ({"values": [value]} if operator in {"In", "NotIn"} else {})
