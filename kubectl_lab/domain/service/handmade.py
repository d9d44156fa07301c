"""Services without a selector, whose slices somebody else makes (SVC065-SVC069).

The `kubernetes` Service is the API server's own: it makes and keeps its endpoints itself.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.service import slice_manifests
from kubectl_lab.domain.service.case import ENDPOINTS, Case
from kubectl_lab.domain.service.endpoints import (
    MIRRORING,
    addresses_of,
    is_reachable,
    manager_of,
)
from kubectl_lab.domain.service.inventory import SERVICE_NAME
from kubectl_lab.domain.service.model import Place
from kubectl_lab.domain.service.wordings import shortened
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.model import Effect, Endpoint, EndpointPort, Judged
    from kubectl_lab.domain.service.rules import Rule
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Reference

API_SERVER = ("default", "kubernetes")


def unmade(case: Case) -> Iterator[Judged]:
    """SVC065, SVC066: without a selector no controller makes endpoints, and nobody else made one that traffic can reach."""
    if not _is_handmade(case) or any(_is_used(case, each) for each in case.endpoints):
        return
    stray = next(_unlabelled(case), None)
    if stray is not None:
        yield case.judge("SVC066", "breaks", ENDPOINTS, slice=stray, label=f"{SERVICE_NAME}={case.name}")
        return
    manifest = None if case.endpoints else slice_manifests.empty(case)
    yield case.judge("SVC065", "breaks", ENDPOINTS, why=_why_unmade(case), manifest=manifest)


def _is_used(case: Case, endpoint: Endpoint) -> bool:
    return is_reachable(case.service, endpoint) and (endpoint.ready or endpoint.is_fallback)


def _why_unmade(case: Case) -> dict[str, Any]:
    """No address at all, none of the Service's families, or none that is ready."""
    if not case.endpoints:
        return catalogue.phrase("service.handmade-none")
    first = case.endpoints[0]
    if any(is_reachable(case.service, each) for each in case.endpoints):
        return catalogue.phrase("service.handmade-unready", slice=first.slice)
    families = ", ".join(case.families)
    return catalogue.phrase("service.handmade-family", slice=first.slice, type=first.family, families=families)


def _unlabelled(case: Case) -> Iterator[str]:
    """Slices named like the Service, by the convention NAME-SUFFIX, that name no Service, or one that does not exist."""
    inventory = case.inventory
    for each in inventory.known("EndpointSlice", case.namespace):
        named = objects.text(objects.labels(each).get(SERVICE_NAME))
        is_free = not named or inventory.get("Service", case.namespace, named) is None
        if is_free and _meant(case, objects.name(each)) == case.name:
            yield objects.name(each)


def _meant(case: Case, name: str) -> str:
    """The Service that a slice's name begins with, of several the longest: `web-api-1` is not `web`'s."""
    services = (objects.name(each) for each in case.inventory.known("Service", case.namespace))
    return max((each for each in services if name == each or name.startswith(f"{each}-")), key=len, default="")


def misnamed(case: Case) -> Iterator[Judged]:
    """SVC067: kube-proxy joins a Service's port and a slice's by name and protocol, whatever their numbers.

    Broken is each port that no slice has; a slice that shares none with the Service is of no use.
    """
    ours = {(port.name, port.protocol) for port in case.ports}
    used = {each.slice for each in case.endpoints if _is_used(case, each)} if _is_handmade(case) else set()
    filled = [each for each in _slices(case) if objects.name(each) in used]
    if not filled or not ours:
        return
    idle = [each for each in filled if not slice_manifests.names(each) & ours]
    known = {pair for each in filled for pair in slice_manifests.names(each)}
    lacking = [port for port in case.ports if (port.name, port.protocol) not in known]
    if len(lacking) == len(case.ports):
        yield case.judge("SVC067", "breaks", ENDPOINTS, **slice_manifests.naming(case, filled[0], lacking))
    for port in lacking if len(lacking) < len(case.ports) else ():
        place = Place("endpoints", str(port.port))
        yield case.judge("SVC067", "breaks", place, **slice_manifests.naming(case, (idle or filled)[0], [port]))
    if not lacking and idle:
        told = slice_manifests.naming(case, idle[0], list(case.ports))
        yield case.judge("SVC067", "degrades", ENDPOINTS, severity="warning", **told)


