"""YAML read as kubectl reads a kubeconfig: YAML 1.1 scalars by the rules of Go's yaml.v2, the first document only.

Python's own rules would turn `2020-01-01` into a date and `1:30` into a number, and leave `1e3` and `y` strings where kubectl
sees a number and a boolean: another type is another name, or a file that kubectl refuses (sigs.k8s.io/yaml).
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAG = "tag:yaml.org,2002:"
_PLAIN = "plain"
_DEEPEST = 300  # levels; libyaml's composer would overflow the stack of the C program, json's decoder stops near 1,000
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"], True),
    **dict.fromkeys(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"], False),
    **dict.fromkeys(["", "~", "null", "Null", "NULL"]),
}
_INTEGER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_ENDLESS = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


class NotYaml(Exception):
    """The bytes are not YAML that JSON can hold; `line` counts from 1, 0 where no line can be named."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def load(data: bytes) -> Any:
    """The first document as JSON values, None for an empty one. Raises NotYaml; never quotes what it read."""
    return next(load_all(data), None)


def load_all(data: bytes) -> Iterator[Any]:
    """Every document, as `load` reads one."""
    import yaml

    try:
        loader = _loader()(data)
        try:
            while loader.check_node():
                yield _Plain().value(loader.get_node())
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise NotYaml(mark.line + 1 if mark else 0) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        raise NotYaml(0) from None


def scalar(text: str) -> str | float | bool | None:
    """What an unquoted scalar is to kubectl. Raises ValueError on infinities and NaN, which JSON lacks."""
    if text in _WORDS:
        return _WORDS[text]
    if _ENDLESS.fullmatch(text):
        raise ValueError
    number = text if text.startswith(".") else text.replace("_", "")
    if number[:1] not in "+-.0123456789":
        return text
    if _INTEGER.fullmatch(number):
        return _integer(number)
    if _FLOAT.fullmatch(number) and math.isfinite(float(number)):
        return float(number)
    return text


def _integer(number: str) -> int:
    digits = number.lstrip("+-").lower()
    octal = len(digits) > 1 and digits[0] == "0" and digits[1] not in "xob"
    return int(digits, 8 if octal else 0) * (-1 if number.startswith("-") else 1)


@cache
def _loader() -> Any:
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]
        """Nodes only; an unquoted scalar without a tag is marked as such and left to `scalar`."""

        depth = 0

        def descend_resolver(self, *_: Any) -> None:
            self.depth += 1
            if self.depth > _DEEPEST:
                raise yaml.YAMLError

        def ascend_resolver(self) -> None:
            self.depth -= 1

        def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
            if kind is yaml.ScalarNode and implicit[0]:
                return _PLAIN
            return super().resolve(kind, value, implicit)

    return Loader


class _Plain:
    """Nodes to JSON values; an anchor is converted once however often it is used, one that holds itself is refused."""

    def __init__(self) -> None:
        self._made: dict[int, Any] = {}
        self._open: set[int] = set()

    def value(self, node: Any) -> Any:
        if id(node) in self._made:
            return self._made[id(node)]
        if id(node) in self._open:
            raise NotYaml(node.start_mark.line + 1)
        self._open.add(id(node))
        try:
            made = {"scalar": self._scalar, "sequence": self._sequence, "mapping": self._mapping}[node.id](node)
        except (ValueError, binascii.Error, RecursionError):
            raise NotYaml(node.start_mark.line + 1) from None
        self._open.discard(id(node))
        self._made[id(node)] = made
        return made

    def _scalar(self, node: Any) -> Any:
        if node.tag in (_PLAIN, _TAG + "int", _TAG + "float", _TAG + "bool", _TAG + "null"):
            return scalar(node.value)
        if node.tag == _TAG + "binary":
            return base64.b64decode("".join(node.value.split()), validate=True).decode()
        return node.value

    def _sequence(self, node: Any) -> list[Any]:
        return [self.value(item) for item in node.value]

    def _mapping(self, node: Any) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, item in node.value:
            if key.id == "scalar" and key.value == "<<" and key.tag in (_PLAIN, _TAG + "merge"):
                self._merge(made, item)
            else:
                made[_key(self.value(key))] = self.value(item)
        return made

    def _merge(self, made: dict[str, Any], item: Any) -> None:
        merged = self.value(item)
        for source in reversed(merged) if isinstance(merged, list) else [merged]:
            if not isinstance(source, dict):
                raise NotYaml(item.start_mark.line + 1)
            made.update(source)


def _key(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise ValueError
