"""What a filter plugin says of a node: nothing, or a refusal with the scheduler's own reasons.

Source: kube-scheduler `framework/interface.go` (Status, Code).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.objects import Object


@dataclass(frozen=True, slots=True)
class Reason:
    """`text`: the scheduler's own words; `message`: a phrase that names the facts; `details`: those facts as JSON."""

    text: str
    message: Mapping[str, Any]
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One plugin against one node (or, before any node is looked at, against all), all its reasons in its order.

    `preemption_may_help`: the code is Unschedulable; else it is UnschedulableAndUnresolvable, and removing pods changes nothing.
    """

    reasons: tuple[Reason, ...]
    preemption_may_help: bool = False


@dataclass(frozen=True, slots=True, order=True)
class NotEvaluated:
    """Something the answer does not rest on: never counted as a fit, nor as a refusal. `why`: `not captured`, `forbidden: …`, …"""

    plugin: str
    what: str
    why: str

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"plugin": self.plugin, "what": self.what, "why": self.why}


class NodeFilter:
    """A filter plugin made ready for one pod and one state of the cluster (PreFilter), then asked node by node (Filter).

    `before`: it refuses every node at once. `only`: names of the only nodes that are looked at at all (PreFilterResult), None
    for all. `not_evaluated`: what it would have needed. A node that it cannot judge for want of these is not refused.
    """

    before: Refusal | None = None
    only: frozenset[str] | None = None
    not_evaluated: tuple[NotEvaluated, ...] = ()

    def refusal(self, node: NodeInfo) -> Refusal | None:  # noqa: ARG002 - what plugins that only look before leave as it is
        """What it says of a node; None where it lets the pod pass. `node` may hold other pods than it had when made ready."""
        return None

    def changed(
        self,
        node: NodeInfo,  # noqa: ARG002 - for plugins that look beyond the node
        *,
        removed: Sequence[Object] = (),  # noqa: ARG002
        added: Sequence[Object] = (),  # noqa: ARG002
    ) -> NodeFilter:
        """The same filter if these pods left `node` or came to it (PreFilterExtensions RemovePod, AddPod).

        `node` is as it was before. Only plugins whose verdict rests on pods of other nodes too need this; it must cost little
        next to making it ready again, since preemption asks it for every node.
        """
        return self


class Prepare(Protocol):
    """How a plugin is made ready: None where it has nothing to check on this pod (it is skipped)."""

    def __call__(self, pod: Object, state: ClusterState, /) -> NodeFilter | None:
        """PreFilter."""
        ...


@dataclass(frozen=True, slots=True)
class Plugin:
    """A row of the table of filters: the scheduler's name of it, and how it is made ready."""

    name: str
    prepare: Prepare
