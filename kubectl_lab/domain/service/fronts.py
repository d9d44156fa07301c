"""What stands in front of Services: Ingresses and Gateway API routes, each with the Services it leads to.

Each of `ingresses` and `routes` reads its kinds: `read(inventory) -> tuple[Front, ...]`, all that are known, judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from kubectl_lab.domain.service.model import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kubectl_lab.domain.service.model import Judged
    from kubectl_lab.result import Reference

CLIENT = "client"


class Step(NamedTuple):
    """From one node of the graph to the next; `places`: where findings stand that mark this hop.

    `seen` False: the class or Gateway on the way could not be looked at, so that nobody knows whether it passes clients on.
    """

    source: str
    target: str
    places: tuple[Place, ...]
    seen: bool = True


@dataclass(frozen=True, slots=True)
class Branch:
    """One rule of a front: where it leads. `label`: `shop.example/api`, what a client asks for.

    `service`: the backend Service, which may not exist, None for a backend of another kind; `port`: number or name of one of
    its ports, None where none is said. `findings`: what is wrong with this branch (its Service or port is absent, a grant is
    missing). `answers`: it needs no backend, it answers by itself (a redirect).
    """

    label: str
    service: Reference | None
    port: int | str | None
    findings: tuple[Judged, ...] = ()
    answers: bool = False


@dataclass(frozen=True, slots=True)
class Front:
    """An Ingress or a route. `through`: node ids of what passes clients on to it, each a way of its own.

    That is `ingressclass/haproxy` of an Ingress, `gateway/NS/NAME` of each of a route's parents. `findings`: what is wrong
    with the whole of it (its class, its certificate) or with one of its ways (a parent). `unseen`: those of `through` that
    could not be looked at, or its own node where not even their names are known.
    """

    reference: Reference
    through: tuple[str, ...]
    branches: tuple[Branch, ...]
    findings: tuple[Judged, ...] = ()
    unseen: frozenset[str] = frozenset()

    @property
    def node(self) -> str:
        """Its id in the graph: `ingress/NS/NAME`."""
        return node_of(self.reference)

    @property
    def ways(self) -> tuple[tuple[Step, ...], ...]:
        """How clients come to it, one row of steps a way."""
        whole = Place("entry", self.node)
        if not self.through:
            return ((Step(CLIENT, self.node, (whole,), self.node not in self.unseen),),)
        return tuple(
            (
                Step(CLIENT, each, (Place("entry", each),), each not in self.unseen),
                Step(each, self.node, (whole, entry_through(each, self.reference)), each not in self.unseen),
            )
            for each in self.through
        )

    def is_shut(self) -> bool:
        """Nobody gets to it: it is broken as a whole, or each of its ways is."""
        broken = {each.place for each in self.findings if each.effect == "breaks"}
        return all(any(broken.intersection(step.places) for step in way) for way in self.ways)

    @property
    def services(self) -> tuple[Reference, ...]:
        """The Services behind it, each once."""
        return tuple(dict.fromkeys(branch.service for branch in self.branches if branch.service))

    def leads_to(self, service: Reference) -> tuple[Branch, ...]:
        """Its branches to a Service."""
        return tuple(branch for branch in self.branches if branch.service == service)

    def judged(self, service: Reference | None = None) -> tuple[Judged, ...]:
        """All that is wrong with it, or only what a Service behind it feels; each once, though it stands on many branches."""
        branches = self.branches if service is None else self.leads_to(service)
        return _each_once((*self.findings, *(each for branch in branches for each in branch.findings)))


def node_of(reference: Reference) -> str:
    """`ingress/NS/NAME`, `ingressclass/NAME`."""
    return "/".join(part for part in (reference.kind.lower(), reference.namespace, reference.name) if part)


def entry_through(through: str, front: Reference) -> Place:
    """Where a finding stands that breaks one way to a front, through a gateway, and no other."""
    return Place("entry", f"{through} {node_of(front)}")


def _each_once(judged: Iterable[Judged]) -> tuple[Judged, ...]:
    found: list[Judged] = []
    for each in judged:
        if each not in found:
            found.append(each)
    return tuple(found)
