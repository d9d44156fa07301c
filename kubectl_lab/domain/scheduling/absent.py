"""What was asked for by name and is not there: all of it at once, in kubectl's words, and what was most likely meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules import near
from kubectl_lab.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kubectl_lab.domain.rules.known_objects import KnownObjects
    from kubectl_lab.result import Reference

MOST_PLACES = 5
# whether a name is near, whether other namespaces have the name -> the words
_KEYS = {
    (False, False): "subject-absent",
    (True, False): "subject-absent-near",
    (False, True): "subject-absent-elsewhere",
    (True, True): "subject-absent-hints",
}


@dataclass(frozen=True, slots=True)
class Absent:
    """`resource` as kubectl writes it: `pods`, `deployments.apps`. `elsewhere`: the namespaces that have that name."""

    resource: str
    name: str
    namespace: str | None = None
    near: str | None = None
    elsewhere: tuple[str, ...] = ()

    def __str__(self) -> str:
        """In kubectl's words."""
        return f'{self.resource} "{self.name}" not found'


def nodes(names: Iterable[str], known: Sequence[str]) -> list[Absent]:
    """Those of the names that no node has."""
    there = frozenset(known)
    return [Absent("nodes", name, near=near.akin(name, known)) for name in dict.fromkeys(names) if name not in there]


def subject(asked: Reference, resource: str, known: KnownObjects) -> Absent:
    """An object that is not among those that are known."""
    here = sorted(objects.name(each) for each in known.known(asked.kind, asked.namespace))
    elsewhere = {objects.namespace(each) or "" for each in known.known(asked.kind) if objects.name(each) == asked.name}
    return Absent(resource, asked.name, asked.namespace, near.akin(asked.name, here), tuple(sorted(elsewhere)))


def error(lacking: Sequence[Absent]) -> NotFound:
    """One error about all of them."""
    first = lacking[0]
    place = f" -n {first.namespace}" if first.namespace else ""
    named = [each.near for each in lacking if each.near]
    places = [f"-n {where} ({each.name})" for each in lacking for where in each.elsewhere[:MOST_PLACES]]
    return NotFound(
        _KEYS[bool(named), bool(places)],
        status=404,
        missing=", ".join(map(str, lacking)),
        near=", ".join(dict.fromkeys(named)),
        places=", ".join(places),
        command=f"kubectl get {first.resource}{place}",
    )
