"""Reading plain Kubernetes objects: dictionaries exactly as the API serves them.

Nothing here raises on an object of an odd shape: an absent or ill-typed part reads as empty, because what comes from a
cluster or a file is not trusted. No typed models (they cost 0.8 s to import).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Missing:
    """A kind that could not be read: never to be taken for "there is none". `why`: `forbidden`, `not captured`, …"""

    kind: str
    why: str


def mapping(value: object) -> Object:
    """The value if it is a mapping, else an empty one."""
    # almost all are plain dictionaries or absent, and asking for those first is four times faster
    if isinstance(value, dict):
        return value
    return value if value is not None and isinstance(value, Mapping) else {}


def sequence(value: object) -> Sequence[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, (list, tuple)) else ()


def text(value: object) -> str:
    """The value if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def metadata(obj: Object) -> Object:
    """`metadata`."""
    return mapping(obj.get("metadata"))


def spec(obj: Object) -> Object:
    """`spec`."""
    return mapping(obj.get("spec"))


def status(obj: Object) -> Object:
    """`status`."""
    return mapping(obj.get("status"))


def name(obj: Object) -> str:
    """`metadata.name`."""
    return text(metadata(obj).get("name"))


def namespace(obj: Object) -> str | None:
    """`metadata.namespace`, None for cluster-wide objects."""
    return text(metadata(obj).get("namespace")) or None


def uid(obj: Object) -> str:
    """`metadata.uid`."""
    return text(metadata(obj).get("uid"))


def resource_version(obj: Object) -> str:
    """`metadata.resourceVersion` of an object or a list."""
    return text(metadata(obj).get("resourceVersion"))


def labels(obj: Object) -> Mapping[str, str]:
    """`metadata.labels`."""
    return mapping(metadata(obj).get("labels"))


def annotations_of(obj: Object) -> Mapping[str, str]:
    """`metadata.annotations`."""
    return mapping(metadata(obj).get("annotations"))


def controller(obj: Object) -> Object | None:
    """The owner reference with `controller: true`, if any (metav1.GetControllerOf)."""
    for owner in sequence(metadata(obj).get("ownerReferences")):
        if mapping(owner).get("controller") is True:
            return mapping(owner)
    return None


def condition(obj: Object, kind: str) -> Object:
    """The entry of `status.conditions` whose type is `kind`, or an empty mapping."""
    for entry in sequence(status(obj).get("conditions")):
        if mapping(entry).get("type") == kind:
            return mapping(entry)
    return {}
