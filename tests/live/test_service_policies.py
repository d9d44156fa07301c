"""NetworkPolicies on the real API server, with its defaults: each finding appears, and its cure makes it go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from live.service_ground import fresh_address, service

if TYPE_CHECKING:
    from bench.server import Json
    from live.service_ground import Ground

pytestmark = pytest.mark.live
MINE = ("SVC080", "SVC081", "SVC082", "SVC083")
WEB = service("web", {"app": "web"}, (80, 8080))
HTTP = [{"name": "main", "image": "registry.invalid/main", "ports": [{"name": "http", "containerPort": 8080}]}]
OUTSIDE = "192.0.2.7"
SYSTEM = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}
DNS = {"to": [SYSTEM], "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53}]}
TO_WEB = {"to": [{"podSelector": {"matchLabels": {"app": "web"}}}], "ports": [{"port": 8080}]}
FROM_FRONT = {"from": [{"podSelector": {"matchLabels": {"role": "front"}}}], "ports": [{"port": "http"}]}


def policy(name: str, selector: Json | None = None, **spec: Any) -> Json:
    """A NetworkPolicy of all pods, or of those with these labels."""
    body = {"podSelector": {"matchLabels": selector} if selector else {}, **spec}
    return {"kind": "NetworkPolicy", "apiVersion": "networking.k8s.io/v1", "metadata": {"name": name}, "spec": body}


def opening(*ports: Any) -> Json:
    return policy("gate", {"app": "web"}, ingress=[{"ports": [{"port": each} for each in ports]}])


def out(*rules: Json) -> Json:
    return policy("out", {"app": "batch"}, policyTypes=["Egress"], egress=list(rules))


# what stands there, who asks ("" nobody in particular) -> the verdict, my codes with a part of their sentence
CASES: dict[str, tuple[list[Json], str, str, dict[str, str]]] = {
    "free": ([], "", "healthy", {}),
    "open": ([opening(8080)], "", "healthy", {}),
    "named": ([opening("http")], "", "healthy", {}),
    "other-pods": ([policy("gate", {"app": "db"})], "", "healthy", {}),
    "out-only": ([policy("gate", policyTypes=["Egress"])], "", "healthy", {}),
    "added-up": ([policy("deny"), opening(8080)], "", "healthy", {}),
    "deny": ([policy("deny")], "", "broken", {"SVC080": "isolated by NetworkPolicy deny (no rule opens any port)"}),
    "service-port": ([opening(80)], "", "broken", {"SVC080": "a rule opens 80, the Service's port"}),
    "another": ([opening(9)], "", "broken", {"SVC080": "(the rules open 9)"}),
    "partly": ([policy("deny", {"blue": "yes"})], "", "degraded", {"SVC080": "port 8080 of web-1, isolated by"}),
    "narrow": (
        [policy("gate", {"app": "web"}, ingress=[FROM_FRONT])],
        "",
        "healthy",
        {"SVC081": "only pods with role=front of namespace {namespace} may connect to port 8080 of web-1, web-2"},
    ),
    "misnamed": (
        [opening("htpp")],
        "",
        "broken",
        {"SVC080": "(the rules open htpp)", "SVC082": "their ports are named http"},
    ),
    "misnamed-beside": ([opening("htpp", 8080)], "", "healthy", {"SVC082": "opens the port named htpp (TCP)"}),
    "admitted": (
        [policy("gate", {"app": "web"}, ingress=[{"from": [{"podSelector": {}}]}]), out(TO_WEB, DNS)],
        "pod/batch",
        "healthy",
        {"SVC081": "only all pods of namespace {namespace}"},
    ),
    "refused": (
        [policy("gate", {"app": "web"}, ingress=[FROM_FRONT])],
        "pod/batch",
        "broken",
        {"SVC081": "role=front", "SVC083": "pod/batch may not connect to web: to port 8080 of web-1, web-2"},
    ),
    "kept-in": ([out(DNS)], "pod/batch", "broken", {"SVC083": "lets it send to port 8080 of web-1, web-2"}),
    "no-dns": ([out(TO_WEB)], "pod/batch", "broken", {"SVC083": "lets it ask the cluster's DNS"}),
    "nowhere": ([out()], "pod/batch", "broken", {"SVC083": "nor ask the cluster's DNS"}),
    "by-address": ([out()], "{batch}", "broken", {"SVC083": "nor ask the cluster's DNS"}),
    "elsewhere": (
        [policy("gate", {"app": "web"}, ingress=[{"from": [{"podSelector": {}}]}])],
        "namespace/default",
        "broken",
        {"SVC081": "only all pods", "SVC083": "namespace/default may not connect"},
    ),
    "outside": (
        [policy("gate", {"app": "web"}, ingress=[{"from": [{"podSelector": {}}]}])],
        OUTSIDE,
        "broken",
        {"SVC081": "only all pods", "SVC083": f"{OUTSIDE} may not connect"},
    ),
    "block": (
        [policy("gate", {"app": "web"}, ingress=[{"from": [{"ipBlock": {"cidr": "192.0.2.0/24"}}]}])],
        OUTSIDE,
        "healthy",
        {"SVC081": "only addresses in 192.0.2.0/24"},
    ),
}
# what is left when the printed commands have run
CURED: dict[str, set[str]] = {
    "deny": {"SVC081"},
    "service-port": set(),
    "another": {"SVC081"},
    "partly": {"SVC081"},
    "misnamed": set(),
    "misnamed-beside": set(),
    "refused": {"SVC081"},
    "kept-in": set(),
    "no-dns": set(),
    "nowhere": set(),
    "elsewhere": {"SVC081"},
    "outside": {"SVC081"},
}


class Field:
    """All cases laid at once, one namespace each."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.spaces = {name: ground.namespace(name) for name in CASES}
        self.addresses = {name: fresh_address() for name in CASES}
        for name, space in self.spaces.items():
            ground.add(space, WEB, *CASES[name][0])
            ground.pod(space, "web-1", {"app": "web", "blue": "yes"}, containers=HTTP)
            ground.pod(space, "web-2", {"app": "web"}, containers=HTTP)
            if CASES[name][1]:
                ground.pod(space, "batch", {"app": "batch"}, ip=self.addresses[name])
        for space in self.spaces.values():
            ground.endpoints(space, "web", 2, ready=2)
        self.entries = {name: self.entry(name) for name in CASES}

    def entry(self, name: str) -> Json:
        asker = CASES[name][1].replace("{batch}", self.addresses[name])
        return self.ground.entry(self.spaces[name], "web", *(("--from", asker) if asker else ()))

    def mine(self, entry: Json) -> dict[str, Json]:
        return {each["code"]: each for each in entry["findings"] if each["code"] in MINE}

    def cure(self, name: str) -> None:
        """Pastes every command of my findings into a shell."""
        self.ground.paste(*(command for each in self.mine(self.entries[name]).values() for command in each["fix"]))


