"""Whom a selector finds, on real controllers: each cause of an empty Service, and the cure that it prints."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from bench.server import within
from kubectl_lab.cluster.kinds import KINDS
from live.service_ground import deployment, service, template

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.server import Json
    from live.service_ground import Ground

    Layout = Callable[[Ground, str], None]

pytestmark = pytest.mark.live

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


@pytest.fixture(scope="module")
def laid(services: Ground) -> dict[str, str]:
    """Every case in a namespace of its own, each beside a database and its Service that are well."""
    where = {name: services.namespace(name.replace("_", "-")) for name in LAYOUTS}
    twins = [name for name in LAYOUTS if name not in ("quota", "security", "created")]
    for name in twins:
        services.add(where[name], DATABASE, TWIN)
    for name, layout in LAYOUTS.items():
        layout(services, where[name])
    for name in twins:
        services.endpoints(where[name], "twin", 2, ready=2)
    return where


CASES = [
    pytest.param("nobody", "SVC010", "app=front", id="nobody is near"),
    pytest.param("slip", "SVC011", "app=web instead of app=wbe on the pods of deployment/web (2)", id="a slip"),
    pytest.param("slip_before_apply", "SVC011", "on the template of deployment/web", id="a slip beside a template"),
    pytest.param(
        "course", "SVC011", "the label app is missing on the pods of deployment/front (2)", id="a label too many"
    ),
    pytest.param("created", "SVC011", "`kubectl create service` always writes app=NAME", id="kubectl create service"),
    pytest.param("elsewhere", "SVC012", "live in another namespace (svc", id="the pods live elsewhere"),
    pytest.param("scaled", "SVC013", "deployment/web has the right labels and is scaled to 0", id="scaled to 0"),
    pytest.param("suspended", "SVC013", "job/web has the right labels and is suspended", id="a suspended Job"),
    pytest.param("without_nodes", "SVC013", "daemonset/web has the right labels and finds no node", id="no node fits"),
    pytest.param("finished", "SVC014", "(done: Succeeded)", id="only finished pods"),
    pytest.param("quota", "SVC016", "exceeded quota: small", id="a quota refuses pods"),
    pytest.param("security", "SVC016", "violates PodSecurity", id="pod security refuses pods"),
]


@pytest.mark.parametrize(("name", "code", "said"), CASES)
def test_an_empty_service_has_one_cause(
    services: Ground, laid: dict[str, str], name: str, code: str, said: str
) -> None:
    entry = services.entry(laid[name], "web")
    told = [each for each in entry["findings"] if each["severity"] != "info"]
    assert [each["code"] for each in told] == [code]
    assert said in told[0]["message"]
    assert entry["verdict"] == "broken"
    assert code in {hop["finding"] for hop in entry["hops"]}


@pytest.mark.parametrize("name", [each for each in LAYOUTS if each not in ("quota", "security", "created")])
def test_the_service_beside_it_is_well(services: Ground, laid: dict[str, str], name: str) -> None:
    entry = services.entry(laid[name], "twin")
    assert entry["verdict"] == "healthy"
    assert not any(each["code"].startswith("SVC01") for each in entry["findings"])


def test_the_overview_names_the_same_causes(services: Ground, laid: dict[str, str]) -> None:
    found = services.explain(laid["slip"])["services"]
    assert [each["service"]["name"] for each in found] == ["web", "twin"]
    assert found[0]["findings"][0]["code"] == "SVC011"


def test_near_pods_are_rows_beside_the_service(services: Ground, laid: dict[str, str]) -> None:
    (found,) = [each for each in services.entry(laid["slip"], "web")["findings"] if each["code"] == "SVC011"]
    (row,) = found["details"]["near"]
    assert (row["labels"], row["controller"]) == ("app=web", "deployment/web")
    assert f"NEAR  {row['name']}   app=web   (deployment/web)" in services.run(laid["slip"], "web").out


def test_several_controllers_behind_one_service(services: Ground, laid: dict[str, str]) -> None:
    found = services.findings(laid["two_things"], "web")["SVC015"]
    assert found["severity"] == "warning"
    assert "also takes pods of deployment/cache: 2 of 4 pods" in found["message"]
    assert services.findings(laid["canary"], "web")["SVC015"]["severity"] == "info"
    assert services.entry(laid["canary"], "web")["verdict"] == "healthy"
    assert "SVC015" not in services.findings(laid["two_things"], "same")


def test_a_hash_in_the_selector_breaks_at_the_next_rollout(services: Ground, laid: dict[str, str]) -> None:
    assert services.findings(laid["pinned"], "web")["SVC017"]["severity"] == "warning"
    assert services.entry(laid["pinned"], "web")["verdict"] == "degraded"
    assert services.findings(laid["pinned"], "outdated")["SVC017"]["severity"] == "error"
    assert services.entry(laid["pinned"], "outdated")["verdict"] == "broken"


def test_without_the_right_to_read_pods_only_the_emptiness_is_told(services: Ground, laid: dict[str, str]) -> None:
    where = laid["nobody"]
    kubectl(
        services,
        where,
        "create",
        "role",
        "some",
        "--verb=list,get",
        "--resource=services,endpointslices.discovery.k8s.io",
    )
    kubectl(services, where, "create", "rolebinding", "some", "--role=some", "--user=somebody")
    found = services.findings(where, "web", "--as=somebody")
    assert "SVC018" in found
    assert "SVC010" not in found
    assert "SVC018" not in services.findings(where, "twin", "--as=somebody")


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        pytest.param("wbe", "the nearest name is web", id="a slip"),
        pytest.param("twin-service", "the nearest name is twin", id="a word too many"),
        pytest.param("kubernetes", "namespace default has one of this name", id="in another namespace"),
    ],
)
def test_a_service_that_is_absent(services: Ground, laid: dict[str, str], asked: str, hint: str) -> None:
    said = services.run(laid["nobody"], asked, "-o", "json")
    (found,) = said.document["services"][0]["findings"]
    assert (found["code"], said.code) == ("SVC001", 1)
    assert hint in found["message"]


# --- the printed cures, run as they stand


CURES = [
    pytest.param("slip", 0, id="mend the slip"),
    pytest.param("course", 0, id="ask for fewer labels"),
    pytest.param("created", -1, id="expose in place of create service"),
    pytest.param("scaled", 0, id="scale up"),
    pytest.param("two_things", 0, id="name one of two things"),
    pytest.param("pinned", 0, id="drop the hash"),
]


@pytest.mark.parametrize(("name", "which"), CURES)
def test_the_printed_command_cures(services: Ground, laid: dict[str, str], name: str, which: int) -> None:
    codes = ("SVC011", "SVC013", "SVC015", "SVC017")
    (found,) = [each for each in services.entry(laid[name], "web")["findings"] if each["code"] in codes]
    shell(services, found["fix"][which])
    for _ in within(30, "a healthy Service"):
        entry = services.entry(laid[name], "web")
        if entry["verdict"] == "healthy":
            break
    assert not any(each["code"].startswith("SVC01") for each in services.entry(laid[name], "web")["findings"])


def test_a_missing_label_can_be_given_to_the_template(services: Ground) -> None:
    where = services.namespace("labels")
    course(services, where)
    found = services.findings(where, "web")["SVC011"]
    shell(services, found["fix"][1])
    services.endpoints(where, "web", 2, ready=2)


def test_a_bare_pod_is_given_the_missing_label(services: Ground) -> None:
    where = services.namespace("bare")
    services.pod(where, "front", {"tier": "frontend"})
    services.add(where, service("web", COURSE))
    shell(services, services.findings(where, "web")["SVC011"]["fix"][1])
    services.endpoints(where, "web", 1, ready=1)


def test_pods_elsewhere_get_a_service_there_and_this_one_becomes_its_name(
    services: Ground, laid: dict[str, str]
) -> None:
    found = services.findings(laid["elsewhere"], "web")["SVC012"]
    for command in found["fix"]:
        shell(services, command)
    services.endpoints(found["details"]["other"], "web", 1, ready=1)
    entry = services.entry(laid["elsewhere"], "web")
    assert (entry["type"], entry["verdict"]) == ("ExternalName", "healthy")


def shell(ground: Ground, command: str) -> None:
    """Runs a printed command as a person would."""
    environment: Any = ground.sandbox.environment()
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, f"{command}\n{done.stderr}"


def test_templates_of_files_are_judged_as_if_they_ran(services: Ground, tmp_path: Any) -> None:
    import json

    def asked(*objects: Json) -> list[str]:
        file = tmp_path / "all.json"
        file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}))
        done = services.run(None, "web", "-f", str(file), "-o", "json").document
        return [each["code"] for each in done["services"][0]["findings"] if each["code"].startswith("SVC01")]

    web = service("web", {"app": "web"})
    assert asked(web) == []
    assert asked(web, deployment("web")) == []
    assert asked(web, DATABASE) == ["SVC010"]
    assert asked(web, deployment("wbe")) == ["SVC011"]
    assert asked(web, deployment("web", replicas=0)) == ["SVC013"]
