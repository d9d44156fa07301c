"""Where a Service is reached from outside, and what is worth knowing about it."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.catalogue import finding
from kubectl_lab.domain.service import exposure
from kubectl_lab.render.data import fixes
from unit.service.cases import case, codes, endpoint, endpoint_slice, pod, service

WEB = {"app": "web"}
NODEPORT = {"port": 9002, "targetPort": 5000, "nodePort": 31234}


def node(name: str, *addresses: tuple[str, str], ready: str = "True") -> Any:
    made = make.node(name, ready=ready)
    made["status"]["addresses"] = [{"type": kind, "address": address} for kind, address in addresses]
    return made


N1 = node("n1", ("InternalIP", "192.168.56.11"), ("Hostname", "n1"))
N2 = node("n2", ("InternalIP", "192.168.56.12"))


def found(subject: Any, code: str) -> list[Any]:
    judged = [each for rule in exposure.RULES for each in rule(subject)]
    return [each.finding.details for each in judged if each.finding.code == code]


def nodeport(*ports: Any, **spec: Any) -> Any:
    return service("pythonnp", WEB, *(ports or (NODEPORT,)), **{"type": "NodePort", **spec})


def balanced(address: Any, **spec: Any) -> Any:
    made = service("web", WEB, NODEPORT, type="LoadBalancer", **spec)
    return made | {"status": {"loadBalancer": {"ingress": [address]}}}


def test_a_node_port_is_reached_at_every_ready_node() -> None:
    down = node("n3", ("InternalIP", "192.168.56.13"), ready="Unknown")
    (told,) = found(case(nodeport(), pod(), N1, N2, down), "SVC043")
    assert told["places"] == ["192.168.56.11:31234", "192.168.56.12:31234"]
    assert (told["port"], told["nodePort"], told["target"], told["nodes"]) == (9002, 31234, 5000, 2)
    assert told["url"] == "http://192.168.56.11:31234"


@pytest.mark.parametrize(
    ("subject", "around", "place"),
    [
        pytest.param(balanced({"ip": "192.0.2.7"}), [N1], "192.0.2.7:9002", id="a load balancer first"),
        pytest.param(balanced({"hostname": "lb.example.org"}), [], "lb.example.org:9002", id="by its host name"),
        pytest.param(
            nodeport(), [node("n1", ("InternalIP", "10.0.0.1"), ("ExternalIP", "192.0.2.9"))], "192.0.2.9:31234",
            id="a node's ExternalIP first",
        ),
        pytest.param(
            nodeport(ipFamilies=["IPv6"]),
            [node("n1", ("InternalIP", "10.0.0.1"), ("InternalIP", "2001:db8::1"))],
            "[2001:db8::1]:31234",
            id="the node's address of the Service's family, in brackets",
        ),
    ],
)  # fmt: skip
def test_the_first_place_is_the_one_to_try(subject: Any, around: list[Any], place: str) -> None:
    family = subject["spec"]["ipFamilies"][0]
    address = "10.1.1.1" if family == "IPv4" else "2001:db8::9"
    ports = [{"name": "", "port": 5000}]
    written = endpoint_slice("s", subject["metadata"]["name"], endpoint(address), addressType=family, ports=ports)
    (told,) = found(case(subject, pod(), written, *around), "SVC043")
    assert told["places"][0] == place
    assert told["url"] == f"http://{place}"


@pytest.mark.parametrize(
    ("port", "url"),
    [
        ({"port": 443, "nodePort": 30443}, "https://192.168.56.11:30443"),
        ({"name": "https-web", "port": 80, "nodePort": 30080}, "https://192.168.56.11:30080"),
        ({"port": 53, "nodePort": 30053, "protocol": "UDP"}, None),
    ],
)
def test_curl_is_offered_for_what_it_speaks(port: Any, url: Any) -> None:
    (told,) = found(case(nodeport(port), pod(), N1), "SVC043")
    assert told["url"] == url


def test_an_ipv6_url_can_be_pasted() -> None:
    made = finding("SVC043", None, url="http://[2001:db8::1]:31234").to_dict()
    assert fixes(made) == ["curl 'http://[2001:db8::1]:31234'"]


@pytest.mark.parametrize(
    ("subject", "around", "rest"),
    [
        pytest.param(nodeport(), [N1], {}, id="no pod"),
        pytest.param(nodeport(), [pod(ready=False), N1], {}, id="no ready pod"),
        pytest.param(nodeport(), [pod(), N1], {"missing": ["Node"]}, id="nodes that cannot be read"),
        pytest.param(nodeport(), [pod(), make.node("n1")], {}, id="nodes without an address"),
        pytest.param(nodeport(), [pod(), node("n1", ("InternalIP", "none"))], {}, id="an address that is none"),
        pytest.param(nodeport({"port": 80}), [pod(), N1], {}, id="no node port"),
        pytest.param(service("web", WEB), [pod(), N1], {}, id="a ClusterIP"),
        pytest.param(service("web", WEB, NODEPORT, type="ExternalName"), [pod(), N1], {}, id="an ExternalName"),
    ],
)
def test_no_place_is_promised_where_nothing_answers(subject: Any, around: list[Any], rest: Any) -> None:
    assert found(case(subject, *around, **rest), "SVC043") == []


def test_under_a_local_policy_only_nodes_with_a_backend_are_named() -> None:
    (told,) = found(case(nodeport(externalTrafficPolicy="Local"), pod(node="n2"), N1, N2), "SVC043")
    assert told["places"] == ["192.168.56.12:31234"]


def test_many_nodes_are_counted() -> None:
    nodes = [node(f"n{number}", ("InternalIP", f"10.0.0.{number}")) for number in range(1, 6)]
    (told,) = found(case(nodeport(), pod(), *nodes), "SVC043")
    assert told["nodes"] == 5
    assert told["places"][3]["values"] == {"count": 2}


@pytest.mark.parametrize(
    ("spec", "code", "expected"),
    [
        ({"externalIPs": ["192.0.2.4"]}, "SVC048", {"addresses": ["192.0.2.4"], "servicePorts": [80]}),
        ({"externalIPs": []}, "SVC048", None),
        ({"externalIPs": ["192.0.2.4"], "type": "ExternalName"}, "SVC048", None),
        ({"sessionAffinity": "ClientIP"}, "SVC049", {"seconds": 10800}),
        (
            {"sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 60}}},
            "SVC049",
            {"seconds": 60},
        ),
        ({"sessionAffinity": "None"}, "SVC049", None),
        ({"sessionAffinity": "ClientIP", "clusterIP": "None"}, "SVC049", None),
        ({"sessionAffinity": "ClientIP", "type": "ExternalName"}, "SVC049", None),
    ],
    ids=str,
)
def test_what_is_worth_knowing(spec: Any, code: str, expected: Any) -> None:
    told = found(case(service("web", WEB, **spec), pod()), code)
    assert [expected.items() <= each.items() for each in told] == ([True] if expected else [])


def test_an_external_name_exposes_nothing() -> None:
    everything: dict[str, Any] = {
        "externalName": "example.org",
        "externalIPs": ["192.0.2.4"],
        "externalTrafficPolicy": "Local",
        "internalTrafficPolicy": "Local",
        "ipFamilyPolicy": "PreferDualStack",
        "loadBalancerSourceRanges": ["10.0.0.0/8"],
        "sessionAffinity": "ClientIP",
        "trafficDistribution": "PreferSameZone",
    }
    subject = case(service("web", WEB, NODEPORT, type="ExternalName", **everything), pod(), N1, N2)
    assert [code for rule in exposure.RULES for code in codes(rule(subject))] == []
