"""What the pods that a selector matches look like: real pods, or those that templates of `-f` would make."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.service.endpoints import container_ports, protocol_of

if TYPE_CHECKING:
    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.objects import Object


@dataclass(frozen=True, slots=True)
class Declared:
    """A port that a container declares (documentation, unless a targetPort names it)."""

    name: str
    number: int
    protocol: str
    container: str

    def __str__(self) -> str:
        """`8080/TCP (http)`, as `kubectl describe` writes it."""
        return f"{self.number}/{self.protocol}" + (f" ({self.name})" if self.name else "")


@dataclass(frozen=True, slots=True)
class Shape:
    """A pod, by its name, or a template, by its workload's (`deployment/web`); `ports` in the order of look-up."""

    word: str
    spec: Object
    ports: tuple[Declared, ...]

    def named(self, name: str, protocol: str) -> tuple[Declared, ...]:
        """Its ports of that name and protocol: the first is the one that a targetPort means."""
        return tuple(port for port in self.ports if (port.name, port.protocol) == (name, protocol))

    def declares(self, number: int, protocol: str) -> bool:
        """Whether a container says that it listens there."""
        return any((port.number, port.protocol) == (number, protocol) for port in self.ports)


class _Seen:
    """Each pod's shape, worked out once for all Services and rules."""

    def __init__(self, _: Inventory) -> None:
        self._known: dict[int, Shape] = {}

    def of(self, pod: Object) -> Shape:
        """By identity: an inventory keeps its pods."""
        found = self._known.get(id(pod))
        if found is None:
            found = self._known[id(pod)] = _shape(objects.name(pod), objects.spec(pod))
        return found


@functools.lru_cache(maxsize=4)  # rules ask one after another about the same Service
def shapes(case: Case) -> tuple[Shape, ...]:
    """The pods that count: living ones, those that end only when there are no others; templates that want pods.

    A pod that ends is about to be replaced: what it lacks is no news.
    """
    staying = tuple(pod for pod in case.live_pods if not pod_rules.is_terminating(pod))
    seen = case.inventory.derived(_Seen)
    real = tuple(seen.of(pod) for pod in staying or case.live_pods)
    if not case.inventory.manifests:
        return real
    return real + tuple(_shape(each.word, each.pod_spec) for each in case.matching_workloads if each.wanted > 0)


def _shape(word: str, spec: Object) -> Shape:
    return Shape(word, spec, tuple(_declared(container, port) for container, port in container_ports(spec)))


def _declared(container: Object, port: Object) -> Declared:
    number = port.get("containerPort")
    return Declared(
        name=objects.text(port.get("name")),
        number=number if isinstance(number, int) else 0,
        protocol=protocol_of(port),
        container=objects.text(container.get("name")),
    )
