"""How the pods behind a Service do, each in one class: what one finding says of a pod, no other says again."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.service.unready import closed_gates, is_on_lost_node, reason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.objects import Object

YOUNG = timedelta(seconds=30)  # so long a rollout's new pod may take without a word


@dataclass(frozen=True, slots=True)
class Conditions:
    """The pods that the selector matches and that are not finished.

    `ready`; `ending` (being deleted); `waiting` (no address yet); `gated` (containers ready, a readiness gate shut);
    `stranded` (on a node that is not Ready, otherwise well); `unready` (the others). `answers`: traffic reaches somebody: a
    ready endpoint, or one that serves while it ends.
    """

    ready: tuple[Object, ...]
    ending: tuple[Object, ...]
    waiting: tuple[Object, ...]
    gated: tuple[Object, ...]
    stranded: tuple[Object, ...]
    unready: tuple[Object, ...]
    answers: bool

    @property
    def staying(self) -> int:
        """How many pods there are but those that end."""
        return sum(map(len, (self.ready, self.waiting, self.gated, self.stranded, self.unready)))


@functools.lru_cache(maxsize=4)  # rules ask one after another about the same Service
def conditions(case: Case) -> Conditions:
    """The classes of the pods; a new pod of a rollout is in none while others answer."""
    answers = case.is_served
    classes: dict[str, list[Object]] = {}
    for pod in case.live_pods:
        kind = _class(pod, case)
        if not (answers and kind in ("waiting", "gated", "unready") and _is_beginning(pod, case)):
            classes.setdefault(kind, []).append(pod)
    names = ("ready", "ending", "waiting", "gated", "stranded", "unready")
    found = {name: tuple(sorted(classes.get(name, ()), key=objects.name)) for name in names}
    return Conditions(**found, answers=answers)


def _class(pod: Object, case: Case) -> str:
    if pod_rules.is_terminating(pod):
        return "ending"
    if not has_address(pod):
        return "waiting"
    if is_on_lost_node(pod, case) and _is_only_the_node(pod, case):
        return "stranded"
    if pod_rules.is_ready(pod):
        return "ready"
    is_gated = objects.condition(pod, "ContainersReady").get("status") == "True" and closed_gates(pod)
    return "gated" if is_gated else "unready"


def _is_only_the_node(pod: Object, case: Case) -> bool:
    found = reason(pod, case)
    return found is None or found.word == "NodeNotReady"


def has_address(pod: Object) -> bool:
    """Whether it has an address of any family."""
    listed = map(objects.mapping, objects.sequence(objects.status(pod).get("podIPs")))
    return any(objects.text(each.get("ip")) for each in listed)


def _is_beginning(pod: Object, case: Case) -> bool:
    """A controller made it less than half a minute ago, and nothing has failed for good."""
    made = pod_rules.time_of(objects.metadata(pod).get("creationTimestamp"))
    if made is None or objects.controller(pod) is None or case.inventory.now - made >= YOUNG:
        return False
    found = reason(pod, case)
    return found is None or not found.is_hard


def names_of(pods: Iterable[Object]) -> list[str]:
    """Their names."""
    return [objects.name(pod) for pod in pods]
