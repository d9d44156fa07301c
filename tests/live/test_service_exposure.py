"""Ways in from outside on the real control plane. What load balancers' controllers would write the test writes itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from bench.server import Server, within
from live.service_ground import Ground, service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.server import Json
    from sandbox.sandboxes import Sandbox

pytestmark = pytest.mark.live
WEB = {"app": "web"}
BALANCER = {"type": "LoadBalancer"}
NODEPORT = {"type": "NodePort"}
NO_POOL = 'Failed to allocate IP for "shop/web": no available IPs'
PENDING = {"SVC040", "SVC041", "SVC042"}
# what the Service asks for, beside `app: web` and port 80 -> verdict, codes of exposure with a part of their sentence
CASES: dict[str, tuple[Json, str, dict[str, str]]] = {
    "clusterip": ({}, "healthy", {}),
    "nodeport": (NODEPORT, "healthy", {"SVC043": "port 80 is reached from outside at 192.0.2.101:"}),
    "pending": (BALANCER, "degraded", {"SVC040": "nothing in this cluster hands out addresses", "SVC043": "192.0.2.101:"}),
    "metallb": (BALANCER, "degraded", {"SVC041": f"AllocationFailed: {NO_POOL} (enlarge", "SVC043": ""}),
    "begun": (BALANCER, "degraded", {"SVC040": "has begun and not ended (EnsuringLoadBalancer: Ensuring", "SVC043": ""}),
    "classy": (
        {**BALANCER, "loadBalancerClass": "example.org/vip"},
        "degraded",
        {"SVC042": "class example.org/vip", "SVC043": ""},
    ),
    "closed": (
        {**BALANCER, "loadBalancerSourceRanges": ["198.51.100.0/24"]},
        "degraded",
        {"SVC040": "", "SVC043": "", "SVC047": ""},
    ),
    "answered": (BALANCER, "healthy", {"SVC043": "port 80 is reached from outside at 192.0.2.7:80, 192.0.2.101:"}),
    "ranges": (
        {**BALANCER, "loadBalancerSourceRanges": ["198.51.100.0/24"]},
        "healthy",
        {"SVC043": "", "SVC047": "loadBalancerSourceRanges 198.51.100.0/24: the load balancer lets in nobody else"},
    ),
    "external": ({"externalIPs": ["192.0.2.50"]}, "healthy", {"SVC048": "externalIPs 192.0.2.50: nodes take traffic"}),
    "sticky": ({"sessionAffinity": "ClientIP"}, "healthy", {"SVC049": "one pod for 10800 seconds"}),
    "local": (
        {**NODEPORT, "externalTrafficPolicy": "Local"},
        "degraded",
        {"SVC043": "192.0.2.101:", "SVC044": "{rest} ({dropping} of {total})"},
    ),
    "local-balanced": (
        {**BALANCER, "externalTrafficPolicy": "Local"},
        "healthy",
        {"SVC043": "192.0.2.7:80", "SVC044": "{rest} ({dropping} of {total})"},
    ),
    "everywhere": ({**NODEPORT, "externalTrafficPolicy": "Local"}, "healthy", {"SVC043": ""}),
    "inside": ({"internalTrafficPolicy": "Local"}, "degraded", {"SVC045": "{rest} ({dropping} of {total})"}),
    "inside-everywhere": ({"internalTrafficPolicy": "Local"}, "healthy", {}),
    "zones": (
        {"trafficDistribution": "PreferSameZone"},
        "healthy",
        {"SVC046": "PreferSameZone is not in force: the nodes carry no label"},
    ),
    "one-family": ({"ipFamilyPolicy": "PreferDualStack"}, "healthy", {"SVC051": "got IPv4 alone"}),
    "no-family": ({}, "broken", {"SVC050": "no pod has an IPv4 address, though the Service asks for it; the pods have IPv6"}),
    "alias": ({"type": "ExternalName", "externalName": "example.org"}, "healthy", {}),
}  # fmt: skip
ANSWERED = {"answered", "local-balanced", "ranges"}
EXPOSURE = range(40, 52)


@pytest.fixture(scope="module")
def dual(sandbox_factory: Callable[..., Sandbox]) -> Iterator[Ground]:
    """Ground on a cluster with IPv4 and IPv6."""
    sandbox = sandbox_factory(dual_stack=True)
    ground = Ground(sandbox, Server(sandbox.kubeconfig))
    try:
        yield ground
    finally:
        ground.clear()
        ground.server.close()


@pytest.fixture(scope="module")
def laid(services: Ground) -> dict[str, str]:
    """A namespace a case, with a Service `web` and a ready pod on the first node, or on all."""
    services.address_nodes()
    spaces = {case: services.namespace(case) for case in CASES}
    for case, where in spaces.items():
        made = service("web", None if case == "alias" else WEB, **CASES[case][0])
        if case == "alias":
            del made["spec"]["ports"]
        services.add(where, made)
    old_enough = time.monotonic() + 11  # a load balancer is given ten seconds
    nodes = services.nodes()
    for case, where in spaces.items():
        for node in nodes if "everywhere" in case else nodes[:1]:
            services.pod(where, f"web-{node}", WEB, node=node, ip="2001:db8::7" if case == "no-family" else "")
    for case in ANSWERED:
        services.status("Service", spaces[case], "web", {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}})
    services.event(spaces["metallb"], "Service", "web", "AllocationFailed", NO_POOL)
    services.event(spaces["begun"], "Service", "web", "EnsuringLoadBalancer", "Ensuring load balancer", type="Normal")
    for case, where in spaces.items():
        if case not in ("alias", "no-family"):
            services.endpoints(where, "web", len(nodes) if "everywhere" in case else 1)
    time.sleep(max(0, old_enough - time.monotonic()))
    return spaces


def exposure(entry: Json) -> dict[str, Json]:
    return {each["code"]: each for each in entry["findings"] if int(each["code"][3:]) in EXPOSURE}


@pytest.mark.parametrize("case", CASES)
def test_a_way_in_and_what_is_said_of_it(services: Ground, laid: dict[str, str], case: str) -> None:
    _, verdict, expected = CASES[case]
    entry = services.entry(laid[case], "web")
    found = exposure(entry)
    assert (entry["verdict"], set(found)) == (verdict, set(expected))
    nodes = services.nodes()
    values = {"rest": ", ".join(nodes[1:4]), "dropping": len(nodes) - 1, "total": len(nodes)}
    assert [part for code, part in expected.items() if part.format(**values) not in found[code]["message"]] == []


def test_a_pending_balancer_shuts_its_own_entry_alone(services: Ground, laid: dict[str, str]) -> None:
    hops = services.entry(laid["pending"], "web")["hops"]
    assert {hop["to"] for hop in hops if hop["state"] == "broken"} == {"loadbalancer:pending"}
    assert {hop["state"] for hop in hops if hop["from"].startswith(("node:", "cluster"))} == {"ok"}


def test_a_young_balancer_is_not_yet_told_of(services: Ground) -> None:
    where = services.namespace("young")
    services.add(where, service("web", WEB, **BALANCER))
    assert not PENDING & set(services.findings(where, "web"))


def test_the_curl_that_is_printed_names_a_node_and_its_port(services: Ground, laid: dict[str, str]) -> None:
    entry = services.entry(laid["nodeport"], "web")
    (port,) = entry["ports"]
    assert exposure(entry)["SVC043"]["fix"] == [f"curl http://192.0.2.101:{port['nodePort']}"]


def test_nodes_that_may_not_come_into_question_do_not_count(services: Ground, laid: dict[str, str]) -> None:
    """Cordoned ones."""
    nodes = services.nodes()[1:]
    try:
        for node in nodes:
            services.server.patch(f"/api/v1/nodes/{node}", {"spec": {"unschedulable": True}})
        entry = services.entry(laid["local"], "web")
        assert (entry["verdict"], set(exposure(entry))) == ("healthy", {"SVC043"})
    finally:
        for node in nodes:
            services.server.patch(f"/api/v1/nodes/{node}", {"spec": {"unschedulable": None}})


def test_zones_are_in_force_when_each_has_an_endpoint(services: Ground) -> None:
    where, zone = services.namespace("zones"), "topology.kubernetes.io/zone"
    nodes = services.nodes()
    try:
        for number, node in enumerate(nodes):
            services.server.patch(f"/api/v1/nodes/{node}", {"metadata": {"labels": {zone: f"z{min(number, 1)}"}}})
        services.add(where, service("web", WEB, trafficDistribution="PreferSameZone"))
        services.pod(where, "web-1", WEB, node=nodes[0])
        services.endpoints(where, "web", 1)
        told = services.findings(where, "web")["SVC046"]["message"]
        assert told.endswith("a zone without a ready endpoint uses those of all zones: z1")
        services.pod(where, "web-2", WEB, node=nodes[1])
        services.endpoints(where, "web", 2)
        entry = services.entry(where, "web")
        assert (entry["verdict"], exposure(entry)) == ("healthy", {})
    finally:
        for node in nodes:
            services.server.patch(f"/api/v1/nodes/{node}", {"metadata": {"labels": {zone: None}}})


def test_the_controllers_words_about_hints_are_passed_on(services: Ground) -> None:
    where = services.namespace("hints")
    made = service("web", WEB)
    made["metadata"]["annotations"] = {"service.kubernetes.io/topology-mode": "Auto"}
    services.add(where, made)
    services.pod(where, "web-1", WEB)
    services.endpoints(where, "web", 1)
    for _ in within(20, "the controller's event", 0.2):
        found = services.findings(where, "web").get("SVC046")
        if found and isinstance(found["details"]["why"], str):
            assert found["details"]["why"] in found["message"]
            return


CURED = {"local": "SVC044", "inside": "SVC045", "pending": "SVC040", "classy": "SVC042", "closed": "SVC040"}


@pytest.mark.parametrize("case", CURED)
def test_the_printed_patch_cures_it(services: Ground, laid: dict[str, str], case: str) -> None:
    (patch,) = [each for each in services.findings(laid[case], "web")[CURED[case]]["fix"] if " patch " in each]
    services.paste(patch)
    entry = services.entry(laid[case], "web")
    assert (entry["verdict"], CURED[case] in exposure(entry)) == ("healthy", False)


def test_two_families_and_pods_of_one(dual: Ground) -> None:
    where = dual.namespace("dual")
    dual.add(where, service("web", WEB, ipFamilyPolicy="RequireDualStack"))
    dual.add(where, service("one", WEB), service("preferred", {"app": "both"}, ipFamilyPolicy="PreferDualStack"))
    dual.pod(where, "web-1", WEB)
    both = {"podIP": "10.250.0.9", "podIPs": [{"ip": "10.250.0.9"}, {"ip": "2001:db8::9"}]}
    dual.pod(where, "both", {"app": "both"}, ip=None, status=both)
    dual.endpoints(where, "web", 1)
    dual.endpoints(where, "preferred", 2)
    entry = dual.entry(where, "web")
    found = exposure(entry)
    assert (entry["verdict"], set(found)) == ("degraded", {"SVC050"})
    assert found["SVC050"]["message"].startswith("no pod has an IPv6 address")
    for name in ("one", "preferred"):
        entry = dual.entry(where, name)
        assert (entry["verdict"], exposure(entry)) == ("healthy", {})
    (patch,) = [each for each in found["SVC050"]["fix"] if " patch " in each]
    dual.paste(patch)
    for _ in within(20, "one family to be enough", 0.1):
        entry = dual.entry(where, "web")
        if (entry["verdict"], exposure(entry)) == ("healthy", {}):
            return


def test_a_list_that_an_old_service_carries_without_effect_is_told(services: Ground, tmp_path: Any) -> None:
    """Servers of today refuse it; a captured Service may still have it."""
    old = tmp_path / "old.yaml"
    spec = "{type: NodePort, loadBalancerSourceRanges: [10.0.0.0/8], ports: [{port: 80}]}"
    old.write_text(f"{{apiVersion: v1, kind: Service, metadata: {{name: web, uid: x}}, spec: {spec}}}\n")
    (entry,) = services.run(None, "-f", str(old), "-o", "json").document["services"]
    found = exposure(entry)["SVC047"]
    assert (found["severity"], "a Service of type NodePort heeds no such list" in found["message"]) == ("warning", True)
