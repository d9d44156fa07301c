"""A difference in the smallest world that still shows it, for a person to read."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from oracle.scheduling.compare import Difference, Question

    Again = Callable[[Question], Sequence[Difference]]
KEPT = {"kind", "apiVersion", "metadata", "name", "namespace", "uid", "spec", "containers", "image"}


def shrunk(found: Difference, again: Again) -> Difference:
    """Leaves out objects, then parts of them, as long as the two still differ at the same place."""
    best = _alone(found, again)
    best = _smaller(best, again, [("objects", index) for index in range(len(best.question["objects"]))])
    size = -1
    while size != (size := len(str(best.question))):
        best = _smaller(best, again, [*paths(best.question, ("objects",)), *paths(best.question, ("loose",))])
    return best


def _alone(found: Difference, again: Again) -> Difference:
    """Only this one subject is asked about."""
    only = {
        "subjects": [each for each in found.question["subjects"] if each == found.pod],
        "loose": [each for each in found.question["loose"] if each["metadata"]["name"] == found.pod.split("/")[1]],
    }
    return _differs(found, again, found.question | only) or found


def _smaller(best: Difference, again: Again, where: Sequence[tuple[Any, ...]]) -> Difference:
    """The last places first: so those before them stay where they are."""
    for path in reversed(where):
        try:
            question = without(best.question, path)
        except (KeyError, IndexError):
            continue
        best = _differs(best, again, question) or best
    return best


def _differs(found: Difference, again: Again, question: Question) -> Difference | None:
    return next((each for each in again(question) if each.place == found.place), None)


def paths(question: Question, at: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Where something could be left out, outer places before inner ones."""
    value: Any = question
    for key in at:
        value = value[key]
    inner = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in inner:
        if key not in KEPT:
            yield (*at, key)
        yield from paths(question, (*at, key))


def without(question: Question, path: tuple[Any, ...]) -> Question:
    """A copy that lacks what is there."""
    made = copy.deepcopy(question)
    where: Any = made
    for key in path[:-1]:
        where = where[key]
    del where[path[-1]]
    return made
