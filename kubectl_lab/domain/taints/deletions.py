"""Findings about pods that the taints of one node delete, or keep out.

Source: kube-controller-manager `tainteviction`: it deletes, so no PodDisruptionBudget is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import budgets, durations
from kubectl_lab.domain.taints import known
from kubectl_lab.domain.taints.case import removal, some, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from kubectl_lab.domain.taints.case import Case, Loss
    from kubectl_lab.domain.taints.model import Eviction, TaintEffect
    from kubectl_lab.result import Finding

SOON = 300  # seconds within which a deletion is an error: what the default tolerations wait


def deleted(case: Case) -> Iterator[Finding]:
    """TNT001: NoExecute deletes pods of the node; an error where the first goes within five minutes."""
    if not case.losses:
        return
    first = case.losses[0].eviction
    texts = [each.text for each in case.effects if each.evicts]
    removals = [word for each in case.effects if each.evicts for word in _removal(each) or ()]
    yield catalogue.finding(
        "TNT001",
        case.reference,
        "error" if _left(first, case.now) <= SOON else "warning",
        node=case.name,
        taints=texts,
        count=len(case.losses),
        pods=some([written(each.pod) for each in case.losses]),
        when=when(first, case.now),
        removals=removals or None,
    )


def unprotected(case: Case) -> Iterator[Finding]:
    """TNT006: budgets select pods that will be deleted, and are not asked."""
    found: dict[tuple[str, str], list[Loss]] = {}
    for loss in case.losses:
        namespace = objects.namespace(loss.pod)
        for each in budgets.of_pod(loss.pod, case.state.known("PodDisruptionBudget", namespace)):
            found.setdefault((namespace or "", objects.name(each)), []).append(loss)
    if found:
        pods = {id(loss.pod): loss.pod for each in found.values() for loss in each}
        yield catalogue.finding(
            "TNT006",
            case.reference,
            node=case.name,
            budgets=[f"{namespace}/{name}" for namespace, name in sorted(found)],
            count=len(pods),
            pods=some(list(map(written, pods.values()))),
        )


def blocking(case: Case) -> Iterator[Finding]:
    """TNT008: pending pods would land here but for this taint."""
    for each in case.effects:
        if each.blocks:
            yield catalogue.finding(
                "TNT008",
                case.reference,
                node=case.name,
                taint=each.text,
                count=len(each.blocks),
                pods=some([f"{pod.namespace}/{pod.name}" for pod in each.blocks]),
                removal=_removal(each),
            )


def when(eviction: Eviction, now: datetime) -> dict[str, Any]:
    """A phrase: `at once`, `in 4m10s`; where nobody wrote down when the taint came, how long after it."""
    if eviction.at is None and eviction.seconds:
        return catalogue.phrase("taints.when-after", time=durations.human(eviction.seconds))
    left = _left(eviction, now)
    return catalogue.phrase("taints.when-in" if left > 0 else "taints.when-now", time=durations.human(left))


def _left(eviction: Eviction, now: datetime) -> float:
    """Seconds until it is due; without a time all of them."""
    return (eviction.at - now).total_seconds() if eviction.at else float(eviction.seconds)


def _removal(effect: TaintEffect) -> list[str] | None:
    """Nothing to remove of what is only pretended, and nothing gained where a controller sets it."""
    return None if effect.pretended or known.source_of(effect.taint) else removal(effect.taint)
