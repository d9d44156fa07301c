"""Findings about taints that a controller sets, or that mean more than others: cordon, conditions, out-of-service.

Source: kube-controller-manager `nodelifecycle` (doNoScheduleTaintingPass, markNodeAsReachable), `podgc` (gcTerminating) and
`volume/attachdetach` (hasOutOfServiceTaint).
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import nodes as node_rules
from kubectl_lab.domain.rules.tolerations import NO_SCHEDULE, UNSCHEDULABLE, taint_text
from kubectl_lab.domain.taints import known
from kubectl_lab.domain.taints.case import removal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_lab.domain.taints.case import Case
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Finding


def cordoned(case: Case) -> Iterator[Finding]:
    """TNT003: `spec.unschedulable` and its taint, as it should be. TNT004: one without the other."""
    taint = _cordon_taint(case)
    if case.unschedulable and taint is not None:
        yield catalogue.finding("TNT003", case.reference, node=case.name)
    elif case.unschedulable and not any(map(_is_cordon, case.removed)):
        what = catalogue.phrase("taints.cordon-without-taint")
        yield catalogue.finding("TNT004", case.reference, node=case.name, what=what, removal=None)
    elif taint is not None and not case.unschedulable:
        what = catalogue.phrase("taints.taint-without-cordon")
        pretended = any(each.pretended and _is_cordon(each.obj) for each in case.taints)
        given = None if pretended else removal(taint)
        yield catalogue.finding("TNT004", case.reference, node=case.name, what=what, removal=given)


def controlled(case: Case) -> Iterator[Finding]:
    """TNT005: a controller sets the taint from a condition; a warning where the what-if goes against it."""
    futile: dict[tuple[known.Source, str], list[str]] = {}
    for taint, outcome in (*_taken_in_vain(case), *_there(case)):
        source = known.source_of(taint)
        is_held = source is not None and known.holds(source, case.before)
        # what is pretended against the condition does not stay; what is there because of it does
        if source is not None and is_held == (outcome != "taken-away"):
            # both effects of one key are one fact
            futile.setdefault((dataclasses.replace(source, effects=()), outcome), []).append(taint_text(taint))
    for (source, outcome), taints in futile.items():
        yield catalogue.finding(
            "TNT005",
            case.reference,
            "info" if outcome == "put-back" else "warning",
            node=case.name,
            taints=taints,
            condition=source.condition,
            status=known.state_of(source, case.before) or "-",
            outcome=catalogue.phrase(f"taints.{outcome}"),
        )


def _taken_in_vain(case: Case) -> Iterator[tuple[Object, str]]:
    """What the what-if removes."""
    return ((taint, "was-put-back") for taint in case.removed)


def _there(case: Case) -> Iterator[tuple[Object, str]]:
    """What is there, or is pretended to be; the cordon has its own findings."""
    for each in case.taints:
        if not _is_cordon(each.obj):
            yield each.obj, "taken-away" if each.pretended else "put-back"


def out_of_service(case: Case) -> Iterator[Finding]:
    """TNT009: once the node is not Ready its terminating pods are removed by force; volumes are detached in any case."""
    for each in case.taints:
        if each.obj.get("key") == known.OUT_OF_SERVICE:
            state = "ready" if node_rules.is_ready(case.node.node) else "not-ready"
            yield catalogue.finding(
                "TNT009",
                case.reference,
                node=case.name,
                taint=taint_text(each.obj),
                state=catalogue.phrase(f"taints.out-of-service-{state}"),
                removal=None if each.pretended else removal(each.obj),
            )


def replaced(case: Case) -> Iterator[Finding]:
    """TNT010: `kubectl taint` would refuse this without `--overwrite`."""
    for each in case.replaced:
        yield catalogue.finding(
            "TNT010", case.reference, node=case.name, before=taint_text(each.before), taint=taint_text(each.after)
        )


def _cordon_taint(case: Case) -> Object | None:
    return next((taint.obj for taint in case.taints if _is_cordon(taint.obj)), None)


def _is_cordon(taint: Object) -> bool:
    return (objects.text(taint.get("key")), taint.get("effect")) == (UNSCHEDULABLE, NO_SCHEDULE)
