"""The server dry run: each request of the plan once with `dryRun=All`, so that admission and budgets answer.

It always ends: nothing is waited for but the few answers that ask to come back (a budget not yet processed, throttling),
three times at most. A dry run does not use a budget up, so the server's answers add to the plan's and never replace it.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kubectl_lab.catalogue import finding
from kubectl_lab.domain.drain import answers
from kubectl_lab.domain.drain.gate import FIRST_DELAY
from kubectl_lab.domain.drain.model import Drain, run_outcome
from kubectl_lab.domain.drain.signals import Answer, Cordon, Interrupt, Progress, Remove
from kubectl_lab.errors import TooManyRequests
from kubectl_lab.result import Reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kubectl_lab.domain.drain.model import DrainOptions, NodePlan, PodPlan
    from kubectl_lab.domain.drain.signals import Event, Request, Signal
    from kubectl_lab.errors import LabError
    from kubectl_lab.result import Finding

MOST_TRIES = 4
LONGEST_WAIT = 10.0  # seconds; a server that asks for more is not waited for
BUDGET_ERRORS = frozenset({"DRN010", "DRN011", "DRN012"})


@dataclass(slots=True, eq=False)
class _Trial:
    """One request that is tried; `pod` is None for a cordon."""

    request: Request
    node: NodePlan
    pod: PodPlan | None
    tries: int = 0
    not_before: float = 0.0
    state: str = "waiting"
    findings: list[Finding] = field(default_factory=list)


class Rehearsal:
    """Tries the requests of a plan. `now` is seconds of a clock that only goes forward."""

    def __init__(self, plan: Drain, options: DrainOptions) -> None:
        self._plan = plan
        self._options = options
        self._trials = list(_trials(plan))
        self._interrupted = False

    @property
    def is_finished(self) -> bool:
        """Every request has its answer."""
        return self._interrupted or all(trial.state == "done" for trial in self._trials)

    def requests(self, now: float) -> Sequence[Request]:
        """What to send now, `pod_parallel` in flight at most."""
        found: list[Request] = []
        free = self._options.pod_parallel - sum(trial.state == "sent" for trial in self._trials)
        for trial in self._trials:
            if trial.state == "waiting" and now >= trial.not_before and len(found) < free:
                trial.state = "sent"
                trial.tries += 1
                found.append(trial.request)
        return found

    def wake_at(self, now: float) -> float | None:
        """When a request that was asked to come back is due."""
        if sum(trial.state == "sent" for trial in self._trials) >= self._options.pod_parallel:
            return None  # an answer must come first
        soonest = min((trial.not_before for trial in self._trials if trial.state == "waiting"), default=math.inf)
        return None if soonest == math.inf else max(soonest, now)

    def on(self, signal: Signal, now: float) -> None:
        """An answer; Ctrl-C ends the rehearsal, which has changed nothing."""
        if isinstance(signal, Interrupt):
            self._interrupted = True
        if not isinstance(signal, Answer):
            return
        trial = next(trial for trial in self._trials if trial.request == signal.request)
        trial.state = "done"
        if signal.error is None:
            return
        if _comes_back(signal.error) and trial.tries < MOST_TRIES:
            trial.state = "waiting"
            trial.not_before = now + (answers.retry_after(signal.error) or FIRST_DELAY)
            return
        trial.findings.extend(_objections(trial, signal.error))

    def take_events(self) -> Sequence[Event]:
        """A rehearsal has no events: its result is the plan."""
        return ()

    def progress(self) -> Progress:
        """How many requests have their answer."""
        done = sum(trial.state == "done" for trial in self._trials if trial.pod is not None)
        pods = sum(trial.pod is not None for trial in self._trials)
        return Progress(len(self._plan.nodes), 0, pods, done, 0, "", 0)

    def result(self) -> Drain:
        """The plan with what the server objected."""
        nodes = tuple(self._node(node) for node in self._plan.nodes)
        cordons = [entry for trial in self._trials if trial.pod is None for entry in trial.findings]
        outcome = "interrupted" if self._interrupted else run_outcome(nodes)
        return Drain("server", outcome, nodes, (*self._plan.findings, *cordons))

    def _node(self, node: NodePlan) -> NodePlan:
        mine = [trial for trial in self._trials if trial.node is node]
        said = {trial.pod.uid: trial.findings for trial in mine if trial.pod is not None}
        pods = tuple(dataclasses.replace(pod, findings=(*pod.findings, *said.get(pod.uid, ()))) for pod in node.pods)
        found = [entry for trial in mine for entry in trial.findings] + [
            entry for pod in pods for entry in pod.findings
        ]
        blocked = any(entry.severity == "error" for entry in found)
        return dataclasses.replace(node, pods=pods, outcome="blocked" if blocked else "clear")


def _trials(plan: Drain) -> Iterable[_Trial]:
    """A refused node is left alone here too."""
    for node in plan.nodes:
        if node.is_refused:
            continue
        if not node.unschedulable:
            yield _Trial(Cordon(node.name, node.uid), node, None)
        for pod in node.going:
            yield _Trial(Remove(*pod.key, pod.uid, evict=pod.action == "evict"), node, pod)


def _comes_back(error: LabError) -> bool:
    meaning = answers.meaning(error)
    asked = meaning == "unprocessed" or (meaning == "passing" and isinstance(error, TooManyRequests))
    return asked and answers.retry_after(error) <= LONGEST_WAIT


def _objections(trial: _Trial, error: LabError) -> tuple[Finding, ...]:
    if trial.pod is None:
        return (_refused("DRN035", Reference("Node", None, trial.node.name), error, node=trial.node.name),)
    about = trial.pod.reference
    details = {"pod": about.name, "namespace": about.namespace}
    meaning = answers.meaning(error)
    if meaning == "gone":
        return (finding("DRN033", about, **details, node=trial.node.name),)
    if meaning == "terminating namespace":
        return (finding("DRN036", about, **details, node=trial.node.name),)
    if meaning in {"budget", "many budgets"} and any(entry.code in BUDGET_ERRORS for entry in trial.pod.findings):
        return ()  # the plan said so already, with the numbers
    if meaning == "budget" and len(trial.pod.budgets) == 1:
        budget = trial.pod.budgets[0]
        return (finding("DRN010", about, **details, budget=budget.name, **budget.numbers()),)
    return (_refused("DRN031", about, error, **details, node=trial.node.name),)


def _refused(code: str, about: Reference, error: LabError, /, **details: object) -> Finding:
    return finding(code, about, status=answers.status_of(error), reason=answers.reason_of(error), **details)
