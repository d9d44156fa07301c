"""Services without a selector on the real control plane: each finding appears, and its cure makes it go."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bench.server import RefusedError, within
from kubectl_lab.cluster.kinds import KINDS
from live.service_ground import fresh_address, service

if TYPE_CHECKING:
    from pathlib import Path

    from bench.server import Json
    from live.service_ground import Ground

pytestmark = pytest.mark.live
NAME = "kubernetes.io/service-name"
SQL = {"name": "sql", "port": 5432}
DB = service("db", None, SQL)
OUTSIDE = "192.0.2.10"


def slice_of(name: str, *addresses: str, labels: Json | None = None, port: str = "sql", **fields: Any) -> Json:
    """A slice made by hand for `db`."""
    endpoints = [{"addresses": [each]} for each in addresses]
    return {
        "kind": "EndpointSlice",
        "apiVersion": "discovery.k8s.io/v1",
        "metadata": {"name": name, "labels": {NAME: "db"} if labels is None else labels},
        "addressType": "IPv4",
        "ports": [{"name": port, "port": 5432}],
        "endpoints": endpoints,
        **fields,
    }


def v1_endpoints(port: str = "sql") -> Json:
    """Endpoints made by hand for `db`; their controller mirrors them."""
    subset = {"addresses": [{"ip": OUTSIDE}], "ports": [{"name": port, "port": 5432}]}
    return {"kind": "Endpoints", "apiVersion": "v1", "metadata": {"name": "db"}, "subsets": [subset]}


PODS_GONE = [{"addresses": ["192.0.2.11"], "targetRef": {"kind": "Pod", "name": "gone"}}]
# what stands there -> the verdict, and the codes with a part of their sentence; `good` is the healthy twin of all
CASES: dict[str, tuple[list[Json], str, dict[str, str]]] = {
    "good": ([slice_of("db-1", OUTSIDE)], "healthy", {}),
    "nothing": ([], "broken", {"SVC065": "nobody has made endpoints for it"}),
    "names": (
        [slice_of("db-1", "db.example", addressType="FQDN")],
        "broken",
        {"SVC065": "EndpointSlice db-1 is of type FQDN, where the Service uses IPv4"},
    ),
    "unready": (
        [slice_of("db-1", endpoints=[{"addresses": [OUTSIDE], "conditions": {"ready": False}}])],
        "broken",
        {"SVC065": "EndpointSlice db-1 marks its addresses as not ready"},
    ),
    "unlabelled": ([slice_of("db-1", OUTSIDE, labels={})], "broken", {"SVC066": f"lacks the label {NAME}=db"}),
    "misnamed": (
        [slice_of("db-1", OUTSIDE, port="main")],
        "broken",
        {"SVC067": "names its ports main and Service db asks for sql"},
    ),
    "half": (
        [slice_of("db-1", OUTSIDE), slice_of("db-2", "192.0.2.11", port="main")],
        "degraded",
        {"SVC067": "EndpointSlice db-2 names its ports main"},
    ),
    "pointless": ([slice_of("db-1", OUTSIDE, "{other}")], "degraded", {"SVC068": "the cluster IP of Service"}),
    "gone": ([slice_of("db-1", endpoints=PODS_GONE)], "degraded", {"SVC068": "the address of pod gone"}),
    "twice": ([slice_of("db-1", OUTSIDE), slice_of("db-2", OUTSIDE)], "healthy", {"SVC068": "listed twice"}),
    "mirrored": ([v1_endpoints()], "healthy", {"SVC069": "come from v1 Endpoints"}),
    "mirrored-misnamed": (
        [v1_endpoints("main")],
        "broken",
        {"SVC067": "names its ports main"},
    ),
}
# what is left when the printed commands have run
CURED: dict[str, list[str]] = {
    "unlabelled": [],
    "misnamed": [],
    "half": [],
    "mirrored": [],
    "mirrored-misnamed": ["SVC069"],
}


class Field:
    """All cases laid at once, one namespace each."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.spaces = {name: ground.namespace(name) for name in CASES}
        (other,) = ground.add(ground.namespace("other"), service("other", {"app": "none"}))
        for name, (objects, _, _) in CASES.items():
            ground.add(self.spaces[name], DB, *(_filled(each, other["spec"]["clusterIP"]) for each in objects))
        for name in ("mirrored", "mirrored-misnamed"):
            ground.endpoints(self.spaces[name], "db", 1)
        self.entries = {name: ground.entry(space, "db") for name, space in self.spaces.items()}

    def cure(self, name: str) -> None:
        """Pastes every command of the findings of a case into a shell."""
        for finding in self.entries[name]["findings"]:
            for command in finding["fix"]:
                self.ground.paste(command)


def _filled(obj: Json, address: str) -> Json:
    """With the address of another Service where `{other}` stands."""
    endpoints = [
        {**each, "addresses": [one.replace("{other}", address) for one in each["addresses"]]}
        for each in obj.get("endpoints", ())
    ]
    return {**obj, "endpoints": endpoints} if endpoints else obj


@pytest.fixture(scope="module")
def field(services: Ground) -> Field:
    return Field(services)


@pytest.mark.parametrize("name", CASES)
def test_each_case_has_its_findings_and_no_other(field: Field, name: str) -> None:
    _, verdict, expected = CASES[name]
    entry = field.entries[name]
    assert {each["code"] for each in entry["findings"]} == set(expected), entry["findings"]
    assert entry["verdict"] == verdict
    for finding in entry["findings"]:
        assert expected[finding["code"]] in finding["message"]


@pytest.mark.parametrize("name", CURED)
def test_the_cure_that_is_printed_cures(field: Field, name: str) -> None:
    field.cure(name)
    for _ in within(10, f"{name} to be healthy", 0.2):
        entry = field.ground.entry(field.spaces[name], "db")
        if entry["verdict"] == "healthy" and [each["code"] for each in entry["findings"]] == CURED[name]:
            break


def test_the_printed_slice_is_right_once_the_address_is_put_in(field: Field) -> None:
    (finding,) = field.entries["nothing"]["findings"]
    (command,) = finding["fix"]
    with pytest.raises(AssertionError, match='Invalid value: "ADDRESS": must be a valid IP address'):
        field.ground.paste(command)
    field.ground.paste(command.replace("ADDRESS", fresh_address()))
    entry = field.ground.entry(field.spaces["nothing"], "db")
    assert (entry["verdict"], entry["findings"]) == ("healthy", [])


@pytest.mark.parametrize("name", ["good", "names", "unlabelled", "misnamed", "half", "twice"])
def test_files_say_the_same_before_anybody_applies_them(services: Ground, tmp_path: Path, name: str) -> None:
    objects, verdict, expected = CASES[name]
    file = tmp_path / "db.json"
    placed = [{**each, "metadata": {**each["metadata"], "namespace": "shop"}} for each in (DB, *objects)]
    file.write_text("\n---\n".join(map(json.dumps, placed)))
    entry = services.entry("shop", "db", "-f", str(file))
    assert ({each["code"] for each in entry["findings"]}, entry["verdict"]) == (set(expected), verdict)


def test_the_api_servers_own_service_is_healthy(services: Ground) -> None:
    entry = services.entry("default", "kubernetes")
    assert (entry["verdict"], entry["findings"]) == ("healthy", [])


def test_a_slice_may_not_hold_a_loopback_address(services: Ground) -> None:
    path = KINDS["EndpointSlice"].path(services.namespace("loopback"))
    with pytest.raises(RefusedError, match="loopback"):
        services.server.create(path, slice_of("db-1", "127.0.0.1"))
