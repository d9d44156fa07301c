"""Are the pods ready to answer, and if not, why (SVC020-SVC024, SVC028, SVC029). Of templates nobody can tell.

Of one pod one of these findings speaks: its class in `conditions` says which.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.service.case import ENDPOINTS
from kubectl_lab.domain.service.conditions import conditions, names_of
from kubectl_lab.domain.service.model import Place
from kubectl_lab.domain.service.probes import probe_of_another_port, without_probe
from kubectl_lab.domain.service.repairs import spec_patch
from kubectl_lab.domain.service.spread import one_point
from kubectl_lab.domain.service.unready import closed_gates, reason
from kubectl_lab.domain.service.workloads import ROLLING, word_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Endpoint, Judged
    from kubectl_lab.domain.service.rules import Rule
    from kubectl_lab.objects import Object

_FIXES = ("crashed", "container", "lost")


def _at(pod: Object) -> Place:
    return Place("pod", f"{objects.namespace(pod)}/{objects.name(pod)}")


def _why(pod: Object, case: Case) -> dict[str, Any]:
    """The details `pod` and `why`, and what the commands for this cause need; `described`: the pod, where no other helps."""
    found = reason(pod, case)
    fixes: dict[str, Any] = dict.fromkeys(_FIXES)
    fixes |= dict(found.fix) if found else {}
    name = objects.name(pod)
    described = None if fixes["lost"] else name
    return {
        "pod": name,
        "why": found.words if found else catalogue.phrase("service.why-unsaid"),
        "reason": found.word if found else "",
        **fixes,
    } | {"described": described}


def none_ready(case: Case) -> Iterator[Judged]:
    """SVC020: pods have addresses, none is ready, and none that ends still answers."""
    found = conditions(case)
    if case.inventory.manifests or _is_published(case):
        return
    silent = (*found.unready, *found.stranded) or (() if found.waiting or found.gated else found.ending)
    if silent and not found.answers and not found.ready:
        count = len(silent)
        yield case.judge("SVC020", "breaks", ENDPOINTS, count=count, pods=names_of(silent), **_why(silent[0], case))


def some_not_ready(case: Case) -> Iterator[Judged]:
    """SVC021: others answer; new pods of a rollout and pods that end are no news."""
    found = conditions(case)
    if case.inventory.manifests or _is_published(case):
        return
    if found.unready and (found.answers or found.ready):
        first, names = found.unready[0], names_of(found.unready)
        total = found.staying
        yield case.judge(
            "SVC021",
            "degrades",
            _at(first),
            also=map(_at, found.unready),
            count=len(names),
            total=total,
            pods=names,
            **_why(first, case),
        )


def without_address(case: Case) -> Iterator[Judged]:
    """SVC022: the slice takes only pods with an address; an error where no pod has one."""
    found = conditions(case)
    if case.inventory.manifests or not found.waiting:
        return
    alone = not (found.answers or found.ready or found.gated or found.unready or found.stranded)
    first, names = found.waiting[0], names_of(found.waiting)
    yield case.judge(
        "SVC022",
        "breaks" if alone else "degrades",
        ENDPOINTS,
        severity="error" if alone else "warning",
        count=len(names),
        total=found.staying,
        pods=names,
        **_why(first, case) | _unplaced(first),
    )


def _unplaced(pod: Object) -> dict[str, Any]:
    """A pod without a node has another question to ask: where it could land."""
    return {} if pod_rules.node_name(pod) else {"unplaced": objects.name(pod), "described": None}


def published_not_ready(case: Case) -> Iterator[Judged]:
    """SVC023: `publishNotReadyAddresses` calls every address ready; right for the peers of a StatefulSet, else a trap."""
    found = [each for each in case.endpoints if each.ready and not each.serving and not each.terminating]
    if not _is_published(case) or not found:
        return
    is_meant = case.is_headless and all(_is_stateful(case, each) for each in found)
    first = found[0]
    pod = case.pod_of(first)
    why = reason(pod, case) if pod else None
    yield case.judge(
        "SVC023",
        "none" if is_meant else "degrades",
        _hop(first),
        also=map(_hop, found),
        severity="info" if is_meant else "warning",
        pod=_name(first),
        pods=[_name(each) for each in found],
        cause=catalogue.phrase("service.published-cause", why=why.words) if why else "",
        patch=None if is_meant else spec_patch(case, publishNotReadyAddresses=False),
    )


def _hop(endpoint: Endpoint) -> Place:
    return Place("pod", f"{endpoint.pod.namespace}/{endpoint.pod.name}" if endpoint.pod else endpoint.address or "")


def _name(endpoint: Endpoint) -> str:
    return endpoint.pod.name if endpoint.pod else endpoint.address or ""


def _is_stateful(case: Case, endpoint: Endpoint) -> bool:
    """A pod of a StatefulSet; where pods are not known, one with a name of its own in DNS."""
    pod = case.pod_of(endpoint)
    owner = case.controller_of(pod) if pod else None
    return owner.kind == "StatefulSet" if pod and owner else bool(endpoint.hostname)


def only_ending(case: Case) -> Iterator[Judged]:
    """SVC024: kube-proxy sends to pods that end while they serve, when no other is ready (KEP-1669)."""
    found = [each for each in case.endpoints if each.is_fallback]
    if not found or any(each.ready for each in case.endpoints):
        return
    pod = case.pod_of(found[0])
    owner = case.controller_of(pod) if pod else None
    rolled = owner is not None and owner.kind in ROLLING
    yield case.judge(
        "SVC024",
        "degrades",
        ENDPOINTS,
        pod=_name(found[0]),
        pods=[_name(each) for each in found],
        controller=word_of(owner) if owner and rolled else None,
        listed=None if rolled else case.namespace,
    )


def behind_a_gate(case: Case) -> Iterator[Judged]:
    """SVC028: all containers are ready, and somebody else has not set the condition that the pod waits for."""
    found = conditions(case)
    if case.inventory.manifests or _is_published(case) or not found.gated:
        return
    alone = not (found.answers or found.ready or found.unready or found.stranded)
    first = found.gated[0]
    yield case.judge(
        "SVC028",
        "breaks" if alone else "degrades",
        ENDPOINTS if alone else _at(first),
        also=() if alone else map(_at, found.gated),
        severity="error" if alone else "warning",
        pod=objects.name(first),
        pods=names_of(found.gated),
        gates=list(closed_gates(first)),
        count=len(found.gated),
    )


def on_lost_nodes(case: Case) -> Iterator[Judged]:
    """SVC029: the node of a pod is not Ready: the pod may run or not, nobody there tells. One finding a node."""
    found = conditions(case)
    if case.inventory.manifests or not (found.answers or found.ready):
        return
    by_node: defaultdict[str, list[Object]] = defaultdict(list)
    for pod in found.stranded:
        if pod_rules.is_ready(pod) or not _is_published(case):
            by_node[pod_rules.node_name(pod)].append(pod)
    for node, pods in by_node.items():
        names = names_of(pods)
        also = map(_at, pods)
        yield case.judge(
            "SVC029", "degrades", _at(pods[0]), also=also, pod=names[0], pods=names, node=node, count=len(names)
        )


def _is_published(case: Case) -> bool:
    """Not-ready pods are endpoints too: SVC023 speaks of them, no other rule."""
    return case.spec.get("publishNotReadyAddresses") is True


RULES: tuple[Rule, ...] = (
    none_ready,
    without_address,
    behind_a_gate,
    some_not_ready,
    published_not_ready,
    only_ending,
    on_lost_nodes,
    probe_of_another_port,
    one_point,
    without_probe,
)