def misplaced(case: Case) -> Iterator[Judged]:
    """SVC068: addresses where no traffic can end: a Service's cluster IP (kube-proxy translates once), a pod that is gone.

    An address twice is told as well; it does harm only where the two entries differ.
    """
    found: defaultdict[tuple[str, str, Effect, str], list[Endpoint]] = defaultdict(list)
    seen: dict[tuple[str | None, EndpointPort], Endpoint] = {}
    for endpoint in case.endpoints if _is_handmade(case) else ():
        why = _misplacement(case, endpoint, seen)
        if why is not None:
            found[*why, endpoint.slice].append(endpoint)
        for port in endpoint.ports:
            seen.setdefault((endpoint.address, port), endpoint)
    resources = {objects.name(each): slice_manifests.keeper(case, each) for each in _slices(case)}
    for (key, about, effect, name), endpoints in found.items():
        yield case.judge(
            "SVC068",
            effect,
            ENDPOINTS,
            addresses=shortened(str(each.address) for each in endpoints),
            slice=name,
            resource=resources[name],
            why=catalogue.phrase(key, name=about),
        )


def _misplacement(
    case: Case, endpoint: Endpoint, seen: Mapping[tuple[str | None, EndpointPort], Endpoint]
) -> tuple[str, str, Effect] | None:
    """The key of the phrase, the name in it, and what it does; None for an address in its place."""
    service = case.inventory.derived(_cluster_addresses).get(endpoint.address or "")
    if service:
        return "service.handmade-cluster-ip", service, "degrades"
    if endpoint.pod is not None and _is_gone(case, endpoint, endpoint.pod):
        return "service.handmade-pod-gone", endpoint.pod.name, "degrades"
    twin = next((seen[endpoint.address, port] for port in endpoint.ports if (endpoint.address, port) in seen), None)
    if twin is None:
        return None
    return "service.handmade-twice", twin.slice, "none" if twin.ready == endpoint.ready else "degrades"


def _cluster_addresses(inventory: Inventory) -> Mapping[str, str]:
    """Cluster IP -> NAMESPACE/NAME of the Service."""
    return {
        address: f"{objects.namespace(service)}/{objects.name(service)}"
        for service in inventory.known("Service")
        for field in (objects.spec(service).get("clusterIPs"), [objects.spec(service).get("clusterIP")])
        for address in map(objects.text, objects.sequence(field))
        if address not in ("", "None")
    }


def _is_gone(case: Case, endpoint: Endpoint, ref: Reference) -> bool:
    """Its targetRef names a pod that does not exist, or has another address; only all pods of a server can tell."""
    inventory = case.inventory
    if not inventory.live or not inventory.can_see("Pod") or inventory.extent("Pod") == "some":
        return False
    if ref.namespace != case.namespace and inventory.extent("Pod") != "cluster":
        return False
    pod = case.pod_of(endpoint)
    return pod is None or endpoint.address not in addresses_of(pod, endpoint.family)


def mirrored(case: Case) -> Iterator[Judged]:
    """SVC069: the slices are copies of v1 Endpoints, deprecated since 1.33 (KEP-4974).

    Copies that SVC067 is about are mended first: nobody should write their mistake down once more.
    """
    copies = [each for each in _slices(case) if manager_of(each) == MIRRORING]
    if copies and _is_handmade(case) and not any(True for _ in misnamed(case)):
        yield case.judge("SVC069", manifest=slice_manifests.own(case, copies))


def _is_handmade(case: Case) -> bool:
    """No selector, slices known; of files with v1 Endpoints only a server would make slices."""
    if case.selector or case.is_external_name or (case.namespace, case.name) == API_SERVER:
        return False
    is_captured = case.inventory.live or case.inventory.get("Endpoints", case.namespace, case.name) is None
    return case.inventory.can_see("EndpointSlice") and (is_captured or bool(case.slices))


def _slices(case: Case) -> Iterable[Object]:
    return () if isinstance(case.slices, Missing) else case.slices


RULES: tuple[Rule, ...] = (unmade, misnamed, misplaced, mirrored)
