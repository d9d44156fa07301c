"""The `Cluster` protocol on files. What they do not hold is "not captured", never "there is none"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.cluster import Listing, documents
from kubectl_lab.cluster.kinds import KINDS
from kubectl_lab.domain.rules import label_selectors
from kubectl_lab.errors import BadInput, NotCaptured, NotFound
from kubectl_lab.result import API_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kubectl_lab.objects import Object

_MAPS = (("metadata",), ("spec",), ("status",), ("metadata", "labels"), ("metadata", "annotations"))
_STRINGS = (("metadata", "name"), ("metadata", "namespace"), ("metadata", "uid"))
Key = tuple[str, str | None, str]
Held = Mapping[str, Mapping[tuple[str | None, str], "Object"]]  # kind -> (namespace, name) -> the object
_NONE: dict[str, Any] = {}  # in place of what is absent, for reading only
_TEXTS = frozenset({str})


@dataclass(slots=True)
class _Captured:
    """What the heads of the snapshots say: kinds looked at, why others were not, of which namespace, when, of which server."""

    kinds: set[str] = field(default_factory=set)
    missing: dict[str, str] = field(default_factory=dict)
    namespace: str | None = None
    at: datetime | None = None
    heads: int = 0
    server_version: str = ""


class SnapshotCluster:
    """Objects of files, behind the `Cluster` protocol; `captured_at` is a snapshot's own time, None for plain files.

    `server_version`: as the server told it, "" for plain files. `repeated`: (kind, namespace, name) of what the files hold more
    than once.
    """

    def __init__(self, found: Held, captured: _Captured, repeated: Sequence[Key] = ()) -> None:
        self._objects = found
        self._captured = captured
        self._held = captured.kinds | found.keys()
        self.captured_at = captured.at
        self.server_version = captured.server_version
        self.repeated = tuple(dict.fromkeys(repeated))

    @property
    def is_whole(self) -> bool:
        """A snapshot of all namespaces: what is not in it does not exist."""
        return self._captured.heads > 0 and self._captured.namespace is None

    def namespaces(self, kind: str) -> tuple[str, ...]:
        """Where there are objects of a kind."""
        return tuple(sorted({where for where, _ in self._objects.get(kind, ()) if where is not None}))

    def unknown_kinds(self) -> Mapping[str, int]:
        """Kinds that are not built in, with the number of their objects."""
        return {kind: len(held) for kind, held in self._objects.items() if kind not in KINDS}

    @classmethod
    def read(cls, paths: Sequence[str], stdin: Callable[[], bytes], default_namespace: str) -> SnapshotCluster:
        """All objects of `-f` arguments; of two with the same kind, namespace and name the later one counts.

        Raises BadUsage where a file cannot be opened; BadInput, naming file and item, where one cannot be used.
        """
        found: dict[str, dict[tuple[str | None, str], Object]] = {}
        repeated: list[Key] = []
        captured = _Captured()
        for document in documents.read(paths, stdin):
            if isinstance(document, documents.EmptyList):
                captured.kinds.add(document.kind)
            elif document.value.get("kind") == "Snapshot" and document.value.get("apiVersion") == API_VERSION:
                _note_head(document, captured)
            else:
                obj = _checked(document, default_namespace)
                kind, meta = obj["kind"], obj["metadata"]
                key = meta.get("namespace") or None, meta.get("name") or ""
                held = found.setdefault(kind, {})
                if key in held:
                    repeated.append((kind, *key))
                held[key] = obj
        if not found and not captured.kinds and not captured.missing:
            raise BadInput("input-no-objects", files=", ".join(paths))
        return cls(found, captured, repeated)

    def get(self, kind: str, name: str, namespace: str | None = None) -> Object:
        """One object. Raises NotFound (naming the namespaces that have it), NotCaptured."""
        self._require(kind, namespace, name)
        place = namespace if _is_namespaced(kind) else None
        held = self._objects.get(kind, {})
        obj = held.get((place, name))
        if obj is not None:
            return obj
        elsewhere = sorted(where or "" for where, other in held if other == name)
        if place and elsewhere:
            others = ", ".join(f"-n {where}" for where in elsewhere)
            raise NotFound("input-elsewhere", status=404, kind=kind, name=name, namespace=place, others=others)
        raise NotFound("input-not-found", status=404, kind=kind, name=name)

    def list(
        self,
        kind: str,
        namespace: str | None = None,
        *,
        label_selector: str = "",
        field_selector: str = "",
        limit: int = 500,  # noqa: ARG002 - the protocol's; files have no pages
    ) -> Listing:
        """All objects of a kind, in the order of the files; `resource_version` is "". Raises NotCaptured, BadInput."""
        self._require(kind, namespace)
        wanted = label_selectors.parse(label_selector)
        fields = _fields(field_selector)
        place = namespace if _is_namespaced(kind) else None
        held = self._objects.get(kind, {})
        if place is None and not wanted and not fields:
            return Listing(tuple(held.values()), "")
        return Listing(
            tuple(
                obj
                for (where, _), obj in held.items()
                if place in (None, where)
                and label_selectors.matches(wanted, objects.labels(obj))
                and all((_field(obj, path) == value) is equal for path, equal, value in fields)
            ),
            "",
        )

    def _require(self, kind: str, namespace: str | None, name: str = "") -> None:
        """Raises NotCaptured if the files cannot tell; Pods are captured of all namespaces always (`lab snapshot`)."""
        if kind in self._captured.missing:
            raise NotCaptured("not-captured-because", kind=kind, why=self._captured.missing[kind])
        if kind not in self._held:
            raise NotCaptured("not-captured", kind=kind, held=", ".join(sorted(self._held)) or "-")
        only = self._captured.namespace
        if only and kind != "Pod" and _is_namespaced(kind) and namespace != only:
            if namespace and (namespace, name) in self._objects.get(kind, {}):
                return  # a manifest beside the snapshot
            raise NotCaptured("not-captured-namespace", kind=kind, namespace=namespace or "-A", only=only)


def load(paths: Sequence[str], *, namespace: str) -> SnapshotCluster:
    """The cluster that `-f` arguments are; `-` is standard input."""
    import sys

    return SnapshotCluster.read(paths, sys.stdin.buffer.read, namespace)


def _is_namespaced(kind: str) -> bool:
    """Kinds that are not built in count as namespaced where an object names a namespace or not at all."""
    return KINDS[kind].namespaced if kind in KINDS else True


def _checked(document: documents.Document, default_namespace: str) -> dict[str, Any]:
    """The object, its namespace filled in. Raises BadInput where a part that everything relies on has another type."""
    if not _is_plain(document.value):
        _look_closely(document)
    return _placed(document.value, default_namespace)


def _is_plain(obj: dict[str, Any]) -> bool:
    """Whether there is nothing to look at closely: asked of every object, in one go."""
    meta, kind = obj.get("metadata"), obj.get("kind")
    return (
        isinstance(kind, str)
        and kind != ""
        and isinstance(meta, dict)
        and isinstance(meta.get("name"), str)
        and meta["name"] != ""
        and isinstance(meta.get("namespace", ""), str)
        and isinstance(meta.get("uid", ""), str)
        and isinstance(obj.get("spec", _NONE), dict)
        and isinstance(obj.get("status", _NONE), dict)
        and _holds_texts(meta.get("labels", _NONE))
        and _holds_texts(meta.get("annotations", _NONE))
    )


def _holds_texts(value: object) -> bool:
    return isinstance(value, dict) and _TEXTS.issuperset(map(type, value.values()))


def _look_closely(document: documents.Document) -> None:
    """Raises BadInput, naming file, item and field."""
    obj, kind = document.value, document.value.get("kind")
    if not isinstance(kind, str) or not kind:
        raise BadInput("input-no-kind", file=document.file, item=document.item)
    meta = obj.get("metadata")
    name = meta.get("name") or meta.get("generateName") if isinstance(meta, Mapping) else None
    item = f"{document.item} ({kind} {name})" if isinstance(name, str) else f"{document.item} ({kind})"
    for path in (*_MAPS, *_STRINGS):
        value, expected = _at(obj, path), "object" if path in _MAPS else "string"
        if value is not None and not isinstance(value, Mapping if path in _MAPS else str):
            raise BadInput("input-wrong-type", file=document.file, item=item, field=".".join(path), expected=expected)
    if not name:
        raise BadInput("input-no-name", file=document.file, item=item)
    for part in ("labels", "annotations"):
        for key, value in (objects.metadata(obj).get(part) or {}).items():
            if not isinstance(value, str):
                path_text = f"metadata.{part}.{key}"
                raise BadInput("input-wrong-type", file=document.file, item=item, field=path_text, expected="string")


def _placed(obj: dict[str, Any], default_namespace: str) -> dict[str, Any]:
    """In the namespace that it names, else in the default one; in none where its kind has none. The object itself where that is so."""
    kind = KINDS.get(obj["kind"])
    if kind is None:
        return obj
    meta = objects.metadata(obj)
    if objects.text(meta.get("namespace")) if kind.namespaced else "namespace" not in meta:
        return obj
    placed = {key: value for key, value in meta.items() if key != "namespace"}
    return {**obj, "metadata": placed | ({"namespace": default_namespace} if kind.namespaced else {})}


def _at(obj: object, path: tuple[str, ...]) -> object:
    for part in path:
        obj = obj.get(part) if isinstance(obj, Mapping) else None
    return obj


def _note_head(document: documents.Document, captured: _Captured) -> None:
    head = document.value
    captured.heads += 1
    for entry in objects.sequence(head.get("captured")):
        captured.kinds.add(objects.text(objects.mapping(entry).get("kind")))
    for entry in objects.sequence(head.get("notCaptured")):
        kind, why = (objects.text(objects.mapping(entry).get(part)) for part in ("kind", "why"))
        captured.missing[kind] = why or "-"
    captured.namespace = captured.namespace or objects.text(head.get("namespace")) or None
    captured.server_version = captured.server_version or objects.text(head.get("serverVersion"))
    if captured.at is None and head.get("capturedAt") is not None:
        captured.at = _time(document, head["capturedAt"])


def _time(document: documents.Document, value: object) -> datetime:
    try:
        found = datetime.fromisoformat(objects.text(value))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise BadInput(
            "input-wrong-type", file=document.file, item=document.item, field="capturedAt", expected="RFC 3339 time"
        )
    return found


def _fields(text: str) -> list[tuple[tuple[str, ...], bool, str]]:
    """`spec.nodeName=n1,status.phase!=Running` as paths, equality and values. Raises BadInput."""
    terms = []
    for term in text.split(",") if text else ():
        path, operator, value = next(
            (
                (left, sign, right)
                for sign in ("!=", "==", "=")
                for left, found, right in [term.partition(sign)]
                if found
            ),
            ("", "", ""),
        )
        if not path:
            raise BadInput("field-selector", selector=text)
        terms.append((tuple(path.strip().split(".")), operator != "!=", value.strip()))
    return terms


def _field(obj: Object, path: tuple[str, ...]) -> str:
    value = _at(obj, path)
    return value if isinstance(value, str) else "" if value is None else str(value).lower()
