"""Each change is one request of exactly this form, sent once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import peers
from kubectl_lab import errors
from kubectl_lab.cluster.write import Writer
from recording import Recorder, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UID = "4a7b"


@pytest.fixture
def server() -> Iterator[Recorder]:
    with Recorder() as made:
        made.default = lambda _: answer({"kind": "Node", "status": {"allowed": True}})
        yield made


def sent(server: Recorder, ask: Callable[[Writer], Any]) -> tuple[str, str, Any]:
    ask(Writer(peers.transport(server)))
    (request,) = server.requests
    return request.method, request.path, json.loads(request.body)


NODE = "/api/v1/nodes/n1?fieldManager=kubectl-lab"


@pytest.mark.parametrize(
    ("value", "dry_run", "path", "written"),
    [
        (True, False, NODE, True),
        pytest.param(False, False, NODE, None, id="uncordon removes the field"),
        (True, True, f"{NODE}&dryRun=All", True),
    ],
)
def test_a_cordon_changes_one_field_of_this_very_node(
    server: Recorder, value: bool, dry_run: bool, path: str, written: bool | None
) -> None:
    found = sent(server, lambda writer: writer.set_unschedulable("n1", UID, value, dry_run=dry_run))
    assert found == ("PATCH", path, {"metadata": {"uid": UID}, "spec": {"unschedulable": written}})
    assert server.requests[0].value("Content-Type") == "application/merge-patch+json"


@pytest.mark.parametrize(
    ("grace", "dry_run", "options"),
    [
        (None, False, {}),
        (0, False, {"gracePeriodSeconds": 0}),
        (30, True, {"gracePeriodSeconds": 30, "dryRun": ["All"]}),
    ],
)
def test_an_eviction_and_a_deletion_are_of_this_very_pod(
    server: Recorder, grace: int | None, dry_run: bool, options: dict[str, Any]
) -> None:
    wanted = {"preconditions": {"uid": UID}, **options}
    method, path, body = sent(
        server, lambda writer: writer.evict("shop", "a", UID, grace_period_seconds=grace, dry_run=dry_run)
    )
    assert (method, path) == ("POST", "/api/v1/namespaces/shop/pods/a/eviction")
    assert (body["apiVersion"], body["kind"]) == ("policy/v1", "Eviction")
    assert body["metadata"] == {"name": "a", "namespace": "shop"}
    assert body["deleteOptions"] == wanted
    server.forget()
    method, path, body = sent(
        server, lambda writer: writer.delete_pod("shop", "a", UID, grace_period_seconds=grace, dry_run=dry_run)
    )
    assert (method, path) == ("DELETE", "/api/v1/namespaces/shop/pods/a")
    assert body == {"apiVersion": "v1", "kind": "DeleteOptions", **wanted}


CHANGES: list[Any] = [
    pytest.param(lambda writer: writer.set_unschedulable("n1", UID, True), id="cordon"),
    pytest.param(lambda writer: writer.evict("shop", "a", UID, grace_period_seconds=None), id="evict"),
    pytest.param(lambda writer: writer.delete_pod("shop", "a", UID, grace_period_seconds=None), id="delete"),
]


@pytest.mark.parametrize("ask", CHANGES)
@pytest.mark.parametrize("code", [409, 429, 500, 503])
def test_a_refused_change_is_left_to_the_caller(server: Recorder, ask: Callable[[Writer], Any], code: int) -> None:
    server.default = lambda _: answer({"kind": "Status", "message": "no"}, code, ("Retry-After", "1"))
    with pytest.raises(errors.ApiError) as caught:
        ask(Writer(peers.transport(server)))
    assert (caught.value.status, caught.value.retry_after) == (code, 1.0)
    assert len(server.requests) == 1


def test_a_node_with_another_uid_is_a_conflict(server: Recorder) -> None:
    causes = [{"reason": "FieldValueInvalid", "field": "metadata.uid", "message": "field is immutable"}]
    server.default = lambda _: answer({"kind": "Status", "details": {"causes": causes}}, 422)
    with pytest.raises(errors.Conflict) as caught:
        Writer(peers.transport(server)).set_unschedulable("n1", UID, True)
    assert (caught.value.key, caught.value.values["node"]) == ("node-replaced", "n1")


def test_another_422_stays_what_it_is(server: Recorder) -> None:
    server.default = lambda _: answer({"kind": "Status", "details": {"causes": [{"field": "spec.x"}]}}, 422)
    with pytest.raises(errors.Invalid):
        Writer(peers.transport(server)).set_unschedulable("n1", UID, True)


@pytest.mark.parametrize(
    ("ask", "attributes"),
    [
        (lambda writer: writer.review("patch", "nodes"), {"verb": "patch", "resource": "nodes"}),
        (
            lambda writer: writer.review("create", "pods", subresource="eviction", namespace="shop"),
            {"verb": "create", "resource": "pods", "subresource": "eviction", "namespace": "shop"},
        ),
        (
            lambda writer: writer.review("get", "daemonsets", group="apps", name="d"),
            {"verb": "get", "resource": "daemonsets", "group": "apps", "name": "d"},
        ),
    ],
)
def test_a_review_asks_about_this_identity(
    server: Recorder, ask: Callable[[Writer], bool], attributes: dict[str, str]
) -> None:
    method, path, body = sent(server, ask)
    assert (method, path) == ("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")
    assert body["spec"] == {"resourceAttributes": attributes}


@pytest.mark.parametrize(("status", "allowed"), [({"allowed": True}, True), ({"allowed": False}, False), ({}, False)])
def test_only_a_plain_yes_is_a_yes(server: Recorder, status: dict[str, Any], allowed: bool) -> None:
    server.default = lambda _: answer({"status": status}, 201)
    assert Writer(peers.transport(server)).review("patch", "nodes") is allowed
