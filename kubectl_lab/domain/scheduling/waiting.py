"""SCH004 to SCH006 and SCH016: pods that the scheduler does not try, and says nothing about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.scheduling import patches
from kubectl_lab.domain.scheduling.case import spelled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_lab.domain.scheduling.case import Case
    from kubectl_lab.domain.scheduling.subject import Subject
    from kubectl_lab.result import Finding


def over(subject: Subject) -> Finding | None:
    """A pod that has ended or is being deleted is not looked at."""
    pod = subject.source
    if subject.reference.kind != "Pod":
        return None
    state: Any = None
    if pod_rules.is_finished(pod):
        state = catalogue.phrase("scheduling.finished", phase=pod_rules.phase(pod))
    elif objects.metadata(pod).get("deletionTimestamp"):
        state = catalogue.phrase("scheduling.terminating")
    if state is None:
        return None
    return catalogue.finding(
        "SCH016",
        subject.reference,
        subject=spelled(subject.reference),
        namespace=subject.reference.namespace,
        state=state,
    )


def gated(case: Case) -> Iterator[Finding]:
    """Whoever set the gates removes them; until then the pod is not in the queue."""
    found = pod_rules.gates(case.pod)
    if found:
        step = {"op": "remove", "path": f"{case.subject.pod_path}/schedulingGates"}
        yield catalogue.finding(
            "SCH004", case.reference, **case.named, gates=list(found), command=patches.of_live_pod(case.subject, [step])
        )


def served_by_another(case: Case) -> Iterator[Finding]:
    """Nobody tells whether the other scheduler runs: without it there is no condition and no event."""
    name = pod_rules.scheduler(case.pod)
    if name != pod_rules.DEFAULT_SCHEDULER:
        step = {"op": "replace", "path": f"{case.subject.pod_path}/schedulerName", "value": pod_rules.DEFAULT_SCHEDULER}
        command = patches.of_template(case.subject, [step])
        yield catalogue.finding("SCH005", case.reference, **case.named, scheduler=name, command=command)


def without_claims(case: Case) -> Iterator[Finding]:
    """A ResourceClaim, or the template one is to be made from, that does not exist."""
    space = case.reference.namespace
    absent = [
        f"{kind.lower()}/{name}"
        for kind, name in _claims(case)
        if case.state.can_see(kind) and case.state.get(kind, space, name) is None
    ]
    if absent:
        yield catalogue.finding("SCH006", case.reference, **case.named, absent=absent)


def _claims(case: Case) -> Iterator[tuple[str, str]]:
    """(kind, name) of all that `spec.resourceClaims` needs; of a template the claim itself once it was made."""
    status = objects.sequence(objects.status(case.subject.source).get("resourceClaimStatuses"))
    made = {
        objects.text(each.get("name")): objects.text(each.get("resourceClaimName"))
        for each in map(objects.mapping, status)
    }
    for each in map(objects.mapping, objects.sequence(objects.spec(case.pod).get("resourceClaims"))):
        named = objects.text(each.get("resourceClaimName")) or made.get(objects.text(each.get("name")))
        template = objects.text(each.get("resourceClaimTemplateName"))
        if named:
            yield "ResourceClaim", named
        elif template:
            yield "ResourceClaimTemplate", template


RULES = (gated, served_by_another, without_claims)
