"""Services that select nobody, or too many: laid out on real controllers by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.server import within
from kubectl_lab.cluster.kinds import KINDS
from live.service_ground import deployment, service, template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bench.server import Json
    from live.service_ground import Ground

    Layout = Callable[[Ground, str], None]

COURSE = {"app": "web-server", "tier": "frontend"}
DATABASE = deployment("db", {"tier": "db"}, {"containerPort": 5432})
TWIN = service("twin", {"tier": "db"}, 5432)
HTTP = {"containerPort": 8080}
ELSEWHERE = {"app": "lives-in-another-namespace"}


def kubectl(ground: Ground, where: str, *words: str) -> None:
    ground.sandbox.kubectl("-n", where, *words)


def nobody(ground: Ground, where: str) -> None:
    ground.add(where, service("web", {"app": "front"}))


def slip(ground: Ground, where: str) -> None:
    ground.add(where, deployment("web"), service("web", {"app": "wbe"}))


def slip_before_apply(ground: Ground, where: str) -> None:
    ground.add(where, deployment("web", replicas=0), service("web", {"app": "wbe"}))


def course(ground: Ground, where: str) -> None:
    """The course's Service asks for two labels, its Deployment gives one."""
    ground.add(where, deployment("front", {"tier": "frontend"}), service("web", COURSE, (8080, 80)))


def created(ground: Ground, where: str) -> None:
    """`kubectl create service` does not look at any pod."""
    kubectl(ground, where, "create", "deployment", "boutique", "--image=registry.invalid/boutique")
    kubectl(ground, where, "create", "service", "nodeport", "web", "--tcp=80:5000")


def elsewhere(ground: Ground, where: str) -> None:
    ground.pod(ground.namespace("there"), "there", ELSEWHERE)
    ground.add(where, service("web", ELSEWHERE))


def scaled(ground: Ground, where: str) -> None:
    ground.add(where, deployment("web", replicas=0), service("web", {"app": "web"}))


def suspended(ground: Ground, where: str) -> None:
    body = {"suspend": True, "template": template({"app": "web"}, restartPolicy="Never")}
    job = {"kind": "Job", "apiVersion": "batch/v1", "metadata": {"name": "web"}, "spec": body}
    ground.add(where, job, service("web", {"app": "web"}))


def without_nodes(ground: Ground, where: str) -> None:
    labels = {"app": "web"}
    body = {"selector": {"matchLabels": labels}, "template": template(labels, nodeSelector={"no": "node"})}
    ground.add(where, {"kind": "DaemonSet", "apiVersion": "apps/v1", "metadata": {"name": "web"}, "spec": body})
    ground.add(where, service("web", labels))
    path = f"{KINDS['DaemonSet'].path(where)}/web"
    for _ in within(30, "the DaemonSet is counted"):
        if ground.server.get(path).get("status", {}).get("observedGeneration"):
            break


def finished(ground: Ground, where: str) -> None:
    ground.pod(where, "done", {"app": "web"}, ready=False, status={"phase": "Succeeded"})
    ground.add(where, service("web", {"app": "web"}))


def two_things(ground: Ground, where: str) -> None:
    both = {"app": "shop"}
    made = [deployment("web", both | {"part": "web"}, HTTP), deployment("cache", both | {"part": "cache"})]
    ground.add(where, *made, service("web", both, (80, 8080)), service("same", {"part": "web"}, (80, 8080)))
    ground.available(where, "web", "cache")
    ground.endpoints(where, "web", 4, ready=4)
    ground.endpoints(where, "same", 2, ready=2)


def canary(ground: Ground, where: str) -> None:
    both = {"app": "shop"}
    made = [deployment("web", both | {"track": "a"}, HTTP), deployment("canary", both | {"track": "b"}, HTTP)]
    ground.add(where, *made, service("web", both, (80, 8080)))
    ground.available(where, "web", "canary")
    ground.endpoints(where, "web", 4, ready=4)


def refused(ground: Ground, where: str, layer: Json) -> None:
    ground.add(where, layer, service("web", {"app": "web"}))
    path = f"{KINDS['Deployment'].path(where)}/web"
    for _ in within(30, "the refusal"):
        conditions = ground.server.get(path).get("status", {}).get("conditions", [])
        if any(each["type"] == "ReplicaFailure" for each in conditions):
            break


def quota(ground: Ground, where: str) -> None:
    path = f"/api/v1/namespaces/{where}/resourcequotas"
    ground.server.create(path, {"metadata": {"name": "small"}, "spec": {"hard": {"pods": "0"}}})
    for _ in within(30, "the quota is counted"):
        if ground.server.get(f"{path}/small").get("status", {}).get("hard"):
            break
    refused(ground, where, deployment("web"))


def security(ground: Ground, where: str) -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    ground.server.patch(f"/api/v1/namespaces/{where}", {"metadata": {"labels": labels}})
    refused(ground, where, deployment("web"))


def pinned(ground: Ground, where: str) -> None:
    """`kubectl expose replicaset` copies all labels, the hash among them; then comes the next rollout."""
    ground.add(where, deployment("web"))
    ground.available(where, "web")
    (made,) = ground.server.items(KINDS["ReplicaSet"].path(where), labelSelector="app=web")
    for name in ("web", "outdated"):
        kubectl(ground, where, "expose", "replicaset", made["metadata"]["name"], f"--name={name}", "--port=80")
    patch = '{"spec":{"selector":{"pod-template-hash":"gone"}}}'
    kubectl(ground, where, "patch", "service", "outdated", "-p", patch)
    ground.endpoints(where, "web", 2, ready=2)
    ground.endpoints(where, "outdated", 0)


LAYOUTS: dict[str, Layout] = {
    each.__name__: each
    for each in (
        nobody, slip, slip_before_apply, course, created, elsewhere, scaled, suspended, without_nodes,
        finished, two_things, canary, quota, security, pinned,
    )
}  # fmt: skip
# no pods may be made in these, or only the workload of the case
ALONE = ("quota", "security", "created")


def lay(ground: Ground, names: Iterable[str]) -> dict[str, str]:
    """Each case in a namespace of its own, most of them beside a database and its Service that are well."""
    where = {name: ground.namespace(name.replace("_", "-")) for name in names}
    twins = [name for name in where if name not in ALONE]
    for name in twins:
        ground.add(where[name], DATABASE, TWIN)
    for name, namespace in where.items():
        LAYOUTS[name](ground, namespace)
    for name in twins:
        ground.endpoints(where[name], "twin", 2, ready=2)
    return where
