"""What explaining Services asks a real server: the same number of requests whatever their number, and each of them answered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from kubectl_lab.cluster.kinds import KINDS
from live.service_ground import deployment, service

if TYPE_CHECKING:
    from live.service_ground import Ground, Said

pytestmark = pytest.mark.live
REQUEST = re.compile(r"^(?P<method>[A-Z]+) (?P<path>\S+) (?P<status>\d+) in \d+ ms$", re.MULTILINE)
COUNTS = (1, 10, 100)
APP = {"app": "web"}


def requests(said: Said) -> list[tuple[str, str]]:
    """(path with query, status) of each request; nothing but reading."""
    found = list(REQUEST.finditer(said.err))
    assert {each["method"] for each in found} == {"GET"}
    return [(each["path"], each["status"]) for each in found]


@pytest.fixture(scope="module")
def many(services: Ground) -> dict[int, str]:
    """Namespaces with so many Services of one pod, and one that selects nothing."""
    made = {}
    for count in COUNTS:
        made[count] = services.namespace(f"of{count}")
        services.pod(made[count], "web", APP)
        services.add(made[count], service("lonely", {"app": "nobody"}))
        services.add(made[count], *(service(f"s{number}", APP) for number in range(count)))
    for count in COUNTS:
        services.endpoints(made[count], f"s{count - 1}", 1)
    return made


def test_an_overview_costs_as_many_requests_for_a_hundred_services_as_for_one(
    services: Ground, many: dict[int, str]
) -> None:
    costs = {}
    for count, where in many.items():
        said = services.run(where, "-v", "-o", "json")
        costs[count] = len(requests(said))
        assert len(said.document["services"]) == count + 1
    assert len(set(costs.values())) == 1, costs
    assert max(costs.values()) <= 25


def test_an_overview_of_all_namespaces_costs_no_more(services: Ground, many: dict[int, str]) -> None:
    said = services.run(None, "-A", "-v", "-o", "json")
    assert len(requests(said)) <= 25
    assert {each["service"]["namespace"] for each in said.document["services"]} >= {*many.values(), "default"}


@pytest.fixture(scope="module")
def odd(services: Ground) -> str:
    """A namespace in which every kind of list has its reason."""
    where = services.namespace("odd")
    services.add(where, deployment("web"), service("web", APP), service("lonely", {"app": "nobody"}))
    services.add(where, service("pending", APP, type="LoadBalancer"), service("bare"))
    services.add(where, service("alias", type="ExternalName", externalName="kubernetes.default.svc.cluster.local"))
    services.pod(where, "stuck", {"app": "stuck"}, ready=False)
    services.add(where, service("stuck", {"app": "stuck"}))
    services.available(where, "web")
    services.endpoints(where, "web", 2, ready=2)
    return where


@pytest.mark.parametrize("name", ["web", "lonely", "pending", "bare", "alias", "stuck", "nothing", "ingress/nothing"])
@pytest.mark.parametrize("client", [(), ("--from", "192.0.2.7"), ("--from", "namespace/default")])
def test_every_request_is_one_that_the_server_knows(
    services: Ground, odd: str, name: str, client: tuple[str, ...]
) -> None:
    said = services.run(odd, name, "-v", "-o", "json", *client)
    refused = [path for path, status in requests(said) if status != "200"]
    assert set(refused) <= {"/apis/gateway.networking.k8s.io/v1"}
    assert said.document["services"][0]["notChecked"] == []


def test_a_service_that_works_costs_nine_requests(services: Ground, odd: str) -> None:
    said = services.run(odd, "web", "-v", "-o", "json")
    assert len(requests(said)) == 9, said.err
    assert said.document["services"][0]["verdict"] == "healthy"


def test_a_client_is_found_by_its_address(services: Ground, odd: str) -> None:
    address = services.server.items(KINDS["Pod"].path(odd))[0]["status"]["podIP"]
    said = services.run(odd, "web", "-v", "-o", "json", "--from", address)
    assert (said.code, said.document["services"][0]["verdict"]) == (0, "healthy")


def test_no_warning_of_the_server_is_told_for_a_look_at_v1_endpoints(services: Ground) -> None:
    where = services.namespace("mirrored")
    subset = {"addresses": [{"ip": "192.0.2.9"}], "ports": [{"port": 80}]}
    services.add(where, service("web"))
    services.server.create(KINDS["Endpoints"].path(where), {"metadata": {"name": "web"}, "subsets": [subset]})
    services.endpoints(where, "web", 1)
    said = services.run(where, "web", "-v", "-o", "json")
    assert any(path.endswith("/endpoints/web") for path, _ in requests(said))
    assert "deprecated" not in said.err
