"""`--probe` against real listeners: a control plane and its pods in network namespaces of this module's own."""

from __future__ import annotations

import itertools
import os
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
import yaml

from bench.server import Server, within
from live.late import watched
from live.network import NETWORK, NoNamespacesError, entered, network
from live.service_ground import Ground, service
from sandbox.sandboxes import running

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bench.server import Json
    from live.network import Listener, Network
    from sandbox.builds import Built

pytestmark = [pytest.mark.live, pytest.mark.machine]  # network namespaces
CODES = ("SVC130", "SVC131", "SVC132", "SVC133", "SVC134")
WEB = {"app": "web"}


@pytest.fixture(scope="module")
def net() -> Iterator[Network]:
    """Skips where namespaces cannot be made."""
    try:
        with network(f"lab-probe-{os.getpid()}") as made:
            yield made
    except NoNamespacesError as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="module")
def ground(net: Network, sandbox_programs: tuple[Built, ...]) -> Iterator[Ground]:
    """A cluster whose every process is in the namespace."""
    with entered(net.control), running("probe", nodes=1) as sandbox:
        made = Ground(sandbox, Server(sandbox.kubeconfig))
        for name, case in CASES.items():
            lay(made, net, name, case)
        by_hand(made, net)
        for name, case in CASES.items():
            made.endpoints(Laid.namespaces[name], "web", len(case.pods), ready=len(case.pods))
        yield made
        made.server.close()


@pytest.fixture(autouse=True)
def inside(net: Network, ground: Ground) -> Iterator[None]:
    """The test's own requests, and the command's, start in the namespace."""
    with entered(net.control):
        yield


@dataclass(frozen=True)
class Case:
    """A Service `web` and its pods: of each what listens there (options of `listen`), None where nobody does.

    `is_lost`: not even the addresses are there, and what is sent to them is lost.
    """

    pods: Sequence[Json | None]
    port: Any = (80, 8080)
    more_ports: Sequence[Any] = ()
    listens_at: int = 8080
    declares: Sequence[Json] = ()
    is_lost: bool = False
    objects: Sequence[Json] = ()


DENY = {
    "kind": "NetworkPolicy",
    "apiVersion": "networking.k8s.io/v1",
    "metadata": {"name": "deny"},
    "spec": {"podSelector": {}, "policyTypes": ["Ingress"]},
}
ELSEWHERE, BY_HAND = 250, 251
LOCATION = ("Location", f"http://{NETWORK}{ELSEWHERE}/")
UDP = {"port": 53, "protocol": "UDP", "name": "dns"}
NAMED = {"port": 80, "targetPort": 8080, "name": "http"}
CASES = {
    "well": Case([{}, {}]),
    "failing": Case([{}, {"status": 503}]),
    "refused": Case([None, None]),
    "partly": Case([{}, None]),
    "mute": Case([{"mute": True}]),
    "lost": Case([None], is_lost=True),
    "wrong": Case([{}], port=(80, 9002), listens_at=5000, declares=[{"containerPort": 5000}]),
    "banner": Case([{"says": b"220 mail ready\r\n"}]),
    "moved": Case([{"status": 302, "headers": (LOCATION,)}]),
    "udp": Case([{}], port=NAMED, more_ports=[UDP]),
    "shut": Case([None], objects=[DENY]),
    "many": Case([{}] * 7),
}
numbers = itertools.count(11)


class Laid:
    """The namespaces by the case's name, the listeners by that of the case and the pod's number."""

    namespaces: ClassVar[dict[str, str]] = {}
    listeners: ClassVar[dict[str, Listener]] = {}


def lay(ground: Ground, net: Network, name: str, case: Case) -> None:
    """A namespace with it all."""
    where = Laid.namespaces[name] = ground.namespace(name)
    ground.add(where, service("web", WEB, case.port, *case.more_ports), *case.objects)
    container: Json = {"name": "main", "image": "registry.invalid/main", "ports": list(case.declares)}
    for index, options in enumerate(case.pods):
        number = next(numbers)
        if options is not None:
            Laid.listeners[f"{name}-{index}"] = net.listen(number, case.listens_at, **options)
        elif not case.is_lost:
            net.address(number)
        ground.pod(where, f"web-{index}", WEB, ip=f"{NETWORK}{number}", containers=[container])


