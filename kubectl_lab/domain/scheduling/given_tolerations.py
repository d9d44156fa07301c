"""TNT011, TNT012, TNT014, TNT015: what the pod's tolerations come to in this cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import known_taints
from kubectl_lab.domain.rules import tolerations as rules
from kubectl_lab.domain.scheduling.case import some
from kubectl_lab.domain.scheduling.features import COMPARISON
from kubectl_lab.domain.scheduling.near_misses import nearest_taint
from kubectl_lab.domain.scheduling.tainted import by_taints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_lab.domain.scheduling.case import Case
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Finding

WRITTEN = ("pod", "what-if")  # origins of what a person wrote


def matching_nothing(case: Case) -> Iterator[Finding]:
    """A slip in a key, a value or an effect is most often the cause; conditions' own taints come and go."""
    taints = _taints(case)
    comparison = case.features.enabled(COMPARISON)
    for written in _written(case):
        key = objects.text(written.get("key"))
        if not key or known_taints.is_set_by_controller(key):
            continue
        if not any(rules.tolerates(written, taint, comparison=comparison) for taint in taints):
            nearest = nearest_taint(written, taints)
            meant = rules.taint_text(nearest) if nearest else None
            hint = catalogue.phrase("scheduling.near-taint", taint=meant) if meant else ""
            said = rules.toleration_text(written)
            yield catalogue.finding("TNT011", case.reference, **case.named, toleration=said, near=meant, hint=hint)


def comparing(case: Case) -> Iterator[Finding]:
    """`Gt` and `Lt` never match where the gate is off."""
    for each in case.subject.tolerations:
        if each.toleration.get("operator") in ("Gt", "Lt"):
            enabled = case.features.enabled(COMPARISON)
            yield catalogue.finding(
                "TNT012",
                case.reference,
                **case.named,
                toleration=rules.toleration_text(each.toleration),
                gate=COMPARISON,
                state=catalogue.phrase("scheduling.gate-on" if enabled else "scheduling.gate-off"),
                enabled=enabled,
            )


def attracted_by_nothing(case: Case) -> Iterator[Finding]:
    """A toleration opens a node and draws no pod to it: without a selector or an affinity the others are as good."""
    if case.reference.kind == "DaemonSet" or _is_attracted(case.pod):
        return
    dedicated = _dedicated(case)
    nodes = list(dict.fromkeys(name for names in dedicated.values() for name in names))
    others = len(set(case.evaluation.feasible).difference(nodes))
    if dedicated and others:
        details = {"taint": list(dedicated), "shown": some(nodes), "nodes": nodes, "others": others}
        yield catalogue.finding("TNT014", case.reference, **case.named, **details)


def added(case: Case) -> Iterator[Finding]:
    """Those that nobody wrote: defaults, a DaemonSet's, a RuntimeClass's, a namespace's."""
    found = [each for each in case.subject.tolerations if each.origin not in WRITTEN]
    if found:
        listed = [
            {"toleration": rules.toleration_text(each.toleration), "origin": each.origin, "certain": each.certain}
            for each in found
        ]
        said = [
            catalogue.phrase("scheduling.added-by", toleration=each["toleration"], origin=each["origin"])
            for each in listed
        ]
        yield catalogue.finding("TNT015", case.reference, **case.named, said=said, added=listed)


def _written(case: Case) -> list[Object]:
    return [each.toleration for each in case.subject.tolerations if each.origin in WRITTEN]


def _taints(case: Case) -> list[Object]:
    """Each distinct taint of the cluster once."""
    sets = by_taints(case.state.nodes).values()
    found = {rules.taint_text(taint): taint for members in sets for taint in members[0].taints}
    return list(found.values())


def _dedicated(case: Case) -> dict[str, list[str]]:
    """Taints that keep others out and that a written toleration names, and the feasible nodes that have them."""
    named = [each for each in _written(case) if each.get("key")]
    comparison = case.features.enabled(COMPARISON)
    feasible = set(case.evaluation.feasible)
    made: dict[str, list[str]] = {}
    for members in by_taints(case.state.nodes).values():
        nodes = [node.name for node in members if node.name in feasible]
        for taint in members[0].taints if nodes else ():
            if taint.get("effect") in rules.REFUSING and rules.matching(named, taint, comparison=comparison):
                made.setdefault(rules.taint_text(taint), []).extend(nodes)
    return made


def _is_attracted(pod: Object) -> bool:
    spec = objects.spec(pod)
    return bool(spec.get("nodeSelector") or objects.mapping(spec.get("affinity")).get("nodeAffinity"))


RULES = (matching_nothing, comparing, attracted_by_nothing, added)
