"""Target ports against what the pods declare: one finding a port, and silence where all is well."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_lab.domain.service import ports
from kubectl_lab.domain.service.verdict import verdict
from make import terminating
from unit.service.cases import case, codes, pod, service, workload

HTTP = {"name": "http", "port": 80, "targetPort": "http"}
DNS = {"port": 53, "targetPort": "dns", "protocol": "UDP"}
WEB = {"app": "web"}


def declared(number: int, name: str = "", protocol: str = "TCP") -> dict[str, Any]:
    return {"containerPort": number, "protocol": protocol} | ({"name": name} if name else {})


def found(subject: Any) -> list[Any]:
    return [judged for rule in ports.RULES for judged in rule(subject)]


def details(subject: Any, code: str) -> Any:
    (judged,) = [each for each in found(subject) if each.finding.code == code]
    return judged.finding.details


@pytest.mark.parametrize(
    ("port", "pods", "expected"),
    [
        pytest.param(HTTP, [[declared(8080, "http")]], [], id="the name is there"),
        pytest.param(HTTP, [[declared(8080, "web")]], ["SVC030"], id="the name is in no pod"),
        pytest.param(HTTP, [[]], ["SVC030"], id="the name is in no pod, which declare nothing"),
        pytest.param(HTTP, [], [], id="no pod at all is another finding's"),
        pytest.param(HTTP, [[declared(8080, "http")], [declared(8080)]], ["SVC031"], id="one pod lacks the name"),
        pytest.param(HTTP, [[declared(80, "http")], [declared(8080, "http")]], ["SVC032"], id="one name, two numbers"),
        pytest.param(DNS, [[declared(53, "dns")]], ["SVC033"], id="the name under the other protocol alone"),
        pytest.param(DNS, [[declared(53, "dns", "UDP")], [declared(53, "dns")]], ["SVC033"], id="in some pods"),
        pytest.param(
            DNS, [[declared(53, "dns", "UDP")], [declared(53, "dns")], []], ["SVC031"], id="lacking for two reasons"
        ),
        pytest.param(DNS, [[declared(53, "dns")], []], ["SVC033"], id="in no pod, under the other protocol in one"),
        pytest.param((80, 8080), [[declared(8080)]], [], id="a declared number"),
        pytest.param((80, 8080), [[]], [], id="an undeclared number where nothing is declared"),
        pytest.param((80, 8080), [[declared(5000)]], ["SVC034"], id="an undeclared number where another is declared"),
        pytest.param((80, 8080), [[declared(5000)], [declared(8080)]], [], id="a number that one pod declares"),
        pytest.param((80, 8080), [[declared(5000, protocol="UDP")]], [], id="another protocol's ports say nothing"),
        pytest.param((80, 8080), [[declared(8080, protocol="UDP")]], ["SVC039"], id="declared for UDP alone"),
        pytest.param(
            (80, 8080), [[declared(8080, protocol="UDP"), declared(81)]], ["SVC039"], id="one cause, one finding"
        ),
        pytest.param(
            HTTP, [[declared(8080, "http"), declared(8081, "http")]], ["SVC038"], id="two numbers of one name in a pod"
        ),
        pytest.param(
            HTTP, [[declared(8080, "http"), declared(8080, "http")]], [], id="the same number twice does no harm"
        ),
    ],
)
def test_a_port_and_its_pods(port: Any, pods: list[Any], expected: list[str]) -> None:
    made = [pod(f"web-{'x' * number}", ports=listed) for number, listed in enumerate(pods)]
    assert codes(found(case(service("web", WEB, port), *made))) == expected


@pytest.mark.parametrize("spec", [{}, {"type": "ExternalName", "externalName": "example.org"}])
def test_who_selects_nothing_is_not_judged(spec: Any) -> None:
    assert found(case(service("web", None, HTTP, **spec), pod())) == []


def test_pods_that_cannot_be_read_are_not_judged() -> None:
    assert found(case(service("web", WEB, HTTP), pod(), missing=["Pod"])) == []


def test_a_pod_that_ends_is_judged_only_where_there_is_no_other() -> None:
    ending = terminating(pod("web-old"))
    assert codes(found(case(service("web", WEB, HTTP), ending, pod(ports=[declared(8080, "http")])))) == []
    assert codes(found(case(service("web", WEB, HTTP), ending))) == ["SVC030"]


@pytest.mark.parametrize(
    ("listed", "better"),
    [
        pytest.param([declared(8080, "htpp"), declared(81, "admin")], "htpp", id="a near name"),
        pytest.param([declared(8080, "web")], "web", id="the only port, by its name"),
        pytest.param([declared(8080)], 8080, id="the only port, by its number"),
        pytest.param([declared(8080, "web"), declared(81, "admin")], None, id="two ports to choose from"),
        pytest.param([declared(8080, "web", "UDP")], None, id="a port of the other protocol is not meant"),
    ],
)
def test_a_name_that_no_pod_has_is_repaired_with_the_one_that_was_meant(listed: Any, better: Any) -> None:
    told = details(case(service("web", WEB, HTTP), pod(ports=listed)), "SVC030")
    assert told["better"] == better
    expected = '{"spec":{"ports":[{"port":80,"targetPort":%s}]}}' % (f'"{better}"' if better != 8080 else 8080)
    assert told["patch"] == (expected if better else None)


def test_what_breaks_one_port_leaves_the_others() -> None:
    subject = case(service("web", WEB, HTTP, {"name": "admin", "port": 81, "targetPort": 81}), pod())
    (judged,) = found(subject)
    assert (judged.effect, judged.place.stretch, judged.place.name) == ("breaks", "endpoints", "80")
    assert verdict(subject, [judged]) == "degraded"


def test_a_number_that_works_under_another_protocol_is_not_broken_as_a_whole() -> None:
    udp = {"name": "u", "port": 53, "targetPort": "dns", "protocol": "UDP"}
    tcp = {"name": "t", "port": 53, "targetPort": "dns", "protocol": "TCP"}
    subject = case(service("web", WEB, udp, tcp), pod(ports=[declared(53, "dns")]))
    (judged,) = found(subject)
    assert (judged.finding.code, judged.finding.severity, judged.effect) == ("SVC033", "error", "degrades")
    assert (judged.finding.details["patch"], judged.finding.details["jsonPatch"]) == (None, None)
    assert verdict(subject, [judged]) == "degraded"


def test_of_two_ports_with_one_number_the_patch_names_the_place() -> None:
    udp = {"name": "u", "port": 53, "targetPort": "dsn", "protocol": "UDP"}
    tcp = {"name": "t", "port": 53, "targetPort": "dns", "protocol": "TCP"}
    listed = [declared(53, "dns"), declared(53, "dns", "UDP")]
    told = details(case(service("web", WEB, tcp, udp), pod(ports=listed)), "SVC030")
    assert told["patch"] is None
    assert told["jsonPatch"] == '[{"op":"add","path":"/spec/ports/1/targetPort","value":"dns"}]'


def test_the_other_protocol_is_repaired_in_the_service_only_where_all_pods_have_it() -> None:
    everywhere = details(case(service("web", WEB, DNS), pod(ports=[declared(53, "dns")])), "SVC033")
    assert (everywhere["found"], everywhere["patch"]) == (
        ["TCP"],
        '{"spec":{"ports":[{"port":53,"protocol":"TCP"}]}}',
    )
    pods = [pod("a", ports=[declared(53, "dns")]), pod("bb", ports=[declared(53, "dns", "UDP")])]
    (judged,) = found(case(service("web", WEB, DNS), *pods))
    assert (judged.finding.severity, judged.effect, judged.finding.details["patch"]) == ("warning", "degrades", None)


@pytest.mark.parametrize(
    ("listed", "others", "patch"),
    [
        pytest.param([declared(5000)], [], '{"spec":{"ports":[{"port":9002,"targetPort":5000}]}}', id="the only one"),
        pytest.param([declared(5000), declared(5001)], [], None, id="two to choose from"),
        pytest.param([declared(5000)], [{"name": "b", "port": 81, "targetPort": 5000}], None, id="taken by number"),
        pytest.param([declared(5000, "w")], [{"name": "b", "port": 81, "targetPort": "w"}], None, id="taken by name"),
    ],
)
def test_a_forgotten_target_port_is_repaired_with_the_only_free_one(listed: Any, others: Any, patch: Any) -> None:
    port = {"name": "a", "port": 9002, "targetPort": 9002, "nodePort": 31234}
    subject = case(service("pythonnp", WEB, port, *others), pod(ports=listed))
    (judged,) = found(subject)
    assert (judged.finding.code, judged.finding.severity, judged.effect) == ("SVC034", "info", "none")
    assert judged.finding.details["patch"] == patch


def test_the_first_of_two_ports_with_one_name_is_said_with_its_container() -> None:
    made = pod()
    made["spec"]["containers"] = [
        {"name": "a", "ports": [declared(8080, "http")]},
        {"name": "b", "ports": [declared(9090, "http")]},
    ]
    told = details(case(service("web", WEB, HTTP), made), "SVC038")
    assert (told["number"], told["container"], told["pods"]) == (8080, "a", ["web-1"])


def test_many_pods_are_counted_after_the_third() -> None:
    good = pod("good", ports=[declared(8080, "http")])
    lacking = [pod(f"bad-{letter * number}") for number, letter in enumerate("abcde", 1)]
    told = details(case(service("web", WEB, HTTP), good, *lacking), "SVC031")
    assert told["pods"][:3] == ["bad-a", "bad-bb", "bad-ccc"]
    assert told["pods"][3]["values"] == {"count": 2}


def test_numbers_of_a_name_are_counted_by_pods() -> None:
    pods = [pod("a", ports=[declared(80, "http")]), pod("bb", ports=[declared(80, "http")])]
    pods.append(pod("ccc", ports=[declared(8080, "http")]))
    told = details(case(service("web", WEB, HTTP), *pods), "SVC032")
    assert [each["values"] for each in told["numbers"]] == [{"number": 80, "count": 2}, {"number": 8080, "count": 1}]


# --- manifests that nobody has applied


@pytest.mark.parametrize(
    ("port", "listed", "expected"),
    [
        pytest.param(HTTP, [declared(8080, "http")], [], id="the template has the name"),
        pytest.param(HTTP, [declared(8080, "web")], ["SVC030"], id="the template lacks the name"),
        pytest.param((80, 80), [declared(5000)], ["SVC034"], id="the template declares another number"),
        pytest.param(DNS, [declared(53, "dns")], ["SVC033"], id="the template has the other protocol"),
    ],
)
def test_templates_are_judged_before_anything_is_applied(port: Any, listed: Any, expected: Any) -> None:
    written = service("web", WEB, port)
    del written["metadata"]["uid"], written["metadata"]["resourceVersion"]
    subject = case(written, workload("Deployment", "web", WEB, *listed), manifests=True, live=False, slices=None)
    judged = found(subject)
    assert codes(judged) == expected
    assert [each.finding.details["patch"] for each in judged] == [None for _ in judged]


def test_a_template_that_wants_no_pods_is_another_findings() -> None:
    subject = case(
        service("web", WEB, HTTP), workload("Deployment", "web", WEB, replicas=0), manifests=True, slices=None
    )
    assert found(subject) == []


def test_odd_objects_do_not_raise() -> None:
    odd = pod()
    odd["spec"]["containers"] = [None, {"name": 3, "ports": [4, {"containerPort": "x", "name": 5}], "env": [1]}]
    assert codes(found(case(service("web", WEB, HTTP, {"port": "x", "targetPort": {}}), odd))) == ["SVC030"]
