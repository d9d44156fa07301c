"""The gate before each backend: which NetworkPolicies isolate it, and which of their rules open the port it is asked on."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.domain.service import endpoints as endpoint_rules
from kubectl_lab.domain.service.model import Place
from kubectl_lab.domain.service.policy_rules import Destination, Party, Rule, isolating, opens, rules
from kubectl_lab.domain.service.workloads import word_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.model import Endpoint, Judged, Port
    from kubectl_lab.objects import Object


@dataclass(frozen=True, slots=True, eq=False)
class Gate:
    """One backend on one port. `port` None: a headless Service without ports, which leads to any.

    `party` None: nothing is said about this backend, because its pod is not known. `policies`: those that isolate it; `rules`:
    theirs that open the port to somebody.
    """

    port: Port | None
    endpoint: Endpoint
    to: Destination
    party: Party | None
    policies: tuple[Object, ...] = ()
    rules: tuple[Rule, ...] = ()

    @property
    def is_shut(self) -> bool:
        """Isolated, and no rule of any policy opens the port: it is shut for everyone."""
        return bool(self.policies) and not self.rules

    @property
    def name(self) -> str:
        """`NS/POD`, or `deployment/web` of would-be pods: as `Place("pod", …)` names it."""
        pod, workload = self.endpoint.pod, self.endpoint.workload
        if pod:
            return f"{pod.namespace}/{pod.name}"
        return word_of(workload) if workload else self.endpoint.address or ""

    @property
    def short_name(self) -> str:
        """The same without the namespace: what a sentence calls it."""
        return self.endpoint.pod.name if self.endpoint.pod else self.name


def dead_ports(found: Iterable[Gate], refused: Iterable[Gate]) -> list[int]:
    """The Service's ports of which every backend is refused."""
    shut = set(refused)
    listed = [(gate.port.port, gate) for gate in found if gate.port]
    alive = {number for number, gate in listed if gate not in shut}
    return sorted({number for number, _ in listed} - alive)


def places(found: Sequence[Gate], refused: Sequence[Gate]) -> Sequence[Place]:
    """The hops that refusing gates break: the one into each pod; where a pod stays open on another port, the one to the port."""
    shut = set(refused)
    if shut.issuperset(found):
        return [Place("pod")]
    half_open = {gate.name for gate in found if gate not in shut}
    made = (
        Place("port", f"{gate.name}:{gate.to.number}") if gate.name in half_open else Place("pod", gate.name)
        for gate in refused
    )
    return list(dict.fromkeys(made))


def judge(
    case: Case, code: str, found: Sequence[Gate], refused: Sequence[Gate], *, ports: Iterable[int], **details: Any
) -> Iterator[Judged]:
    """One finding, on each hop that it marks."""
    first = case.judge(code, "breaks", ports=ports, **details)
    for place in places(found, refused):
        yield dataclasses.replace(first, place=place)


@functools.lru_cache(maxsize=1)
def gates(case: Case) -> tuple[Gate, ...]:
    """The gates of all backends that get traffic, port by port; kept for the rules that follow on the same Service."""
    policies = case.inventory.known("NetworkPolicy", case.namespace)
    bearing: dict[str, tuple[Object, ...]] = {}  # pods of one workload carry the same labels
    made: list[Gate] = []
    for port in case.ports or (None,):
        backends = [each for each in case.endpoints if each.ready] if port is None else case.backends(port)
        for endpoint in backends:
            party, spec = _pod(case, endpoint)
            to = Destination(spec, _number(endpoint, port), port.protocol if port else "")
            key = "" if party is None else f"{party.on_host} {party.labels}"
            if party is not None and key not in bearing:
                bearing[key] = isolating(policies, party)
            made.append(_gate(Gate(port, endpoint, to, party, bearing.get(key, ()))))
    return tuple(made)


def _gate(gate: Gate) -> Gate:
    """With the rules that open it."""
    found = (rule for policy in gate.policies for rule in rules(policy))
    return dataclasses.replace(gate, rules=tuple(rule for rule in found if opens(rule.body, gate.to)))


def _number(endpoint: Endpoint, port: Port | None) -> int | None:
    """The pod's own port, after translation, as the slice says it."""
    if port is None:
        return None
    return next(each.port for each in endpoint.ports if (each.name, each.protocol) == (port.name, port.protocol))


def _pod(case: Case, endpoint: Endpoint) -> tuple[Party | None, Object | None]:
    """The backend's pod, or would-be pod, as policies see it, and its spec."""
    for each in case.matching_workloads if endpoint.workload else ():
        if each.reference == endpoint.workload:
            return party(case.inventory, case.namespace, each.labels, each.pod_spec), each.pod_spec
    pod = case.pod_of(endpoint)
    if pod is None:
        return None, None
    return party_of(case.inventory, pod), objects.spec(pod)


def party_of(inventory: Inventory, pod: Object) -> Party:
    """A pod as policies see it."""
    addresses = tuple(each for family in ("IPv4", "IPv6") for each in endpoint_rules.addresses_of(pod, family))
    return party(inventory, objects.namespace(pod), objects.labels(pod), objects.spec(pod), addresses)


def party(
    inventory: Inventory,
    namespace: str | None,
    labels: Mapping[str, str] | None,
    pod_spec: Object,
    addresses: tuple[str, ...] = (),
) -> Party:
    """A pod of a namespace, with the labels of that namespace as far as they are known."""
    home = inventory.get("Namespace", None, namespace or "")
    known = None if home is None else objects.labels(home)
    return Party(namespace, labels, known, addresses, on_host=pod_spec.get("hostNetwork") is True)
