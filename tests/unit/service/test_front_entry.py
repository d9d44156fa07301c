"""The entry of an Ingress: its verdict and its hops, from what stands behind each of its paths."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.service import front_entry
from kubectl_lab.domain.service.explain import Question, explain
from kubectl_lab.domain.service.fronts import Branch, Front, entry_through
from kubectl_lab.domain.service.model import Endpoint, EndpointPort, Hop, Judged, Place, Port, ServiceEntry
from kubectl_lab.result import Finding, Reference
from unit.service.cases import endpoint, endpoint_slice, inventory, pod, service, slices_of
from unit.service.front_cases import OLD, backend, ingress, ingress_class

Object = dict[str, Any]
WEB = service("web", {"app": "web"}, (80, 8080))
EMPTY = service("empty", {"app": "none"})
TWO = service("two", {"app": "web"}, {"name": "http", "port": 80}, {"name": "admin", "port": 81, "targetPort": "none"})
ALIAS = service("alias", None, {"port": 80}, type="ExternalName", externalName="shop.example")
HEADLESS = service("headless", {"app": "web"}, clusterIP="None")
PODS = (pod("web-1"), pod("web-2"))
RESOURCE = {"resource": {"kind": "StorageBucket", "name": "icons"}}
SHOP = Reference("Ingress", "shop", "shop")


def explained(*paths: Any, more: tuple[Object, ...] = (), pods: tuple[Object, ...] = PODS, **rest: Any) -> ServiceEntry:
    """The entry of an Ingress with these paths, on Services in all states."""
    made = ingress("shop", *paths, created=OLD, address=True, **rest.pop("spec", {}))
    services = (WEB, EMPTY, TWO, ALIAS, HEADLESS)
    slices = [each for one in services for each in slices_of(one, *pods)]
    missing = rest.pop("missing", ())
    known = inventory(ingress_class(), made, *services, *pods, *slices, *more, missing=missing)
    return explain(known, Question((SHOP,), "shop")).services[0]


def states(entry: ServiceEntry) -> dict[str, str]:
    return {f"{hop.source} → {hop.target}": " ".join(filter(None, (hop.state, hop.finding))) for hop in entry.hops}


@pytest.mark.parametrize(
    ("paths", "verdict"),
    [
        pytest.param([("/", "web")], "healthy", id="its one Service works"),
        pytest.param([("/", "web"), ("/a", "none")], "degraded", id="one of two is absent"),
        pytest.param([("/", "web"), ("/a", "empty")], "degraded", id="one of two has no pods"),
        pytest.param([("/", "none"), ("/a", "empty")], "broken", id="none of two works"),
        pytest.param([("/", backend("web", 99))], "broken", id="no such port"),
        pytest.param([("/", RESOURCE)], "unknown", id="a resource that nobody can judge"),
        pytest.param([("/", RESOURCE), ("/a", "web")], "unknown", id="a resource beside what works"),
        pytest.param([("/", RESOURCE), ("/a", "none")], "degraded", id="a resource beside what is broken"),
        pytest.param([("/", backend("two", 80))], "healthy", id="another port of the Service is broken"),
        pytest.param([("/", backend("two", "admin"))], "broken", id="that very port is broken"),
        pytest.param([("/", backend("alias"))], "healthy", id="an ExternalName"),
    ],
)
def test_the_verdict_rests_on_what_the_paths_reach(paths: Any, verdict: str) -> None:
    assert explained(*paths).verdict == verdict


def test_a_headless_service_without_ports_answers_for_its_pods() -> None:
    entry = explained(("/", {"service": {"name": "headless"}}))
    assert entry.verdict == "healthy"
    assert states(entry)["ingress/shop/shop → service/shop/headless"] == "ok"


def test_an_ingress_that_leads_nowhere_is_broken() -> None:
    assert explained(spec={"rules": [{"host": "shop.example"}]}).verdict == "broken"


def test_the_workshops_ingress_is_drawn_path_by_path() -> None:
    entry = explained(("/frontend", "web"), ("/backend", "api-service"))
    assert entry.verdict == "degraded"
    assert states(entry) == {
        "client → ingressclass/nginx": "ok",
        "ingressclass/nginx → ingress/shop/shop": "ok",
        "ingress/shop/shop → service/shop/web:80": "ok",
        "ingress/shop/shop → service/shop/api-service:80": "broken SVC100",
    }
    assert [hop.label for hop in entry.hops][2:] == ["shop.example/frontend", "shop.example/backend"]


def test_behind_a_class_that_does_not_exist_nothing_is_known() -> None:
    entry = explained(("/", "web"), ("/a", "none"), spec={"cls": "haproxy"})
    assert entry.verdict == "broken"
    assert states(entry) == {
        "client → ingressclass/haproxy": "ok",
        "ingressclass/haproxy → ingress/shop/shop": "broken SVC102",
        "ingress/shop/shop → service/shop/web:80": "unknown",
        "ingress/shop/shop → service/shop/none:80": "broken SVC100",
    }
    assert [each.code for each in entry.findings] == ["SVC102", "SVC100"]


def test_a_certificate_that_is_absent_degrades_what_works() -> None:
    entry = explained(("/", "web"), spec={"tls": [{"hosts": ["shop.example"], "secretName": "none"}]})
    assert entry.verdict == "degraded"
    assert states(entry)["ingressclass/nginx → ingress/shop/shop"] == "degraded SVC105"
    assert states(entry)["ingress/shop/shop → service/shop/web:80"] == "ok"


def test_a_port_that_a_path_names_is_drawn_by_its_number() -> None:
    assert "ingress/shop/shop → service/shop/two:80" in states(explained(("/", backend("two", "http"))))


def test_a_port_that_does_not_exist_is_drawn_as_it_is_written() -> None:
    hops = states(explained(("/", backend("web", "metrics"))))
    assert hops["ingress/shop/shop → service/shop/web:metrics"] == "broken SVC101"


def test_a_pod_that_is_not_ready_degrades_its_path_with_its_own_code() -> None:
    entry = explained(("/", "web"), pods=(pod("web-1"), pod("web-2", ready=False)))
    assert entry.verdict == "degraded"
    assert states(entry)["ingress/shop/shop → service/shop/web:80"] == "degraded SVC021"


def test_a_service_whose_slices_were_denied_leaves_the_verdict_open() -> None:
    assert explained(("/", "web"), missing=["EndpointSlice"]).verdict == "unknown"


def test_services_that_were_denied_leave_it_open_too() -> None:
    entry = explained(("/", "web"), missing=["Service"])
    assert (entry.verdict, entry.findings) == ("unknown", ())


def test_what_another_ingress_suffers_says_nothing_about_this_one() -> None:
    other = ingress("other", ("/", "web"), cls="none", host="other.example")
    entry = explained(("/", "web"), more=(other,))
    assert (entry.verdict, entry.findings) == ("healthy", ())


def test_nodes_that_drop_outside_traffic_say_nothing_about_an_ingress() -> None:
    local = service(
        "local", {"app": "web"}, {"port": 80, "nodePort": 31000}, type="NodePort", externalTrafficPolicy="Local"
    )
    nodes = [make.node("n1"), make.node("n2")]
    assert explained(("/", "local"), more=(local, *slices_of(local, *PODS), *nodes)).verdict == "healthy"


def test_only_terminating_pods_are_a_degraded_way() -> None:
    ending = endpoint("10.1.0.9", ready=False)
    ending["conditions"] |= {"serving": True, "terminating": True}
    last = service("last", {"app": "last"})
    assert explained(("/", "last"), more=(last, endpoint_slice("last-1", "last", ending))).verdict == "degraded"


@pytest.mark.parametrize(
    ("cls", "ways"),
    [
        ("nginx", {"client → ingressclass/nginx", "ingressclass/nginx → ingress/shop/shop"}),
        (None, {"client → ingress/shop/shop"}),
    ],
)
def test_a_class_that_was_denied_leaves_the_way_in_unknown_and_the_verdict_alone(cls: Any, ways: set[str]) -> None:
    entry = explained(("/", "web"), spec={"cls": cls}, missing=["IngressClass"])
    assert {hop for hop, state in states(entry).items() if state == "unknown"} == ways
    assert states(entry)["ingress/shop/shop → service/shop/web:80"] == "ok"
    assert entry.verdict == "healthy"


# --- several ways in, redirects: built by hand


def front(*branches: Branch, through: tuple[str, ...] = (), findings: tuple[Judged, ...] = ()) -> Front:
    return Front(SHOP, through, branches, findings)


def judged(place: Place, effect: Any = "breaks", code: str = "SVC999") -> Judged:
    return Judged(Finding(code, "error", SHOP), effect, place)


def entry(subject: Front, *services: ServiceEntry) -> ServiceEntry:
    return front_entry.entry(inventory(), subject, {each.service: each for each in services})


ANSWERS = Branch("shop.example/", None, None, answers=True)


def test_a_redirect_needs_no_backend() -> None:
    assert entry(front(ANSWERS)).verdict == "healthy"


@pytest.mark.parametrize(
    ("broken", "verdict"),
    [
        pytest.param(["gateway/shop/a"], "degraded", id="one of two"),
        pytest.param(["gateway/shop/a", "gateway/shop/b"], "broken", id="both"),
        pytest.param([], "healthy", id="none"),
    ],
)
def test_a_route_is_reached_by_any_of_its_gateways(broken: list[str], verdict: str) -> None:
    findings = tuple(judged(entry_through(each, SHOP)) for each in broken)
    made = entry(front(ANSWERS, through=("gateway/shop/a", "gateway/shop/b"), findings=findings))
    assert made.verdict == verdict
    hops = states(made)
    for each in ("gateway/shop/a", "gateway/shop/b"):
        assert hops[f"{each} → ingress/shop/shop"] == ("broken SVC999" if each in broken else "ok")


def test_behind_a_gateway_that_is_broken_its_step_to_the_route_is_unknown() -> None:
    findings = (judged(Place("entry", "gateway/shop/a")),)
    made = entry(front(ANSWERS, through=("gateway/shop/a",), findings=findings))
    assert made.verdict == "broken"
    assert states(made) == {
        "client → gateway/shop/a": "broken SVC999",
        "gateway/shop/a → ingress/shop/shop": "unknown",
    }


def test_trouble_with_the_backends_as_a_whole_marks_each_of_them() -> None:
    branch = Branch("/", Reference("Service", "shop", "web"), 80)
    made = entry(front(branch, findings=(judged(Place("front", "ingress/shop/shop")),)))
    assert made.verdict == "broken"
    assert states(made)["ingress/shop/shop → service/shop/web:80"] == "broken SVC999"


@pytest.mark.parametrize("verdict", ["healthy", "broken", "unknown"])
def test_an_external_name_is_as_good_as_its_own_entry(verdict: Any) -> None:
    alias = Reference("Service", "shop", "alias")
    ports = (Port("", 80, 80, None, "TCP"),)
    target = ServiceEntry(alias, "ExternalName", verdict, ports, hops=(Hop("service/shop/alias", "dns/x"),))
    assert entry(front(Branch("/", alias, 80)), target).verdict == verdict


TWICE = Reference("Service", "shop", "twice")


def behind(*hops: Hop, working: int = 1, verdict: Any = "degraded") -> ServiceEntry:
    """A Service with the ports 80 and 81, of one pod that has 8080 and 8081 for them."""
    ports = (Port("http", 80, 8080, None, "TCP", working, 1 - working), Port("admin", 81, 8081, None, "TCP", 1))
    one = Endpoint("10.1.0.1", "IPv4", (EndpointPort("http", 8080, "TCP"),), None, None, None, True, True, False)
    return ServiceEntry(TWICE, "ClusterIP", verdict, ports, (one,), hops)


@pytest.mark.parametrize(
    ("hops", "working", "verdict"),
    [
        pytest.param(
            [Hop("pod/shop/a", "port/8080", "broken", "SVC080")], 1, "broken", id="its only pod's port is shut"
        ),
        pytest.param(
            [Hop("pod/shop/a", "port/8080", "broken", "SVC080"), Hop("pod/shop/b", "port/8080")],
            1,
            "degraded",
            id="one pod's port of two is shut",
        ),
        pytest.param(
            [Hop("pod/shop/a", "port/8081", "broken", "SVC080")], 1, "healthy", id="the port of another is shut"
        ),
        pytest.param(
            [Hop("pod/shop/a", "port/8080", "degraded", "SVC080")], 1, "degraded", id="its only pod's port limps"
        ),
        pytest.param([], 0, "degraded", id="only pods that end"),
        pytest.param(
            [Hop("ingress/shop/other", "service/shop/twice:80", "broken", "SVC999")],
            1,
            "healthy",
            id="another's way in",
        ),
        pytest.param(
            [Hop("cluster", "service/shop/twice:80", "degraded", "SVC999")], 1, "degraded", id="the port itself"
        ),
    ],
)
def test_a_branch_is_as_good_as_the_way_behind_its_port(hops: list[Hop], working: int, verdict: str) -> None:
    assert entry(front(Branch("/", TWICE, 80)), behind(*hops, working=working)).verdict == verdict


def test_a_front_says_what_is_wrong_with_the_services_behind_it() -> None:
    """After what is wrong with itself, and each once; what its own branches have against them is told already."""
    assert [each.code for each in explained(("/", "empty")).findings] == ["SVC010"]
    assert [each.code for each in explained(("/a", "empty"), ("/b", "empty"), ("/", "web")).findings] == ["SVC010"]
    assert [each.code for each in explained(("/", "none"), ("/a", "empty")).findings] == ["SVC100", "SVC010"]
    assert explained(("/", "web")).findings == ()
    lost = make.obj(
        "Service", "lost", "shop", spec={"type": "ExternalName", "externalName": "10.0.0.1", "ports": [{"port": 80}]}
    )
    assert "SVC055" in {each.code for each in explained(("/", "lost"), more=(lost,)).findings}


def test_a_warning_without_effect_leaves_no_mark() -> None:
    made = entry(front(ANSWERS, findings=(judged(Place("entry", "ingress/shop/shop"), "none"),)))
    assert made.verdict == "healthy"
    assert states(made) == {"client → ingress/shop/shop": "ok"}
    assert [each.code for each in made.findings] == ["SVC999"]
