"""Aliases and headless Services on the real control plane: each finding appears, and its cure makes it go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bench.server import within
from kubectl_lab.cluster.kinds import KINDS
from live.service_ground import service, template

if TYPE_CHECKING:
    from bench.server import Json
    from live.service_ground import Ground

pytestmark = pytest.mark.live
MINE = ("SVC055", "SVC056", "SVC057", "SVC058", "SVC060", "SVC061", "SVC062")
APP = {"app": "db"}
HTTP = {"name": "http", "containerPort": 8080}


def alias(name: str, *ports: Json, of: str = "db", selector: Json | None = None) -> Json:
    """An ExternalName Service."""
    made = service(of, selector, type="ExternalName", externalName=name)
    made["spec"]["ports"] = list(ports)
    return made


def headless(name: str, *ports: Any, selector: Json | None = None) -> Json:
    made = service(name, selector or APP, *ports, clusterIP="None")
    made["spec"]["ports"] = made["spec"]["ports"] if ports else []
    return made


def stateful(name: str) -> Json:
    """A StatefulSet `db` of two pods that names a Service."""
    body = {"serviceName": name, "replicas": 2, "selector": {"matchLabels": APP}, "template": template(APP, HTTP)}
    return {"kind": "StatefulSet", "apiVersion": "apps/v1", "metadata": {"name": "db"}, "spec": body}


PODS = {"kind": "Pod"}  # two of them, laid by hand
CONTAINERS = [{"name": "main", "image": "registry.invalid/main", "ports": [HTTP]}]
# what stands there (`{other}`: a namespace with the Service postgres) -> the verdict, my codes with a part of their sentence
CASES: dict[str, tuple[list[Json], str, dict[str, str]]] = {
    "alias": ([alias("db.example.com")], "healthy", {}),
    "alias-inside": ([alias("postgres.{other}.svc.cluster.local")], "healthy", {}),
    "address": ([alias("192.0.2.10")], "broken", {"SVC055": "db is an alias of 192.0.2.10, which is an address"}),
    "address-port": (
        [alias("192.0.2.10", {"port": 5432, "name": "pg"})],
        "broken",
        {"SVC055": "db is an alias of 192.0.2.10, which is an address"},
    ),
    "ignored": (
        [alias("db.example.com", {"port": 5432}, selector=APP)],
        "healthy",
        {"SVC056": "nothing looks at its selector app=db, its ports 5432"},
    ),
    "left": ([service("db", APP), PODS], "healthy", {"SVC056": "nothing looks at EndpointSlices of before (db-"}),
    "web": (
        [alias("api.example.com", {"port": 443})],
        "healthy",
        {"SVC056": "its ports 443", "SVC057": "clients of db ask api.example.com for the host db"},
    ),
    "nowhere": (
        [alias("postgers.{other}.svc.cluster.local")],
        "broken",
        {"SVC058": "leads to the Service {other}/postgers, which does not exist (there is postgres)"},
    ),
    "circle": (
        [alias("b.{own}.svc.cluster.local"), alias("db.{own}.svc.cluster.local", of="b")],
        "broken",
        {"SVC058": "leads to the Service {own}/db, and so in a circle"},
    ),
    "headless": ([headless("db", (8080, "http")), PODS], "healthy", {}),
    "headless-bare": ([headless("db"), PODS], "healthy", {}),
    "untranslated": (
        [headless("db", (80, "http")), PODS],
        "healthy",
        {"SVC060": "db is headless, so nothing translates 80 to 8080"},
    ),
    "stateful": (
        [headless("db"), stateful("db")],
        "healthy",
        {"SVC062": "has a name of its own: db-0.db.{own}.svc.cluster.local (db-0, db-1)"},
    ),
    "stateful-beside": ([service("db", APP), headless("peers"), stateful("peers")], "healthy", {}),
    "nameless": (
        [service("db", APP, (80, "http")), stateful("peers")],
        "degraded",
        {"SVC061": "statefulset/db names the Service peers, which does not exist"},
    ),
    "not-headless": (
        [service("db", APP), stateful("db")],
        "degraded",
        {"SVC061": "statefulset/db names the Service db, which is not headless"},
    ),
    "selects-others": (
        [headless("db"), headless("peers", selector={"app": "peers"}), stateful("peers")],
        "degraded",
        {"SVC061": "statefulset/db names the Service peers, which does not select them"},
    ),
}
CURED = ("address", "address-port", "ignored", "left", "nowhere", "untranslated", "nameless")


class Field:
    """All cases laid at once, one namespace each."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.other = ground.namespace("other")
        ground.add(self.other, service("postgres", {"app": "pg"}))
        self.spaces = {name: ground.namespace(name) for name in CASES}
        for name, space in self.spaces.items():
            ground.add(space, *(self._filled(name, each) for each in CASES[name][0] if each is not PODS))
            for pod in ("db-a", "db-b") if PODS in CASES[name][0] else ():
                ground.pod(space, pod, APP, containers=CONTAINERS)
        for name, space in self.spaces.items():
            if any(each["kind"] != "Service" for each in CASES[name][0]):
                ground.endpoints(space, "db", 2, ready=2)
        path = f"{KINDS['Service'].path(self.spaces['left'])}/db"
        fields = {"type": "ExternalName", "externalName": "db.example.com", "selector": None, "ports": None}
        ground.server.patch(path, {"spec": {**fields, "clusterIP": "", "clusterIPs": None}})
        self.entries = {name: ground.entry(space, "db") for name, space in self.spaces.items()}

    def text(self, name: str, text: str) -> str:
        return text.replace("{other}", self.other).replace("{own}", self.spaces[name])

    def _filled(self, name: str, obj: Json) -> Json:
        target = obj["spec"].get("externalName")
        return obj | {"spec": {**obj["spec"], "externalName": self.text(name, target)}} if target else obj

    def mine(self, entry: Json) -> dict[str, Json]:
        return {each["code"]: each for each in entry["findings"] if each["code"] in MINE}

    def cure(self, name: str) -> None:
        """Pastes every command of my findings into a shell."""
        self.ground.paste(*(command for each in self.mine(self.entries[name]).values() for command in each["fix"]))


