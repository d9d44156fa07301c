"""Other Services in front of the same pods (SVC037): nothing wrong, and good to know before one of them is changed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.service.case import plain
from kubectl_lab.domain.service.endpoints import protocol_of, resolve, target_of
from kubectl_lab.domain.service.shapes import shapes
from kubectl_lab.domain.service.wordings import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.model import Judged

    Pods = tuple[str | None, frozenset[str]]
    Targets = frozenset[tuple[int | None, str]]


def same_backends(case: Case) -> Iterator[Judged]:
    """Another Service of the namespace selects exactly the same pods and sends to one of the same ports."""
    pods, targets = _aim(case)
    others = [
        name for name, aimed in case.inventory.derived(_by_pods).get(pods, ()) if name != case.name and aimed & targets
    ]
    if others:
        yield case.judge("SVC037", others=shortened(sorted(others)))


def _by_pods(inventory: Inventory) -> Mapping[Pods, list[tuple[str, Targets]]]:
    made: defaultdict[Pods, list[tuple[str, Targets]]] = defaultdict(list)
    for service in inventory.known("Service"):
        pods, targets = _aim(plain(service, inventory))
        if targets:
            made[pods].append((objects.name(service), targets))
    return made


def _aim(case: Case) -> tuple[Pods, Targets]:
    """The pods by name, and the (number, protocol) pairs that the Service sends to."""
    found = shapes(case)
    ports = map(objects.mapping, objects.sequence(case.spec.get("ports")))
    asked = [(target_of(port), protocol_of(port)) for port in ports]
    numbers = {(resolve(each.spec, target, protocol), protocol) for each in found[:1] for target, protocol in asked}
    return (case.namespace, frozenset(each.word for each in found)), frozenset(each for each in numbers if each[0])
