"""Gateway API routes and what is wrong with them (SVC110-SVC114)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab.domain.service import route_backends, route_conditions, route_parents
from kubectl_lab.domain.service.fronts import Front
from kubectl_lab.result import reference

if TYPE_CHECKING:
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.objects import Object

KINDS = ("HTTPRoute", "GRPCRoute")


def read(inventory: Inventory) -> tuple[Front, ...]:
    """All that are known, judged."""
    return tuple(_front({**route, "kind": kind}, inventory) for kind in KINDS for route in inventory.known(kind))


def _front(route: Object, inventory: Inventory) -> Front:
    parents = route_parents.parents(route)
    branches = route_backends.branches(route, inventory)
    findings = [each for parent in parents for each in route_parents.findings(route, parent, inventory)]
    codes = {each.finding.code for each in (*findings, *(one for branch in branches for one in branch.findings))}
    for parent in parents:
        findings += route_conditions.findings(route, parent, inventory, codes=codes, branches=len(branches))
    return Front(
        reference=reference(route),
        through=tuple(dict.fromkeys(parent.node for parent in parents)),
        branches=branches,
        findings=tuple(findings),
        unseen=frozenset(parent.node for parent in parents if not route_parents.is_seen(route, parent, inventory)),
    )
