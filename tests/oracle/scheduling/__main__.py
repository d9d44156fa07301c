"""`python -m oracle.scheduling PLUGIN --worlds 200 --seed 1`: where a plugin of ours differs from the real one.

`message` instead of a plugin: the first reasons of every node and the text of the event, of all plugins together.
"""

from __future__ import annotations

import argparse
import functools
import json
import sys
import time
from typing import TYPE_CHECKING

from oracle.scheduling import compare, program, shrink, whole, worlds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oracle.scheduling.compare import Difference, Question

WHOLE = whole.NAME


def main(arguments: Sequence[str] | None = None) -> int:
    """Ends with 1 when there is a difference."""
    parser = argparse.ArgumentParser(prog="oracle.scheduling", description=__doc__)
    parser.add_argument("plugin", choices=[*sorted(worlds.THEMES), WHOLE], help="what is compared")
    parser.add_argument(
        "--about", default="", help="worlds about this plugin instead", choices=["", *sorted(worlds.THEMES)]
    )
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=2, help="how many differences, each in the smallest world")
    asked = parser.parse_args(arguments)
    judge = whole.compare if asked.plugin == WHOLE else functools.partial(compare.plugin, asked.plugin)
    tally, began = compare.Tally(), time.monotonic()
    with program.running() as oracle:
        again = compare.again(oracle, judge)
        for question in drawn(asked):
            for one in compare.judged(oracle, question):
                judge(one, tally)
        tally.settle(again)
        for found in tally.differences[: asked.show]:
            show(shrink.shrunk(found, again))
    print(tally.line(asked.plugin, asked.seed), f"in {time.monotonic() - began:.1f} s")
    return 1 if tally.differences else 0


def drawn(asked: argparse.Namespace) -> Iterator[Question]:
    """The worlds that are meant."""
    about = asked.about or asked.plugin
    for number in range(asked.worlds):
        yield worlds.mixed(asked.seed, number) if about == WHOLE else worlds.one(about, asked.seed, number)


def show(found: Difference) -> None:
    """The difference and the world, an object a line."""
    print(found)
    for each in (*found.question["objects"], *found.question["loose"]):
        print("   ", json.dumps(each))
    print()


if __name__ == "__main__":
    sys.exit(main())
