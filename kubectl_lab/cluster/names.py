"""Names alone, for completion: one request, no specs, no values; nothing is repeated and nothing waits longer than asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.cluster.kinds import KINDS
from kubectl_lab.errors import NotKubernetes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from kubectl_lab.cluster.transport import Transport

# the columns of `kubectl get` without the objects. Metadata alone would be too much: whatever was applied stands in an
# annotation, a Secret's values too. Without a second choice: a server that cannot leave them out shall not send them
TABLE = "application/json;as=Table;g=meta.k8s.io;v=v1"
# what the server remembers is good enough and costs its database nothing
QUERY = (("resourceVersion", "0"), ("includeObject", "None"))


def listed(transport: Transport, kind: str, namespace: str | None, timeout: float) -> list[str]:
    """The names of all objects of a kind, of all namespaces where `namespace` is None; each once, in the server's order.

    `timeout` in seconds. Raises what `Transport.request` raises, NotKubernetes for anything but a table.
    """
    path = KINDS[kind].path(namespace)
    answer = transport.request("GET", path, query=QUERY, accept=TABLE, timeout=timeout, retry=False)
    if answer.get("kind") != "Table":
        raise NotKubernetes("answer-not-a-list", path=path, **transport.where.values())
    return list(dict.fromkeys(_known(_names(answer))))


def secret_keys(transport: Transport, namespace: str, name: str, timeout: float) -> list[str]:
    """The keys of one Secret. Their values come with them, there is no other way to ask, and are dropped right here."""
    path = KINDS["Secret"].path(namespace, name)
    answer: dict[str, Any] = transport.request("GET", path, timeout=timeout, retry=False)
    return _known(sorted(map(objects.text, objects.mapping(answer.get("data")))))


def _names(table: Mapping[str, Any]) -> Iterable[str]:
    """The cells of the column that the server marks as holding names (metav1.TableColumnDefinition, `format`)."""
    columns = [objects.mapping(column).get("format") for column in objects.sequence(table.get("columnDefinitions"))]
    if "name" in columns:
        for row in objects.sequence(table.get("rows")):
            cells = objects.sequence(objects.mapping(row).get("cells"))
            yield from map(objects.text, cells[columns.index("name") :][:1])


def _known(names: Iterable[str]) -> list[str]:
    return [name for name in names if name]
