"""Which rights a plan needs, asked before the first write so that no node is left half done.

Source: kube-apiserver authorization (SelfSubjectAccessReview); the verbs are those of the requests in `cluster.write`.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_lab.catalogue import finding

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubectl_lab.domain.drain.model import Drain, NodePlan
    from kubectl_lab.result import Finding


@dataclass(frozen=True, slots=True)
class Right:
    """A verb on a resource; `namespaces` are those it is needed in, empty for a cluster-wide resource."""

    verb: str
    resource: str
    subresource: str = ""
    namespaces: tuple[str, ...] = ()

    @property
    def full_resource(self) -> str:
        """`pods/eviction`, as a Role names it."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


def needed(plan: Drain) -> tuple[Right, ...]:
    """The rights that the writes of this plan need; a refused node needs none."""
    open_nodes = tuple(node for node in plan.nodes if not node.is_refused)
    return (*_cordon(open_nodes), *_removal(open_nodes))


def _cordon(nodes: tuple[NodePlan, ...]) -> tuple[Right, ...]:
    return (Right("patch", "nodes"),) if any(not node.unschedulable for node in nodes) else ()


def _removal(nodes: tuple[NodePlan, ...]) -> tuple[Right, ...]:
    going = [pod for node in nodes for pod in node.going]
    spaces = tuple(sorted({pod.key[0] for pod in going}))
    actions = {pod.action for pod in going}
    rights = []
    if "evict" in actions:
        rights.append(Right("create", "pods", "eviction", spaces))
    if "delete" in actions:
        rights.append(Right("delete", "pods", "", spaces))
    return tuple(rights)


def denied(
    rights: tuple[Right, ...], allowed: Callable[[Right, str | None], bool], connection: tuple[str, ...] = ()
) -> tuple[Finding, ...]:
    """A finding for each right that is missing. `allowed(right, namespace)` asks the server, None = everywhere.

    A right for the whole cluster is asked first; only where it is denied, namespace by namespace.
    `connection`: the flags with which the fix asks the same server as the same user.
    """
    return tuple(_missing(right, space, connection) for right in rights for space in _denied(right, allowed))


def _denied(right: Right, allowed: Callable[[Right, str | None], bool]) -> tuple[str | None, ...]:
    """The namespaces in which it is missing, None for the whole cluster."""
    if allowed(right, None):
        return ()
    if not right.namespaces:
        return (None,)
    return tuple(space for space in right.namespaces if not allowed(right, space))


def _missing(right: Right, namespace: str | None, connection: tuple[str, ...]) -> Finding:
    # `pods/eviction` would mean the pod named eviction to `kubectl auth can-i`
    words = ["kubectl", "auth", "can-i", right.verb, right.resource]
    words += [f"--subresource={right.subresource}"] if right.subresource else []
    words += ["-n", namespace] if namespace else []
    words += connection
    return finding(
        "DRN030",
        None,
        verb=right.verb,
        resource=right.full_resource,
        namespace=namespace or "*",
        command=shlex.join(words),
    )