@pytest.fixture(scope="module")
def field(services: Ground) -> Field:
    return Field(services)


@pytest.mark.parametrize("name", CASES)
def test_each_case_has_its_findings_and_no_other(field: Field, name: str) -> None:
    _, verdict, expected = CASES[name]
    found = field.mine(field.entries[name])
    assert set(found) == set(expected), found
    assert field.entries[name]["verdict"] == verdict, field.entries[name]["findings"]
    for code, finding in found.items():
        assert field.text(name, expected[code]) in finding["message"]


@pytest.mark.parametrize("name", CURED)
def test_the_cure_that_is_printed_cures(field: Field, name: str) -> None:
    field.cure(name)
    for _ in within(10, f"{name} to be healthy", 0.2):
        entry = field.ground.entry(field.spaces[name], "db")
        if entry["verdict"] == "healthy" and not field.mine(entry):
            break


def test_the_pods_get_their_names_from_the_service_that_is_written(field: Field) -> None:
    space = field.spaces["nameless"]
    field.ground.endpoints(space, "peers", 2, ready=2)
    found = field.ground.findings(space, "peers")
    assert field.text("nameless", "db-0.peers.{own}.svc.cluster.local") in found["SVC062"]["message"]


def test_an_alias_leads_to_its_name(field: Field) -> None:
    hops = field.entries["nowhere"]["hops"]
    target = field.text("nowhere", "dns/postgers.{other}.svc.cluster.local")
    assert [(hop["to"], hop["state"], hop["finding"]) for hop in hops][1:] == [(target, "broken", "SVC058")]
