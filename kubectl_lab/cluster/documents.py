"""Files of objects (`-f FILE|DIR|-`): what kubectl reads, each object with the place it came from.

YAML of one or several documents, JSON, one JSON object after another, `v1` Lists and the typed lists of the API.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kubectl_lab.errors import BadInput, BadUsage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

EXTENSIONS = (".json", ".yaml", ".yml")  # of a folder, kubectl's
STDIN = "-"


@dataclass(frozen=True, slots=True)
class Document:
    """A mapping found in a file; `item` tells which: `item 3`, `item 3 (Pod web)`."""

    file: str
    item: str
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class EmptyList:
    """A typed list without items: its kind is known to be empty."""

    kind: str


def read(paths: Sequence[str], stdin: Callable[[], bytes]) -> Iterator[Document | EmptyList]:
    """All objects of all files, lists taken apart; a file named twice is read once.

    Raises BadUsage where a file cannot be opened, BadInput where it holds no objects.
    """
    for path in dict.fromkeys(paths):
        for file, data in _files(path, stdin):
            yield from _objects(file, data)


def _files(path: str, stdin: Callable[[], bytes]) -> Iterator[tuple[str, bytes]]:
    try:
        if path == STDIN:
            yield "standard input", stdin()
            return
        if not path:  # a variable that is not set: never the folder where somebody happens to be
            raise BadUsage("input-unreadable", file="''", why="not a path")
        found = [Path(path)]
        if found[0].is_dir():
            found = sorted(file for file in found[0].iterdir() if file.suffix in EXTENSIONS and file.is_file())
            if not found:
                raise BadInput("input-folder-empty", folder=path, extensions=" ".join(EXTENSIONS))
        for file in found:
            yield str(file), file.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a path with a null byte
        why = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else "not a path"
        raise BadUsage("input-unreadable", file=path, why=why) from error


def _objects(file: str, data: bytes) -> Iterator[Document | EmptyList]:
    number = 0
    for document in _parse(file, data):
        if document is None:  # nothing between two separators
            continue
        items, kind = _items(file, document, number + 1)
        if kind and not items:
            yield EmptyList(kind)
        for item in items:
            number += 1
            if not isinstance(item, dict):
                raise BadInput("input-item-not-object", file=file, item=f"item {number}", found=_type(item))
            yield Document(file, f"item {number}", item)


def _items(file: str, document: object, number: int) -> tuple[list[Any], str]:
    """What a document holds, and the kind of a typed list (`PodList`: its items may leave kind and apiVersion out)."""
    listed = document.get("kind") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(listed, str) or not listed.endswith("List"):
        return [document], ""
    if "items" not in document and listed != "List":
        return [document], ""  # an object whose kind ends so
    items = document.get("items")
    if not isinstance(items, list | None):
        raise BadInput("input-items-not-list", file=file, item=f"item {number}", kind=listed, found=_type(items))
    kind = listed.removesuffix("List")
    head = {"apiVersion": document.get("apiVersion"), "kind": kind} if kind else {}
    return [head | item if isinstance(item, dict) else item for item in items or ()], kind


def _parse(file: str, data: bytes) -> Iterator[Any]:
    from kubectl_lab.cluster import kubeyaml

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("input-not-text", file=file) from error
    if text.lstrip()[:1] == "{":
        parsed = _json(text)
        if parsed is not None:
            yield from parsed
            return
    try:
        yield from kubeyaml.load_all(text.encode())
    except kubeyaml.NotYaml as error:
        raise BadInput("input-not-yaml", file=f"{file}{_place(text, error.line)}") from error


def _place(text: str, line: int) -> str:
    """`:7 (document 2)`; the document only where a separator has begun another one, nothing where no line is known."""
    before = [number for number, each in enumerate(text.splitlines()[:line]) if number and each[:3] == "---"]
    which = f" (document {len(before) + 1})" if before else ""
    return f":{line}{which}" if line else ""


def _json(text: str) -> list[Any] | None:
    """JSON values one after another; None if it is something else (YAML may begin with a brace too)."""
    decoder, found, position = json.JSONDecoder(), list[Any](), 0
    while position < len(text):
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            return None
        found.append(value)
        while position < len(text) and text[position].isspace():
            position += 1
    return found


def _type(value: object) -> str:
    """The JSON name of a value's type."""
    names = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}
    return names.get(type(value), "null")