@pytest.fixture(scope="module")
def field(services: Ground) -> Field:
    return Field(services)


@pytest.mark.parametrize("name", CASES)
def test_each_case_has_its_findings_and_no_other(field: Field, name: str) -> None:
    _, _, verdict, expected = CASES[name]
    found = field.mine(field.entries[name])
    assert set(found) == set(expected), found
    assert field.entries[name]["verdict"] == verdict
    for code, finding in found.items():
        assert expected[code].replace("{namespace}", field.spaces[name]) in finding["message"]


@pytest.mark.parametrize("name", CURED)
def test_the_cure_that_is_printed_cures(field: Field, name: str) -> None:
    field.cure(name)
    entry = field.entry(name)
    assert (set(field.mine(entry)), entry["verdict"]) == (CURED[name], "healthy")


def test_the_gate_into_each_pod_is_marked(field: Field) -> None:
    def states(name: str) -> dict[str, tuple[str, str | None]]:
        space = field.spaces[name]
        hops = {hop["to"]: (hop["state"], hop["finding"]) for hop in field.entries[name]["hops"]}
        return {pod: hops[f"pod/{space}/{pod}"] for pod in ("web-1", "web-2")}

    assert states("open") == {"web-1": ("ok", None), "web-2": ("ok", None)}
    assert states("deny") == {"web-1": ("broken", "SVC080"), "web-2": ("broken", "SVC080")}
    assert states("partly") == {"web-1": ("broken", "SVC080"), "web-2": ("ok", None)}
    assert states("kept-in") == {"web-1": ("broken", "SVC083"), "web-2": ("broken", "SVC083")}


def test_a_client_that_is_not_there_is_an_error(field: Field) -> None:
    space = field.spaces["free"]
    for word, name in (("pod/nobody", "nobody"), ("namespace/nowhere", "nowhere")):
        said = field.ground.run(space, "web", "--from", word)
        assert (said.code, said.out) == (1, "")
        assert name in said.err
    said = field.ground.run(space, "web", "--from", "web-1")
    assert said.code == 2


def test_policies_of_files_that_nobody_has_applied_are_judged(field: Field) -> None:
    files = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: main, ports: [{containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: gate}
spec: {podSelector: {}, ingress: [{ports: [{port: 80}]}]}
"""
    said = field.ground.run(None, "web", "-f", "-", "-o", "json", stdin=files)
    (entry,) = said.document["services"]
    (finding,) = [each for each in entry["findings"] if each["code"] in MINE]
    assert (entry["verdict"], finding["code"], len(finding["fix"])) == ("broken", "SVC080", 0)
    said = field.ground.run(None, "web", "-f", "-", "-o", "json", stdin=files.replace("[{port: 80}]", "[{port: 8080}]"))
    assert said.document["services"][0]["verdict"] == "healthy"
