"""A Service, Ingress or route that was asked for and does not exist (SVC001)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import near
from kubectl_lab.domain.service.model import Hop, ServiceEntry
from kubectl_lab.domain.service.not_checked import missing_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_lab.domain.service.fronts import Front
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.result import Reference


def entry(inventory: Inventory, subject: Reference, fronts: Sequence[Front]) -> ServiceEntry:
    """The entry, broken; the finding names the nearest name, the namespaces that have it, the fronts that want it."""
    names = sorted(objects.name(each) for each in inventory.known(subject.kind, subject.namespace))
    elsewhere = sorted(
        objects.namespace(each) or ""
        for each in inventory.known(subject.kind)
        if objects.name(each) == subject.name and objects.namespace(each) != subject.namespace
    )
    wanted_by = [f"{each.reference.kind} {each.reference.name}" for each in fronts if each.leads_to(subject)]
    found = catalogue.finding(
        "SVC001",
        subject,
        kind=subject.kind,
        name=subject.name,
        namespace=subject.namespace,
        near=near.nearest(subject.name, names),
        namespaces=elsewhere,
        wantedBy=wanted_by,
        hint=_hint(near.nearest(subject.name, names), elsewhere, wanted_by),
    )
    node = f"{subject.kind.lower()}/{subject.namespace}/{subject.name}"
    return ServiceEntry(
        service=subject,
        type=subject.kind,
        verdict="broken",
        hops=(Hop("client", node, "broken", "SVC001", None, subject),),
        not_checked=missing_of(inventory),
        findings=(found,),
    )


def _hint(nearest: str | None, elsewhere: Sequence[str], wanted_by: Sequence[str]) -> dict[str, Any] | str:
    """The most telling of what is known about the name."""
    if nearest:
        return catalogue.phrase("service.absent-near", near=nearest)
    if elsewhere:
        return catalogue.phrase("service.absent-elsewhere", namespaces=list(elsewhere))
    if wanted_by:
        return catalogue.phrase("service.absent-wanted", fronts=list(wanted_by))
    return ""
