"""Ingresses and what is wrong with them (SVC100-SVC109)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.service import ingress_backends, ingress_classes, ingress_tls
from kubectl_lab.domain.service.fronts import Front, node_of
from kubectl_lab.domain.service.ingress_tls import secrets_wanted
from kubectl_lab.domain.service.model import Judged, Place
from kubectl_lab.result import Reference, reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.objects import Object

    Claim = tuple[str | None, str, str, str]
    Claims = Mapping[Claim, Sequence[Reference]]

__all__ = ["read", "secrets_wanted"]

# two Ingresses on one path on purpose: the second takes a share of the first one's traffic
CANARY = "nginx.ingress.kubernetes.io/canary"


def read(inventory: Inventory) -> tuple[Front, ...]:
    """All that are known, judged."""
    claims = _claims(inventory)
    return tuple(_front(ingress, inventory, claims) for ingress in inventory.known("Ingress"))


def _front(ingress: Object, inventory: Inventory, claims: Claims) -> Front:
    about, name = reference(ingress, "Ingress"), ingress_classes.class_of(ingress, inventory).name
    through = (node_of(Reference("IngressClass", None, name)),) if name else ()
    return Front(
        reference=about,
        through=through,
        branches=ingress_backends.branches(ingress, inventory),
        findings=(
            *ingress_classes.findings(ingress, inventory),
            *ingress_tls.findings(ingress, inventory),
            *_shared(ingress, inventory, claims),
        ),
        unseen=frozenset() if inventory.can_see("IngressClass") else frozenset(through or (node_of(about),)),
    )


def _claims(inventory: Inventory) -> Claims:
    """Which Ingresses want a path of a host, all of one class."""
    made: defaultdict[Claim, list[Reference]] = defaultdict(list)
    for ingress in inventory.known("Ingress"):
        for claim in dict.fromkeys(_claims_of(ingress, inventory)):
            made[claim].append(reference(ingress, "Ingress"))
    return made


def _claims_of(ingress: Object, inventory: Inventory) -> Iterator[Claim]:
    """Class, host, path and path type of each path; nothing where no controller takes it, or it is a canary."""
    name = ingress_classes.class_of(ingress, inventory).name
    if name is None or objects.annotations_of(ingress).get(CANARY) == "true":
        return
    for path in ingress_backends.paths(ingress):
        if path.path:
            yield name, path.host, path.path, path.path_type


def _shared(ingress: Object, inventory: Inventory, claims: Claims) -> Iterator[Judged]:
    """SVC108, one for each other Ingress: which of the two answers is up to the controller."""
    about = reference(ingress, "Ingress")
    rivals: defaultdict[Reference, list[str]] = defaultdict(list)
    for claim in dict.fromkeys(_claims_of(ingress, inventory)):
        for other in claims[claim]:
            if other != about:
                rivals[other].append(f"{claim[1] or '*'}{claim[2]}")
    for other, urls in rivals.items():
        shared = {"ingress": about.name, "namespace": about.namespace, "urls": urls}
        made = catalogue.finding("SVC108", about, **shared, other=other.name, otherNamespace=other.namespace)
        yield Judged(made, "none", Place("entry", node_of(about)))
