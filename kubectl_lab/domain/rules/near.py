"""Names that were most likely meant: typing slips, case, `-` against `_`, singular against plural."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_SLIPS = 2
LONGEST = 320  # a label's key: 253 of the prefix, the slash, 63 of the name; what is longer is no name


def distance(left: str, right: str, most: int = LONGEST) -> int:
    """How many letters to insert, delete, replace or swap with a neighbour (optimal string alignment).

    Beyond `most` it is only said that it is more. What is longer than any name counts as wholly different: comparing takes
    time by the square of the length.
    """
    if max(len(left), len(right)) > LONGEST:
        return max(len(left), len(right))
    left, right = _apart(left, right)
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(right, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                best = min(best, last[j - 2] + 1)
            row.append(best)
        if min(row) > most and min(before) > most:  # the next rows are made from these two, and no smaller
            return most + 1
    return row[-1]


def _apart(left: str, right: str) -> tuple[str, str]:
    """Without what both begin with and what both end in: it adds nothing, and names of one cluster are much alike."""
    start = _shared(left, right)
    left, right = left[start:], right[start:]
    end = _shared(left[::-1], right[::-1])
    return left[: len(left) - end], right[: len(right) - end]


def _shared(left: str, right: str) -> int:
    """How many letters both begin with."""
    differing = (at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b)
    return next(differing, min(len(left), len(right)))


def is_near(left: str, right: str) -> bool:
    """Different, but only by case, `-` and `_`, a plural s, or at most two slips in names long enough to tell."""
    if left == right:
        return False
    if _plain(left) == _plain(right):
        return True
    most = min(MOST_SLIPS, max(len(left), len(right)) // 2)
    # cheap first: a slip changes the length by one, and the set of letters by two
    if abs(len(left) - len(right)) > most or len(set(left) ^ set(right)) > 2 * most:
        return False
    return distance(left, right, most) <= most


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that is near and nearest; of equals the first."""
    found = [each for each in names if is_near(name, each)]
    return min(found, key=lambda each: (_plain(each) != _plain(name), distance(name, each)), default=None)


def akin(name: str, names: Iterable[str]) -> str | None:
    """The nearest one, else the shortest that has all words of `name` or whose words `name` has: `api`, `api-service`.

    For a hint alone: two names that share a word are often two things.
    """
    others = [each for each in names if each != name]
    mine = _words(name)
    sharing = [each for each in others if mine <= _words(each) or _words(each) <= mine]
    return nearest(name, others) or min(sharing, key=lambda each: (len(each), each), default=None)


def _words(name: str) -> frozenset[str]:
    return frozenset(re.split(r"[-_.]+", name.lower()))


@functools.lru_cache(maxsize=1 << 15)  # the same names are compared with one wish after another
def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "").removesuffix("s")
