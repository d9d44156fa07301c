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

MOST_SHOWN = 5
NODES = "nodes"
# whether a name is near, whether other namespaces have the name -> the words
_KEYS = {
    (False, False): "subject-absent",
    (True, False): "subject-absent-near",
    (False, True): "subject-absent-elsewhere",
    (True, True): "subject-absent-hints",
}


@dataclass(frozen=True, slots=True)
class Absent:
    """`resource` as kubectl writes it: `pods`, `deployments.apps`. `there`: the names that there are.

    `elsewhere`: the namespaces that have that name.
    """

    resource: str
    name: str
    near: str | None = None
    there: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()

    def __str__(self) -> str:
        """In kubectl's words."""
        return f'{self.resource} "{self.name}" not found'


def nodes(names: Iterable[str], known: Sequence[str]) -> list[Absent]:
    """Those of the names that no node has."""
    there = tuple(sorted(known))
    lacking = dict.fromkeys(name for name in names if name not in frozenset(known))
    return [Absent(NODES, name, near.akin(name, there), there) for name in lacking]


def subject(asked: Reference, resource: str, known: KnownObjects) -> Absent:
    """An object that is not among those that are known."""
    here = tuple(sorted(objects.name(each) for each in known.known(asked.kind, asked.namespace)))
    elsewhere = {objects.namespace(each) or "" for each in known.known(asked.kind) if objects.name(each) == asked.name}
    return Absent(resource, asked.name, near.akin(asked.name, here), here, tuple(sorted(elsewhere)))


def error(lacking: Sequence[Absent]) -> NotFound:
    """One error about all of them."""
    named = list(dict.fromkeys(each.near for each in lacking if each.near))
    places = [f"-n {where} ({each.name})" for each in lacking for where in each.elsewhere[:MOST_SHOWN]]
    there = list(dict.fromkeys(name for each in lacking for name in each.there))
    key = _KEYS[bool(named), bool(places)] if there or places else "subject-none"
    if key == "subject-absent" and all(each.resource == NODES for each in lacking):
        key = "node-absent"  # of no namespace
    return NotFound(
        key,
        status=404,
        missing=", ".join(map(str, lacking)),
        near=", ".join(named),
        places=", ".join(places),
        there=", ".join([*there[:MOST_SHOWN], *(["…"] if len(there) > MOST_SHOWN else [])]),
    )
