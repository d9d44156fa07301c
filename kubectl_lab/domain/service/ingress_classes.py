"""Which controller takes an Ingress: its class, named or by default (SVC102-SVC104, SVC109)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import near
from kubectl_lab.domain.rules.pods import time_of
from kubectl_lab.domain.service.fronts import node_of
from kubectl_lab.domain.service.model import Judged, Place
from kubectl_lab.domain.service.repairs import is_applied
from kubectl_lab.result import reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.model import Effect
    from kubectl_lab.objects import Object

LEGACY = "kubernetes.io/ingress.class"
DEFAULT = "ingressclass.kubernetes.io/is-default-class"
ANSWER_TIME = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class IngressClass:
    """What an Ingress says of its class, and what holds: the field before the annotation before the cluster's default.

    The field names an IngressClass object; the annotation, older than these objects, is a free word that a controller knows.
    """

    field: str
    annotation: str
    default: str | None

    @property
    def name(self) -> str | None:
        """The class that holds."""
        return self.field or self.annotation or self.default


def class_of(ingress: Object, inventory: Inventory) -> IngressClass:
    """The class of an Ingress."""
    return IngressClass(
        field=objects.text(objects.spec(ingress).get("ingressClassName")),
        annotation=objects.text(objects.annotations_of(ingress).get(LEGACY)),
        default=default_class(inventory),
    )


def default_class(inventory: Inventory) -> str | None:
    """The class that the admission plug-in DefaultIngressClass writes into new Ingresses; of several the newest."""
    marked = [each for each in inventory.known("IngressClass") if objects.annotations_of(each).get(DEFAULT) == "true"]
    newest = max(marked, key=lambda each: objects.text(objects.metadata(each).get("creationTimestamp")), default=None)
    return objects.name(newest) if newest is not None else None


def findings(ingress: Object, inventory: Inventory) -> Iterator[Judged]:
    """What is wrong with the class of an Ingress."""
    chosen = class_of(ingress, inventory)
    if chosen.field and chosen.annotation and chosen.field != chosen.annotation:
        yield _judged("SVC109", ingress, field=chosen.field, annotation=chosen.annotation)
    if not inventory.can_see("IngressClass"):
        return
    if chosen.name is None:
        if not _addresses(ingress):  # some controllers take what names no class: one that has answered does
            yield _judged("SVC103", ingress, **_choice(ingress, inventory, None))
    elif inventory.get("IngressClass", None, chosen.name) is not None:
        yield from _unanswered(ingress, inventory, chosen.name)
    elif chosen.field:
        yield _judged("SVC102", ingress, name=chosen.field, **_choice(ingress, inventory, chosen.field))


def _choice(ingress: Object, inventory: Inventory, wanted: str | None) -> dict[str, Any]:
    """The classes that there are, and the patch that names one where no choice is left."""
    names = sorted(objects.name(each) for each in inventory.known("IngressClass"))
    sure = (near.nearest(wanted, names) if wanted else None) or (names[0] if len(names) == 1 else None)
    patch = json.dumps({"spec": {"ingressClassName": sure}}) if sure and is_applied(ingress) else None
    key = "service.front-classes" if names else "service.front-no-class"
    return {"classes": names, "hint": catalogue.phrase(key, classes=names), "patch": patch}


def _unanswered(ingress: Object, inventory: Inventory, name: str) -> Iterator[Judged]:
    """The controller of a class writes its address into the status of every Ingress that it takes."""
    created = time_of(objects.metadata(ingress).get("creationTimestamp"))
    if _addresses(ingress) or created is None or inventory.now - created < ANSWER_TIME:
        return
    found = inventory.get("IngressClass", None, name) or {}
    controller = objects.text(objects.spec(found).get("controller"))
    yield _judged("SVC104", ingress, name=name, controller=controller)


def _addresses(ingress: Object) -> Sequence[object]:
    """Where its controller listens, as it wrote into the status."""
    return objects.sequence(objects.mapping(objects.status(ingress).get("loadBalancer")).get("ingress"))


def _judged(code: str, ingress: Object, **details: Any) -> Judged:
    about = reference(ingress, "Ingress")
    shared = {"ingress": about.name, "namespace": about.namespace}
    effect: Effect = "breaks" if code in ("SVC102", "SVC103") else "none"
    return Judged(catalogue.finding(code, about, **shared, **details), effect, Place("entry", node_of(about)))
