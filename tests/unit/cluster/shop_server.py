"""A recording server that holds objects: it lists and gets them by path and selectors, and refuses what a test says."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import peers
from kubectl_lab.cluster import snapshot
from kubectl_lab.cluster.kinds import KINDS
from kubectl_lab.cluster.live import LiveCluster
from kubectl_lab.domain.rules import label_selectors
from recording import Answer, Recorder, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recording import Recorded

Object = dict[str, Any]
PATH = re.compile(
    r"/(?:api|apis/(?P<group>[^/]+))/(?P<version>[^/]+)"
    r"(?:/namespaces/(?P<namespace>[^/]+)(?=/))?(?:/(?P<plural>[^/]+)(?:/(?P<name>[^/]+))?)?$"
)
GATEWAY = "gateway.networking.k8s.io"


@dataclass(slots=True)
class Shop:
    """`refused`: status by plural, or by `plural@NAMESPACE` (`@*`: over all namespaces). `gateway`: served kinds."""

    server: Recorder
    held: list[Object]
    refused: dict[str, int] = field(default_factory=dict)
    gateway: tuple[str, ...] = ()
    version: str = ""

    @property
    def cluster(self) -> LiveCluster:
        """A client of it, which knows no other namespace than the one it is asked about."""
        made = peers.transport(self.server.url)
        return LiveCluster(made, made.target)

    def reply(self, request: Recorded) -> Answer:
        """List, object, or refusal."""
        url = urlsplit(request.path)
        found = PATH.match(url.path)
        if found is None or not found["plural"]:
            return self._discovery(url.path)
        where, plural = found["namespace"], found["plural"]
        status = self.refused.get(plural) or self.refused.get(f"{plural}@{where or '*'}")
        if status:
            return refusal(status)
        chosen = [each for each in self.held if plural_of(each["kind"]) == plural and _is_in(each, where)]
        if found["name"]:
            named = [each for each in chosen if each["metadata"]["name"] == unquote(found["name"])]
            return answer(named[0]) if named else refusal(404, name=found["name"], kind=plural)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        selector = label_selectors.parse(query.get("labelSelector", ""))
        fields = snapshot._fields(query.get("fieldSelector", ""))
        items = [
            each
            for each in chosen
            if label_selectors.matches(selector, each["metadata"].get("labels") or {})
            and all((snapshot._field(each, path) == value) is equal for path, equal, value in fields)
        ]
        return answer({"kind": "List", "metadata": {"resourceVersion": "1"}, "items": items})

    def _discovery(self, path: str) -> Answer:
        if path == f"/apis/{GATEWAY}/v1" and self.gateway:
            return answer({"kind": "APIResourceList", "resources": [{"kind": kind} for kind in self.gateway]})
        if path == "/version" and self.version:
            return answer({"gitVersion": self.version})
        return refusal(self.refused.get(path, 404))

    @property
    def asked(self) -> list[str]:
        """`services shop`, `pods * app=web`, `secrets shop tls`: every request, sorted."""
        return sorted(_words(request.path) for request in self.server.requests)


def plural_of(kind: str) -> str:
    """As the API names it in a path."""
    return KINDS[kind].plural


def _is_in(obj: Object, namespace: str | None) -> bool:
    return namespace is None or obj["metadata"].get("namespace") == namespace


def _words(path: str) -> str:
    url = urlsplit(path)
    found = PATH.match(url.path)
    query = parse_qs(url.query)
    if found is None or not found["plural"]:
        return url.path
    selectors = [value for key in ("labelSelector", "fieldSelector") for value in query.get(key, [])]
    return " ".join(
        [found["plural"], found["namespace"] or "*", *selectors, *([found["name"]] if found["name"] else [])]
    )


def refusal(status: int, **details: str) -> Answer:
    """What an API server says when it does not answer."""
    return answer({"kind": "Status", "status": "Failure", "message": f"refused {status}", "details": details}, status)


@contextmanager
def shop(*held: Object, refused: dict[str, int] | None = None, gateway: tuple[str, ...] = ()) -> Iterator[Shop]:
    """A server with these objects."""
    with Recorder() as server:
        made = Shop(server, list(held), refused or {}, gateway)
        server.answers = {}
        server.default = made.reply
        yield made
