"""Which pods a drain takes, skips and refuses: small rules, one pod each, in kubectl's order.

Source: kubectl `pkg/drain/filters.go`. kubectl stops at the first "no" and keeps the last warning; we keep every reason,
so that one run tells all the flags that are needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kubectl_lab import objects
from kubectl_lab.catalogue import finding
from kubectl_lab.domain.rules import pods
from kubectl_lab.result import reference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from kubectl_lab.domain.drain.model import DrainOptions
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Finding

Existence = Literal["live", "not found", "forbidden"]


@dataclass(frozen=True, slots=True)
class View:
    """What the rules may know besides the pod: the flags, the clock, which DaemonSets exist."""

    options: DrainOptions
    now: datetime
    daemonsets: Mapping[tuple[str, str], Existence]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`skip`: stays, nothing to say against the node. `refuse`: the node cannot be emptied. `go`: leaves, with a warning.

    `final`: no later rule has anything to add.
    """

    action: Literal["skip", "refuse", "go"]
    finding: Finding
    final: bool = False


def skip_deleted(pod: Object, view: View) -> Verdict | None:
    """A pod whose grace period ended more than `--skip-wait-for-delete-timeout` whole seconds ago is not waited for."""
    since = pods.deletion_timestamp(pod)
    if not is_overdue(since, view.options, view.now):
        return None
    return Verdict("skip", _finding("DRN009", pod, since=objects.metadata(pod).get("deletionTimestamp")), final=True)


def is_overdue(deleted: datetime | None, options: DrainOptions, now: datetime) -> bool:
    """The grace period that ended at `deleted` is over for longer than the flag allows."""
    limit = options.skip_wait_for_delete_timeout
    return limit > 0 and deleted is not None and int((now - deleted).total_seconds()) > limit


def daemonset(pod: Object, view: View) -> Verdict | None:
    """A live DaemonSet would put its pod back at once: never evicted. One whose DaemonSet is gone needs `--force`."""
    name = pods.daemonset(pod)
    if name is None or pods.is_finished(pod):
        return None
    existence = view.daemonsets.get((objects.namespace(pod) or "", name), "live")
    if existence == "live":
        if view.options.ignore_daemonsets:
            return Verdict("skip", _finding("DRN005", pod, controller=name), final=True)
        return Verdict("refuse", _refusal("DRN001", pod, view, controller=name), final=True)
    if existence == "not found" and view.options.force:
        return Verdict("go", _finding("DRN007", pod))
    cure = {"command": view.options.command} if existence == "not found" else {}
    return Verdict("refuse", _finding("DRN004", pod, controller=name, why=existence, **cure))


def mirror(pod: Object, _: View) -> Verdict | None:
    """A static pod belongs to the kubelet: deleting its mirror changes nothing."""
    return Verdict("skip", _finding("DRN008", pod), final=True) if pods.is_mirror(pod) else None


def local_storage(pod: Object, view: View) -> Verdict | None:
    """Data in an `emptyDir` dies with the pod: that needs a word from the user. Finished pods hold nothing any more."""
    volumes = pods.empty_dirs(pod)
    if not volumes or pods.is_finished(pod):
        return None
    listed = ", ".join(volumes)
    if view.options.delete_emptydir_data:
        return Verdict("go", _finding("DRN006", pod, volumes=listed))
    return Verdict("refuse", _refusal("DRN002", pod, view, volumes=listed))


def unreplicated(pod: Object, view: View) -> Verdict | None:
    """Nothing brings back a pod without controller: that needs a word from the user."""
    if pods.is_finished(pod) or objects.controller(pod) is not None:
        return None
    if view.options.force:
        return Verdict("go", _finding("DRN007", pod))
    return Verdict("refuse", _refusal("DRN003", pod, view))


FILTERS: tuple[Callable[[Object, View], Verdict | None], ...] = (
    skip_deleted,
    daemonset,
    mirror,
    local_storage,
    unreplicated,
)


def judge(pod: Object, view: View) -> tuple[Literal["skip", "refuse", "go"], tuple[Finding, ...]]:
    """What happens to the pod, and why. A skip after a refusal does not undo it: the first "no" decides."""
    verdicts: list[Verdict] = []
    for rule in FILTERS:
        verdict = rule(pod, view)
        if verdict is not None:
            verdicts.append(verdict)
            if verdict.final:
                break
    return _decision(verdicts)


def _decision(verdicts: Sequence[Verdict]) -> tuple[Literal["skip", "refuse", "go"], tuple[Finding, ...]]:
    first = next((verdict for verdict in verdicts if verdict.action != "go"), None)
    if first is None:
        return "go", tuple(verdict.finding for verdict in verdicts)
    if first.action == "skip":
        return "skip", (first.finding,)
    return "refuse", tuple(verdict.finding for verdict in verdicts if verdict.action != "skip")


def _finding(code: str, pod: Object, /, **details: object) -> Finding:
    pod_reference = reference(pod, "Pod")
    return finding(
        code,
        pod_reference,
        pod=pod_reference.name,
        namespace=pod_reference.namespace,
        node=pods.node_name(pod),
        **details,
    )


def _refusal(code: str, pod: Object, view: View, /, **details: object) -> Finding:
    return _finding(code, pod, command=view.options.command, **details)
