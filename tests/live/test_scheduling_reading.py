"""What a verdict about landing reads of a real server, and whether a pod that we imagine is the one that the server makes."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from bench import audit
from bench.server import RefusedError, Server, within
from kubectl_lab.cluster import config, live
from kubectl_lab.cluster import scheduling as reading
from kubectl_lab.cluster.kinds import KINDS
from kubectl_lab.domain.rules import quantities
from kubectl_lab.domain.scheduling.added_tolerations import facts
from kubectl_lab.domain.scheduling.question import Question
from kubectl_lab.domain.scheduling.subjects import subjects
from kubectl_lab.result import Reference
from live import service_ground
from live.drawn_pods import CLASSES, IMAGE, LIMITS, NOT_READY, TEAM, drawn_spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kubectl_lab.domain.scheduling.subject import Subject
    from live.service_ground import Ground
    from sandbox.sandboxes import Sandbox

pytestmark = pytest.mark.live
Json = dict[str, Any]


@pytest.fixture(scope="module")
def there(sandbox_factory: Callable[..., Sandbox]) -> Iterator[Ground]:
    """Ground on a cluster whose admission has something to do."""
    sandbox = sandbox_factory(nodes=2, audit=True)
    made = service_ground.Ground(sandbox, Server(sandbox.kubeconfig))
    for each in CLASSES:
        made.server.create(KINDS[each["kind"]].path(), each)
    try:
        yield made
    finally:
        made.clear()
        for each in CLASSES:
            with suppress(RefusedError):
                made.server.delete(KINDS[each["kind"]].path(None, each["metadata"]["name"]))
        made.server.close()


@pytest.fixture(scope="module")
def namespace(there: Ground) -> str:
    made = there.namespace("admission")
    there.add(made, LIMITS)
    return made


class Read:
    """One reading: the subjects, and every request as the client logged it."""

    def __init__(self, ground: Ground, question: Question) -> None:
        target = config.resolve(config.Flags(kubeconfig=str(ground.sandbox.kubeconfig)), {})
        self.log: list[str] = []
        cluster = live.connect(target, environ={}, at_terminal=False, log=self.log.append)
        try:
            self.reading = reading.read(cluster, question)
        finally:
            cluster.transport.close()
        self.subjects = subjects(self.reading.known, question, self.reading.features)

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, with their queries."""
        assert {each.split()[0] for each in self.log} == {"GET"}
        assert {each.split()[2] for each in self.log} == {"200"}, self.log
        return [each.split()[1] for each in self.log]


def read(ground: Ground, namespace: str, *names: tuple[str, str]) -> Read:
    asked = tuple(Reference(kind, namespace, name) for kind, name in names)
    return Read(ground, Question(asked, namespace))


def told(spec: Json, *, is_daemon: bool = False) -> Json:
    """All that a scheduler reads of a pod's spec and that is filled in on the way, amounts as numbers."""
    parts = [
        "tolerations",
        "priority",
        "priorityClassName",
        "preemptionPolicy",
        "nodeSelector",
        "topologySpreadConstraints",
    ]
    parts += [] if is_daemon else ["affinity"]
    made = {part: spec.get(part) or None for part in parts} | {"priority": spec.get("priority")}
    made["tolerations"] = [facts(each) for each in spec.get("tolerations") or ()]
    made |= {"overhead": _amounts(spec.get("overhead")), "resources": _resources(spec)}
    for kind in ("containers", "initContainers"):
        made[kind] = [(_resources(each), each.get("ports") or []) for each in spec.get(kind) or ()]
    return made


def _resources(obj: Json) -> Json:
    listed = obj.get("resources") or {}
    return {part: _amounts(listed.get(part)) for part in ("requests", "limits")}


def _amounts(listed: Json | None) -> Json:
    return {name: quantities.parse(amount) for name, amount in (listed or {}).items()}


# --- a pod that is created


def dry_run(ground: Ground, namespace: str, manifest: Json) -> Json | None:
    """What the server makes of it without keeping it; None where it takes no such pod (a default limit below a request)."""
    try:
        return ground.server.create(f"{KINDS['Pod'].path(namespace)}?dryRun=All", manifest)
    except RefusedError as refused:
        if refused.status not in (403, 422):
            raise
        return None


def test_a_manifest_is_judged_as_the_pod_that_the_server_would_make(there: Ground, namespace: str) -> None:
    draw = random.Random(5)
    known = read(there, namespace).reading
    limits = there.server.items(KINDS["LimitRange"].path(namespace))
    found = dict(known.known.found) | {"LimitRange": limits}
    found |= {kind: there.server.items(KINDS[kind].path()) for kind in ("PriorityClass", "RuntimeClass")}
    compared = 0
    for number in range(300):
        metadata = {"name": f"p{number}", "namespace": namespace, "labels": {"app": "web", "team": "blue"}}
        manifest = {"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": drawn_spec(draw)}
        made = dry_run(there, namespace, manifest)
        if made is None:
            continue
        question = Question((Reference("Pod", namespace, f"p{number}"),), namespace)
        (subject,) = subjects(type(known.known)(found | {"Pod": [manifest]}), question, known.features)
        assert told(dict(subject.pod["spec"])) == told(made["spec"]), manifest
        compared += 1
    assert compared >= 200


# --- pods of workloads


