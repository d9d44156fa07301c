"""All fronts that are known, found again by their own name and by the Services behind them; read once an inventory."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_lab.domain.service import ingresses, routes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kubectl_lab.domain.service.fronts import Front
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.result import Reference


@dataclass(frozen=True, slots=True)
class KnownFronts:
    """Ingresses first, then routes, in the order of reading."""

    by_reference: Mapping[Reference, Front]
    by_service: Mapping[Reference, Sequence[Front]]

    def leading_to(self, service: Reference) -> Sequence[Front]:
        """Those with a branch to a Service."""
        return self.by_service.get(service, ())


def known_fronts(inventory: Inventory) -> KnownFronts:
    """The fronts of an inventory."""
    return inventory.derived(_read)


def services_of(inventory: Inventory, subjects: Iterable[Reference]) -> tuple[Reference, ...]:
    """The Services that subjects mean, each once: themselves, or what stands behind a front; they need not exist."""
    found: dict[Reference, None] = {}
    for subject in subjects:
        if subject.kind == "Service":
            found[subject] = None
        elif (front := known_fronts(inventory).by_reference.get(subject)) is not None:
            found |= dict.fromkeys(front.services)
    return tuple(found)


def _read(inventory: Inventory) -> KnownFronts:
    by_reference: dict[Reference, Front] = {}
    by_service: defaultdict[Reference, list[Front]] = defaultdict(list)
    for front in (*ingresses.read(inventory), *routes.read(inventory)):
        by_reference.setdefault(front.reference, front)
        for service in front.services:
            by_service[service].append(front)
    return KnownFronts(by_reference, by_service)
