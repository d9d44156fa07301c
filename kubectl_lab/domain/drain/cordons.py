"""The cordons of a drain that runs: sent, tried again, and looked for where no answer says whether one has arrived.

Source: kubectl `pkg/drain/cordon.go`. A PATCH whose answer is lost may have been applied all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.catalogue import finding
from kubectl_lab.domain.drain import answers
from kubectl_lab.domain.drain.gate import MOST_FAILURES, backoff
from kubectl_lab.domain.drain.signals import Cordon, GetNode
from kubectl_lab.domain.drain.waits import REMINDER
from kubectl_lab.result import Reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kubectl_lab.domain.drain.model import DrainOptions
    from kubectl_lab.domain.drain.progress import Journal, NodeRun
    from kubectl_lab.domain.drain.signals import Answer
    from kubectl_lab.errors import LabError
    from kubectl_lab.result import Finding

ANSWER_WAIT = 5.0  # seconds that requests in flight get when a run is stopped, and a node that is looked for


class Cordons:
    """Of all nodes of a run; at most `pod_parallel` in flight: what waits in a queue could not be taken back."""

    def __init__(
        self, nodes: Sequence[NodeRun], options: DrainOptions, journal: Journal, jitter: Callable[[], float]
    ) -> None:
        self._nodes = nodes
        self._slots = options.pod_parallel
        self._journal = journal
        self._jitter = jitter

    def requests(self, now: float) -> Iterable[Cordon | GetNode]:
        """What to send now."""
        free = self._free()
        for node in self._nodes:
            if node.state == "asking" and not node.is_asked_for:
                node.is_asked_for = True
                yield GetNode(node.plan.name)
            due = node.state == "cordoning" and not node.cordon_is_sent and now >= node.not_before
            if due and free > 0:
                free -= 1
                node.cordon_is_sent = True
                yield Cordon(node.plan.name, node.plan.uid)

    def wake_at(self) -> Iterable[float]:
        """When the next cordon may go out; an answer must come first while all the slots are taken."""
        yield from (node.ask_by for node in self._nodes if node.state == "asking")
        if self._free() > 0:
            yield from (n.not_before for n in self._nodes if n.state == "cordoning" and not n.cordon_is_sent)

    def _free(self) -> int:
        return self._slots - sum(node.cordon_is_sent for node in self._nodes)

    def on_answer(self, node: NodeRun, error: LabError | None, now: float) -> Finding | None:
        """The server answered; a finding: it is given up."""
        node.cordon_is_sent = False
        if error is None:
            node.cordoned = "by-us"
            self._journal.emit("cordoned", node.plan.name, None, now, already=False)
        if node.is_ending:
            return None  # the run was stopped; the answer came after its few seconds
        if error is None:
            node.state = "queued"
            return None
        return self._on_refused(node, error, now)

    def _on_refused(self, node: NodeRun, error: LabError, now: float) -> Finding | None:
        meaning = answers.meaning(error)
        if meaning == "gone":
            node.state, node.is_in_doubt = "queued", False  # deleted meanwhile: its pods are watched to their end
            return None
        node.is_in_doubt = node.is_in_doubt or answers.may_have_arrived(error)
        node.failures += 1
        if meaning == "passing" and node.failures < MOST_FAILURES:
            self._put_off(node, error, now)
            return None
        about = Reference("Node", None, node.plan.name)
        details = {"status": answers.status_of(error), "reason": answers.reason_of(error)}
        return finding("DRN035", about, node=node.plan.name, **details)

    def _put_off(self, node: NodeRun, error: LabError, now: float) -> None:
        """Tried again later; a server that asks for a long wait is told, because nothing else happens meanwhile."""
        seconds = max(answers.retry_after(error), backoff(node.failures - 1, self._jitter))
        node.not_before = now + seconds
        if seconds >= REMINDER:
            details = {"cause": "cordon", "reason": answers.reason_of(error), "seconds": round(seconds)}
            self._journal.emit("waiting", node.plan.name, None, now, **details)

    def look_for(self, node: NodeRun, now: float) -> bool:
        """The node ends. Whether it is asked for first, because a cordon without an answer may have arrived.

        Until the node is seen it counts as cordoned: someone has to look at it.
        """
        if node.cordoned != "no" or not (node.is_in_doubt or node.cordon_is_sent):
            return False
        node.cordoned = "by-us"
        node.ask_by = node.close_by if node.closing else now + ANSWER_WAIT
        if now >= node.ask_by:
            return False
        node.state = "asking"
        return True

    def on_node(self, node: NodeRun, answer: Answer, now: float) -> bool:
        """The node was asked for; False: the answer comes too late. One of another UID was never ours."""
        if node.state != "asking":
            return False
        ours = objects.uid(answer.node) == node.plan.uid and objects.spec(answer.node).get("unschedulable") is True
        if answer.error is None and ours:
            self._journal.emit("cordoned", node.plan.name, None, now, already=False)
        elif answer.error is None or answers.meaning(answer.error) == "gone":
            node.cordoned = "no"
        return True
