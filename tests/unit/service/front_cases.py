"""Ingresses and what belongs to them, for unit tests, and the findings of fronts by their code."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import make
from certificates import Authority
from kubectl_lab.domain.service.ingress_classes import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kubectl_lab.domain.service.fronts import Front
    from kubectl_lab.domain.service.model import Judged

Object = dict[str, Any]
AUTHORITY = Authority()
OLD, FRESH = "2026-01-01T11:58:59Z", "2026-01-01T11:59:30Z"


def backend(name: str, port: int | str = 80) -> Object:
    """The backend of a path."""
    return {"service": {"name": name, "port": {"name": port} if isinstance(port, str) else {"number": port}}}


def ingress(
    name: str = "shop",
    *paths: tuple[str, str | Object],
    host: str = "shop.example",
    namespace: str = "shop",
    created: str | None = FRESH,
    annotations: Mapping[str, str] | None = None,
    address: bool = False,
    cls: str | None = "nginx",
    **spec: Any,
) -> Object:
    """An Ingress of the class nginx; a path is `("/api", "web")` or `("/api", backend("web", 8080))`, by default `/` to web."""
    listed = [
        {"path": path, "pathType": "Prefix", "backend": backend(to) if isinstance(to, str) else to}
        for path, to in paths or (("/", "web"),)
    ]
    rule: Object = {"http": {"paths": listed}} | ({"host": host} if host else {})
    body = {"rules": [rule]} | ({"ingressClassName": cls} if cls else {}) | spec
    status = {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}] if address else []}}
    about = {"creationTimestamp": created, "annotations": dict(annotations) if annotations else None}
    return make.obj("Ingress", name, namespace, api="networking.k8s.io/v1", spec=body, status=status, **about)


def ingress_class(name: str = "nginx", *, default: bool = False, created: str = OLD) -> Object:
    """An IngressClass."""
    marks = {DEFAULT: "true"} if default else None
    spec = {"controller": f"example.com/{name}"}
    return make.obj(
        "IngressClass", name, api="networking.k8s.io/v1", spec=spec, annotations=marks, creationTimestamp=created
    )


def tls_secret(
    name: str = "shop-tls", *hosts: str, drop: Iterable[str] = (), kind: str = "kubernetes.io/tls", **data: bytes
) -> Object:
    """A Secret with a certificate for `hosts` (default: shop.example), valid around today; `data` replaces keys (`tls_crt`)."""
    leaf = AUTHORITY.server(*(hosts or ("shop.example",)))
    values = {"tls.crt": leaf.certificate, "tls.key": leaf.key}
    values |= {key.replace("_", "."): value for key, value in data.items()}
    encoded = {key: base64.b64encode(value).decode() for key, value in values.items() if key not in set(drop)}
    return {**make.obj("Secret", name, "shop"), "type": kind, "data": encoded}


def judged(front: Front) -> dict[str, Judged]:
    """What is wrong with a front, by code; of several the first."""
    return {each.finding.code: each for each in reversed(front.judged())}


def details(front: Front, code: str) -> Mapping[str, Any]:
    """What the finding of a code saw."""
    return judged(front)[code].finding.details
