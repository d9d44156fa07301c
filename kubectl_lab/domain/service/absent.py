"""A Service, Ingress or route that was asked for and does not exist (SVC001)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import near
from kubectl_lab.domain.service.fronts import node_of
from kubectl_lab.domain.service.model import Hop, ServiceEntry
from kubectl_lab.domain.service.not_checked import missing_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from kubectl_lab.domain.service.fronts import Front
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.result import Finding, Reference


def entry(inventory: Inventory, subject: Reference, fronts: Collection[Front]) -> ServiceEntry:
    """The entry, broken; the finding names the nearest name, the namespaces that have it, the fronts that want it."""
    return ServiceEntry(
        service=subject,
        type=subject.kind,
        verdict="broken",
        hops=(Hop("client", node_of(subject), "broken", "SVC001", None, subject),),
        not_checked=missing_of(inventory),
        findings=(finding(inventory, subject, fronts),),
    )


def finding(inventory: Inventory, subject: Reference, fronts: Collection[Front]) -> Finding:
    """SVC001. `asked` and `found` are what to ask instead, as the command line names it; None where nothing is like it."""
    names = sorted(objects.name(each) for each in inventory.known(subject.kind, subject.namespace))
    elsewhere = sorted(
        objects.namespace(each) or ""
        for each in inventory.known(subject.kind)
        if objects.name(each) == subject.name and objects.namespace(each) != subject.namespace
    )
    wanted_by = [f"{each.reference.kind} {each.reference.name}" for each in fronts if each.leads_to(subject)]
    meant = near.akin(subject.name, names)
    return catalogue.finding(
        "SVC001",
        subject,
        kind=subject.kind,
        name=subject.name,
        namespace=subject.namespace,
        near=meant,
        namespaces=elsewhere,
        wantedBy=wanted_by,
        hint=_hint(meant, elsewhere, wanted_by),
        resource=subject.kind.lower(),
        asked=_word(subject.kind, meant) if meant else None,
        found=_word(subject.kind, subject.name) if elsewhere else None,
        other=elsewhere[0] if elsewhere else None,
    )


def _word(kind: str, name: str) -> str:
    """`web`, `ingress/shop`."""
    return name if kind == "Service" else f"{kind.lower()}/{name}"


def _hint(nearest: str | None, elsewhere: Sequence[str], wanted_by: Sequence[str]) -> dict[str, Any] | str:
    """What is known about the name, the most telling first."""
    hints = []
    if nearest:
        hints.append(catalogue.phrase("service.absent-near", near=nearest))
    if elsewhere:
        hints.append(catalogue.phrase("service.absent-elsewhere", namespaces=list(elsewhere)))
    if wanted_by:
        hints.append(catalogue.phrase("service.absent-wanted", fronts=list(wanted_by)))
    return catalogue.phrase("service.absent-hints", hints=hints) if hints else ""
