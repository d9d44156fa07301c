"""Whatever shape objects from a cluster have, selection and readiness answer; they never raise."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import make
from kubectl_lab.domain.service import readiness, selection
from kubectl_lab.render import data
from unit.service.cases import Object, case, endpoint, endpoint_slice, pod, service, workload

GARBAGE: st.SearchStrategy[Any] = st.sampled_from(
    [None, 7, True, "", "web", [], [None, 3, "x"], {}, {"a": []}, [{}], {"name": 5}, -1.5]
)
HTTP = {"name": "http", "containerPort": 8080}
PROBED = {"name": "main", "ports": [HTTP], "readinessProbe": {"httpGet": {"port": 81}}}
GATED: Object = {"readinessGates": [{"conditionType": "lb/target"}], "containers": [PROBED]}
WAITING = {"name": "main", "restartCount": 2, "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "x"}}}
LAST = {"terminated": {"exitCode": 1, "reason": "OOMKilled"}}
STATUSES = {"containerStatuses": [WAITING | {"lastState": LAST}], "initContainerStatuses": [WAITING]}
EVENT = {"involvedObject": {"kind": "Pod", "namespace": "shop", "name": "b"}, "reason": "Unhealthy", "message": "no"}


def objects() -> list[Object]:
    """One of each kind that the rules look at; the first is the Service."""
    owner = make.owner("ReplicaSet", "web-5d4")
    failed = {"type": "ReplicaFailure", "status": "True", "message": "exceeded quota"}
    deploy = workload("Deployment", "web", {"app": "web", "tier": "x"}, HTTP, replicas=1)
    return [
        service("web", {"app": "web", "tier": "x"}, (80, 8080)),
        pod("a", {"app": "web"}, owned_by=owner, ports=[HTTP]),
        pod("b", {"app": "web", "tier": "x"}, ready=False, spec=GATED, status=STATUSES, node="n2", owned_by=owner),
        pod("c", {"app": "web", "tier": "x"}, ip=None, phase="Pending"),
        make.terminating(pod("d", {"app": "web", "tier": "x"})),
        {**deploy, "status": {"conditions": [failed]}},
        make.node("n2", ready="False", taints=({"effect": "NoSchedule"},)),
        {**make.obj("Event", "e", "shop"), **EVENT},
    ]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside, but of kinds and namespaces: by these an object is filed."""
    inner = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    found = [path] if path and path[-1] not in ("kind", "namespace", "metadata") else []
    return found + [deeper for key, each in inner for deeper in places(each, (*path, key))]


def damaged(obj: Object, path: tuple[Any, ...], garbage: Any) -> Object:
    made = copy.deepcopy(obj)
    inside: Any = made
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = garbage
    return made


@given(st.data(), st.integers(0, 7), st.booleans(), st.booleans())
def test_no_damage_to_any_object_stops_the_answer(draw: Any, which: int, empty: bool, manifests: bool) -> None:
    around = objects()
    path = draw.draw(st.sampled_from(places(around[which])))
    around[which] = damaged(around[which], path, draw.draw(GARBAGE))
    if empty:
        around = [each for each in around if each["metadata"].get("name") not in ("b", "c", "d")]
    slices = endpoint_slice("web-1", "web", *([] if empty else [endpoint("10.0.0.1", pod="b", ready=False)]))
    asked = case(around[0], *around[1:], slices, manifests=manifests, detailed=True)
    for rule in (*selection.RULES, *readiness.RULES):
        for judged in rule(asked):
            found = judged.finding.to_dict()
            assert data.message(found, "en")
            assert data.message(found, "fr")
            assert all("{" not in command.partition("-p ")[0] for command in data.fixes(found))
