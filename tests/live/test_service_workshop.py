"""The workshop's exercises on Services, as a class meets them (made by commands, then looked at)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.server import within
from live.service_ground import deployment, service, template

if TYPE_CHECKING:
    from bench.server import Json
    from live.service_ground import Ground

pytestmark = pytest.mark.live


def kubectl(ground: Ground, where: str, *words: str) -> None:
    ground.sandbox.kubectl("-n", where, *words)


@pytest.fixture(scope="module")
def python(services: Ground) -> str:
    """The application of the exercises: a Deployment on port 5000, exposed by the course's own commands."""
    where = services.namespace("pythonapp")
    services.address_nodes()
    services.add(where, deployment("pythonapp", {"app": "pythonapp"}, {"containerPort": 5000}))
    expose = ("expose", "deployment", "pythonapp", "--type=NodePort", "--port=9002")
    kubectl(services, where, *expose, "--name=pythonnp", "--target-port=5000")
    patch = '{"spec":{"ports":[{"port":9002,"targetPort":5000,"nodePort":31234}]}}'
    kubectl(services, where, "patch", "service", "pythonnp", "-p", patch)
    kubectl(services, where, *expose, "--name=forgotten")
    kubectl(
        services,
        where,
        "expose",
        "deployment",
        "pythonapp",
        "--type=LoadBalancer",
        "--port=80",
        "--target-port=5000",
        "--name=pythonlb",
    )
    for name in ("pythonnp", "forgotten", "pythonlb"):
        services.endpoints(where, name, 2, ready=2)
    return where


def test_pythonnp_has_three_numbers_each_in_its_place(services: Ground, python: str) -> None:
    entry = services.entry(python, "pythonnp")
    (port,) = entry["ports"]
    assert entry["verdict"] == "healthy"
    assert {key: port[key] for key in ("port", "targetPort", "nodePort", "protocol")} == {
        "port": 9002,
        "targetPort": 5000,
        "nodePort": 31234,
        "protocol": "TCP",
    }
    assert {each["ports"][0]["port"] for each in entry["endpoints"]} == {5000}
    hops = [(hop["from"], hop["to"]) for hop in entry["hops"]]
    assert ("client", "node:31234") in hops
    assert ("node:31234", f"service/{python}/pythonnp:9002") in hops
    (found,) = [each for each in entry["findings"] if each["code"] == "SVC043"]
    assert found["fix"][0].startswith("curl http://")
    assert found["fix"][0].endswith(":31234")


def test_a_forgotten_target_port_is_healthy_on_paper_and_told(services: Ground, python: str) -> None:
    entry = services.entry(python, "forgotten")
    assert entry["verdict"] == "healthy"
    (found,) = [each for each in entry["findings"] if each["code"] == "SVC034"]
    assert "5000" in found["message"]
    assert "9002" in found["message"]


def once_pending_is_told(ground: Ground, where: str) -> Json:
    """A load balancer may still answer in the first ten seconds of a Service."""
    entry: Json = {}
    for _ in within(30, "SVC040", 1):
        entry = ground.entry(where, "pythonlb")
        if "SVC040" in [each["code"] for each in entry["findings"]]:
            break
    return entry


def test_a_load_balancer_on_a_laptop_stays_pending(services: Ground, python: str) -> None:
    entry = once_pending_is_told(services, python)
    assert entry["verdict"] == "degraded"
    assert [each["severity"] for each in entry["findings"] if each["code"] == "SVC040"] == ["error"]
    assert ("client", "loadbalancer:pending", "broken") in [
        (hop["from"], hop["to"], hop["state"]) for hop in entry["hops"]
    ]


@pytest.fixture(scope="module")
def course(services: Ground) -> str:
    """The course's internal Service, NodePort and Ingress, whose labels do not match its own Deployment."""
    where = services.namespace("course")
    labels = {"tier": "frontend"}
    body: Json = {
        "replicas": 3,
        "selector": {"matchLabels": labels},
        "template": template(labels, {"containerPort": 80}),
    }
    services.add(where, {"kind": "Deployment", "apiVersion": "apps/v1", "metadata": {"name": "frontend"}, "spec": body})
    selector = {"app": "web-server", "tier": "frontend"}
    services.add(where, service("web-service-interne", selector, (8080, 80)), service("frontend", labels, (8080, 80)))
    return where


def test_the_course_selects_a_label_that_its_pods_lack(services: Ground, course: str) -> None:
    services.available(course, "frontend")
    entry = services.entry(course, "web-service-interne")
    assert entry["verdict"] == "broken"
    (cause,) = [each for each in entry["findings"] if each["severity"] == "error"]
    assert cause["code"] == "SVC011"
    assert "app" in cause["message"]
    assert any("patch" in command and "frontend" in command for command in cause["fix"])


def ingress(where: str) -> Json:
    """`/frontend` leads to a Service that is there, `/backend` to one that is not."""

    def path(word: str, name: str, port: int) -> Json:
        backend = {"service": {"name": name, "port": {"number": port}}}
        return {"path": word, "pathType": "Prefix", "backend": backend}

    rule = {
        "host": "www.k8s-lab.com",
        "http": {"paths": [path("/frontend", "frontend", 8080), path("/backend", "api-service", 80)]},
    }
    spec = {"ingressClassName": f"haproxy-{where}", "rules": [rule]}
    about = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "web-ingress"}}
    return {**about, "spec": spec}


def test_an_ingress_whose_backend_is_missing_works_on_its_other_path(services: Ground, course: str) -> None:
    services.add(course, ingress(course))
    about = {"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": f"haproxy-{course}"}}
    services.add(None, {**about, "spec": {"controller": "haproxy.org/ingress-controller"}})
    services.endpoints(course, "frontend", 3, ready=3)
    document = services.explain(course, "ingress/web-ingress")
    front, behind = document["services"]
    assert (front["service"]["kind"], front["verdict"]) == ("Ingress", "degraded")
    (missing,) = [each for each in front["findings"] if each["code"] == "SVC100"]
    assert "api-service" in missing["message"]
    assert behind["service"]["name"] == "frontend"


def test_a_service_that_only_an_ingress_knows_is_said_so(services: Ground, course: str) -> None:
    said = services.run(course, "api-service", "-o", "json")
    (entry,) = said.document["services"]
    assert said.code == 1
    assert entry["verdict"] == "broken"
    assert "SVC001" in [each["code"] for each in entry["findings"]]


def test_create_service_writes_a_selector_of_its_own(services: Ground) -> None:
    where = services.namespace("boutique")
    services.add(where, deployment("boutique", {"app": "boutique"}, {"containerPort": 80}))
    kubectl(services, where, "create", "service", "nodeport", "shop", "--tcp=80")
    services.available(where, "boutique")
    entry = services.entry(where, "shop")
    (cause,) = [each for each in entry["findings"] if each["severity"] == "error"]
    assert cause["code"] == "SVC011"
    assert any("expose deployment/boutique" in command for command in cause["fix"])
