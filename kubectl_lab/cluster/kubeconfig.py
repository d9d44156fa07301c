"""Kubeconfig files: which ones, each decoded and checked as kubectl does, and all of them merged (client-go, clientcmd/loader.go)."""

from __future__ import annotations

import base64
import binascii
import errno
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from kubectl_lab.cluster import kubeyaml
from kubectl_lab.errors import BadKubeconfig, BadUsage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Reader = Callable[[Path], bytes]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a file: `file` as it was given, `where` the path of what it holds, `users[2].user`."""

    file: str
    where: str
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def text(self, key: str) -> str:
        """A string field, "" where it is absent."""
        return self.values.get(key) or ""

    def path(self, key: str) -> str:
        """A file named here, relative names taken from the folder of this kubeconfig."""
        return self.relative(self.text(key))

    def relative(self, name: str) -> str:
        """The absolute path of a name written in this file, "" for an empty name."""
        return os.path.normpath(Path(self.file).absolute().parent / name) if name else ""

    def source(self, key: str) -> str:
        """`file: users[2].user.token`, for messages."""
        return f"{self.file}: {self.where}.{key}"


@dataclass(frozen=True, slots=True)
class Merged:
    """All the files together. `files` are those that were read, `missing` those that do not exist."""

    clusters: Mapping[str, Entry] = field(default_factory=dict)
    users: Mapping[str, Entry] = field(default_factory=dict)
    contexts: Mapping[str, Entry] = field(default_factory=dict)
    current_context: str = ""
    current_source: str = ""
    files: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def of_possible_names(read: Reader) -> Reader:
    """A reader to which a name that no file can have, one with a NUL, is a file that is not there."""

    def read_or_miss(path: Path) -> bytes:
        try:
            return read(path)
        except ValueError:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)) from None

    return read_or_miss


def load(explicit: str | None, environ: Mapping[str, str], read: Reader) -> Merged:
    """The merge of the files that `--kubeconfig`, else `$KUBECONFIG`, else the home folder name.

    The first file that has an entry of a name wins with its whole entry, the first non-empty `current-context` wins; files of
    a list that do not exist are passed over. Raises BadUsage when the file of `--kubeconfig` cannot be opened, BadKubeconfig
    for any other file that cannot be used, needed or not.
    """
    if explicit:
        return _merge([_file(explicit, _explicit(explicit, read))], ())
    found: list[tuple[str, bytes]] = []
    missing: list[str] = []
    for name in _names(environ):
        try:
            found.append((name, read(Path(name))))
        except FileNotFoundError:
            missing.append(name)
        except OSError as error:
            raise BadKubeconfig("kubeconfig-unreadable", file=name, why=error.strerror) from error
    return _merge([_file(name, data) for name, data in found], tuple(missing))


def _names(environ: Mapping[str, str]) -> Iterable[str]:
    """`$KUBECONFIG` taken apart, without duplicates and empty names; unset or empty: the home folder's. `~` is not expanded."""
    if given := environ.get("KUBECONFIG"):
        return dict.fromkeys(name for name in given.split(os.pathsep) if name)
    return [os.path.join(_home(environ), ".kube", "config")]  # noqa: PTH118 - the name is shown as kubectl shows it


def _home(environ: Mapping[str, str]) -> str:
    if os.name == "nt":
        drive = environ.get("HOMEDRIVE", "") + environ.get("HOMEPATH", "")
        return environ.get("HOME") or drive or environ.get("USERPROFILE") or ""
    return environ.get("HOME", "")


def _explicit(name: str, read: Reader) -> bytes:
    try:
        return read(Path(name))
    except OSError as error:
        raise BadUsage("flag-file-unreadable", flag="--kubeconfig", file=name, why=error.strerror) from error


def _merge(files: list[_File], missing: tuple[str, ...]) -> Merged:
    current = next((file for file in files if file.current_context), None)
    return Merged(
        clusters=_first([file.clusters for file in files]),
        users=_first([file.users for file in files]),
        contexts=_first([file.contexts for file in files]),
        current_context=current.current_context if current else "",
        current_source=f"{current.name}: current-context" if current else "",
        files=tuple(file.name for file in files),
        missing=missing,
    )


def _first(layers: list[dict[str, Entry]]) -> dict[str, Entry]:
    return {name: entry for layer in reversed(layers) for name, entry in layer.items()}


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    clusters: dict[str, Entry]
    users: dict[str, Entry]
    contexts: dict[str, Entry]
    current_context: str


_Value = TypeVar("_Value")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")


