"""Does the selector find pods, and if not, whom did it mean (SVC010-SVC018).

Of an empty Service exactly one of these is told: the most telling cause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.service import near_pods, selector_repairs
from kubectl_lab.domain.service.case import ENDPOINTS
from kubectl_lab.domain.service.idle import refused, resting
from kubectl_lab.domain.service.model import Place
from kubectl_lab.domain.service.sharing import shared
from kubectl_lab.domain.service.workloads import workloads
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.model import Effect, Judged
    from kubectl_lab.domain.service.rules import Rule
    from kubectl_lab.result import Severity


def empty(case: Case) -> Iterable[Judged]:
    """A Service with a selector and without an endpoint that gets traffic: why nobody is behind it.

    Pods that match and run are not this rule's business: why they are no endpoints, readiness says. Files that hold no
    workload at all say nothing about pods.
    """
    if case.inventory.manifests:
        is_asked = not case.endpoints and bool(workloads(case.inventory, None))
    else:
        is_asked = case.inventory.can_see("Pod") and not case.is_served
    if not case.selector or case.live_pods or not is_asked:
        return ()
    found = (judged for cause in _CAUSES if (judged := cause(case)) is not None)
    return tuple(found)[:1]


def unreadable(case: Case) -> Iterator[Judged]:
    """SVC018: no endpoint in the slices gets the traffic of a port, and pods may not be read."""
    is_blind = not (case.inventory.can_see("Pod") or case.inventory.manifests or isinstance(case.slices, Missing))
    if not case.selector or not is_blind:
        return
    key = "denied" if case.inventory.live else "captured"
    told: dict[str, Any] = {"denied": None, "captured": None, key: case.namespace}
    if not case.is_served:
        yield case.judge("SVC018", "breaks", ENDPOINTS, where="", **told)
        return
    served = {port.port for port in case.ports if port.working or port.fallback}
    silent = list(dict.fromkeys(port.port for port in case.ports if not (port.working or port.fallback)))
    if silent:
        # a number that answers by another protocol is not broken as a whole
        effect: Effect = "degrades" if served.intersection(silent) else "breaks"
        first, *more = (Place("endpoints", str(number)) for number in silent)
        where = catalogue.phrase("service.silent-ports", ports=silent)
        yield case.judge("SVC018", effect, first, also=more, ports=silent, where=where, **told)


def outdated(case: Case) -> Judged | None:
    """SVC017: the selector holds a label that every rollout writes anew, and no pod has this value any more."""
    if case.inventory.manifests or case.known_pods or not selector_repairs.pinned(case):
        return None
    return _pinned(case, "error")


def only_finished(case: Case) -> Judged | None:
    """SVC014: the controller leaves out pods in phase Succeeded or Failed, always."""
    if not case.known_pods:
        return None
    pod = case.known_pods[0]
    return case.judge(
        "SVC014",
        "breaks",
        ENDPOINTS,
        pod=objects.name(pod),
        phase=pod_rules.phase(pod),
        selector=case.selector_text,
        pods=[objects.name(each) for each in case.known_pods],
    )


def misses_narrowly(case: Case) -> Judged | None:
    """SVC011: no pod and no template matches, and some come near."""
    found = near_pods.nearest(case)
    if not found:
        return None
    first, is_created = found[0], near_pods.is_created(case)
    exposed = selector_repairs.exposing(case, first) if is_created else dict.fromkeys(_EXPOSED)
    return case.judge(
        "SVC011",
        "breaks",
        ENDPOINTS,
        selector=case.selector_text,
        nearest=catalogue.phrase("service.near-created", nearest=first.words) if is_created else first.words,
        near=[each.to_dict() for each in found],
        patch=selector_repairs.selecting(case, first),
        **exposed,
        **selector_repairs.labelling(first),
    )


_EXPOSED = ("exposed", "port", "target", "type")


def lives_elsewhere(case: Case) -> Judged | None:
    """SVC012: pods of other namespaces carry all pairs; told only where the pods of all namespaces were read."""
    if case.inventory.extent("Pod") != "cluster":
        return None
    found = [each for each in case.inventory.derived(_namespaces) if each != case.namespace and _has_live(case, each)]
    if not found:
        return None
    return case.judge(
        "SVC012",
        "breaks",
        ENDPOINTS,
        selector=case.selector_text,
        other=found[0],
        namespaces=found,
        **selector_repairs.elsewhere(case, found[0]),
    )


def _namespaces(inventory: Inventory) -> list[str]:
    return sorted({objects.namespace(pod) or "" for pod in inventory.known("Pod")})


def _has_live(case: Case, namespace: str) -> bool:
    return any(not pod_rules.is_finished(pod) for pod in case.inventory.pods(namespace, case.selector))


def matches_nobody(case: Case) -> Judged:
    """SVC010: no pod, no template, and nothing near."""
    is_created = near_pods.is_created(case)
    return case.judge(
        "SVC010",
        "breaks",
        ENDPOINTS,
        selector=case.selector_text,
        hint=catalogue.phrase("service.created") if is_created else "",
        shown=None if case.inventory.manifests else case.namespace,
    )


# the first that applies is the answer
_CAUSES: tuple[Callable[[Case], Judged | None], ...] = (
    outdated,
    refused,
    resting,
    only_finished,
    misses_narrowly,
    lives_elsewhere,
    matches_nobody,
)


def pins_a_rollout(case: Case) -> Iterator[Judged]:
    """SVC017 while it still matches: the next rollout takes the pods away."""
    if case.live_pods and selector_repairs.pinned(case):
        yield _pinned(case, "warning")


def _pinned(case: Case, severity: Severity) -> Judged:
    effect: Effect = "breaks" if severity == "error" else "degrades"
    label = selector_repairs.pinned(case)[0]
    patch = selector_repairs.unpinned(case)
    return case.judge(
        "SVC017", effect, ENDPOINTS, severity=severity, label=label, value=case.selector[label], patch=patch
    )


RULES: tuple[Rule, ...] = (empty, unreadable, pins_a_rollout, shared)
