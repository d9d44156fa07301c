"""What a command answers: frozen results, findings without words, references.

A result's `to_dict()` is its JSON document without the findings' words; `render.data.document` adds `message` and `fix` in
the user's language. Nothing here knows a language or a format.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from kubectl_lab import objects

if TYPE_CHECKING:
    from collections.abc import Mapping

API_VERSION = "kubectl-lab/v1"
Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """`{kind, namespace, name}` of an object; `namespace` is None for cluster-wide ones."""

    kind: str
    namespace: str | None
    name: str

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"kind": self.kind, "namespace": self.namespace, "name": self.name}


def reference(obj: objects.Object, kind: str | None = None) -> Reference:
    """The reference of an object; `kind` where the object does not say it (the items of a list do not)."""
    return Reference(kind or objects.text(obj.get("kind")), objects.namespace(obj), objects.name(obj))


@dataclass(frozen=True, slots=True)
class Finding:
    """A fact that deserves a sentence: `code` and `severity` from the catalogue, `details` the values that were seen.

    `details` holds JSON values; the catalogue's templates are filled from them. Made by `catalogue.finding`.
    """

    code: str
    severity: Severity
    object: Reference | None
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form without `message` and `fix`, which `render.data.document` puts in."""
        return {
            "code": self.code,
            "severity": self.severity,
            "object": self.object.to_dict() if self.object else None,
            "message": "",
            "fix": [],
            "details": dict(self.details),
        }


State = Literal["ok", "degraded", "broken", "unknown"]


@dataclass(frozen=True, slots=True)
class Node:
    """A place of a graph. `id`: unique and stable, as in the document; `label`: what people call it there."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from one node to another. `code`: of the finding that put it into its state; `label`: what passes there."""

    source: str
    target: str
    state: State = "ok"
    code: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """A picture before it is drawn: every edge leads between two of the nodes. No words of any language."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    title: str = ""


class Result(Protocol):
    """The answer of a command."""

    kind: ClassVar[str]

    def to_dict(self) -> dict[str, Any]:
        """The document, `apiVersion` and `kind` first."""
        ...


def document_head(kind: str) -> dict[str, Any]:
    """The first two fields of every document."""
    return {"apiVersion": API_VERSION, "kind": kind}