@dataclass(frozen=True, slots=True)
class _Decoder:
    """Values of the types that kubectl wants, for the whole file; null is the type's empty value (encoding/json)."""

    file: str

    def wrong(self, where: str, expected: str) -> BadKubeconfig:
        return BadKubeconfig("kubeconfig-wrong-type", file=self.file, field=where or "-", expected=expected)

    def typed(self, kind: type[_Value], value: Any, where: str, expected: str) -> _Value:
        if value is None:
            return kind()
        if not isinstance(value, kind):
            raise self.wrong(where, expected)
        return value

    def text(self, value: Any, where: str) -> str:
        return self.typed(str, value, where, "string (in quotes)")

    def flag(self, value: Any, where: str) -> bool:
        return self.typed(bool, value, where, "boolean")

    def data(self, value: Any, where: str) -> bytes:
        packed = self.text(value, where).replace("\n", "").replace("\r", "")
        try:
            if _BASE64.fullmatch(packed):
                return base64.b64decode(packed, validate=True)
        except (binascii.Error, ValueError):
            pass
        raise self.wrong(where, "base64")

    def texts(self, value: Any, where: str) -> tuple[str, ...]:
        items = self.typed(list, value, where, "list of strings")
        return tuple(self.text(item, f"{where}[{at}]") for at, item in enumerate(items))

    def lists(self, value: Any, where: str) -> dict[str, tuple[str, ...]]:
        items = self.typed(dict, value, where, "mapping")
        return {key: self.texts(item, f"{where}.{key}") for key, item in items.items()}

    def words(self, value: Any, where: str) -> dict[str, str]:
        items = self.typed(dict, value, where, "mapping")
        return {key: self.text(item, f"{where}.{key}") for key, item in items.items()}

    def table(self, schema: _Schema, value: Any, where: str) -> dict[str, Any]:
        found = self.typed(dict, value, where, "mapping")
        inner = f"{where}." if where else ""
        return {key: decode(self, found[key], inner + key) for key, decode in schema.items() if key in found}

    def tables(self, schema: _Schema, value: Any, where: str) -> list[dict[str, Any]]:
        items = self.typed(list, value, where, "list")
        return [self.table(schema, item, f"{where}[{at}]") for at, item in enumerate(items)]

    def anything(self, value: Any, _: str) -> Any:
        return value


if TYPE_CHECKING:
    _Schema = dict[str, Callable[[_Decoder, Any, str], Any]]


def _one(schema: _Schema) -> Callable[[_Decoder, Any, str], Any]:
    # null stays None: a null `exec` is no exec at all
    return lambda decoder, value, where: None if value is None else decoder.table(schema, value, where)


def _many(schema: _Schema) -> Callable[[_Decoder, Any, str], Any]:
    return lambda decoder, value, where: decoder.tables(schema, value, where)


_TEXT, _FLAG, _DATA = _Decoder.text, _Decoder.flag, _Decoder.data
_EXTENSIONS = _many({"name": _TEXT, "extension": _Decoder.anything})
_CLUSTER: _Schema = {
    **dict.fromkeys(["server", "tls-server-name", "certificate-authority", "proxy-url"], _TEXT),
    **dict.fromkeys(["insecure-skip-tls-verify", "disable-compression"], _FLAG),
    "certificate-authority-data": _DATA,
    "extensions": _EXTENSIONS,
}
_EXEC: _Schema = {
    **dict.fromkeys(["command", "apiVersion", "installHint", "interactiveMode"], _TEXT),
    "args": _Decoder.texts,
    "env": _many({"name": _TEXT, "value": _TEXT}),
    "provideClusterInfo": _FLAG,
}
_USER: _Schema = {
    **dict.fromkeys(["client-certificate", "client-key", "token", "tokenFile", "as", "as-uid"], _TEXT),
    **dict.fromkeys(["username", "password"], _TEXT),
    **dict.fromkeys(["client-certificate-data", "client-key-data"], _DATA),
    "as-groups": _Decoder.texts,
    "as-user-extra": _Decoder.lists,
    "auth-provider": _one({"name": _TEXT, "config": _Decoder.words}),
    "exec": _one(_EXEC),
    "extensions": _EXTENSIONS,
}
_CONTEXT: _Schema = {"cluster": _TEXT, "user": _TEXT, "namespace": _TEXT, "extensions": _EXTENSIONS}
_FILE: _Schema = {
    **dict.fromkeys(["kind", "apiVersion", "current-context"], _TEXT),
    "preferences": _one({"colors": _FLAG, "extensions": _EXTENSIONS}),
    "clusters": _many({"name": _TEXT, "cluster": _one(_CLUSTER)}),
    "users": _many({"name": _TEXT, "user": _one(_USER)}),
    "contexts": _many({"name": _TEXT, "context": _one(_CONTEXT)}),
    "extensions": _EXTENSIONS,
}


def _file(name: str, data: bytes) -> _File:
    try:
        document = kubeyaml.load(data)
    except kubeyaml.NotYaml as error:
        if error.line:
            raise BadKubeconfig("kubeconfig-not-yaml", file=name, line=error.line) from None
        raise BadKubeconfig("kubeconfig-not-text", file=name) from None
    if not isinstance(document, dict | None):
        raise BadKubeconfig("kubeconfig-not-mapping", file=name)
    found = _Decoder(name).table(_FILE, document, "")
    if found.get("kind", "") not in ("", "Config") or found.get("apiVersion", "") not in ("", "v1"):
        raise BadKubeconfig(
            "kubeconfig-other-kind", file=name, kind=found.get("kind", "-"), api=found.get("apiVersion", "-")
        )
    return _File(
        name,
        _entries(name, "clusters", "cluster", found),
        _entries(name, "users", "user", found),
        _entries(name, "contexts", "context", found),
        found.get("current-context", ""),
    )


def _entries(file: str, plural: str, singular: str, found: Mapping[str, Any]) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for at, item in enumerate(found.get(plural, [])):
        name = item.get("name", "")
        if name in entries:
            raise BadKubeconfig("kubeconfig-duplicate", file=file, field=f"{plural}[{at}].name", name=name)
        entries[name] = Entry(file, f"{plural}[{at}].{singular}", item.get(singular) or {})
    return entries
