"""The host ports of the pod must be free on the node.

What counts are the containers and, since 1.33.6, the sidecars (init containers that restart always); other init containers end
before anybody could be in their way. Two ports are in conflict when protocol and number are the same and the addresses are, or one of them is
0.0.0.0 (the default); `::` is an address like others. Source: kube-scheduler plugin NodePorts, `framework` HostPortInfo,
`util.GetHostPorts`; kubernetes/kubernetes#132040 and #133390 for the sidecars.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.scheduling.model import NodeFilter, Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kubectl_lab.domain.scheduling.features import Features
    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.objects import Object

    Taken = Sequence[tuple["HostPort", Object]]  # a port and the pod that has it

TEXT = "node(s) didn't have free ports for the requested pod ports"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - compared with, not bound to


@dataclass(frozen=True, slots=True)
class HostPort:
    """A port of the node that a container takes."""

    address: str
    protocol: str
    number: int

    def conflicts(self, other: HostPort) -> bool:
        """Both cannot be had on one node."""
        if (self.protocol, self.number) != (other.protocol, other.number):
            return False
        return self.address == other.address or EVERYWHERE in (self.address, other.address)

    @property
    def text(self) -> str:
        """`80/TCP`, `127.0.0.1:80/TCP`."""
        return (
            f"{self.number}/{self.protocol}"
            if self.address == EVERYWHERE
            else f"{self.address}:{self.number}/{self.protocol}"
        )

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"hostIP": self.address, "protocol": self.protocol, "port": self.number}


def prepare(pod: Object, state: ClusterState) -> NodeFilter | None:
    """Nothing to check where no host port is wanted."""
    wanted = _host_ports(pod, sidecars=_sidecars_count(state.features))
    return _Free(tuple(dict.fromkeys(wanted)), state) if wanted else None


def _sidecars_count(features: Features) -> bool:
    return features.since(1, 33, 6)


class _Free(NodeFilter):
    def __init__(self, wanted: Sequence[HostPort], state: ClusterState) -> None:
        self._wanted = wanted
        self._nodes = state.node_by_name
        self._sidecars = _sidecars_count(state.features)
        self._taken = state.derived(_taken_on_nodes)

    def refusal(self, node: NodeInfo) -> Refusal | None:
        """One reason, for every port that is taken and every pod that has it."""
        is_unchanged = node is self._nodes.get(node.name)
        theirs = self._taken.get(node.name, ()) if is_unchanged else _taken(node, sidecars=self._sidecars)
        if not theirs:
            return None
        taken = [(mine, port, pod) for mine in self._wanted for port, pod in theirs if mine.conflicts(port)]
        return _refused(taken) if taken else None


def _taken_on_nodes(state: ClusterState) -> Mapping[str, Taken]:
    """Of the nodes as they are, those with ports that are taken: the pods are read once for all subjects."""
    sidecars = _sidecars_count(state.features)
    made = ((node.name, _taken(node, sidecars=sidecars)) for node in state.nodes)
    return {name: taken for name, taken in made if taken}


def _taken(node: NodeInfo, *, sidecars: bool) -> Taken:
    return [(port, pod) for pod in node.pods for port in _host_ports(pod, sidecars=sidecars)]


def _refused(taken: Sequence[tuple[HostPort, HostPort, Object]]) -> Refusal:
    first: dict[HostPort, Object] = {}
    for port, _, pod in taken:
        first.setdefault(port, pod)
    said = [catalogue.phrase("scheduling-node.port", port=port.text, pod=_pod_text(pod)) for port, pod in first.items()]
    conflicts = [
        port.to_dict()
        | {"takenBy": theirs.to_dict() | {"namespace": objects.namespace(pod), "name": objects.name(pod)}}
        for port, theirs, pod in taken
    ]
    message = catalogue.phrase("scheduling-node.ports", ports=said)
    return Refusal((Reason(TEXT, message, {"conflicts": conflicts}),), preemption_may_help=True)


def _pod_text(pod: Object) -> str:
    return f"{objects.namespace(pod)}/{objects.name(pod)}"


def _host_ports(pod: Object, *, sidecars: bool) -> list[HostPort]:
    """Those of the containers that count: sidecars first, where they do."""
    spec = objects.spec(pod)
    listed = objects.sequence(spec.get("containers"))
    if sidecars and "initContainers" in spec:
        listed = [*filter(_is_sidecar, objects.sequence(spec["initContainers"])), *listed]
    # plain loops: there are many pods, and few of their ports are the node's
    return [
        HostPort(objects.text(port.get("hostIP")) or EVERYWHERE, objects.text(port.get("protocol")) or "TCP", number)
        for container in listed
        for port in objects.sequence(objects.mapping(container).get("ports"))
        if isinstance(number := objects.mapping(port).get("hostPort"), int) and number > 0
    ]


def _is_sidecar(container: object) -> bool:
    return objects.mapping(container).get("restartPolicy") == "Always"
