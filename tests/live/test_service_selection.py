"""Whom a selector finds, on real controllers: each cause of an empty Service, and too many pods."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from live.service_ground import deployment, service
from live.service_selections import ALONE, DATABASE, LAYOUTS, kubectl, lay

if TYPE_CHECKING:
    from pathlib import Path

    from bench.server import Json
    from live.service_ground import Ground

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def laid(services: Ground) -> dict[str, str]:
    return lay(services, LAYOUTS)


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


@pytest.mark.parametrize("name", [each for each in LAYOUTS if each not in ALONE])
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
        pytest.param("kubernetes", "there is one of this name in namespace default", id="in another namespace"),
    ],
)
def test_a_service_that_is_absent(services: Ground, laid: dict[str, str], asked: str, hint: str) -> None:
    said = services.run(laid["nobody"], asked, "-o", "json")
    (found,) = said.document["services"][0]["findings"]
    assert (found["code"], said.code) == ("SVC001", 1)
    assert hint in found["message"]


def test_templates_of_files_are_judged_as_if_they_ran(services: Ground, tmp_path: Path) -> None:
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
