"""Why a pod is not ready: the first of the causes, in the order in which a pod comes to life.

Source: kubelet `pkg/kubelet/status`, `pkg/kubelet/prober`, kube-scheduler's condition PodScheduled.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import pods as pod_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.objects import Object

# what a container waits for while all is well
_BEGINNING = ("ContainerCreating", "PodInitializing", "")
# kubelet's events that say why a pod has no containers or address yet
_SETUP = ("FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox", "NetworkNotReady", "FailedBinding")


@dataclass(frozen=True, slots=True)
class Reason:
    """`word`: the short name of the state, as kubectl shows it. `words`: the phrase. `is_hard`: time alone does not cure it.

    `fix`: values for the commands that help: `crashed` (pod) with `container`, `lost` (node).
    """

    word: str
    words: Mapping[str, Any]
    is_hard: bool = True
    fix: Mapping[str, str] = field(default_factory=dict)


def why_not_ready(pod: Object, case: Case) -> Mapping[str, Any] | None:
    """The phrase that says why a pod is not ready; None for a ready one that stays."""
    found = reason(pod, case)
    return found.words if found else None


def reason(pod: Object, case: Case) -> Reason | None:
    """The first cause that applies; a pod that is not ready always has one, if only the server's own condition."""
    found = next((cause for rule in _CAUSES if (cause := rule(pod, case)) is not None), None)
    return found or (None if pod_rules.is_ready(pod) else _unexplained(pod))


def _unscheduled(pod: Object, _: Case) -> Reason | None:
    """No node takes it: the scheduler's text."""
    condition = objects.condition(pod, "PodScheduled")
    if condition.get("status") != "False" or pod_rules.node_name(pod):
        return None
    word = objects.text(condition.get("reason")) or "Unschedulable"
    words = catalogue.phrase("service.why-text", reason=word, text=objects.text(condition.get("message")))
    return Reason(word, words)


def _container(pod: Object, _: Case) -> Reason | None:
    """A container that waits for something that does not come, or has ended."""
    return _stuck(pod, "containerStatuses", "service.why-container")


def _setup(pod: Object, case: Case) -> Reason | None:
    """Its containers are being created, and an event says what is missing (a volume, the network)."""
    statuses = (*_statuses(pod, "initContainerStatuses"), *_statuses(pod, "containerStatuses"))
    if pod_rules.is_ready(pod) or any("waiting" not in _state(each) for each in statuses):
        return None
    event = _last_event(pod, case, *_SETUP)
    if event is None:
        return None
    word = objects.text(event.get("reason"))
    words = catalogue.phrase("service.why-text", reason=word, text=objects.text(event.get("message")))
    return Reason(word, words)


def _unhealthy(pod: Object, case: Case) -> Reason | None:
    """It runs, and its probe fails: the last event's text."""
    event = None if pod_rules.is_ready(pod) else _last_event(pod, case, "Unhealthy")
    if event is None:
        return None
    words = catalogue.phrase("service.why-probe", text=objects.text(event.get("message")).strip())
    return Reason("Unhealthy", words, is_hard=False)


def _init_container(pod: Object, _: Case) -> Reason | None:
    """An init container fails or has not ended: the others wait for it."""
    found = _stuck(pod, "initContainerStatuses", "service.why-init")
    if found is not None:
        return found
    for each in _statuses(pod, "initContainerStatuses"):
        if (
            objects.mapping(_state(each).get("running"))
            and each.get("ready") is not True
            and each.get("started") is not True
        ):
            words = catalogue.phrase("service.why-init-runs", container=objects.text(each.get("name")))
            return Reason("Init", words, is_hard=False)
    return None


def _gate(pod: Object, _: Case) -> Reason | None:
    gates = closed_gates(pod)
    if not gates:
        return None
    return Reason("ReadinessGate", catalogue.phrase("service.why-gate", gates=list(gates)), is_hard=False)


def _ending(pod: Object, _: Case) -> Reason | None:
    if not pod_rules.is_terminating(pod):
        return None
    return Reason("Terminating", catalogue.phrase("service.why-ending"), is_hard=False)


def _node(pod: Object, case: Case) -> Reason | None:
    if not is_on_lost_node(pod, case):
        return None
    node = pod_rules.node_name(pod)
    return Reason("NodeNotReady", catalogue.phrase("service.why-node", node=node), fix={"lost": node})


