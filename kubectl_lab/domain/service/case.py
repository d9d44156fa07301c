"""The facts of one Service, each worked out once and only when a rule asks: selector, pods, endpoints, backends."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.rules.derived import Deriving
from kubectl_lab.domain.rules.known_objects import NOT_CAPTURED
from kubectl_lab.domain.service import endpoints as endpoint_rules
from kubectl_lab.domain.service import workloads as workload_rules
from kubectl_lab.domain.service.model import Endpoint, Judged, Place, Port
from kubectl_lab.objects import Missing
from kubectl_lab.result import Reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.model import Effect
    from kubectl_lab.domain.service.workloads import Workload
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Finding, Severity

SERVICE = Place("service")
ENDPOINTS = Place("endpoints")
PODS = Place("pod")


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks, with `--from`: a pod (with the labels of its namespace), any pod of a namespace, or an address outside."""

    word: str
    namespace: str | None = None
    namespace_labels: Mapping[str, str] | None = None
    pod: Object | None = None
    address: str | None = None


class Case(Deriving):
    """One Service and what is known around it. Rules ask it for facts and make their findings with `judge`.

    `detailed`: also what only `-o wide` and `-v` show.
    """

    def __init__(
        self, service: Object, inventory: Inventory, *, client: Client | None = None, detailed: bool = False
    ) -> None:
        super().__init__()
        self.service = service
        self.inventory = inventory
        self.client = client
        self.detailed = detailed
        self.name = objects.name(service)
        self.namespace = objects.namespace(service)
        self.reference = Reference("Service", self.namespace, self.name)
        self.spec = objects.spec(service)
        self.type = objects.text(self.spec.get("type")) or "ClusterIP"

    @property
    def is_external_name(self) -> bool:
        """A DNS alias: no cluster IP, no endpoints."""
        return self.type == "ExternalName"

    @property
    def is_headless(self) -> bool:
        """`clusterIP: None`: DNS answers with the pods themselves and nothing translates ports."""
        return self.spec.get("clusterIP") == "None" and not self.is_external_name

    @functools.cached_property
    def selector(self) -> Mapping[str, str]:
        """`spec.selector`, empty where there is none or where the type ignores it: an empty one selects nothing."""
        return {} if self.is_external_name else objects.mapping(self.spec.get("selector"))

    @property
    def selector_text(self) -> str:
        """`app=web,tier=front`."""
        return ",".join(f"{key}={value}" for key, value in self.selector.items())

    @functools.cached_property
    def families(self) -> tuple[str, ...]:
        """`IPv4`, `IPv6`."""
        return endpoint_rules.families_of(self.service)

    # --- pods

    @functools.cached_property
    def pods(self) -> tuple[Object, ...] | Missing:
        """All known pods that the selector matches, in any phase; Missing where pods could not be read."""
        found = self.inventory.read("Pod")
        return found if isinstance(found, Missing) else self.inventory.pods(self.namespace, self.selector)

    @functools.cached_property
    def known_pods(self) -> tuple[Object, ...]:
        """The same, empty where pods could not be read."""
        return () if isinstance(self.pods, Missing) else self.pods

    @functools.cached_property
    def live_pods(self) -> tuple[Object, ...]:
        """Those that are not finished: what can become an endpoint."""
        return tuple(pod for pod in self.known_pods if not pod_rules.is_finished(pod))

    @functools.cached_property
    def matching_workloads(self) -> tuple[Workload, ...]:
        """The known top-level workloads of the namespace whose template the selector matches."""
        return tuple(
            each for each in workload_rules.workloads(self.inventory, self.namespace) if self.selects(each.labels)
        )

    def selects(self, labels: Mapping[str, str]) -> bool:
        """Whether the selector matches; an empty one matches nothing."""
        return bool(self.selector) and self.selector.items() <= labels.items()

    def controller_of(self, pod: Object) -> Reference | None:
        """The Deployment, StatefulSet, … at the top of the pod's owners."""
        return workload_rules.top_controller(self.inventory, pod)

    def pod_of(self, endpoint: Endpoint) -> Object | None:
        """The pod of an endpoint, as far as it is known."""
        ref = endpoint.pod
        return self.inventory.get("Pod", ref.namespace, ref.name) if ref else None

    # --- endpoints

    @functools.cached_property
    def slices(self) -> Sequence[Object] | Missing:
        """The Service's real EndpointSlices; those left over from before it became an ExternalName are none.

        The controller makes one at least for every selector: files that hold others of the namespace only do not hold it.
        """
        found = self.inventory.read("EndpointSlice")
        if isinstance(found, Missing):
            return found
        mine = () if self.is_external_name else self.inventory.slices(self.namespace, self.name)
        is_partial = not self.inventory.live and bool(self.inventory.known("EndpointSlice", self.namespace))
        return Missing("EndpointSlice", NOT_CAPTURED) if self.selector and is_partial and not mine else mine

    @functools.cached_property
    def predicted(self) -> tuple[Endpoint, ...]:
        """What the controller makes, or would make of manifests. Empty without a selector or where pods are not known."""
        if self.inventory.manifests:
            return endpoint_rules.imagine(self.service, self.matching_workloads)
        return endpoint_rules.predict(self.service, self.known_pods, self.inventory)

    @property
    def is_predicted(self) -> bool:
        """There are no real slices to go by."""
        return isinstance(self.slices, Missing) and not self.is_external_name

    @functools.cached_property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """What holds: the real slices, else the prediction."""
        if isinstance(self.slices, Missing):
            return () if self.is_external_name else self.predicted
        return tuple(endpoint for each in self.slices for endpoint in endpoint_rules.read_slice(each))

    @functools.cached_property
    def ports(self) -> tuple[Port, ...]:
        """The Service's ports with their backends."""
        return tuple(self._port(each) for each in map(objects.mapping, objects.sequence(self.spec.get("ports"))))

    def _port(self, port: Object) -> Port:
        name, protocol = objects.text(port.get("name")), endpoint_rules.protocol_of(port)
        number, node_port = port.get("port"), port.get("nodePort")
        mine = self._behind(name, protocol)
        working = count(each for each in mine if each.ready)
        return Port(
            name=name,
            port=number if isinstance(number, int) else 0,
            target=endpoint_rules.target_of(port),
            node_port=node_port if isinstance(node_port, int) and node_port else None,
            protocol=protocol,
            working=working,
            fallback=0 if working else count(each for each in mine if each.is_fallback),
            total=count(self.endpoints),
        )

    @functools.cached_property
    def is_served(self) -> bool:
        """Whether an endpoint gets traffic: of any port, or any at all where the Service has no ports."""
        if self.ports:
            return any(port.working or port.fallback for port in self.ports)
        return any(each.ready or each.is_fallback for each in self.endpoints)

    def backends(self, port: Port) -> tuple[Endpoint, ...]:
        """The endpoints that get the port's traffic: ready ones, else those that serve while they end."""
        mine = self._behind(port.name, port.protocol)
        return tuple(each for each in mine if each.ready) or tuple(each for each in mine if each.is_fallback)

    def _behind(self, name: str, protocol: str) -> list[Endpoint]:
        found = (each for each in self.endpoints if has_port(each, name, protocol))
        return [each for each in found if endpoint_rules.is_reachable(self.service, each)]

    # --- findings

    def judge(
        self,
        code: str,
        effect: Effect = "none",
        place: Place = SERVICE,
        *,
        severity: Severity | None = None,
        ports: Iterable[int] = (),
        about: Reference | None = None,
        also: Iterable[Place] = (),
        **details: Any,
    ) -> Judged:
        """A finding about this Service (or `about`), with `service` and `namespace` among its details."""
        shared = {"service": self.name, "namespace": self.namespace}
        found: Finding = catalogue.finding(code, about or self.reference, severity, **(shared | details))
        return Judged(found, effect, place, tuple(ports), tuple(also))


def plain(service: Object, inventory: Inventory) -> Case:
    """The case of a Service about which nobody in particular asks: one for all who look at the same inventory."""
    made: dict[int, Case] = inventory.derived(_plain)
    return made.setdefault(
        id(service), Case(service, inventory)
    )  # a case holds its Service, so the number stays its own


def _plain(_: Inventory) -> dict[int, Case]:
    return {}


def has_port(endpoint: Endpoint, name: str, protocol: str) -> bool:
    """Whether a Service port leads to it: kube-proxy matches by port name and protocol."""
    return any((port.name, port.protocol) == (name, protocol) for port in endpoint.ports)


def count(endpoints: Iterable[Endpoint]) -> int:
    """Distinct addresses; of would-be pods the replicas of each workload."""
    found = tuple(endpoints)
    imagined = {each.workload: each.replicas or 0 for each in found if each.workload is not None}
    return len({each.address for each in found if each.address is not None}) + sum(imagined.values())
