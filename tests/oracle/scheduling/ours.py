"""Our engine's answer to a question, in the shape of the real one's (answer.go)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.domain.scheduling import evaluation, message, preemption
from kubectl_lab.domain.scheduling.features import NEWEST, Features
from kubectl_lab.domain.scheduling.filters import FILTERS
from kubectl_lab.domain.scheduling.state import ClusterState, priority

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kubectl_lab.domain.scheduling.evaluation import Evaluation
    from kubectl_lab.domain.scheduling.model import NodeFilter, Refusal
    from kubectl_lab.domain.scheduling.state import NodeInfo
    from kubectl_lab.objects import Object

KINDS = (
    "Pod",
    "Node",
    "Namespace",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "StorageClass",
    "CSINode",
    "CSIDriver",
    "CSIStorageCapacity",
    "VolumeAttachment",
    "PodDisruptionBudget",
    "ResourceClaim",
    "ResourceSlice",
    "DeviceClass",
)
PREPARE = {plugin.name: plugin.prepare for plugin in FILTERS}


def overlaid(raw: Any, served: Any) -> Any:
    """What the server adds, around what was written as it was written (`0.5` stays, where the server says `500m`)."""
    if isinstance(raw, dict) and isinstance(served, dict):
        keys = [*raw, *(key for key in served if key not in raw)]
        return {key: overlaid(raw[key], served.get(key)) if key in raw else served[key] for key in keys}
    if isinstance(raw, list) and isinstance(served, list) and len(raw) == len(served):
        return [overlaid(one, other) for one, other in zip(raw, served, strict=True)]
    return raw


def state_of(world: Sequence[Object], gates: Mapping[str, bool]) -> ClusterState:
    """The cluster of these objects, every kind of them captured."""
    found: dict[str, list[Object]] = {kind: [] for kind in KINDS}
    for each in world:
        found[each["kind"]].append(each)
    return ClusterState(found, Features(NEWEST, gates))


def refusal_of(refusal: Refusal | None) -> dict[str, Any] | None:
    """As answer.go has a status."""
    if refusal is None:
        return None
    code = "P" if refusal.preemption_may_help else "U"
    return {"code": code, "reasons": [reason.text for reason in refusal.reasons]}


def of_plugin(name: str, pod: Object, state: ClusterState) -> dict[str, Any]:
    """One plugin by itself; `unknown`: what it could not evaluate."""
    answer: dict[str, Any] = defaultdict(dict)
    try:
        _ask(PREPARE[name](pod, state), pod, state, answer)
    except Exception as error:  # noqa: BLE001 - the difference is shown in the smallest world too
        answer["before"] = f"raised {error!r}"
    return answer


def _ask(made: NodeFilter | None, pod: Object, state: ClusterState, answer: dict[str, Any]) -> None:
    if made is None:
        return
    answer["unknown"] = [each.to_dict() for each in made.not_evaluated]
    answer["before"] = refusal_of(made.before)
    answer["only"] = None if made.only is None else sorted(made.only)
    if made.before is None:
        for node in state.nodes:
            _of_node(made, node, pod, state, answer)


def _of_node(made: NodeFilter, node: NodeInfo, pod: Object, state: ClusterState, answer: dict[str, Any]) -> None:
    found = refusal_of(made.refusal(node))
    answer["nodes"] |= {node.name: found} if found else {}
    victims = [other for other in node.pods if priority(other) < priority(pod)]
    if victims:
        changed = made.changed(node, removed=victims)
        answer["emptied"][node.name] = refusal_of(changed.refusal(node.with_pods(removed=victims)))
    added = evaluation._nominated(pod, node, state)
    if added:
        changed = made.changed(node, added=added)
        answer["nominated"][node.name] = refusal_of(changed.refusal(node.with_pods(added=added)))


def of_all(pod: Object, state: ClusterState) -> dict[str, Any]:
    """The whole answer: of which plugin each node's first reasons are, what fits, and the event's text."""
    evaluated = evaluation.evaluate(pod, state)
    preempted = None
    if not evaluated.feasible and not evaluated.before and evaluated.nodes:
        preempted = preemption.preempt(evaluated, state)
    return {
        "before": _first_before(evaluated),
        "first": {verdict.node.name: _first(verdict) for verdict in evaluated.nodes if verdict.refusals},
        "all": {verdict.node.name: _all(verdict) for verdict in evaluated.nodes},
        "feasible": sorted(evaluated.feasible),
        "message": message.scheduler_message(evaluated, preempted, state.features),
        "preempts": list(preempted.nodes) if preempted else [],
        "unknown": [each.to_dict() for each in evaluated.not_evaluated],
    }


def _first_before(evaluated: Evaluation) -> dict[str, Any] | None:
    if not evaluated.before:
        return None
    plugin, refusal = evaluated.before[0]
    return {"plugin": plugin} | (refusal_of(refusal) or {})


def _first(verdict: evaluation.NodeVerdict) -> dict[str, Any]:
    first = next(each for each in verdict.refusals if each.first)
    return {"plugin": first.plugin} | (refusal_of(first.refusal) or {})


def _all(verdict: evaluation.NodeVerdict) -> dict[str, Any]:
    return {each.plugin: refusal_of(each.refusal) for each in verdict.refusals}


def key_of(pod: Object) -> str:
    """`namespace/name`."""
    return f"{objects.namespace(pod)}/{objects.name(pod)}"
