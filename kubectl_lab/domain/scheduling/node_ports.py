"""The host ports of the pod must be free on the node.

What counts are the containers and the sidecars (init containers that restart always); other init containers end before anybody
could be in their way. Two ports are in conflict when protocol and number are the same and the addresses are, or one of them is
0.0.0.0 (the default); `::` is an address like others. Source: kube-scheduler plugin NodePorts, `framework` HostPortInfo,
`util.GetHostPorts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.scheduling.model import NodeFilter, Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.objects import Object

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


def host_ports(pod: Object) -> tuple[HostPort, ...]:
    """Those of sidecars and containers, in this order."""
    return tuple(dict.fromkeys(_host_ports(pod)))


def prepare(pod: Object, _state: ClusterState) -> NodeFilter | None:
    """Nothing to check where no host port is wanted."""
    wanted = host_ports(pod)
    return _Free(wanted) if wanted else None


class _Free(NodeFilter):
    def __init__(self, wanted: Sequence[HostPort]) -> None:
        self._wanted = wanted

    def refusal(self, node: NodeInfo) -> Refusal | None:
        """One reason, for every port that is taken and every pod that has it."""
        theirs = [(port, pod) for pod in node.pods for port in _host_ports(pod)]
        taken = [(mine, port, pod) for mine in self._wanted for port, pod in theirs if mine.conflicts(port)]
        return _refused(taken) if taken else None


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


def _host_ports(pod: Object) -> Iterator[HostPort]:
    spec = objects.spec(pod)
    for container in objects.sequence(spec.get("initContainers")):
        if objects.mapping(container).get("restartPolicy") == "Always":
            yield from _of_container(container)
    for container in objects.sequence(spec.get("containers")):
        yield from _of_container(container)


def _of_container(container: object) -> Iterator[HostPort]:
    for port in map(objects.mapping, objects.sequence(objects.mapping(container).get("ports"))):
        number = port.get("hostPort")
        if isinstance(number, int) and number > 0:
            address = objects.text(port.get("hostIP")) or EVERYWHERE
            yield HostPort(address, objects.text(port.get("protocol")) or "TCP", number)
