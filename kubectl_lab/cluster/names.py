"""Names alone, for completion: one request, no specs, no values; nothing is repeated and nothing waits longer than asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.cluster.kinds import KINDS
from kubectl_lab.errors import NotKubernetes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_lab.cluster.transport import Transport

# without a second choice: a server that cannot leave the values of Secrets out shall not send them
METADATA_ALONE = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
# what the server remembers is good enough and costs its database nothing
FROM_MEMORY = (("resourceVersion", "0"),)


def listed(transport: Transport, kind: str, namespace: str | None, timeout: float) -> list[str]:
    """The names of all objects of a kind, of all namespaces where `namespace` is None; each once, in the server's order.

    `timeout` in seconds. Raises what `Transport.request` raises, NotKubernetes for anything but a list of metadata.
    """
    path = KINDS[kind].path(namespace)
    answer = transport.request("GET", path, query=FROM_MEMORY, accept=METADATA_ALONE, timeout=timeout, retry=False)
    if answer.get("kind") != "PartialObjectMetadataList":
        raise NotKubernetes("answer-not-a-list", path=path, **transport.where.values())
    items = map(objects.mapping, objects.sequence(answer.get("items")))
    return list(dict.fromkeys(_known(objects.text(objects.metadata(item).get("name")) for item in items)))


def secret_keys(transport: Transport, namespace: str, name: str, timeout: float) -> list[str]:
    """The keys of one Secret. Their values come with them, there is no other way to ask, and are dropped right here."""
    path = KINDS["Secret"].path(namespace, name)
    answer: dict[str, Any] = transport.request("GET", path, timeout=timeout, retry=False)
    return _known(sorted(map(objects.text, objects.mapping(answer.get("data")))))


def _known(names: Sequence[str] | Any) -> list[str]:
    return [name for name in names if name]
