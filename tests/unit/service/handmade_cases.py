"""Endpoints made by hand, for unit tests: Service `db` without a selector, and slices for it."""

from __future__ import annotations

from typing import Any

from kubectl_lab.domain.service import handmade
from unit.service.cases import case, endpoint, endpoint_slice, service

NAME = "kubernetes.io/service-name"
MANAGER = "endpointslice.kubernetes.io/managed-by"
MIRRORED = {NAME: "db", MANAGER: "endpointslicemirroring-controller.k8s.io"}
DB = service("db", None, {"name": "sql", "port": 5432})
PORT = {"name": "sql", "port": 5432, "protocol": "TCP"}
OUTSIDE = endpoint("192.0.2.10")


def of(name: str, *endpoints: Any, **fields: Any) -> dict[str, Any]:
    """A slice made by hand, with the right port."""
    fields = {"labels": {NAME: "db"}, "ports": [PORT], **fields}
    return endpoint_slice(name, "db", *endpoints, **fields)


def judged(*objects: Any, subject: Any = DB, **rest: Any) -> list[Any]:
    known = case(subject, *objects, **{"slices": False, **rest})
    return [each for rule in handmade.RULES for each in rule(known)]


def details(*objects: Any, **rest: Any) -> dict[str, Any]:
    (found,) = judged(*objects, **rest)
    return dict(found.finding.details)


HEALTHY = of("db-1", OUTSIDE)
