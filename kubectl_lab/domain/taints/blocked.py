"""Pending pods that would land on a node but for one of its taints.

Source: kube-scheduler; a pod is judged as `explain-tolerations` does it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kubectl_lab import objects
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.rules import tolerations
from kubectl_lab.domain.rules.tolerations import UNSCHEDULABLE
from kubectl_lab.domain.scheduling.evaluation import filters_of, verdict_of
from kubectl_lab.domain.scheduling.features import COMPARISON
from kubectl_lab.result import Reference, reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_lab.domain.scheduling.model import NotEvaluated
    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.objects import Object

TAINTS, CORDON = "TaintToleration", "NodeUnschedulable"


class Blocked(NamedTuple):
    """`surely`: pods that nothing else refuses; `perhaps`: pods about which not everything could be evaluated."""

    surely: tuple[Reference, ...] = ()
    perhaps: tuple[Reference, ...] = ()


class Pending:
    """The pending pods of the cluster, alike ones together, asked node by node which taint alone stands in their way."""

    def __init__(self, state: ClusterState) -> None:
        self._state = state
        self._comparison = state.features.enabled(COMPARISON)
        groups: dict[tuple[str, ...], list[Object]] = {}
        for pod in filter(is_waiting, state.known("Pod")):
            groups.setdefault(_likeness(pod), []).append(pod)
        self._asked = [_Asked(group, state) for group in groups.values()]

    @property
    def not_evaluated(self) -> tuple[NotEvaluated, ...]:
        """What could not be, of those pods that a taint may keep out."""
        return tuple(dict.fromkeys(each for asked in self._asked if asked.counted for each in asked.not_evaluated))

    def blocked(self, node: NodeInfo) -> dict[str, Blocked]:
        """The text of a taint -> whom it keeps out, it and nothing else.

        A cordon is one thing: `spec.unschedulable` and its taint go together, and so do the two plugins that refuse for them.
        """
        found: dict[str, Blocked] = {}
        for asked in self._asked:
            untolerated = tolerations.untolerated(asked.tolerations, node.taints, comparison=self._comparison)
            if len(untolerated) == 1 and asked.only_refused_for(untolerated[0], node, self._state):
                text = tolerations.taint_text(untolerated[0])
                before = found.get(text, Blocked())
                found[text] = (
                    Blocked(before.surely, before.perhaps + asked.references)
                    if asked.not_evaluated
                    else Blocked(before.surely + asked.references, before.perhaps)
                )
        return found


class _Asked:
    """Pods that are alike; one of them is judged. `counted`: some taint keeps them out."""

    def __init__(self, alike: Sequence[Object], state: ClusterState) -> None:
        self._pod = alike[0]
        self._filters = filters_of(self._pod, state)
        self.tolerations = tolerations.of_pod(self._pod)
        self.references = tuple(reference(pod, "Pod") for pod in alike)
        self.not_evaluated = tuple(each for _, made in self._filters.made for each in made.not_evaluated)
        self.counted = False

    def only_refused_for(self, taint: Object, node: NodeInfo, state: ClusterState) -> bool:
        """No other plugin refuses the node."""
        accepted = {TAINTS, CORDON} if taint.get("key") == UNSCHEDULABLE else {TAINTS}
        filters = self._filters
        if filters.before or filters.narrowed(node):
            return False
        # the first other refusal decides; pods that are nominated to the node count besides
        is_only = all(plugin in accepted for plugin, _ in filters.refusals(node))
        if is_only and node.name in state.nominated:
            verdict = verdict_of(self._pod, node, filters, state)
            is_only = all(each.plugin in accepted for each in verdict.refusals)
        self.counted |= is_only
        return is_only


def is_waiting(pod: Object) -> bool:
    """The default scheduler tries to place it: it is on no node, has no gate, and is neither finished nor being deleted."""
    is_pending = pod_rules.phase(pod) in ("", "Pending") and not pod_rules.node_name(pod)
    return is_pending and pod_rules.is_queued(pod) and not pod_rules.is_terminating(pod)


def _likeness(pod: Object) -> tuple[str, ...]:
    """Equal of pods that the scheduler cannot tell apart: of one template, or written alike."""
    spec, nominated = objects.spec(pod), objects.status(pod).get("nominatedNodeName")
    volumes = map(objects.mapping, objects.sequence(spec.get("volumes")))
    # these make claims that are named after the pod
    named = objects.name(pod) if spec.get("resourceClaims") or any("ephemeral" in each for each in volumes) else ""
    said = map(repr, (objects.namespace(pod), named, objects.labels(pod), nominated))
    return (*said, *_told(spec))


def _told(spec: Object) -> Iterator[str]:
    """Each field but the volume of the service account's token, whose random name the API server makes up."""
    for key, value in spec.items():
        if key == "volumes":
            yield repr([each for each in objects.sequence(value) if "projected" not in objects.mapping(each)])
        elif key != "containers":
            yield f"{key}={value!r}"
        else:
            yield repr([{**objects.mapping(each), "volumeMounts": None} for each in objects.sequence(value)])