def by_hand(ground: Ground, net: Network) -> None:
    """A Service without selector, and a slice that leads to an address that is no pod's; who a redirect names."""
    where = Laid.namespaces["by-hand"] = ground.namespace("by-hand")
    Laid.listeners["elsewhere"] = net.listen(ELSEWHERE, 80)
    Laid.listeners["by-hand"] = net.listen(BY_HAND, 80)
    metadata = {"name": "web-1", "labels": {"kubernetes.io/service-name": "web"}}
    endpoints = {"addressType": "IPv4", "endpoints": [{"addresses": [f"{NETWORK}{BY_HAND}"]}]}
    subset = {"addresses": [{"ip": f"{NETWORK}{BY_HAND}"}], "ports": [{"port": 80}]}
    ports = [{"name": "", "port": 80}]
    ground.add(
        where,
        service("web"),
        {
            "kind": "EndpointSlice",
            "apiVersion": "discovery.k8s.io/v1",
            "metadata": metadata,
            **endpoints,
            "ports": ports,
        },
        {"kind": "Endpoints", "apiVersion": "v1", "metadata": {"name": "web"}, "subsets": [subset]},
    )


def probe(ground: Ground, name: str, *words: str) -> Json:
    """The entry of the case's Service."""
    return ground.entry(Laid.namespaces[name], "web", "--probe", *words)


def found(entry: Json) -> dict[str, Json]:
    """What the probe found."""
    return {each["code"]: each for each in entry["findings"] if each["code"] in CODES}


def unasked(entry: Json) -> list[str]:
    return [each["why"] for each in entry["notChecked"] if each["what"] == "Probe"]


def test_a_service_that_answers_is_told_so_and_stays_as_healthy_as_it_was(ground: Ground) -> None:
    before = ground.entry(Laid.namespaces["well"], "web")
    entry = probe(ground, "well", "--probe-path", "/healthz?deep=1")
    assert list(found(entry)) == ["SVC130"]
    assert "answers with HTTP 200, asked indirectly" in found(entry)["SVC130"]["message"]
    assert (entry["verdict"], found(before), unasked(entry)) == (before["verdict"], {}, [])
    paths = {path for key in ("well-0", "well-1") for path in Laid.listeners[key].paths}
    assert paths == {"/healthz?deep=1"}
    assert len(Laid.listeners["well-0"].paths) + len(Laid.listeners["well-1"].paths) == 3


def test_without_the_flag_nobody_is_asked(ground: Ground) -> None:
    before = {key: len(listener.paths) for key, listener in Laid.listeners.items()}
    ground.explain(Laid.namespaces["well"])
    ground.entry(Laid.namespaces["well"], "web")
    assert {key: len(listener.paths) for key, listener in Laid.listeners.items()} == before


def test_a_backend_that_fails_degrades(ground: Ground) -> None:
    entry = probe(ground, "failing")
    assert list(found(entry)) == ["SVC134"]
    assert "HTTP 503 comes from pod/web-1" in found(entry)["SVC134"]["message"]
    assert entry["verdict"] == "degraded"


def test_a_port_that_all_pods_refuse_breaks(ground: Ground) -> None:
    entry = probe(ground, "refused")
    assert list(found(entry)) == ["SVC131"]
    assert found(entry)["SVC131"]["details"]["pods"] == ["web-0", "web-1"]
    assert entry["verdict"] == "broken"
    assert ground.entry(Laid.namespaces["refused"], "web")["verdict"] == "healthy"


def test_one_pod_that_refuses_breaks_its_own_hop(ground: Ground) -> None:
    entry = probe(ground, "partly")
    assert found(entry)["SVC131"]["object"]["name"] == "web-1"
    broken = [hop["from"] for hop in entry["hops"] if hop["finding"] == "SVC131"]
    assert broken == [f"pod/{Laid.namespaces['partly']}/web-1"]
    assert entry["verdict"] == "degraded"


@pytest.mark.parametrize("name", ["mute", "lost"])
def test_silence_breaks(ground: Ground, name: str) -> None:
    entry = probe(ground, name)
    assert list(found(entry)) == ["SVC132"]
    assert entry["verdict"] == "broken"


def test_asking_wants_nothing_of_the_program_that_is_not_in_memory(ground: Ground, tmp_path: Path) -> None:
    words = ("explain-service", "web", "--probe", "-n", Laid.namespaces["mute"])
    run = watched(ground.sandbox, tmp_path / "report", *words)
    assert run.late == [], run.err


