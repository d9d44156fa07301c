"""Files of objects (`-f FILE|DIR|-`): what kubectl reads, each object with the place it came from.

YAML of one or several documents, JSON, one JSON object after another, `v1` Lists and the typed lists of the API.
"""

from __future__ import annotations

import gc
import json
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kubectl_lab.errors import BadInput, BadUsage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    File = tuple[str, Callable[[], bytes]]

EXTENSIONS = (".json", ".yaml", ".yml")  # of a folder, kubectl's
STDIN = "-"
_BLANKS = re.compile(r"\s*")


class Document(NamedTuple):
    """A mapping found in a file, the `number`th (a tuple: there may be 150,000 of them)."""

    file: str
    number: int
    value: dict[str, Any]

    @property
    def item(self) -> str:
        """Tells which: `item 3`."""
        return f"item {self.number}"


@dataclass(frozen=True, slots=True)
class EmptyList:
    """A typed list without items: its kind is known to be empty."""

    kind: str


def read(paths: Sequence[str], stdin: Callable[[], bytes]) -> Iterator[Document | EmptyList]:
    """All objects of all files, lists taken apart; a file named twice is read once.

    Raises BadUsage where a file cannot be opened, BadInput where it holds no objects.
    """
    for path in dict.fromkeys(paths):
        for file, load in _files(path, stdin):
            # a file's bytes are gone before its text is parsed, and its text before its objects are looked at
            yield from _objects(file, _parsed(file, _text(path, file, load)))


def _files(path: str, stdin: Callable[[], bytes]) -> list[File]:
    """What a path stands for, and how each is read."""
    if path == STDIN:
        return [("standard input", stdin)]
    if not path:  # a variable that is not set: never the folder where somebody happens to be
        raise BadUsage("input-unreadable", file="''", why="not a path")
    with _readable(path):
        found = [Path(path)]
        if found[0].is_dir():
            found = sorted(file for file in found[0].iterdir() if file.suffix in EXTENSIONS and file.is_file())
            if not found:
                raise BadInput("input-folder-empty", folder=path, extensions=" ".join(EXTENSIONS))
        return [(str(file), file.read_bytes) for file in found]


@contextmanager
def _readable(path: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a path with a null byte
        why = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else "not a path"
        raise BadUsage("input-unreadable", file=path, why=why) from error


def _text(path: str, file: str, load: Callable[[], bytes]) -> str:
    with _readable(path):
        data = load()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("input-not-text", file=file) from error


def _objects(file: str, documents: Iterable[Any]) -> Iterator[Document | EmptyList]:
    number = 0
    for document in documents:
        if document is None:  # nothing between two separators
            continue
        items, kind = _items(file, document, number + 1)
        if kind and not items:
            yield EmptyList(kind)
        for item in items:
            number += 1
            if not isinstance(item, dict):
                raise BadInput("input-item-not-object", file=file, item=f"item {number}", found=_type(item))
            yield Document(file, number, item)


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
    if not kind:
        return items or [], ""
    head = {"apiVersion": document.get("apiVersion"), "kind": kind}
    return [head | item if isinstance(item, dict) else item for item in items or ()], kind


def _parsed(file: str, text: str) -> Iterable[Any]:
    if text.startswith("{", _after_blanks(text, 0)):
        found = _json(text)
        if found is not None:
            return found
    return _yaml(file, text)


def _yaml(file: str, text: str) -> Iterator[Any]:
    from kubectl_lab.cluster import kubeyaml

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
    decoder, found, position = json.JSONDecoder(), list[Any](), _after_blanks(text, 0)
    with _nothing_collected():
        while position < len(text):
            try:
                value, position = decoder.raw_decode(text, position)
            except (ValueError, RecursionError):
                return None
            found.append(value)
            position = _after_blanks(text, position)
    return found


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Without the search for garbage in what is made meanwhile, now and later.

    What JSON makes holds no cycles, and looking for some among millions of values takes three times as long as reading them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


def _after_blanks(text: str, position: int) -> int:
    found = _BLANKS.match(text, position)
    return found.end() if found else position


def _type(value: object) -> str:
    """The JSON name of a value's type."""
    names = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}
    return names.get(type(value), "null")
