"""The screen of a Service, from the verdict to what was not checked. The words of findings are the catalogue's.

Codes from SVC900 on have no page: their sentence is the code itself.
"""

from __future__ import annotations

import dataclasses
import io

import pytest

from kubectl_lab.catalogue import CODES
from kubectl_lab.catalogue.codes import code
from kubectl_lab.domain.service.model import Judged, NotChecked, Place, ServiceEntry, ServiceExplanation
from kubectl_lab.render import columns, text
from kubectl_lab.result import Reference
from unit.render.entries import entry, found, node_port, pods, shown, web, written
from unit.service.cases import case, pod
from unit.service.cases import service as service_object

BROKEN = found("SVC911", "breaks", Place("endpoints"))
WARNING = found("SVC912", severity="warning")
INFO = found("SVC925", severity="info")
MARKING_INFO = found("SVC913", "degrades", Place("endpoints"), severity="info")
HTTP = {"port": 80, "targetPort": 8080, "name": "http", "protocol": "TCP"}


def bare(name: str = "web", *unchecked: NotChecked) -> ServiceEntry:
    return ServiceEntry(Reference("Service", "shop", name), "ClusterIP", "healthy", not_checked=unchecked)


def bare_with(*judged: Judged) -> ServiceEntry:
    return dataclasses.replace(bare(), findings=tuple(each.finding for each in judged))


def test_the_workshop_s_node_port_to_the_letter() -> None:
    asked = case(service_object("pythonnp", {"app": "web"}, node_port(), type="NodePort"), *pods(2))
    assert shown(entry(asked)) == (
        "pythonnp  NodePort 10.96.0.10  namespace shop                                                HEALTHY\n"
        "\n"
        "  client ─┬──▶ clusterIP:9002 ──┬──▶ service/pythonnp:9002 ──▶ pods (2) ──▶ :5000\n"
        "          └──▶ node:31234 ──────┘\n"
        "\n"
        "  PORT  TARGET  NODEPORT  BACKENDS\n"
        "  9002  5000    31234     2 of 2\n"
        "  ADDRESS     PORT  POD    NODE  STATE\n"
        "  10.1.161.5  5000  web-0  n1    ready\n"
        "  10.1.162.5  5000  web-1  n1    ready\n"
    )


def test_a_broken_service_to_the_letter_in_french() -> None:
    near = [{"name": "web-0", "labels": {"app": "web"}, "controller": "deployment/web"}]
    asked = case(service_object("web", {"app": "wbe"}, HTTP))
    broken = entry(asked, found("SVC911", "breaks", Place("endpoints"), near=near))
    assert shown(broken, lang="fr", width=80) == (
        "web  ClusterIP 10.96.0.10  namespace shop                               EN PANNE\n"
        "SVC911   (SVC911)\n"
        "\n"
        "  client ──▶ clusterIP:80 ──▶ service/web:80 ══╳══▷ pods ┄┄▷ :8080\n"  # noqa: RUF001 - a shape
        "                                             SVC911\n"
        "\n"
        "  PORT  NOM   CIBLE  BACKENDS\n"
        "  80    http  8080   0 sur 0\n"
        "  PROCHE  web-0   app=web   (deployment/web)\n"
    )


@pytest.mark.parametrize(("width", "edge"), [(50, 50), (80, 80), (100, 100), (160, 100), (10_000, 80), (5, 50)])
def test_the_verdict_stands_at_the_edge_of_the_page(width: int, edge: int) -> None:
    assert len(shown(entry(web(*pods(1))), width=width).splitlines()[0]) == edge


def test_a_header_without_room_loses_nothing() -> None:
    long = "a" * 63
    (first, *_) = shown(bare(long), width=60).splitlines()
    assert first == f"{long}  ClusterIP  namespace shop  HEALTHY"


@pytest.mark.parametrize(
    ("verdict", "style"), [("healthy", "32"), ("degraded", "33"), ("broken", "31"), ("unknown", "33")]
)
def test_a_verdict_has_its_colour(verdict: str, style: str) -> None:
    one = ServiceEntry(Reference("Service", "shop", "web"), "ClusterIP", verdict)  # type: ignore[arg-type]
    assert f"\x1b[{style}m{verdict.upper()}\x1b[0m" in shown(one, color=True)


def test_the_cause_is_told_once() -> None:
    lines = shown(entry(web(*pods(2)), BROKEN, found("SVC912", severity="warning"))).splitlines()
    assert lines[1] == "SVC911   (SVC911)"
    assert [line for line in lines if line.startswith("  error")] == []
    assert "  warning SVC912  SVC912" in lines


@pytest.mark.parametrize(
    ("judged", "cause"),
    [
        pytest.param([BROKEN, WARNING], "SVC911", id="what breaks comes first"),
        pytest.param([INFO, BROKEN], "SVC911", id="an info that marks nothing is none"),
        pytest.param([WARNING, INFO], "SVC912", id="a cause need not stand on a hop"),
        pytest.param([MARKING_INFO, WARNING], "SVC913", id="an info that marks a hop is one"),
    ],
)
def test_the_cause_is_the_first_finding_that_can_be_one(judged: list[Judged], cause: str) -> None:
    degraded = dataclasses.replace(entry(web(*pods(2)), *judged), verdict="degraded")
    assert shown(degraded).splitlines()[1] == f"{cause}   ({cause})"


