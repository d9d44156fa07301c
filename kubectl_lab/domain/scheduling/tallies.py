"""How many pods count in each topology domain, which ones, and in what it differs once pods leave a node or come to it.

A domain is a pair: a node label's key and its value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kubectl_lab.domain.scheduling.pod_terms import PodTerm
    from kubectl_lab.domain.scheduling.state import NodeInfo
    from kubectl_lab.objects import Object

    Domain = tuple[str, str]
    # a pod, the node it stands on, and the anti-affinity term that keeps the two pods apart
    Blocker = tuple[NodeInfo, Object, PodTerm]
    Block = tuple[Domain, Blocker]

NO_CHANGE: Mapping[Domain, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Tally:
    """`counts` (none of them 0) is shared by all tallies that come from one; only `change` is a tally's own."""

    counts: Mapping[Domain, int]
    change: Mapping[Domain, int] = field(default_factory=lambda: NO_CHANGE)

    def __getitem__(self, domain: Domain) -> int:
        return self.counts.get(domain, 0) + self.change.get(domain, 0)

    def __bool__(self) -> bool:
        """Whether any pod counts anywhere."""
        left = len(self.counts)
        for domain in self.change:
            left += (self[domain] != 0) - (domain in self.counts)
        return left > 0

    def changed(self, change: Mapping[Domain, int]) -> Tally:
        """The same with so many more (or fewer) pods."""
        if not change:
            return self
        domains = self.change.keys() | change.keys()
        return Tally(self.counts, {each: self.change.get(each, 0) + change.get(each, 0) for each in domains})


@dataclass(frozen=True, slots=True)
class Blockers:
    """The pods that keep a pod out of domains, those first that stood there first. `gone`: identities of pods that left since."""

    blocking: Mapping[Domain, Sequence[Blocker]]
    keys: tuple[str, ...]
    gone: frozenset[int] = frozenset()
    came: tuple[Block, ...] = ()

    def __getitem__(self, domain: Domain) -> Blocker | None:
        """The first pod that blocks it, None where none does."""
        for blocker in self.blocking.get(domain, ()):
            if id(blocker[1]) not in self.gone:
                return blocker
        return next((blocker for where, blocker in self.came if where == domain), None)

    def __bool__(self) -> bool:
        return bool(self.blocking)

    def changed(self, removed: Sequence[Object], added: Sequence[Block]) -> Blockers:
        """The same when some pods are gone and others block besides."""
        gone = self.gone.union(map(id, removed))
        came = [block for block in self.came if id(block[1][1]) not in gone]
        keys = dict.fromkeys((*self.keys, *(key for (key, _), _ in added)))
        return Blockers(self.blocking, tuple(keys), gone, (*came, *added))


def blockers(blocks: Iterable[Block]) -> Blockers:
    """Put together by domain."""
    made: dict[Domain, list[Blocker]] = {}
    for domain, blocker in blocks:
        made.setdefault(domain, []).append(blocker)
    return Blockers(made, tuple(dict.fromkeys(key for key, _ in made)))


def domain_of(node: NodeInfo, key: str) -> Domain | None:
    """The domain that a node is in, None where it lacks the key (or has no text there, which no server lets in)."""
    found = node.labels.get(key)
    return (key, found) if isinstance(found, str) else None


def domains(node: NodeInfo, terms: Iterable[PodTerm]) -> Iterator[tuple[PodTerm, Domain]]:
    """The domains that the node is in by the keys of terms; a term whose key it lacks has none."""
    for term in terms:
        domain = domain_of(node, term.topology_key)
        if domain is not None:
            yield term, domain
