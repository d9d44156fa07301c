"""What a server serves beyond the built-in kinds: asked once, kept for six hours.

Sources: KEP-3352 (aggregated discovery, `apidiscovery.k8s.io/v2`); client-go's cached discovery for the legacy form.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.cluster import kinds
from kubectl_lab.cluster.kinds import Resource
from kubectl_lab.errors import ApiError, BadUsage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kubectl_lab.cluster.transport import Transport
    from kubectl_lab.objects import Object

FRESH_SECONDS = 6 * 3600
NEAREST = 5
_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"


def find(
    word: str,
    transport: Transport,
    folder: Path | None,
    now: Callable[[], float] = time.time,  # noqa: TID251 - the age of a file
) -> Resource:
    """The kind that a word of a command line means (`po`, `sts.apps`, `widgets`): built in, kept, or asked for.

    A word that the kept answer does not have asks the server once more. Raises BadUsage with the nearest names, and what
    a request raises.
    """
    built_in = kinds.lookup(word)
    if built_in:
        return built_in
    kept = load(folder, now())
    found = choose(word, kept)
    if found is None:
        import difflib  # noqa: F401 - `nearest` wants it; after the answer the program's files may be gone

        kept = ask(transport)
        store(folder, kept)
        found = choose(word, kept)
    if found is None:
        raise BadUsage("unknown-type", type=word, near=", ".join(nearest(word, [*kinds.KINDS.values(), *kept])) or "-")
    return found


def choose(word: str, known: Iterable[Resource]) -> Resource | None:
    """The first of the server's order that the word fits: groups and versions come in its order of preference."""
    return next((resource for resource in known if kinds.fits(resource, word)), None)


def nearest(word: str, known: Iterable[Resource]) -> list[str]:
    """At most five plurals that look like the word."""
    import difflib

    plurals = {name: resource.plural for resource in known for name in kinds.names_of(resource)}
    close = difflib.get_close_matches(word.lower().partition(".")[0], list(plurals), NEAREST, 0.5)
    return list(dict.fromkeys(plurals[name] for name in close))


def ask(transport: Transport) -> list[Resource]:
    """All resources the server serves. A group whose own server is dead is left out; it never fails the rest."""
    found: list[Resource] = []
    for path in ("/api", "/apis"):
        answer = transport.request("GET", path, accept=_AGGREGATED)
        if answer.get("kind") == "APIGroupDiscoveryList":
            found += _aggregated(answer)
        else:
            found += _legacy(transport, answer)
    return found


def _aggregated(answer: Object) -> list[Resource]:
    return [
        Resource(
            kind=objects.text(objects.mapping(entry.get("responseKind")).get("kind")),
            group=objects.name(group),
            version=objects.text(version.get("version")),
            plural=objects.text(entry.get("resource")),
            namespaced=entry.get("scope") == "Namespaced",
            short_names=_texts(entry.get("shortNames")),
        )
        for group in map(objects.mapping, objects.sequence(answer.get("items")))
        for version in map(objects.mapping, objects.sequence(group.get("versions")))
        for entry in map(objects.mapping, objects.sequence(version.get("resources")))
    ]


def _legacy(transport: Transport, answer: Object) -> list[Resource]:
    """One request for each group and version; `/api` lists versions, `/apis` groups."""
    paths = [f"/api/{version}" for version in _texts(answer.get("versions"))]
    for group in map(objects.mapping, objects.sequence(answer.get("groups"))):
        preferred = objects.mapping(group.get("preferredVersion"))
        others = [objects.mapping(version) for version in objects.sequence(group.get("versions"))]
        for version in dict.fromkeys(objects.text(each.get("groupVersion")) for each in (preferred, *others)):
            paths += [f"/apis/{version}"] if version else []
    found: list[Resource] = []
    for path in paths:
        with contextlib.suppress(ApiError):  # one dead aggregated API, metrics.k8s.io most often
            found += _resources(transport.request("GET", path, retry=False))
    return found


def _resources(answer: Object) -> list[Resource]:
    group, _, version = objects.text(answer.get("groupVersion")).rpartition("/")
    return [
        Resource(
            kind=objects.text(entry.get("kind")),
            group=group,
            version=version,
            plural=objects.text(entry.get("name")),
            namespaced=entry.get("namespaced") is True,
            short_names=_texts(entry.get("shortNames")),
        )
        for entry in map(objects.mapping, objects.sequence(answer.get("resources")))
        if "/" not in objects.text(entry.get("name"))  # subresources
    ]


def _texts(value: object) -> tuple[str, ...]:
    return tuple(text for text in objects.sequence(value) if isinstance(text, str))


def cache_folder(server: str, environ: Mapping[str, str], platform: str = sys.platform) -> Path | None:
    """Where a server's answer is kept: `$XDG_CACHE_HOME`, else the platform's own place; None where there is no home."""
    home = environ.get("HOME", "")
    places = {"darwin": home and f"{home}/Library/Caches", "win32": environ.get("LOCALAPPDATA", "")}
    root = environ.get("XDG_CACHE_HOME") or places.get(platform, home and f"{home}/.cache")
    if not root or not Path(root).is_absolute():
        return None
    host = re.sub(r"[^A-Za-z0-9.-]", "_", server.partition("://")[2])
    return Path(root, "kubectl-lab", "discovery", host)


def load(folder: Path | None, now: float) -> list[Resource]:
    """What is kept, [] where it is old, damaged, or cannot be read."""
    try:
        if folder is None or not 0 <= now - (folder / "resources.json").stat().st_mtime < FRESH_SECONDS:
            return []
        return [_resource(row) for row in json.loads((folder / "resources.json").read_bytes())]
    except (OSError, ValueError, TypeError, RecursionError):
        return []


def _resource(row: Any) -> Resource:
    kind, group, version, plural, namespaced, short = row
    texts = (kind, group, version, plural, *short)
    if not all(isinstance(text, str) for text in texts) or not isinstance(namespaced, bool):
        raise TypeError
    return Resource(kind, group, version, plural, namespaced, tuple(short))


def store(folder: Path | None, found: Sequence[Resource]) -> None:
    """Keep an answer: folders 0700, the file written under another name and renamed. A cache that fails is no failure."""
    if folder is None:
        return
    rows = [[each.kind, each.group, each.version, each.plural, each.namespaced, each.short_names] for each in found]
    with contextlib.suppress(OSError):
        for each in (folder.parent.parent, folder.parent, folder):
            each.parent.mkdir(parents=True, exist_ok=True)
            each.mkdir(mode=0o700, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=folder)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(rows, file)
            Path(temporary).replace(folder / "resources.json")
        except OSError:
            Path(temporary).unlink(missing_ok=True)