def test_a_healthy_service_has_no_cause_though_there_is_something_to_say() -> None:
    lines = shown(entry(web(*pods(2)), found("SVC925", severity="info"))).splitlines()
    assert lines[1] == ""
    assert lines[-1] == "  info SVC925  SVC925"


@pytest.mark.parametrize(
    ("verdict", "sentence"),
    [
        ("broken", "Nothing answers, and none of the rules tells why."),
        ("degraded", "Not everything works, and none of the rules tells why."),
        ("unknown", "What decides could not be read: see NOT CHECKED."),
    ],
)
def test_a_verdict_without_a_cause_says_so(verdict: str, sentence: str) -> None:
    one = ServiceEntry(Reference("Service", "shop", "web"), "ClusterIP", verdict)  # type: ignore[arg-type]
    assert shown(one).splitlines()[1] == sentence


def test_details_are_for_the_wide_view() -> None:
    one = entry(web(*pods(1)), found("SVC027", severity="info"))
    assert "SVC027" not in shown(one)
    assert "SVC027" in shown(one, form="wide")
    assert "  SELECTOR  app=web\n" in shown(one, form="wide")


@pytest.fixture
def curable(monkeypatch: pytest.MonkeyPatch) -> str:
    """A code, with the page that it has, whose cure no rule will ever reword."""
    row = code("error info", "namespace", "kubectl -n {namespace} get service")
    monkeypatch.setitem(CODES, "SVC134", row)
    return "SVC134"


def test_each_command_is_told_once_and_what_cures_apart_from_what_invites(curable: str) -> None:
    cure = found(curable, "breaks", namespace="shop")
    invite = found(curable, severity="info", namespace="shop")
    assert shown(entry(web(*pods(1)), cure, cure, invite)).count("kubectl -n shop get service") == 1
    assert "  FIX  kubectl -n shop get service\n" in shown(entry(web(*pods(1)), cure, invite))
    assert "  TRY  kubectl -n shop get service\n" in shown(entry(web(*pods(1)), invite))
    assert "  ESSAYER  kubectl -n shop get service\n" in shown(entry(web(*pods(1)), invite), lang="fr")


def test_several_commands_stand_beneath_one_another(curable: str) -> None:
    both = entry(web(*pods(1)), *(found(curable, namespace=each) for each in ("a", "b")))
    assert "  FIX  kubectl -n a get service\n       kubectl -n b get service\n" in shown(both)


def test_a_command_is_never_folded(curable: str) -> None:
    assert f"  FIX  kubectl -n {'n' * 90} get service\n" in shown(
        bare_with(found(curable, namespace="n" * 90)), width=60
    )


def test_what_was_not_checked_says_what_it_would_have_decided() -> None:
    unchecked = (
        NotChecked("NetworkPolicies", "forbidden: no", "decides-policies"),
        NotChecked("Nodes", "not captured", "decides-nodes"),
        NotChecked("Probe", "forbidden: no"),
    )
    assert shown(bare("web", *unchecked)).splitlines()[-2:] == [
        "  NOT CHECKED  NetworkPolicies (whether a policy shuts clients out), Probe: forbidden: no",
        "  NOT CHECKED  Nodes (addresses of the nodes, zones, nodes that drop traffic): not captured",
    ]
    assert "  NON VÉRIFIÉ  Nodes : absents des fichiers donnés\n" in shown(
        bare("web", NotChecked("Nodes", "not captured")), lang="fr"
    )


def test_several_services_say_once_what_none_could_check() -> None:
    denied = NotChecked("Nodes", "forbidden")
    both = shown(bare("a", denied), bare("b", denied))
    assert both.count("NOT CHECKED") == 1
    assert both.endswith("  NOT CHECKED  Nodes: forbidden\n")
    assert shown(bare("a", denied), bare("b")).count("NOT CHECKED") == 1


def test_of_nothing_there_is_nothing_to_show() -> None:
    assert written(ServiceExplanation(())) == ""


def test_predicted_endpoints_are_said_to_be_so() -> None:
    predicted = entry(case(service_object("web", {"app": "web"}), pod(), slices=None))
    assert "  Computed from the pods: the EndpointSlices could not be read.\n" in shown(predicted)


def test_names_are_those_of_kubectl() -> None:
    front = ServiceEntry(Reference("Ingress", "shop", "front"), "Ingress", "healthy")
    assert shown(bare(), front, form="name") == "service/web\ningress/front\n"


def test_a_stream_without_arrows_gets_ascii() -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="backslashreplace")
    text.show(ServiceExplanation((entry(web(*pods(1)), BROKEN),)), out, lang="en", color=False, width=80)
    out.seek(0)
    said = out.read()
    assert "  client --> clusterIP:80 --> service/web:80 ==X==> pods (1) ..> :8080\n" in said
    assert "\\u" not in said


def test_near_pods_of_any_shape_do_not_end_the_answer() -> None:
    near = [{"name": "web-0", "labels": "app=web"}, {}, "odd"]
    said = shown(entry(web(), found("SVC911", "breaks", Place("endpoints"), near=near)))
    assert "  NEAR  web-0   app=web\n" in said


def test_columns_of_a_page() -> None:
    assert columns.page(text.Screen(io.StringIO(), lang="en", color=False, width=10)) == 40
