"""Several controllers behind one Service: a canary, or pods that the selector takes by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab.domain.rules import near
from kubectl_lab.domain.rules import pods as pod_rules
from kubectl_lab.domain.service import selector_repairs
from kubectl_lab.domain.service.candidates import of_pods, of_template

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_lab.domain.service.candidates import Candidate
    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Judged
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Reference

# what an application is, by the recommended labels
_IDENTITY = ("app.kubernetes.io/name", "app.kubernetes.io/component")


def shared(case: Case) -> Iterator[Judged]:
    """SVC015: the matching pods have several top controllers.

    A warning where they are visibly different things: some declare the target port and others do not, or their name or
    component differ. Else an info: a canary looks like this.
    """
    found = _parties(case)
    if not found:
        return
    serving = [each for each in found if _serves(case, each)]
    differ = 0 < len(serving) < len(found) or any(_differ(found, key) for key in _IDENTITY)
    main = min(serving or found, key=lambda each: _rank(case, each))
    others = [each for each in found if each is not main]
    yield case.judge(
        "SVC015",
        severity="warning" if differ else "info",
        selector=case.selector_text,
        controllers=[each.word for each in others],
        main=main.word,
        count=sum(map(_size, others)),
        total=sum(map(_size, found)),
        patch=selector_repairs.distinguishing(case, main, others) if differ else None,
    )


def _parties(case: Case) -> list[Candidate]:
    """The controllers of the pods that stay, with these; of manifests the templates that want pods. None where it is one.

    Bare pods have no controller.
    """
    if case.inventory.manifests:
        found = [
            of_template(each) for each in case.matching_workloads if each.wanted > 0 and each.reference.kind != "Pod"
        ]
        return found if len(found) > 1 else []
    by_owner: dict[Reference, list[Object]] = {}
    for pod in case.live_pods:
        owner = None if pod_rules.is_terminating(pod) else case.controller_of(pod)
        if owner is not None:
            by_owner.setdefault(owner, []).append(pod)
    return [of_pods(owner, pods) for owner, pods in by_owner.items()] if len(by_owner) > 1 else []


def _serves(case: Case, each: Candidate) -> bool:
    """Whether it declares what the Service sends to."""
    return any((port.target, port.protocol) in each.declared for port in case.ports)


def _differ(found: Sequence[Candidate], label: str) -> bool:
    return len({each.labels[label] for each in found if label in each.labels}) > 1


def _size(each: Candidate) -> int:
    return len(each.pods) or (each.workload.wanted if each.workload else 0)


def _rank(case: Case, each: Candidate) -> tuple[int, int, str]:
    """The one that the Service is for: named like it, else the one with most pods."""
    return near.distance(case.name, each.owner.name), -_size(each), each.word
