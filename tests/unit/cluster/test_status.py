"""What each HTTP status means, and that all its words can be filled."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

import kubectl_lab
from kubectl_lab import errors
from kubectl_lab.cluster import status
from kubectl_lab.cluster.status import Answer
from kubectl_lab.cluster.where import Where

CATALOGUE = Path(kubectl_lab.__file__).parent / "catalogue"
PLACE = Where("h:6443", "ctx-a", "ada", "cluster-a", "/k/config", "token")
PATH = "/api/v1/namespaces/shop/pods/a"


def reply(code: int, body: Any = None, path: str = PATH, method: str = "GET", **headers: str) -> Answer:
    data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    return Answer(method, path, code, {name.replace("_", "-"): value for name, value in headers.items()}, data)


def said(error: errors.LabError) -> str:
    """Its words in both languages; all placeholders must be there."""
    texts = []
    for language in ("en", "fr"):
        entry = tomllib.loads((CATALOGUE / language / "errors.toml").read_text("utf-8"))[error.key]
        texts += [entry[part].format_map(error.values) for part in ("message", "cure")]
    return "\n".join(texts)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (400, errors.Invalid),
        (401, errors.Unauthorized),
        (403, errors.Forbidden),
        (404, errors.NotFound),
        (405, errors.Invalid),
        (409, errors.Conflict),
        (410, errors.Gone),
        (415, errors.Invalid),
        (422, errors.Invalid),
        (429, errors.TooManyRequests),
        (500, errors.ServerError),
        (503, errors.ServerError),
        (504, errors.ServerError),
        (301, errors.NotKubernetes),
        (307, errors.NotKubernetes),
    ],
)
@pytest.mark.parametrize("body", [{"message": "why\nnot"}, [1], b"", b"<html>", {"details": "odd", "message": 5}])
def test_a_status_is_one_error_whatever_comes_with_it(code: int, error: type[errors.LabError], body: Any) -> None:
    found = status.refusal(reply(code, body), PLACE)
    assert type(found) is error
    assert said(found)
    if isinstance(found, errors.ApiError):
        assert found.status == code


def denied(text: str, **place: str) -> errors.LabError:
    where = Where("h:6443", "ctx-a", "ada", "cluster-a", "/k/config", "token", **place)
    return status.refusal(reply(403, {"message": text}), where)


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        pytest.param(
            'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "shop"',
            "kubectl auth can-i list pods -n shop",
            id="in a namespace",
        ),
        pytest.param(
            'pods is forbidden: User "bob" cannot list resource "pods" in API group "" at the cluster scope',
            "kubectl auth can-i list pods -A",
            id="in all namespaces",
        ),
        pytest.param(
            'nodes "n" is forbidden: User "bob" cannot patch resource "nodes" in API group "" at the cluster scope',
            "kubectl auth can-i patch nodes",
            id="a cluster-wide kind takes no namespace",
        ),
        pytest.param(
            'x is forbidden: User "b" cannot create resource "pods/eviction" in API group "" in the namespace "shop"',
            "kubectl auth can-i create pods/eviction -n shop",
            id="a subresource",
        ),
        pytest.param(
            'x is forbidden: User "b" cannot get resource "daemonsets" in API group "apps" in the namespace "shop": RBAC: …',
            "kubectl auth can-i get daemonsets.apps -n shop",
            id="another group, and a reason behind it",
        ),
    ],
)
def test_403_gives_the_line_that_asks_for_the_right(text: str, cure: str) -> None:
    error = denied(text)
    assert error.key == "api-forbidden-rule"
    assert cure in said(error).splitlines()


def test_403_for_a_user_with_odd_characters_can_still_be_pasted() -> None:
    text = 'pods is forbidden: User "a b" cannot list resource "pods" in API group "" in the namespace "shop"'
    error = denied(text, impersonated="a b")
    assert "kubectl auth can-i list pods -n shop --as 'a b'" in said(error).splitlines()


def test_403_that_is_no_rule_of_rbac_shows_the_words_of_the_server() -> None:
    error = denied('pods "a" is forbidden: unable to create new content in namespace shop: it is being terminated')
    assert error.key == "api-forbidden"
    assert "being terminated" in said(error)


def test_404_names_the_namespace_that_was_searched() -> None:
    error = status.refusal(reply(404, {"details": {"name": "a", "kind": "pods"}}), PLACE)
    assert (error.key, error.values["namespace"]) == ("api-not-found", "shop")
    assert "kubectl get pods -A" in said(error)


def test_404_of_a_cluster_wide_object_names_no_namespace() -> None:
    path = "/api/v1/nodes/n1"
    error = status.refusal(reply(404, {"details": {"name": "n1", "kind": "nodes"}}, path), PLACE)
    assert (error.key, error.values["resource"]) == ("api-not-found-cluster-wide", "nodes")


@pytest.mark.parametrize(
    ("path", "api"),
    [
        ("/apis/policy/v1/poddisruptionbudgets", "policy/v1"),
        ("/api/v1/widgets", "v1"),
        ("/version", "/version"),
        ("/apis/x.example.com/v2/namespaces/shop/things/t", "x.example.com/v2"),
    ],
)
def test_404_without_a_name_is_an_api_that_the_server_lacks(path: str, api: str) -> None:
    error = status.refusal(reply(404, b"404 page not found\n", path), PLACE)
    assert (error.key, error.values["api"]) == ("api-missing", api)


def test_422_gives_each_cause_a_line_unless_the_message_holds_it() -> None:
    causes = [{"field": "spec.a", "message": "is odd"}, {"field": "spec.b", "message": "is\nbad"}, {"message": "first"}]
    error = status.refusal(reply(422, {"message": "first", "details": {"causes": causes}}), PLACE)
    assert error.values["message"].splitlines() == ["first", "spec.a: is odd", "spec.b: is bad"]


def test_429_tells_the_budget() -> None:
    cause = {
        "reason": "DisruptionBudget",
        "message": "The disruption budget b needs 3 healthy pods and has 3 currently",
    }
    answer = reply(429, {"message": "Cannot evict pod", "details": {"causes": [cause]}}, method="POST")
    assert status.is_budget(answer)
    assert "budget b needs 3" in said(status.refusal(answer, PLACE))


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        pytest.param(reply(429, retry_after="7"), 7.0, id="the header"),
        pytest.param(reply(429, {"details": {"retryAfterSeconds": 10}}), 10.0, id="the Status"),
        pytest.param(reply(429, {"details": {"retryAfterSeconds": 10}}, retry_after="3"), 3.0, id="the header first"),
        pytest.param(reply(429, {"details": {"retryAfterSeconds": True}}), None, id="no number"),
        pytest.param(reply(429, {"details": {"retryAfterSeconds": 0}}), None, id="zero says nothing"),
        pytest.param(reply(429, retry_after="soon"), None, id="no seconds"),
        pytest.param(reply(429), None, id="neither"),
    ],
)
def test_how_long_the_server_asks_to_wait(answer: Answer, seconds: float | None) -> None:
    error = status.refusal(answer, PLACE)
    assert isinstance(error, errors.TooManyRequests)
    assert error.retry_after == seconds


def test_a_message_of_the_server_is_one_line() -> None:
    error = status.refusal(reply(500, {"message": "a\n  b\tc"}), PLACE)
    assert error.values["message"] == "a b c"


def test_an_error_without_words_shows_the_start_of_what_came() -> None:
    error = status.refusal(reply(502, b"<html>bad gateway" + b"x" * 100), PLACE)
    assert error.values["message"].startswith("<html>bad gateway")
    assert len(error.values["message"]) == 60
