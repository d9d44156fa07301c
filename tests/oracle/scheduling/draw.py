"""Chances and choices from a seed, and the plain parts that worlds are drawn from."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Object = dict[str, Any]
ZONES = ("zone-a", "zone-b", "zone-c")
LABELS = {
    "disk": ("ssd", "hdd", ""),
    "gpus": ("0", "4", "8", "08", "+4", "-1", "many", "9223372036854775807"),
    "team": ("blue", "red", "green"),
}
APPS = ("web", "db", "cache")
NAMESPACES = ("default", "shop", "ops")


class Draw(random.Random):
    """`chance(p)` true with that probability; `some(xs, most)` a few of them; `maybe(p, x)` x or None."""

    def chance(self, probability: float) -> bool:
        return self.random() < probability

    def some(self, among: Sequence[Any], most: int, least: int = 0) -> list[Any]:
        return [self.choice(among) for _ in range(self.randint(least, most))]

    def few(self, among: Sequence[Any], most: int) -> list[Any]:
        return self.sample(list(among), self.randint(0, min(most, len(among))))


def given(**fields: Any) -> Object:
    """Only the fields that are not None."""
    return {key: value for key, value in fields.items() if value is not None}


def node(draw: Draw, name: str) -> Object:
    """A node with room, in some zone, with labels that selectors ask about."""
    labels = {"kubernetes.io/hostname": name} if draw.chance(0.95) else {}
    labels |= {"topology.kubernetes.io/zone": draw.choice(ZONES)} if draw.chance(0.85) else {}
    labels |= {key: draw.choice(values) for key, values in LABELS.items() if draw.chance(0.6)}
    room = {"cpu": "16", "memory": "64Gi", "ephemeral-storage": "100Gi", "pods": "110"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "uid": f"node-{name}", "labels": labels},
        "spec": {},
        "status": {"capacity": dict(room), "allocatable": dict(room)},
    }


def pod(draw: Draw, name: str, node_name: str | None = None) -> Object:
    """A pod of a few containers, bound or pending."""
    namespace = draw.choice(NAMESPACES) if draw.chance(0.5) else "default"
    labels = {"app": draw.choice(APPS)} if draw.chance(0.9) else {}
    labels |= {"version": draw.choice("12")} if draw.chance(0.5) else {}
    containers = [{"name": f"c{index}", "image": "main"} for index in range(draw.choice((1, 1, 1, 2, 3)))]
    made: Object = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "uid": f"pod-{name}", "labels": labels},
        "spec": {"containers": containers} | given(nodeName=node_name),
        "status": {"phase": "Running" if node_name else "Pending"},
    }
    return made


def put(obj: Object, *path: str, **fields: Any) -> None:
    """Adds fields at a place in the object, whatever of the path is missing."""
    for key in path:
        obj = obj.setdefault(key, {})
    obj.update({key: value for key, value in fields.items() if value is not None})
