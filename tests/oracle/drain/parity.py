"""Runs cases on two corners side by side, kubectl's and ours, several at once."""

from __future__ import annotations

import queue
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from oracle.drain.compare import Facts, Side, disagreements, expected
from oracle.drain.corner import Corner
from oracle.drain.rights import grant

if TYPE_CHECKING:
    from bench.server import Server
    from oracle.drain.cases import Case
    from oracle.drain.programs import Answer

# most of a case is waiting: kubectl for its next second, kwok and the controllers for their turn
WORKERS = 10


class Program(Protocol):
    """Something that drains."""

    def drain(self, case: Case, corner: Corner) -> Answer:
        """Runs the case's command line on this corner."""
        ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """A case and what became of it: `differences` are the intended ones, `disagreements` the others."""

    case: Case
    kubectl: Side
    ours: Side
    differences: tuple[str, ...]
    disagreements: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"{self.case.replay}  {self.case.shape}: {' '.join(self.case.arguments)}", f"  {self.case}"]
        lines += [f"  - {line}" for line in self.disagreements]
        for name, side in (("kubectl", self.kubectl), ("ours", self.ours)):
            lines.append(f"  {name}: {side.seen}\n    " + str(side.answer).replace("\n", "\n    "))
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two equal corners."""

    left: Corner
    right: Corner

    def judge(self, case: Case, kubectl: Program, ours: Program) -> Verdict:
        """Lays the case out twice, drains twice, compares."""
        with ThreadPoolExecutor(2) as both:
            list(both.map(lambda corner: corner.lay(case), (self.left, self.right)))
            numbers, before = self.left.budgets(), self.left.look()
            other = self.right.budgets(), self.right.look()
            if other != (numbers, before):
                raise AssertionError(f"{case.replay}: the sides differ before the drain: {numbers} {before} / {other}")
            answers = both.map(lambda side: side[0].drain(case, side[1]), ((kubectl, self.left), (ours, self.right)))
            left, right = (
                Side(answer, corner.look()) for answer, corner in zip(answers, (self.left, self.right), strict=True)
            )
            list(both.map(Corner.clear, (self.left, self.right)))
        facts = Facts(case, tuple(numbers), left.answer, before)
        wanted, differences = expected(facts, left)
        return Verdict(case, left, right, differences, tuple(disagreements(facts, wanted, right)))


def run(server: Server, cases: list[Case], kubectl: Program, ours: Program, tag: str) -> list[Verdict]:
    """The verdict on each case, in their order; `tag` keeps the names of several runs on one cluster apart."""
    grant(server)
    waiting: queue.SimpleQueue[Case] = queue.SimpleQueue()
    for case in cases:
        waiting.put(case)

    def work(number: int) -> list[Verdict]:
        pair = Pair(Corner(server, f"{tag}-{number}k"), Corner(server, f"{tag}-{number}o"))
        pair.left.build()
        pair.right.build()
        done: list[Verdict] = []
        while True:
            try:
                case = waiting.get_nowait()
            except queue.Empty:
                return done
            done.append(pair.judge(case, kubectl, ours))

    workers = min(WORKERS, len(cases))
    with ThreadPoolExecutor(workers) as pool:
        verdicts = [verdict for done in pool.map(work, range(workers)) for verdict in done]
    return sorted(verdicts, key=lambda verdict: verdict.case.index)


def summary(verdicts: list[Verdict], seed: int, seconds: float) -> str:
    """The line that counts, and below it how often each shape and each intended difference came."""
    agreed = sum(not verdict.disagreements for verdict in verdicts)
    shapes = Counter(verdict.case.shape for verdict in verdicts)
    differences = Counter(name for verdict in verdicts for name in verdict.differences)
    lines = [f"drain parity: agree {agreed}/{len(verdicts)}  (seed {seed}, {seconds:.0f} s)"]
    lines.append("  cases: " + ", ".join(f"{count} {shape}" for shape, count in shapes.most_common()))
    lines += [f"  intended: {count} x {name}" for name, count in differences.most_common()]
    return "\n".join(lines)
