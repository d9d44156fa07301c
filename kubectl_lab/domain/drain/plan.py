"""The plan of a drain, made from what was read before the first write.

Source: kubectl `pkg/drain`, the eviction API, `kubectl_lab.domain.rules.budgets`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.catalogue import finding
from kubectl_lab.domain.drain.filters import View, judge
from kubectl_lab.domain.drain.model import Drain, NodePlan, PodPlan, run_outcome
from kubectl_lab.domain.rules import budgets, label_selectors, pods
from kubectl_lab.objects import Missing
from kubectl_lab.result import Reference, reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from kubectl_lab.domain.drain.filters import Existence
    from kubectl_lab.domain.drain.model import Action, DrainOptions, NodeOutcome
    from kubectl_lab.domain.rules.budgets import Budget
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Finding

UNSCHEDULABLE = "node.kubernetes.io/unschedulable"


def daemonsets_of(all_pods: Iterable[Object], options: DrainOptions) -> tuple[tuple[str, str], ...]:
    """(namespace, name) of the DaemonSets whose existence decides about a pod, each once."""
    found = {
        (objects.namespace(pod) or "", name)
        for pod in selected(all_pods, options)
        if (name := pods.daemonset(pod)) is not None and not pods.is_finished(pod)
    }
    return tuple(sorted(found))


def selected(all_pods: Iterable[Object], options: DrainOptions) -> Iterable[Object]:
    """The pods that `--pod-selector` lets the drain see."""
    return (pod for pod in all_pods if label_selectors.matches(options.pod_selector, objects.labels(pod)))


def plan(
    nodes: Sequence[Object],
    all_pods: Iterable[Object],
    all_budgets: Sequence[Object] | Missing,
    daemonsets: Mapping[tuple[str, str], Existence],
    options: DrainOptions,
    now: datetime,
) -> Drain:
    """Every pod of the nodes with its one action and every reason; nodes in the order given."""
    view = View(options, now, daemonsets)
    by_node: dict[str, list[Object]] = {objects.name(node): [] for node in nodes}
    for pod in selected(all_pods, options):
        if pods.node_name(pod) in by_node:
            by_node[pods.node_name(pod)].append(pod)
    known = () if isinstance(all_budgets, Missing) else tuple(all_budgets)
    planned = tuple(_node(node, by_node[objects.name(node)], known, view) for node in nodes)
    return Drain(options.mode, run_outcome(planned), planned, _general(nodes, all_budgets))


def _general(nodes: Iterable[Object], all_budgets: Sequence[Object] | Missing) -> tuple[Finding, ...]:
    found = [entry for node in nodes for entry in _not_ready(node)]
    if isinstance(all_budgets, Missing):
        found.append(finding("DRN016", None, why=all_budgets.why))
    return tuple(found)


def _not_ready(node: Object) -> Iterable[Finding]:
    """Only the node's kubelet confirms a deletion: where it does not report, pods may stay Terminating for ever."""
    ready = objects.condition(node, "Ready")
    if ready and ready.get("status") != "True":
        reason = objects.text(ready.get("reason")) or objects.text(ready.get("status"))
        yield finding("DRN024", Reference("Node", None, objects.name(node)), node=objects.name(node), reason=reason)


def _node(node: Object, its_pods: Sequence[Object], known: Sequence[Object], view: View) -> NodePlan:
    planned = tuple(_pod(pod, known, view) for pod in its_pods)
    unschedulable = objects.spec(node).get("unschedulable") is True
    blocked = any(entry.severity == "error" for pod in planned for entry in pod.findings)
    outcome: NodeOutcome = "blocked" if blocked else "clear"
    return NodePlan(
        objects.name(node), objects.uid(node), unschedulable, outcome, "already" if unschedulable else "no", planned
    )


def _pod(pod: Object, known: Sequence[Object], view: View) -> PodPlan:
    verdict, findings = judge(pod, view)
    owner = objects.controller(pod)
    evicts = not view.options.disable_eviction
    action: Action = ("evict" if evicts else "delete") if verdict == "go" else verdict
    its_budgets = tuple(budgets.budget(entry) for entry in budgets.of_pod(pod, known)) if action == "evict" else ()
    asked = its_budgets if budgets.asked_for(pod) else ()
    if verdict == "go":
        findings = (*findings, *_comes_back(pod), *budget_findings(pod, asked))
    return PodPlan(
        reference=reference(pod, "Pod"),
        uid=objects.uid(pod),
        controller=_owner_reference(owner, pod),
        action=action,
        findings=findings,
        budgets=its_budgets,
        terminating_since=pods.deletion_timestamp(pod),
    )


def _owner_reference(owner: Object | None, pod: Object) -> Reference | None:
    if owner is None:
        return None
    return Reference(objects.text(owner.get("kind")), objects.namespace(pod), objects.text(owner.get("name")))


def _comes_back(pod: Object) -> Iterable[Finding]:
    """A replacement carries the same tolerations: one that tolerates the cordon may land on the node being emptied."""
    owner = objects.controller(pod)
    tolerations = objects.sequence(objects.spec(pod).get("tolerations"))
    if owner is not None and any(_tolerates_cordon(objects.mapping(entry)) for entry in tolerations):
        yield _about(pod, "DRN022", node=pods.node_name(pod), controller=objects.text(owner.get("name")))


def _tolerates_cordon(toleration: Object) -> bool:
    """Whether it tolerates `node.kubernetes.io/unschedulable:NoSchedule`, whose value is empty."""
    if toleration.get("effect") not in {None, "", "NoSchedule"}:
        return False
    key = toleration.get("key") or ""
    if toleration.get("operator") == "Exists":
        return key in {"", UNSCHEDULABLE}
    return key == UNSCHEDULABLE and not toleration.get("value")


def budget_findings(pod: Object, asked: Sequence[Budget]) -> tuple[Finding, ...]:
    """What the budgets that would be asked have against the pod's eviction now."""
    if len(asked) > 1:
        names = ", ".join(entry.name for entry in asked)
        return (_about(pod, "DRN012", budgets=names, count=len(asked)),)
    return tuple(found for entry in asked for found in _BUDGET_RULES[budgets.answer(pod, entry)](pod, entry))


def _blocked(pod: Object, entry: Budget) -> tuple[Finding, ...]:
    return (_about(pod, "DRN010", budget=entry.name, **entry.numbers()),)


def _never(pod: Object, entry: Budget) -> tuple[Finding, ...]:
    return (_about(pod, "DRN011", budget=entry.name, field=entry.field, value=entry.value, **entry.numbers()),)


def _unprocessed(pod: Object, entry: Budget) -> tuple[Finding, ...]:
    return (_about(pod, "DRN015", budget=entry.name),)


def _no_objection(_: Object, __: Budget) -> tuple[Finding, ...]:
    return ()


_BUDGET_RULES: dict[budgets.Answer, Callable[[Object, Budget], tuple[Finding, ...]]] = {
    "allowed": _no_objection,
    "free": _no_objection,
    "blocked": _blocked,
    "never": _never,
    "unprocessed": _unprocessed,
}


def _about(pod: Object, code: str, /, **details: object) -> Finding:
    pod_reference = reference(pod, "Pod")
    return finding(code, pod_reference, pod=pod_reference.name, namespace=pod_reference.namespace, **details)
