"""Whom a selector meant that matches nobody: the pods or templates of its namespace that come nearest to it.

Six ways to be near, the surest first; the first way that finds somebody is the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import near
from kubectl_lab.domain.service.candidates import neighbours

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kubectl_lab.domain.service.candidates import Candidate
    from kubectl_lab.domain.service.case import Case

    Close = tuple[Candidate, str]  # and the key of the only pair that it does not carry

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
    those = neighbours(case).those
    wrong = ((each, _differing(case, each)) for each in those)
    close = [(each, keys[0]) for each, keys in wrong if len(keys) == 1]
    for found in (
        *(way(case, close) for way in (_other_value, _other_key, _all_but_one)),
        *(way(case) for way in (_by_name, _by_port, _alone)),
    ):
        listed = sorted(found, key=lambda each: (each.slips, -len(each.candidate.pods)))
        if listed:
            return listed[:MOST]
    return ()


def is_created(case: Case) -> bool:
    """Whether the selector is what `kubectl create service TYPE NAME` always writes: `app=NAME` alone."""
    return dict(case.selector) == {"app": case.name}


def _other_value(case: Case, close: Sequence[Close]) -> Iterator[Near]:
    """All keys are there, and of the values one alone differs, by a slip."""
    for each, key in close:
        if key in each.labels and near.is_near(objects.text(case.selector[key]), each.labels[key]):
            yield _instead(case, each, key, {key: each.labels[key]})


def _other_key(case: Case, close: Sequence[Close]) -> Iterator[Near]:
    """All pairs are there, but one under another key, by a slip."""
    for each, wrong in close:
        value = case.selector[wrong]
        if wrong not in each.labels and value in each.labels.values():
            same = (key for key, carried in each.labels.items() if carried == value and key not in case.selector)
            key = near.nearest(objects.text(wrong), same)
            if key is not None:
                yield _instead(case, each, wrong, {key: value}, {wrong: value})


def _all_but_one(case: Case, close: Sequence[Close]) -> Iterator[Near]:
    """All pairs but one; that one has another value, or its key is missing."""
    for each, wrong in close if len(case.selector) > 1 else ():
        if wrong in each.labels:
            yield _instead(case, each, wrong, {wrong: each.labels[wrong]})
        else:
            kept = {key: value for key, value in case.selector.items() if key != wrong}
            words = catalogue.phrase("service.near-lacks", key=wrong, who=each.who)
            yield Near(each, words, kept, kept, {wrong: case.selector[wrong]})


def _by_name(case: Case) -> Iterator[Near]:
    """The name of the workload is that of the Service, or a value of its selector, but for a slip."""
    wanted = [name for name in (case.name, *map(objects.text, case.selector.values())) if name]
    for each in neighbours(case).those:
        if each.owner.name in wanted or near.nearest(each.owner.name, wanted) is not None:
            slips = min(near.distance(each.owner.name, name) for name in wanted)
            yield _named(each, "service.near-name", slips)


def _by_port(case: Case) -> Iterator[Near]:
    """The only workload that declares the target port, unless another Service has it already."""
    around = neighbours(case)
    for port in case.ports:
        found = around.declaring.get((port.target, port.protocol), ())
        if len(found) == 1 and around.is_free(found[0], case.name):
            yield _named(found[0], "service.near-port", port=port.target)
            return


def _alone(case: Case) -> Iterator[Near]:
    """Where `kubectl create service` wrote the selector: the only workload of the namespace that no Service has.

    Not one that says itself that it serves something else.
    """
    around = neighbours(case) if is_created(case) else None
    free = [each for each in around.those if not each.is_bare and around.is_free(each, case.name)] if around else []
    if len(free) == 1 and not free[0].declared:
        yield _named(free[0], "service.near-alone")


def _differing(case: Case, each: Candidate) -> list[str]:
    """The keys of the selector's pairs that the candidate does not carry."""
    return [key for key, value in case.selector.items() if each.labels.get(key) != value]


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
