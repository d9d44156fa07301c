"""A pod that needs a feature of the kubelet lands only where the node declares it (`status.declaredFeatures`).

Of the features that are declared, two concern where a pod may land; the others are asked about when a pod is changed.
Source: kube-scheduler plugin NodeDeclaredFeatures, k8s.io/component-helpers `nodedeclaredfeatures`; kubernetes/kubernetes#135828
for the one on the host's network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.scheduling.features import DECLARED_FEATURES
from kubectl_lab.domain.scheduling.model import NodeFilter, Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kubectl_lab.domain.scheduling.features import Features
    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.objects import Object

TEXT = "node(s) didn't match Pod's required features"


def prepare(pod: Object, state: ClusterState) -> NodeFilter | None:
    """Nothing to check where the server does not know of declared features, or the pod needs none."""
    if not state.features.enabled(DECLARED_FEATURES):
        return None
    spec = objects.spec(pod)
    asked = (name for name, (since, is_needed) in NEEDED.items() if state.features.since(*since) and is_needed(spec))
    needed = tuple(asked)
    return _Declared(needed, state.features) if needed else None


class _Declared(NodeFilter):
    def __init__(self, needed: Sequence[str], features: Features) -> None:
        self._needed = needed
        self._features = features
        self._known: dict[tuple[str, ...], Refusal] = {}

    def refusal(self, node: NodeInfo) -> Refusal | None:
        """One reason, for all the features that are missing."""
        declared = objects.sequence(objects.status(node.node).get("declaredFeatures"))
        missing = tuple(each for each in self._needed if each not in declared)
        if missing and missing not in self._known:
            self._known[missing] = _refused(missing, self._features)
        return self._known.get(missing)


def _refused(missing: Sequence[str], features: Features) -> Refusal:
    message = catalogue.phrase("scheduling-node.features", features=list(missing))
    old = f"node declared features check failed - unsatisfied requirements: {', '.join(missing)}"
    text = TEXT if features.since(1, 36) else old
    return Refusal((Reason(text, message, {"missing": list(missing)}),))


def _restarts_all_containers(spec: Object) -> bool:
    """A rule of a container, or of an init container, restarts all of them when it ends."""
    containers = [*objects.sequence(spec.get("initContainers")), *objects.sequence(spec.get("containers"))]
    rules = (rule for each in containers for rule in objects.sequence(objects.mapping(each).get("restartPolicyRules")))
    return any(objects.mapping(rule).get("action") == "RestartAllContainers" for rule in rules)


def _user_namespace_on_host_network(spec: Object) -> bool:
    return spec.get("hostNetwork") is True and spec.get("hostUsers") is False


# name of the feature -> since which version a pod of such a spec needs it, sorted as the scheduler names them
NEEDED: dict[str, tuple[tuple[int, int], Callable[[Object], bool]]] = {
    "RestartAllContainersOnContainerExits": ((1, 35), _restarts_all_containers),
    "UserNamespacesHostNetworkSupport": ((1, 36), _user_namespace_on_host_network),
}
