"""Healthy Services of many shapes, as real clusters have them: healthy, and not a single error or warning.

All are laid out at once on the sandbox with its real controllers; each is a case of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from live.service_ground import CONTAINERS, deployment, service, template

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.server import Json
    from live.service_ground import Ground

    Layout = Callable[[Ground, str], None]

pytestmark = pytest.mark.live

APP = {"app": "web"}


def port(number: int, name: str = "", protocol: str = "TCP") -> Json:
    return {"containerPort": number, "protocol": protocol, **({"name": name} if name else {})}


def undeclared(ground: Ground, where: str) -> None:
    """The image listens on 8080 and the template says nothing about it."""
    ground.add(where, deployment("web"), service("web", APP, (80, 8080)))


def named(ground: Ground, where: str) -> None:
    ground.add(where, deployment("web", APP, port(8080, "http")), service("web", APP, (80, "http")))


def several_ports(ground: Ground, where: str) -> None:
    ports = {"name": "http", "port": 80, "targetPort": "http"}, {"name": "metrics", "port": 9090, "targetPort": 9090}
    ground.add(where, deployment("web", APP, port(8080, "http"), port(9090, "metrics")), service("web", APP, *ports))


def one_number_two_protocols(ground: Ground, where: str) -> None:
    """As a DNS server has it."""
    ports: Any = [{"name": name, "port": 53, "protocol": name.upper()} for name in ("udp", "tcp")]
    ground.add(where, deployment("web", APP, port(53, "a", "UDP"), port(53, "b")), service("web", APP, *ports))


def sidecar_serves(ground: Ground, where: str) -> None:
    """A proxy in an init container that keeps running answers for the pod."""
    proxy = {
        "name": "proxy",
        "image": "registry.invalid/proxy",
        "restartPolicy": "Always",
        "ports": [port(8443, "https")],
    }
    ground.add(where, deployment("web", initContainers=[proxy]), service("web", APP, (443, "https")))


def one_name_two_numbers(ground: Ground, where: str) -> None:
    old, new = (
        deployment("old", {**APP, "v": "1"}, port(8080, "http")),
        deployment("new", {**APP, "v": "2"}, port(9090, "http")),
    )
    ground.add(where, old, new, service("web", APP, (80, "http")))


def canary(ground: Ground, where: str) -> None:
    shared = {**APP, "app.kubernetes.io/name": "web"}
    stable, new = {**shared, "track": "stable"}, {**shared, "track": "canary"}
    ground.add(where, deployment("stable", stable, port(80)), deployment("canary", new, port(80), replicas=1))
    ground.add(where, service("web", APP))


def stateful(ground: Ground, where: str) -> None:
    spec = {
        "replicas": 2,
        "serviceName": "web",
        "selector": {"matchLabels": APP},
        "template": template(APP, port(80, "web")),
    }
    ground.add(where, service("web", APP, {"name": "web", "port": 80}, clusterIP="None"))
    ground.add(where, {"kind": "StatefulSet", "apiVersion": "apps/v1", "metadata": {"name": "web"}, "spec": spec})


def headless_without_ports(ground: Ground, where: str) -> None:
    bare: Json = {"clusterIP": "None", "selector": APP}
    ground.add(where, deployment("web"), {"kind": "Service", "metadata": {"name": "web"}, "spec": bare})


def node_port(ground: Ground, where: str) -> None:
    ground.add(where, deployment("web", APP, port(8080)), service("web", APP, (80, 8080), type="NodePort"))


def load_balancer(ground: Ground, where: str) -> None:
    ground.add(where, deployment("web", APP, port(8080)), service("web", APP, (80, 8080), type="LoadBalancer"))
    ground.status("Service", where, "web", {"loadBalancer": {"ingress": [{"ip": "192.0.2.10"}]}})


def prefers_dual_stack(ground: Ground, where: str) -> None:
    ground.add(where, deployment("web", APP, port(80)), service("web", APP, ipFamilyPolicy="PreferDualStack"))


def sticky(ground: Ground, where: str) -> None:
    ground.add(where, deployment("web", APP, port(80)), service("web", APP, sessionAffinity="ClientIP"))


def local_daemons(ground: Ground, where: str) -> None:
    """Callers stay on their node, and every node has a pod."""
    spec = {"selector": {"matchLabels": APP}, "template": template(APP, port(80))}
    ground.add(where, {"kind": "DaemonSet", "apiVersion": "apps/v1", "metadata": {"name": "web"}, "spec": spec})
    ground.add(where, service("web", APP, internalTrafficPolicy="Local"))


def finished_jobs(ground: Ground, where: str) -> None:
    """A migration that has ended carries the labels of the application."""
    ground.add(where, deployment("web", APP, port(80)), service("web", APP))
    ground.pod(where, "migrate", APP, status={"phase": "Succeeded"}, ready=False)


def external_name(ground: Ground, where: str) -> None:
    alias: Json = {"type": "ExternalName", "externalName": "db.example.com"}
    ground.add(where, {"kind": "Service", "metadata": {"name": "web"}, "spec": alias})


def handmade_slice(ground: Ground, where: str) -> None:
    held = {
        "kind": "EndpointSlice",
        "apiVersion": "discovery.k8s.io/v1",
        "metadata": {"name": "web-1", "labels": {"kubernetes.io/service-name": "web"}},
        "addressType": "IPv4",
        "ports": [{"name": "db", "port": 5432}],
        "endpoints": [{"addresses": ["192.0.2.20"]}, {"addresses": ["192.0.2.21"]}],
    }
    ground.add(where, service("web", None, {"name": "db", "port": 5432}), held)


def handmade_endpoints(ground: Ground, where: str) -> None:
    subset = {"addresses": [{"ip": "192.0.2.30"}, {"ip": "192.0.2.31"}], "ports": [{"name": "db", "port": 5432}]}
    ground.add(where, service("web", None, {"name": "db", "port": 5432}))
    ground.add(where, {"kind": "Endpoints", "apiVersion": "v1", "metadata": {"name": "web"}, "subsets": [subset]})


def policy_admits(ground: Ground, where: str) -> None:
    ground.add(where, deployment("web", APP, port(8080, "http")), service("web", APP, (80, "http")))
    spec = {"podSelector": {"matchLabels": APP}, "ingress": [{"ports": [{"port": "http"}]}]}
    policy = {"kind": "NetworkPolicy", "apiVersion": "networking.k8s.io/v1", "metadata": {"name": "web"}, "spec": spec}
    ground.add(where, policy)


def behind_an_ingress(ground: Ground, where: str) -> None:
    ground.add(where, deployment("web", APP, port(80)), service("web", APP, {"name": "http", "port": 80}))
    backend = {"service": {"name": "web", "port": {"name": "http"}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    spec = {"ingressClassName": f"class-{where}", "rules": [{"host": f"{where}.example", "http": {"paths": [path]}}]}
    about = {"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": f"class-{where}"}}
    ground.add(None, {**about, "spec": {"controller": "example.com/controller"}})
    ground.add(where, {**about, "kind": "Ingress", "metadata": {"name": "web"}, "spec": spec})
    ground.status("Ingress", where, "web", {"loadBalancer": {"ingress": [{"ip": "192.0.2.40"}]}})


def prefers_its_zone(ground: Ground, where: str) -> None:
    ground.add(where, deployment("web", APP, port(80)), service("web", APP, trafficDistribution="PreferSameZone"))


def bare_pods(ground: Ground, where: str) -> None:
    """Two pods that nobody controls, on two nodes."""
    ground.add(where, service("web", APP, (80, 8080)))
    for number, node in enumerate(ground.nodes()[:2]):
        ground.pod(where, f"web-{number}", APP, node=node, containers=[{**CONTAINERS[0], "ports": [port(8080)]}])


# layout -> endpoints that the slices hold once the controllers have settled; None: there are none to wait for
SHAPES: dict[Layout, int | None] = {
    undeclared: 2,
    named: 2,
    several_ports: 2,
    one_number_two_protocols: 2,
    sidecar_serves: 2,
    one_name_two_numbers: 4,
    canary: 3,
    stateful: 2,
    headless_without_ports: 2,
    node_port: 2,
    load_balancer: 2,
    prefers_dual_stack: 2,
    sticky: 2,
    local_daemons: 3,
    finished_jobs: 2,
    external_name: None,
    handmade_slice: 2,
    handmade_endpoints: 2,
    policy_admits: 2,
    behind_an_ingress: 2,
    prefers_its_zone: 2,
    bare_pods: 2,
}


@pytest.fixture(scope="module")
def laid(services: Ground) -> dict[Layout, str]:
    """Every shape in a namespace of its own, settled."""
    made = {}
    for lay in SHAPES:
        made[lay] = services.namespace(lay.__name__.replace("_", "-"))
        lay(services, made[lay])
    for lay, count in SHAPES.items():
        if count is not None:
            services.endpoints(made[lay], "web", count, ready=count)
    return made


@pytest.mark.parametrize("lay", SHAPES, ids=lambda lay: lay.__name__)
def test_a_healthy_shape_raises_no_alarm(services: Ground, laid: dict[Layout, str], lay: Layout) -> None:
    entry = services.entry(laid[lay], "web")
    alarms = [(each["code"], each["message"]) for each in entry["findings"] if each["severity"] != "info"]
    assert (entry["verdict"], alarms) == ("healthy", [])
    assert entry["notChecked"] == []
    assert {hop["state"] for hop in entry["hops"]} == {"ok"}


def test_the_api_servers_own_service_is_healthy(services: Ground) -> None:
    entry = services.entry("default", "kubernetes")
    assert entry["verdict"] == "healthy"
    assert [each for each in entry["findings"] if each["severity"] != "info"] == []


def test_the_overview_agrees(services: Ground, laid: dict[Layout, str]) -> None:
    document = services.explain("default", "-A")
    mine = {each["service"]["namespace"]: each["verdict"] for each in document["services"]}
    assert {mine[where] for where in laid.values()} == {"healthy"}