def workload(kind: str, name: str, **spec: Any) -> Json:
    """With a template that leaves much to be filled in."""
    labels = {"app": name}
    container = {
        "name": "main",
        "image": IMAGE,
        "resources": {"requests": {"cpu": "20m"}},
        "ports": [{"containerPort": 80}],
    }
    pod = {"containers": [container], "tolerations": [TEAM, NOT_READY | {"tolerationSeconds": 60}], **spec}
    template: Json = {"metadata": {"labels": labels}, "spec": pod}
    body: Json = {"template": template, "selector": {"matchLabels": labels}}
    if kind == "Job":
        body = {"template": template}
        pod["restartPolicy"] = "Never"
    return {"kind": kind, "apiVersion": KINDS[kind].group_version, "metadata": {"name": name}, "spec": body}


def pods_of(ground: Ground, namespace: str, name: str) -> list[Json]:
    for _ in within(60, f"a pod of {name}", 0.1):
        found = ground.server.items(KINDS["Pod"].path(namespace), labelSelector=f"app={name}")
        if found:
            return found
    raise AssertionError


CASES = [
    pytest.param("Deployment", {"priorityClassName": "high"}, id="a Deployment's"),
    pytest.param("StatefulSet", {"runtimeClassName": "kata"}, id="a StatefulSet's"),
    pytest.param("Job", {}, id="a Job's"),
    pytest.param("ReplicaSet", {}, id="a ReplicaSet's"),
    pytest.param("DaemonSet", {"hostNetwork": True}, id="a DaemonSet's on the host's network"),
    pytest.param("DaemonSet", {}, id="a DaemonSet's"),
]


@pytest.mark.parametrize(("kind", "spec"), CASES)
def test_the_pod_of_a_template_is_the_one_that_the_real_controller_makes(
    there: Ground, namespace: str, kind: str, spec: Json
) -> None:
    name = f"w{random.Random(f'{kind}{spec}').randint(0, 10**6)}"
    there.add(namespace, workload(kind, name, **spec))
    made = pods_of(there, namespace, name)[0]
    (imagined,) = read(there, namespace, (kind, name)).subjects
    is_daemon = kind == "DaemonSet"
    assert told(dict(imagined.pod["spec"]), is_daemon=is_daemon) == told(made["spec"], is_daemon=is_daemon)
    assert imagined.not_evaluated == ()
    (real,) = read(there, namespace, ("Pod", made["metadata"]["name"])).subjects
    assert _origins(real) == _origins(imagined)
    assert (real.template_of, real.pod_path) == (imagined.reference, "/spec/template/spec")


def _origins(subject: Subject) -> list[tuple[Any, str, bool]]:
    return [(facts(each.toleration), each.origin, each.certain) for each in subject.tolerations]


# --- requests


def test_a_pending_pod_of_a_deployment_costs_its_owners_and_its_events_each_once(there: Ground, namespace: str) -> None:
    there.add(namespace, workload("Deployment", "waits", nodeSelector={"no": "such"}))
    name = pods_of(there, namespace, "waits")[0]["metadata"]["name"]
    found = [each.partition("?")[0] for each in read(there, namespace, ("Pod", name)).paths]
    assert sorted(found) == sorted(
        [
            "/version",
            "/api/v1/nodes",
            "/api/v1/pods",
            f"/api/v1/namespaces/{namespace}/events",
            f"/apis/apps/v1/namespaces/{namespace}/replicasets/{name.rpartition('-')[0]}",
            f"/apis/apps/v1/namespaces/{namespace}/deployments/waits",
        ]
    )


def logged(ground: Ground) -> list[audit.Request]:
    """Every request of ours that the server has written down so far."""
    return audit.requests(ground.sandbox.audit_log, "kubectl-lab", 0, float("inf"))


def test_the_servers_own_log_has_no_request_but_these(there: Ground, namespace: str) -> None:
    there.add(namespace, workload("Deployment", "logged"))
    before = len(logged(there))
    expected = len(read(there, namespace, ("Deployment", "logged")).paths)
    for _ in within(10, "the audit log", 0.1):
        if len(logged(there)) >= before + expected:
            break
    mine = logged(there)[before:]
    assert len(mine) == expected
    assert {each.what.split()[0] for each in mine} == {"get", "list"}


def test_a_pod_that_has_finished_is_found_by_its_name(there: Ground, namespace: str) -> None:
    there.pod(namespace, "done", {"app": "done"}, status={"phase": "Succeeded"})
    found = read(there, namespace, ("Pod", "done"))
    assert found.subjects[0].source["status"]["phase"] == "Succeeded"
    assert len(found.paths) == len(set(found.paths))


def test_all_pending_pods_cost_as_many_requests_for_twenty_as_for_five(there: Ground) -> None:
    costs = []
    for count in (5, 20):
        where = there.namespace(f"of{count}")
        for number in range(count):
            there.pod(where, f"p{number}", {"app": "web"}, node=None, status={"phase": "Pending"})
        found = read(there, where)
        assert len(found.subjects) == count
        costs.append(len(found.paths))
    assert costs[0] == costs[1] <= 5


def test_the_servers_version_is_whose_rules_count(there: Ground, namespace: str) -> None:
    told_version = there.server.get("/version")["gitVersion"]
    version = read(there, namespace).reading.features.version
    assert told_version.startswith("v{}.{}.{}".format(*version))
