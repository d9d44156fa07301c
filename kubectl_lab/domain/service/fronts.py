"""What stands in front of Services: Ingresses and Gateway API routes, each with the Services it leads to.

`KINDS` names the module of each kind: `read(inventory) -> Sequence[Front]`, all fronts of the kind that are known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubectl_lab.domain.service.model import Judged
    from kubectl_lab.result import Reference


@dataclass(frozen=True, slots=True)
class Branch:
    """One rule of a front: where it leads. `label`: `shop.example/api`, what a client asks for.

    `service`: the backend Service, which may not exist; `port`: number or name of one of its ports, None where none is said.
    `findings`: what is wrong with this branch (its Service or port is absent, a grant is missing).
    """

    label: str
    service: Reference | None
    port: int | str | None
    findings: tuple[Judged, ...] = ()


@dataclass(frozen=True, slots=True)
class Front:
    """An Ingress or a route. `through`: node ids between the client and it (`ingressclass/haproxy`, `gateway/NS/NAME`).

    `findings`: what is wrong with the whole of it (its class, its certificate, its parent).
    """

    reference: Reference
    through: tuple[str, ...]
    branches: tuple[Branch, ...]
    findings: tuple[Judged, ...] = ()

    @property
    def node(self) -> str:
        """Its id in the graph: `ingress/NS/NAME`."""
        return f"{self.reference.kind.lower()}/{self.reference.namespace}/{self.reference.name}"

    def leads_to(self, service: Reference) -> tuple[Branch, ...]:
        """Its branches to a Service."""
        return tuple(branch for branch in self.branches if branch.service == service)

    @property
    def judged(self) -> tuple[Judged, ...]:
        """All that is wrong with it."""
        return (*self.findings, *(each for branch in self.branches for each in branch.findings))
