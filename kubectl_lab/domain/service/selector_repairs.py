"""Commands that bring a selector and the pods it meant together: as values of a finding's fix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.domain.service.candidates import neighbours
from kubectl_lab.domain.service.repairs import is_applied, spec_patch, written
from kubectl_lab.domain.service.workloads import ROLLING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kubectl_lab.domain.service.candidates import Candidate
    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.near_pods import Near

# whose template may be changed and brings the change to the pods by itself


def selecting(case: Case, found: Near) -> str | None:
    """The patch after which the Service selects exactly the pods of that candidate; None where no labels tell them apart.

    The smallest change first: the slip mended, then the workload's own selector, then all its labels.
    """
    candidate = found.candidate
    for selector in (found.corrected, candidate.own_selector, candidate.labels):
        if selector and is_exact(case, candidate, selector):
            return selector_patch(case, selector)
    return None


def is_exact(case: Case, meant: Candidate, selector: Mapping[str, str]) -> bool:
    """Whether a selector takes that candidate of the namespace and no other."""
    matched = {id(pod) for pod in case.inventory.pods(case.namespace, selector)}
    taken = {
        each.owner
        for each in neighbours(case).those
        if selector.items() <= each.labels.items() or any(id(pod) in matched for pod in each.pods)
    }
    return taken == {meant.owner}


def selector_patch(case: Case, selector: Mapping[str, str]) -> str | None:
    """From the Service's selector to another one: pairs to set, null for keys to drop."""
    changes: dict[str, str | None] = dict.fromkeys(key for key in case.selector if key not in selector)
    changes |= {key: value for key, value in selector.items() if case.selector.get(key) != value}
    return spec_patch(case, selector=changes)


def labelling(found: Near) -> dict[str, Any]:
    """The details `template`, `labels` (a bare pod's), by which the pods get the pairs that they lack.

    A label may be added to a template at any time; one that the workload's own selector names may not change.
    """
    candidate, lacking = found.candidate, found.lacking
    nothing: dict[str, Any] = dict.fromkeys(("workload", "template", "bare", "labels"))
    target = candidate.pods[0] if candidate.is_bare and candidate.pods else None
    if candidate.workload is not None and candidate.owner.kind in ROLLING:
        target = candidate.workload.obj
    if not lacking or target is None or not is_applied(target):
        return nothing
    if candidate.is_bare:
        return nothing | {"bare": candidate.owner.name, "labels": [f"{key}={value}" for key, value in lacking.items()]}
    body = {"spec": {"template": {"metadata": {"labels": dict(lacking)}}}}
    return nothing | {"workload": candidate.word, "template": written(body)}


def exposing(case: Case, found: Near) -> dict[str, Any]:
    """The details of `kubectl expose` in place of `kubectl create service`: for one port of a workload that it knows."""
    exposable = ("Deployment", "ReplicaSet", "ReplicationController", "Pod")
    nothing: dict[str, Any] = dict.fromkeys(("exposed", "port", "target", "type"))
    able = found.candidate.owner.kind in exposable and is_applied(case.service) and not case.is_headless
    if not able or len(case.ports) != 1 or case.ports[0].protocol != "TCP":
        return nothing
    port = case.ports[0]
    return {"exposed": found.candidate.word, "port": port.port, "target": port.target, "type": case.type}


def pinned(case: Case) -> tuple[str, ...]:
    """The keys of the selector whose values change with every rollout."""
    return tuple(key for key in ("pod-template-hash", "controller-revision-hash") if key in case.selector)


def unpinned(case: Case) -> str | None:
    """The patch that drops them, None where nothing else would be left (an empty selector selects nobody)."""
    kept = {key: value for key, value in case.selector.items() if key not in pinned(case)}
    return selector_patch(case, kept) if kept else None


def distinguishing(case: Case, meant: Candidate, others: Sequence[Candidate]) -> str | None:
    """The patch that adds the one label that all pods of `meant` have and none of the others."""
    for key in sorted(meant.labels, key=_telling):
        if all(other.labels.get(key) != meant.labels[key] for other in others):
            return selector_patch(case, {**case.selector, key: meant.labels[key]})
    return None


def _telling(key: str) -> tuple[bool, bool, str]:
    """Labels that say what something is come before those that say which version."""
    return "version" in key or "track" in key, not key.startswith("app.kubernetes.io/"), key


def elsewhere(case: Case, namespace: str) -> dict[str, Any]:
    """The details `manifest` (this Service, where the pods are) and `alias` (the patch that makes this one its DNS name)."""
    if not is_applied(case.service):
        return {"manifest": None, "alias": None}
    listed = map(objects.mapping, objects.sequence(case.spec.get("ports")))
    ports = [{key: value for key, value in port.items() if key != "nodePort"} for port in listed]
    spec = {"selector": dict(case.selector), "ports": ports} | ({"clusterIP": "None"} if case.is_headless else {})
    made = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": case.name, "namespace": namespace},
        "spec": spec,
    }
    name = f"{case.name}.{namespace}.svc.cluster.local"
    return {
        "manifest": written(made),
        "alias": spec_patch(case, type="ExternalName", externalName=name, selector=None),
    }
