"""What `explain-service` answers: one entry a Service (Ingress, route), with its ports, endpoints, hops and findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from kubectl_lab.result import document_head

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_lab.result import Finding, Reference, State

Verdict = Literal["healthy", "degraded", "broken", "unknown"]
Effect = Literal["none", "degrades", "breaks"]
Stretch = Literal["entry", "front", "service", "endpoints", "pod", "port"]

WORST_FIRST: tuple[Verdict, ...] = ("broken", "degraded", "unknown", "healthy")


@dataclass(frozen=True, slots=True)
class Place:
    """The hops that a finding marks, by what they lead to; `name` narrows them, "" marks all of the stretch.

    entry      client -> entry: `cluster`, `node`, `loadbalancer`, `externalip`, `dns`
    front      ingress or route -> Service: the node id of the front, `ingress/NS/NAME`
    service    entry -> Service: the Service's port number, `80`
    endpoints  Service -> endpoints: the Service's port number
    pod        endpoints -> pod or address: `NS/NAME` of the pod, or the address
    port       pod -> port: the target port's number, of one pod alone `NS/NAME:NUMBER`
    """

    stretch: Stretch
    name: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding, what it does to traffic (`effect`), and which hop it stands on.

    The verdict rests on `effect`, never on the severity. A finding that breaks a `service` or `endpoints` place breaks those
    ports; one that breaks another place breaks this way only, and the Service ports named in `ports`. `also`: more hops that
    it marks (each pod of several that it speaks of).
    """

    finding: Finding
    effect: Effect
    place: Place
    ports: tuple[int, ...] = ()
    also: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Port:
    """A port of the Service. `target`: number or name, as `spec.ports[].targetPort` (absent: `port`).

    `working`, `fallback`, `total`: distinct backend addresses that get its traffic now, that would for want of working ones,
    and that are known at all.
    """

    name: str
    port: int
    target: int | str
    node_port: int | None
    protocol: str
    working: int = 0
    fallback: int = 0
    total: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "name": self.name,
            "port": self.port,
            "targetPort": self.target,
            "nodePort": self.node_port,
            "protocol": self.protocol,
            "backends": {"working": self.working, "fallback": self.fallback, "total": self.total},
        }


@dataclass(frozen=True, slots=True, order=True)
class EndpointPort:
    """A port of an EndpointSlice; `name` is the Service port's, "" for the unnamed one."""

    name: str
    port: int
    protocol: str

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"name": self.name, "port": self.port, "protocol": self.protocol}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of an EndpointSlice, real or predicted, its conditions resolved (absent ready = true, and so on).

    Would-be pods of manifests: `address` and `pod` None, `workload` and `replicas` instead. `slice`: the name of the slice
    that holds it, "" when predicted. `hints`: the zones of `hints.forZones`. `reason`: the word for why its pod is not ready
    (`CrashLoopBackOff`), for the eye only.
    """

    address: str | None
    family: str
    ports: tuple[EndpointPort, ...]
    pod: Reference | None
    node: str | None
    zone: str | None
    ready: bool
    serving: bool
    terminating: bool
    hostname: str | None = None
    workload: Reference | None = None
    replicas: int | None = None
    slice: str = ""
    hints: tuple[str, ...] = ()
    reason: str = ""

    @property
    def is_fallback(self) -> bool:
        """Serving while it ends: kube-proxy sends traffic there when nothing is ready (KEP-1669)."""
        return self.serving and self.terminating

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        made: dict[str, Any] = {
            "address": self.address,
            "ports": [port.to_dict() for port in self.ports],
            "pod": self.pod.to_dict() if self.pod else None,
            "node": self.node,
            "zone": self.zone,
            "ready": self.ready,
            "serving": self.serving,
            "terminating": self.terminating,
        }
        if self.workload is not None:
            made |= {"workload": self.workload.to_dict(), "replicas": self.replicas}
        return made


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of the path between two node ids; `finding`: the code that put it in its state."""

    source: str
    target: str
    state: State = "ok"
    finding: str | None = None
    label: str | None = None
    object: Reference | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "from": self.source,
            "to": self.target,
            "state": self.state,
            "finding": self.finding,
            "label": self.label,
            "object": self.object.to_dict() if self.object else None,
        }


@dataclass(frozen=True, slots=True)
class NotChecked:
    """A kind that could not be looked at. `what`: its plural as people say it; `why`: the server's words or `not captured`.

    `decides`: the key of the phrase (words.toml, section `service`) that says what it would have decided.
    """

    what: str
    why: str
    decides: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"what": self.what, "why": self.why}


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """The answer about one Service, Ingress or route. `type` is `spec.type`, or the kind for an Ingress or a route.

    `cluster_ip`: what `kubectl get service` shows (`None` for a headless one), "" where there is none.
    """

    service: Reference
    type: str
    verdict: Verdict
    ports: tuple[Port, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    hops: tuple[Hop, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    predicted: bool = False
    findings: tuple[Finding, ...] = ()
    cluster_ip: str = ""
    external: tuple[str, ...] = ()
    selector: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "service": self.service.to_dict(),
            "type": self.type,
            "verdict": self.verdict,
            "clusterIP": self.cluster_ip or None,
            "externalAddresses": list(self.external),
            "selector": dict(self.selector),
            "ports": [port.to_dict() for port in self.ports],
            "endpoints": [endpoint.to_dict() for endpoint in self.endpoints],
            "hops": [hop.to_dict() for hop in self.hops],
            "notChecked": [each.to_dict() for each in self.not_checked],
            "predicted": self.predicted,
            "findings": [finding.to_dict() for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class ServiceExplanation:
    """The whole answer. `overview`: all Services were asked, one line each; else one screen each."""

    services: tuple[ServiceEntry, ...]
    overview: bool = False
    namespace: str | None = None

    kind: ClassVar[str] = "ServiceExplanation"

    def to_dict(self) -> dict[str, Any]:
        """The JSON document."""
        return {**document_head(self.kind), "services": [entry.to_dict() for entry in self.services]}
