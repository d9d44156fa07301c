"""Target ports on the real control plane: each finding appears, its cure makes it go, and the healthy twin has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bench.server import within
from live.service_ground import CONTAINERS, service

if TYPE_CHECKING:
    from bench.server import Json
    from live.service_ground import Ground

pytestmark = pytest.mark.live
WEB = {"app": "web"}
HTTP = {"port": 80, "targetPort": "http"}
DNS = {"port": 53, "targetPort": "dns", "protocol": "UDP"}


def declared(number: int, name: str = "", protocol: str = "TCP") -> Json:
    return {"containerPort": number, "protocol": protocol} | ({"name": name} if name else {})


def pod(*ports: Json, **container: Any) -> Json:
    """The fields of a pod with one container."""
    return {"containers": [{**CONTAINERS[0], "ports": list(ports), **container}]}


TWO_NAMES = {"containers": [
    {**CONTAINERS[0], "name": "app", "ports": [declared(8080, "http")]},
    {**CONTAINERS[0], "name": "metrics", "ports": [declared(9090, "http")]},
]}  # fmt: skip
# the Service's port, the pods -> the verdict, and the codes with a part of their sentence
CASES: dict[str, tuple[Json, list[Json], str, dict[str, str]]] = {
    "good": (HTTP, [pod(declared(8080, "http"))], "healthy", {}),
    "undeclared": ({"port": 80, "targetPort": 8080}, [pod()], "healthy", {}),
    "nowhere": (
        HTTP,
        [pod(declared(8080, "web"))],
        "broken",
        {"SVC030": "port 80 sends to the port named http, which no pod has; they declare 8080/TCP (web)"},
    ),
    "some": (HTTP, [pod(declared(8080, "http")), pod()], "degraded", {"SVC031": "named http: some-1;"}),
    "numbers": (
        HTTP,
        [pod(declared(8080, "http")), pod(declared(9090, "http"))],
        "healthy",
        {"SVC032": "8080 (pods: 1), 9090 (pods: 1)"},
    ),
    "protocol": (DNS, [pod(declared(53, "dns"))], "broken", {"SVC033": "is TCP in protocol-0, port 53"}),
    "protocols": (
        DNS,
        [pod(declared(53, "dns", "UDP")), pod(declared(53, "dns"))],
        "degraded",
        {"SVC033": "is TCP in protocols-1, port 53"},
    ),
    "forgotten": (
        {"port": 9002},
        [pod(declared(5000))],
        "healthy",
        {"SVC034": "the pods declare 5000/TCP; port 9002 sends to 9002"},
    ),
    "loopback": (
        {"port": 80, "targetPort": 8000},
        [pod(declared(8000), command=["python", "manage.py", "runserver", "127.0.0.1:8000"])],
        "healthy",
        {"SVC036": "the container main of loopback-0 binds to 127.0.0.1: only the pod itself"},
    ),
    "twice": (HTTP, [TWO_NAMES], "healthy", {"SVC038": "port 80 goes to 8080 of the container app"}),
    "other": (
        {"port": 514, "targetPort": 514},
        [pod(declared(514, protocol="UDP"))],
        "healthy",
        {"SVC039": "the pods declare 514 for UDP alone; port 514 sends TCP there"},
    ),
}
CURED = ("nowhere", "protocol", "forgotten", "other")


@pytest.fixture(scope="module")
def laid(services: Ground) -> dict[str, str]:
    """A namespace a case, with a Service `web` and its pods."""
    spaces = {case: services.namespace(case) for case in CASES}
    for case, where in spaces.items():
        port, pods, _, _ = CASES[case]
        services.add(where, service("web", WEB, port))
        for number, fields in enumerate(pods):
            services.pod(where, f"{case}-{number}", WEB, **fields)
    twin = spaces["good"]
    services.add(twin, service("api", {"app": "api"}, HTTP))
    services.pod(twin, "api", {"app": "api"}, **pod(declared(8080, "http")))
    for case, where in spaces.items():
        services.endpoints(where, "web", len(CASES[case][1]))
    return spaces


@pytest.mark.parametrize("case", CASES)
def test_a_target_port_and_what_is_said_of_it(services: Ground, laid: dict[str, str], case: str) -> None:
    _, _, verdict, expected = CASES[case]
    entry = services.entry(laid[case], "web")
    found = {each["code"]: each["message"] for each in entry["findings"] if each["code"].startswith("SVC03")}
    assert (entry["verdict"], set(found)) == (verdict, set(expected))
    assert [part for code, part in expected.items() if part not in found[code]] == []


def test_the_broken_port_is_marked_where_it_ends(services: Ground, laid: dict[str, str]) -> None:
    hops = services.entry(laid["nowhere"], "web")["hops"]
    marked = [(hop["to"].partition("/")[0], hop["state"]) for hop in hops if hop["finding"] == "SVC030"]
    assert marked == [("endpoints", "broken")]


@pytest.mark.parametrize("case", CURED)
def test_the_printed_command_cures_it(services: Ground, laid: dict[str, str], case: str) -> None:
    (code,) = CASES[case][3]
    (command,) = services.findings(laid[case], "web")[code]["fix"]
    services.paste(command)
    for _ in within(20, f"{case} to be cured", 0.1):
        entry = services.entry(laid[case], "web")
        if entry["verdict"] == "healthy" and not {"SVC030", "SVC033", "SVC034", "SVC039"} & codes(entry):
            return


def codes(entry: Json) -> set[str]:
    return {each["code"] for each in entry["findings"]}


def test_a_second_service_in_front_of_the_same_pods_is_named(services: Ground, laid: dict[str, str]) -> None:
    where = laid["twice"]
    assert "SVC037" not in services.findings(where, "web")
    services.add(where, service("twin", WEB, {"port": 81, "targetPort": 8080}))
    services.endpoints(where, "twin", 1)
    assert services.findings(where, "web")["SVC037"]["message"].endswith("same pods and ports: twin")
    assert services.findings(where, "twin")["SVC037"]["details"]["others"] == ["web"]
    assert "SVC037" not in services.findings(laid["good"], "web")


# --- before anything is applied


DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: main, image: registry.invalid/main, ports: [{name: http, containerPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports:
  - {port: 80, targetPort: TARGET}
"""


@pytest.mark.parametrize(
    ("target", "verdict", "code"),
    [
        ("http", "healthy", None),
        ("8080", "healthy", None),
        ("htpp", "broken", "SVC030"),
        ("5000", "healthy", "SVC034"),
    ],
)
def test_manifests_are_judged_as_they_would_be_applied(
    services: Ground, target: str, verdict: str, code: str | None
) -> None:
    said = services.run(None, "-f", "-", "-o", "json", stdin=DEPLOYMENT.replace("TARGET", target))
    (entry,) = said.document["services"]
    found = {each["code"]: each for each in entry["findings"] if each["code"].startswith("SVC03")}
    assert (entry["verdict"], set(found)) == (verdict, {code} if code else set())
    assert [each["fix"] for each in found.values()] == [[] for _ in found], "a file is edited, not patched"
