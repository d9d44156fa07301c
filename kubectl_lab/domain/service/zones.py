"""Preferences of near backends that are not kept (SVC046).

Source: k8s.io/endpointslice `topologycache` (annotation `topology-mode`) and `trafficdist` (`spec.trafficDistribution`); kube-proxy
heeds hints only where every ready endpoint has them; a zone without any uses all endpoints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules.nodes import is_ready
from kubectl_lab.domain.service.endpoints import ZONE
from kubectl_lab.domain.service.wordings import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Endpoint, Judged

_MODES = ("service.kubernetes.io/topology-mode", "service.kubernetes.io/topology-aware-hints")
_REFUSED = "TopologyAwareHintsDisabled"


def zone_preference(case: Case) -> Iterator[Judged]:
    """Nearness is asked for, and hints are missing, or a zone has no ready endpoint and uses those of all zones."""
    asked, ready = _asked(case), [each for each in case.endpoints if each.ready and each.workload is None]
    if not asked or case.is_headless or case.is_external_name or case.is_predicted or not ready:
        return
    why = _why(case, asked, ready)
    if why is not None:
        yield case.judge("SVC046", asked=asked, why=why)


def _asked(case: Case) -> str:
    """`trafficDistribution`, else the annotation's mode. The hints of `PreferSameNode` name nodes, no zones: always in force."""
    wanted = objects.text(case.spec.get("trafficDistribution"))
    if wanted:
        return "" if wanted == "PreferSameNode" else wanted
    annotations = objects.annotations_of(case.service)
    modes = (objects.text(annotations.get(name)) for name in _MODES)
    return next((mode for mode in modes if mode.lower() == "auto"), "")


def _why(case: Case, asked: str, ready: Sequence[Endpoint]) -> str | dict[str, Any] | None:
    if any(not each.hints for each in ready):
        return _unhinted(case, ready)
    if not case.inventory.can_see("Node"):
        return None
    zones = {objects.text(objects.labels(node).get(ZONE)) for node in case.inventory.known("Node") if is_ready(node)}
    empty = sorted(zones - {""} - {zone for each in ready for zone in each.hints})
    return catalogue.phrase("service.zones-empty", zones=shortened(empty), asked=asked) if empty else None


def _unhinted(case: Case, ready: Sequence[Endpoint]) -> str | dict[str, Any]:
    """The controller's own words where it has said why; else whether the nodes have zones at all."""
    events = case.inventory.events("Service", case.namespace, case.name)
    said = [objects.text(event.get("message")) for event in events if event.get("reason") == _REFUSED]
    if said:
        return said[-1]
    return catalogue.phrase("service.zones-unhinted" if any(each.zone for each in ready) else "service.zones-none")
