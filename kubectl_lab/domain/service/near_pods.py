"""Whom a selector meant that matches nobody: the pods or templates of its namespace that come nearest to it.

Six ways to be near, the surest first; the first way that finds somebody is the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import near
from kubectl_lab.domain.service.candidates import candidates
from kubectl_lab.domain.service.endpoints import container_ports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kubectl_lab.domain.service.candidates import Candidate
    from kubectl_lab.domain.service.case import Case

MOST = 3


@dataclass(frozen=True, slots=True)
class Near:
    """A candidate and what is said of it. `seen`: the pairs of its labels that matter, as the NEAR row shows them.

    `corrected`: the selector with the slip mended, None where the whole selector means somebody else. `lacking`: pairs of
    the selector that its pods do not have. `slips`: how far the names are apart; less is nearer.
    """

    candidate: Candidate
    words: dict[str, Any]
    seen: Mapping[str, str]
    corrected: Mapping[str, str] | None = None
    lacking: Mapping[str, str] | None = None
    slips: int = 0

    def to_dict(self) -> dict[str, str]:
        """A NEAR row: a pod, its labels, its controller; the workload alone where it has no pod, no controller of a bare pod."""
        return {
            "name": self.candidate.example,
            "labels": pairs(self.seen),
            "controller": self.candidate.word if self.candidate.pods and not self.candidate.is_bare else "",
        }


def pairs(labels: Mapping[str, str]) -> str:
    """`app=web,tier=front`."""
    return ",".join(f"{key}={value}" for key, value in labels.items())


def nearest(case: Case) -> Sequence[Near]:
    """At most three, the nearest first; all of them near in the same way."""
    those = candidates(case)
    for way in _WAYS:
        found = sorted(way(case, those), key=lambda each: (each.slips, -len(each.candidate.pods)))
        if found:
            return found[:MOST]
    return ()


def is_created(case: Case) -> bool:
    """Whether the selector is what `kubectl create service TYPE NAME` always writes: `app=NAME` alone."""
    return dict(case.selector) == {"app": case.name}


def _other_value(case: Case, those: Sequence[Candidate]) -> Iterable[Near]:
    """All keys are there, and of the values one alone differs, by a slip."""
    for each in those:
        wrong = _differing(case, each)
        if len(wrong) == 1 and wrong[0] in each.labels and _is_near(case.selector[wrong[0]], each.labels[wrong[0]]):
            yield _instead(case, each, wrong[0], {wrong[0]: each.labels[wrong[0]]})


def _other_key(case: Case, those: Sequence[Candidate]) -> Iterable[Near]:
    """All pairs are there, but one under another key, by a slip."""
    for each in those:
        wrong = _differing(case, each)
        if len(wrong) == 1 and wrong[0] not in each.labels:
            value = case.selector[wrong[0]]
            same = (key for key, carried in each.labels.items() if carried == value and key not in case.selector)
            key = near.nearest(objects.text(wrong[0]), same)
            if key is not None:
                yield _instead(case, each, wrong[0], {key: value}, _missing(case, each))


def _all_but_one(case: Case, those: Sequence[Candidate]) -> Iterable[Near]:
    """All pairs but one; that one has another value, or its key is missing."""
    for each in those:
        wrong = _differing(case, each)
        if len(wrong) != 1 or len(case.selector) == 1:
            continue
        if wrong[0] in each.labels:
            yield _instead(case, each, wrong[0], {wrong[0]: each.labels[wrong[0]]})
        else:
            kept = {key: value for key, value in case.selector.items() if key != wrong[0]}
            words = catalogue.phrase("service.near-lacks", key=wrong[0], who=each.who)
            yield Near(each, words, kept, kept, _missing(case, each))


def _by_name(case: Case, those: Sequence[Candidate]) -> Iterable[Near]:
    """The name of the workload is that of the Service, or a value of its selector, but for a slip."""
    wanted = [name for name in (case.name, *map(objects.text, case.selector.values())) if name]
    for each in those:
        if each.owner.name in wanted or near.nearest(each.owner.name, wanted) is not None:
            slips = min(near.distance(each.owner.name, name) for name in wanted)
            yield _named(each, "service.near-name", slips)


def _by_port(case: Case, those: Sequence[Candidate]) -> Iterable[Near]:
    """The only workload that declares the target port, unless another Service has it already."""
    for port in case.ports:
        found = [each for each in those if each.declares(port.target, port.protocol)]
        if len(found) == 1 and not _is_served(case, found[0]):
            return [_named(found[0], "service.near-port", port=port.target)]
    return []


def _alone(case: Case, those: Sequence[Candidate]) -> Iterable[Near]:
    """Where `kubectl create service` wrote the selector: the only workload of the namespace that no Service has.

    Not one that says itself that it serves something else.
    """
    free = [each for each in those if not each.is_bare and not _is_served(case, each)] if is_created(case) else []
    silent = [each for each in free if not any(True for _ in container_ports(each.pod_spec))]
    return [_named(silent[0], "service.near-alone")] if len(free) == len(silent) == 1 else []


_WAYS: tuple[Callable[[Case, Sequence[Candidate]], Iterable[Near]], ...] = (
    _other_value,
    _other_key,
    _all_but_one,
    _by_name,
    _by_port,
    _alone,
)


def _differing(case: Case, each: Candidate) -> list[str]:
    """The keys of the selector's pairs that the candidate does not carry."""
    return [key for key, value in case.selector.items() if each.labels.get(key) != value]


def _missing(case: Case, each: Candidate) -> Mapping[str, str]:
    return {key: value for key, value in case.selector.items() if key not in each.labels}


def _instead(
    case: Case, each: Candidate, key: str, has: Mapping[str, str], lacking: Mapping[str, str] | None = None
) -> Near:
    """`key` of the selector is wrong, the candidate has `has` in its place."""
    ((found, value),) = has.items()
    wanted = case.selector[key]
    words = catalogue.phrase("service.near-value", has=pairs(has), wanted=f"{key}={wanted}", who=each.who)
    corrected = {other: kept for other, kept in case.selector.items() if other != key} | dict(has)
    return Near(each, words, has, corrected, lacking, near.distance(f"{key}={wanted}", f"{found}={value}"))


def _named(each: Candidate, key: str, slips: int = 0, **values: Any) -> Near:
    """Known by something else than its labels: all of these are shown."""
    seen = dict(each.own_selector or each.labels)
    words = catalogue.phrase(key, controller=each.word, has=pairs(seen), **values)
    return Near(each, words, seen, slips=slips)


def _is_near(left: object, right: object) -> bool:
    return near.is_near(objects.text(left), objects.text(right))


def _is_served(case: Case, each: Candidate) -> bool:
    """Whether another known Service of the namespace selects it."""
    selectors = (
        objects.mapping(objects.spec(other).get("selector"))
        for other in case.inventory.known("Service", case.namespace)
        if objects.name(other) != case.name
    )
    return any(selector and selector.items() <= each.labels.items() for selector in selectors)