def test_the_right_port_is_found_and_the_fix_that_is_offered_works(ground: Ground) -> None:
    entry = probe(ground, "wrong")
    assert list(found(entry)) == ["SVC133"]
    finding = found(entry)["SVC133"]
    assert "pod web-0 answers with HTTP 200 on port 5000: the Service sends to 9002" in finding["message"]
    assert entry["verdict"] == "broken"
    ground.sandbox.kubectl(*shlex.split(finding["fix"][0])[1:])
    path = f"/apis/discovery.k8s.io/v1/namespaces/{Laid.namespaces['wrong']}/endpointslices"
    for _ in within(20, "the slice to follow", 0.05):
        if all(port["port"] == 5000 for each in ground.server.items(path) for port in each["ports"] or []):
            break
    assert list(found(probe(ground, "wrong"))) == ["SVC130"]


def test_what_speaks_no_http_still_listens(ground: Ground) -> None:
    entry = probe(ground, "banner")
    assert "a connection that does not speak HTTP" in found(entry)["SVC130"]["message"]


def test_a_redirect_is_an_answer_and_nobody_goes_there(ground: Ground) -> None:
    entry = probe(ground, "moved")
    assert "HTTP 302" in found(entry)["SVC130"]["message"]
    assert Laid.listeners["elsewhere"].paths == []


def test_udp_is_not_asked_and_said_so(ground: Ground) -> None:
    entry = probe(ground, "udp")
    assert list(found(entry)) == ["SVC130"]
    assert unasked(entry) == ["not TCP: 53/UDP"]


def test_what_a_policy_may_have_kept_out_is_no_finding(ground: Ground) -> None:
    entry = probe(ground, "shut")
    assert found(entry) == {}
    assert unasked(entry) == ["no answer past a NetworkPolicy: web-0"]


def test_an_address_that_is_no_pods_is_never_asked(ground: Ground) -> None:
    entry = probe(ground, "by-hand")
    assert found(entry) == {}
    assert any("not a pod of this cluster" in each for each in unasked(entry))
    assert Laid.listeners["by-hand"].paths == []


def test_without_the_right_to_proxy_the_probe_is_not_run(ground: Ground) -> None:
    where = Laid.namespaces["well"]
    ground.sandbox.kubectl("-n", where, "create", "rolebinding", "view", "--clusterrole=view", "--user=viewer")
    asked = {key: len(Laid.listeners[key].paths) for key in ("well-0", "well-1")}
    entry = probe(ground, "well", "--as", "viewer")
    assert found(entry) == {}
    denied = [f"forbidden: cannot get {what}/proxy in namespace {where}" for what in ("services", "pods")]
    assert unasked(entry) == [f"not answered: {', '.join(denied)}"]
    assert {key: len(Laid.listeners[key].paths) for key in asked} == asked


def test_a_backend_sees_no_credentials(ground: Ground, tmp_path: Path) -> None:
    where = Laid.namespaces["failing"]
    kubectl = ground.sandbox.kubectl
    account = f"--serviceaccount={where}:default"
    kubectl("create", "clusterrole", "impersonator", "--verb=impersonate", "--resource=users")
    kubectl("create", "clusterrolebinding", "impersonator", "--clusterrole=impersonator", account)
    kubectl("-n", where, "create", "rolebinding", "ada", "--clusterrole=admin", "--user=ada")
    token = kubectl("-n", where, "create", "token", "default").stdout.strip()
    config = yaml.safe_load(ground.sandbox.kubeconfig.read_text())
    config["users"][0]["user"] = {"token": token}
    own = tmp_path / "config"
    own.write_text(yaml.safe_dump(config))
    listener = Laid.listeners["failing-0"]
    before = len(listener.seen_headers)
    assert found(probe(ground, "failing", "--kubeconfig", str(own), "--as", "ada"))
    assert len(listener.seen_headers) > before
    seen = listener.seen_headers[-1]
    assert {"x-forwarded-for", "user-agent"} <= set(seen)
    assert not [name for name in seen if name == "authorization" or name.startswith(("impersonate-", "x-remote-"))]
    assert token not in str(seen)


def test_of_seven_backends_five_are_asked_and_the_service_once(ground: Ground) -> None:
    entry = probe(ground, "many")
    assert found(entry)["SVC130"]["details"]["pods"] == 5
    assert sum(len(Laid.listeners[f"many-{number}"].paths) for number in range(7)) == 6
