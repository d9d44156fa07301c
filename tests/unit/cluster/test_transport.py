"""One request: what is sent, what comes back, what the server's warnings become."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

import peers
from certificates import Authority
from kubectl_lab import errors
from kubectl_lab.cluster.target import Impersonation
from recording import Answer, Recorder, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

NODES = "/api/v1/nodes"
AUTHORITY = Authority()
LEAF = AUTHORITY.server()


@pytest.fixture
def server() -> Iterator[Recorder]:
    with Recorder(LEAF) as made:
        made.answers[NODES] = answer({"kind": "NodeList", "items": []})
        yield made


@pytest.fixture
def plain() -> Iterator[Recorder]:
    with Recorder() as made:
        made.answers[NODES] = answer({"kind": "NodeList", "items": []})
        yield made


def test_a_get_sends_who_asks_and_what_is_accepted(server: Recorder) -> None:
    made = peers.transport(server, peers.Given([("Authorization", "Bearer t")]), ca=AUTHORITY.pem)
    assert made.request("GET", NODES, query=(("labelSelector", "a in (b, c)"), ("limit", "1"))) == {
        "kind": "NodeList",
        "items": [],
    }
    (request,) = server.requests
    assert request.value("Authorization") == "Bearer t"
    assert request.value("Accept") == "application/json"
    assert request.value("Accept-Encoding") == "gzip"
    assert request.value("Content-Type") is None
    assert re.fullmatch(r"kubectl-lab/\S+ \([a-z]+/[a-z0-9_]+\)", request.value("User-Agent") or "")
    assert parse_qsl(urlsplit(request.path).query) == [("labelSelector", "a in (b, c)"), ("limit", "1")]


def test_each_group_of_an_impersonation_is_a_header_of_its_own(server: Recorder) -> None:
    headers = [("Impersonate-User", "zoë"), ("Impersonate-Group", "g1"), ("Impersonate-Group", "g2")]
    peers.transport(server, peers.Given(headers), ca=AUTHORITY.pem).request("GET", NODES)
    (request,) = server.requests
    assert request.values("Impersonate-Group") == ["g1", "g2"]
    assert (request.value("Impersonate-User") or "").encode("latin-1").decode() == "zoë"


@pytest.mark.parametrize("bad", ["a\nb", "a\rb", "a\0b"])
def test_a_control_character_in_a_credential_is_refused_and_not_shown(server: Recorder, bad: str) -> None:
    made = peers.transport(server, peers.Given([("Authorization", f"Bearer {bad}")]), ca=AUTHORITY.pem)
    with pytest.raises(errors.BadCredentials) as caught:
        made.request("GET", NODES)
    assert bad not in str(caught.value)
    assert server.requests == []


def test_over_http_no_credential_is_sent_but_whom_to_impersonate_is(plain: Recorder) -> None:
    given = peers.Given([("Authorization", "Bearer t"), ("Impersonate-User", "x")], pair=(b"c", b"k"), renewals=1)
    plain.answers["/secret"] = answer({"message": "no"}, 401)
    made = peers.transport(plain, given)
    made.request("GET", NODES)
    with pytest.raises(errors.Unauthorized):
        made.request("GET", "/secret")
    assert all(not request.values("Authorization") for request in plain.requests)
    assert all(request.values("Impersonate-User") == ["x"] for request in plain.requests)


def test_a_body_is_json_with_the_type_that_was_asked_for(plain: Recorder) -> None:
    plain.answers["/x"] = answer({})
    made = peers.transport(plain)
    made.request("PATCH", "/x", body={"a": "é"}, content_type="application/merge-patch+json")
    made.request("DELETE", "/x", body={"kind": "DeleteOptions"})
    patch, delete = plain.requests
    assert (patch.method, patch.value("Content-Type")) == ("PATCH", "application/merge-patch+json")
    assert json.loads(patch.body) == {"a": "é"}
    assert (delete.method, delete.value("Content-Type")) == ("DELETE", "application/json")
    assert json.loads(delete.body) == {"kind": "DeleteOptions"}


@pytest.mark.parametrize(("disabled", "sent"), [(False, "gzip"), (True, "identity")])
def test_compression_is_asked_for_unless_disabled(plain: Recorder, disabled: bool, sent: str) -> None:
    packed = gzip.compress(b'{"kind": "NodeList", "items": [1, 2]}')
    plain.answers[NODES] = Answer(body=packed, headers=(("Content-Encoding", "gzip"),))
    found = peers.transport(plain, disable_compression=disabled).request("GET", NODES)
    assert found["items"] == [1, 2]
    assert plain.requests[0].value("Accept-Encoding") == sent


def test_a_path_prefix_of_the_server_is_kept() -> None:
    with Recorder(prefix="/k8s/clusters/c-1") as server:
        peers.transport(server).request("GET", "/version")
        assert server.requests[0].path == "/k8s/clusters/c-1/version"


def test_requests_share_a_connection(plain: Recorder) -> None:
    made = peers.transport(plain)
    for _ in range(3):
        made.request("GET", NODES)
    assert {request.connection for request in plain.requests} == {1}


def test_a_warning_of_the_server_is_passed_on_once(plain: Recorder) -> None:
    seen: list[str] = []
    twice = (("Warning", '299 - "v1 Endpoints is \\"old\\""'), ("Warning", '299 - "second"'))
    plain.answers[NODES] = answer({"items": []}, 200, *twice)
    made = peers.transport(plain, warn=seen.append)
    made.request("GET", NODES)
    made.request("GET", NODES)
    assert seen == ['v1 Endpoints is "old"', "second"]


def test_401_is_sent_a_second_time_with_new_credentials(server: Recorder) -> None:
    server.answers["/x"] = [answer({}, 401), answer({"ok": True})]
    given = peers.Given([("Authorization", "Bearer old")], renewals=1)
    assert peers.transport(server, given, ca=AUTHORITY.pem).request("POST", "/x", body={}) == {"ok": True}
    assert [request.value("Authorization") for request in server.requests] == ["Bearer old", "Bearer renewed-0"]


def test_401_is_not_sent_a_third_time(server: Recorder) -> None:
    server.answers["/x"] = answer({}, 401)
    with pytest.raises(errors.Unauthorized):
        peers.transport(server, peers.Given(renewals=5), ca=AUTHORITY.pem).request("GET", "/x")
    assert len(server.requests) == 2


def test_a_new_client_certificate_is_used_from_the_next_request_on() -> None:
    first, second = AUTHORITY.client("ada"), AUTHORITY.client("bob")
    with Recorder(LEAF, client_authority=AUTHORITY) as server:
        given = peers.Given(pair=(first.certificate, first.key))
        made = peers.transport(server, given, ca=AUTHORITY.pem)
        made.request("GET", "/version")
        given.pair = (second.certificate, second.key)
        made.request("GET", "/version")
        assert [request.client_certificate for request in server.requests] == [first.der, second.der]


def test_ten_threads_share_one_transport(server: Recorder) -> None:
    made = peers.transport(server, ca=AUTHORITY.pem, workers=10)
    results: list[dict[str, Any]] = []
    threads = [threading.Thread(target=lambda: results.append(made.request("GET", NODES))) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(results) == 10


def test_the_error_of_an_impersonated_user_names_both(plain: Recorder) -> None:
    message = 'pods is forbidden: User "zoe" cannot list resource "pods" in API group "" in the namespace "shop"'
    plain.answers["/x"] = answer({"kind": "Status", "message": message}, 403)
    made = peers.transport(plain, identity=peers.identity(impersonation=Impersonation(user="zoe")))
    with pytest.raises(errors.Forbidden) as caught:
        made.request("GET", "/x")
    assert (caught.value.values["user"], caught.value.values["real"]) == ("zoe", "ada")
    assert caught.value.values["command"] == "kubectl auth can-i list pods -n shop --as zoe"


_IMPORTS = """
import sys
{before}
sys.path.insert(0, {tests!r})
import peers
from kubectl_lab.cluster import transport
transport.preload()
made = peers.transport({url!r}, insecure=True)
loaded = set(sys.modules)
assert made.request("GET", "/version")["major"] == "1"
late = sorted(set(sys.modules) - loaded)
heavy = sorted(name for name in ("kubernetes.client.models", "pydantic", "kubernetes.config", "yaml") if name in sys.modules)
print(heavy, late)
"""


def _imports(url: str, before: str = "") -> str:
    script = _IMPORTS.format(before=before, url=url, tests=str(peers.__file__.rpartition("/")[0]))
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def test_a_request_loads_no_models_and_nothing_after_preload(server: Recorder) -> None:
    assert _imports(server.url) == "[] []"


def test_a_caller_who_has_imported_kubernetes_is_served_too(plain: Recorder) -> None:
    assert "kubernetes.config" in _imports(plain.url, before="import kubernetes, kubernetes.config")


def test_proxy_variables_of_the_environment_are_not_read(plain: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    assert peers.transport(plain).request("GET", NODES)["items"] == []