_CAUSES: tuple[Callable[[Object, Case], Reason | None], ...] = (
    _unscheduled,
    _container,
    _setup,
    _unhealthy,
    _init_container,
    _gate,
    _ending,
    _node,
)


def _unexplained(pod: Object) -> Reason:
    """The server's own words where nothing above says more; with no words at all, that it is not ready."""
    condition = objects.condition(pod, "Ready")
    word, text = objects.text(condition.get("reason")), objects.text(condition.get("message"))
    waiting = [word for each in _statuses(pod, "containerStatuses") if (word := _waiting(each)[0])]
    if waiting:
        return Reason(waiting[0], catalogue.phrase("service.why-word", reason=waiting[0]), is_hard=False)
    if word and text:
        return Reason(word, catalogue.phrase("service.why-text", reason=word, text=text), is_hard=False)
    if word or pod_rules.phase(pod) == "Pending":
        shown = word or "Pending"
        return Reason(shown, catalogue.phrase("service.why-word", reason=shown), is_hard=False)
    return Reason("NotReady", catalogue.phrase("service.why-unknown"), is_hard=False)


def _stuck(pod: Object, statuses: str, key: str) -> Reason | None:
    """The first container of a kind that waits for more than its turn, or has ended and is not there any more."""
    for each in _statuses(pod, statuses):
        word, text = _waiting(each)
        ended = _ended(each)
        if word == "CrashLoopBackOff" or (not word and ended):
            return _crashed(pod, each, word or objects.text(ended.get("reason")) or "Terminated", key)
        if word not in _BEGINNING:
            detail = catalogue.phrase("service.why-text", reason=word, text=text) if text else word
            return Reason(word, _in(key, each, detail))
    return None


def _crashed(pod: Object, status: Object, word: str, key: str) -> Reason:
    """It begins and ends again: how often, and how it ended last."""
    last = objects.mapping(objects.mapping(status.get("lastState")).get("terminated")) or _ended(status)
    code, restarts = last.get("exitCode"), status.get("restartCount")
    shown = {"reason": word, "restarts": restarts if isinstance(restarts, int) else 0}
    if last.get("reason") == "OOMKilled":
        detail = catalogue.phrase("service.why-memory", **shown)
    elif isinstance(code, int):
        detail = catalogue.phrase("service.why-crash", **shown, exit=code)
    else:
        detail = catalogue.phrase("service.why-restarts", **shown)
    fix = {"crashed": objects.name(pod), "container": objects.text(status.get("name"))}
    return Reason(word, _in(key, status, detail), fix=fix)


def _in(key: str, status: Object, detail: Mapping[str, Any] | str) -> Mapping[str, Any]:
    return catalogue.phrase(key, container=objects.text(status.get("name")), detail=detail)


def _statuses(pod: Object, kind: str) -> Iterator[Object]:
    return map(objects.mapping, objects.sequence(objects.status(pod).get(kind)))


def _state(status: Object) -> Object:
    return objects.mapping(status.get("state"))


def _waiting(status: Object) -> tuple[str, str]:
    found = objects.mapping(_state(status).get("waiting"))
    return objects.text(found.get("reason")), objects.text(found.get("message"))


def _ended(status: Object) -> Object:
    """How it ended, empty for one that runs, waits, or has done an init container's work."""
    ended = objects.mapping(_state(status).get("terminated"))
    return {} if status.get("ready") is True or ended.get("reason") == "Completed" else ended


def _last_event(pod: Object, case: Case, *reasons: str) -> Object | None:
    events = case.inventory.events("Pod", objects.namespace(pod), objects.name(pod))
    return next((each for each in reversed(events) if each.get("reason") in reasons), None)


def closed_gates(pod: Object) -> tuple[str, ...]:
    """The readiness gates whose condition is not True."""
    gates = map(objects.mapping, objects.sequence(objects.spec(pod).get("readinessGates")))
    names = (objects.text(gate.get("conditionType")) for gate in gates)
    return tuple(name for name in names if name and objects.condition(pod, name).get("status") != "True")


def is_on_lost_node(pod: Object, case: Case) -> bool:
    """Its node is known and not Ready (False, or Unknown: the kubelet is silent)."""
    node = case.inventory.get("Node", None, pod_rules.node_name(pod))
    return node is not None and objects.condition(node, "Ready").get("status") in ("False", "Unknown")
