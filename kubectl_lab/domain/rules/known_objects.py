"""What was read, by kind: a kind that could not be read is a `Missing`, never an empty list."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules.derived import Deriving
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kubectl_lab.objects import Object

NOT_CAPTURED = "not captured"


class KnownObjects(Deriving):
    """The objects that an answer is made from.

    `found`: kind -> its objects, or why there are none to see; a kind that nobody asked for is not there: it reads as
    missing, and is not among `missing()`.
    """

    def __init__(self, found: Mapping[str, Sequence[Object] | Missing]) -> None:
        super().__init__()
        self._found = dict(found)
        self._in_namespaces: dict[str, Mapping[str | None, Sequence[Object]]] = {}
        self._named: dict[str, Mapping[tuple[str | None, str], Object]] = {}

    @property
    def found(self) -> Mapping[str, Sequence[Object] | Missing]:
        """All of it, by kind."""
        return self._found

    def read(self, kind: str) -> Sequence[Object] | Missing:
        """The objects, or why they are not known."""
        return self._found.get(kind, Missing(kind, NOT_CAPTURED))

    def missing(self) -> Sequence[tuple[str, Missing]]:
        """The kinds that were asked for in vain."""
        return [(kind, found) for kind, found in self._found.items() if isinstance(found, Missing)]

    def known(self, kind: str, namespace: str | None = None) -> Sequence[Object]:
        """The objects that are known, of a namespace or all; empty where the kind is missing.

        Only for what may be told besides: "there is none" needs `can_see`.
        """
        if namespace is None:
            found = self.read(kind)
            return () if isinstance(found, Missing) else found
        if kind not in self._in_namespaces:
            made: defaultdict[str | None, list[Object]] = defaultdict(list)
            for obj in self.known(kind):
                made[objects.namespace(obj)].append(obj)
            self._in_namespaces[kind] = made
        return self._in_namespaces[kind].get(namespace, ())

    def can_see(self, *kinds: str) -> bool:
        """Whether all of these kinds were read."""
        return not any(isinstance(self.read(kind), Missing) for kind in kinds)

    def get(self, kind: str, namespace: str | None, name: str) -> Object | None:
        """One object by its name, None where it is not among what was read."""
        if kind not in self._named:
            self._named[kind] = {(objects.namespace(obj), objects.name(obj)): obj for obj in self.known(kind)}
        return self._named[kind].get((namespace, name))
