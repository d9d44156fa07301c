"""Names alone: what is asked, what is believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import peers
from completing import names as listing
from kubectl_lab import errors
from kubectl_lab.cluster import names
from recording import Recorder, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVICES = "/api/v1/namespaces/shop/services"
SECRET = "/api/v1/namespaces/shop/secrets/db"


@pytest.fixture
def server() -> Iterator[Recorder]:
    with Recorder() as made:
        yield made


def listed(server: Recorder, document: Any, kind: str = "Service", namespace: str | None = "shop") -> list[str]:
    server.default = lambda _: answer(document)
    return names.listed(peers.transport(server.url), kind, namespace, 5)


def test_one_request_asks_for_names_without_objects_and_from_the_servers_memory(server: Recorder) -> None:
    assert listed(server, listing("web", "api")) == ["web", "api"]
    (request,) = server.requests
    assert request.path == f"{SERVICES}?resourceVersion=0&includeObject=None"
    assert request.value("Accept") == "application/json;as=Table;g=meta.k8s.io;v=v1"


def test_the_same_name_in_two_namespaces_is_one_name(server: Recorder) -> None:
    assert listed(server, listing("web", "api", "web"), namespace=None) == ["web", "api"]
    assert server.requests[0].path.startswith("/api/v1/services?")


@pytest.mark.parametrize(
    "rows", [None, [], {}, [None], ["web"], [{}], [{"cells": None}], [{"cells": ["3d"]}], [{"cells": ["3d", 7]}]]
)
def test_a_row_without_a_name_is_none(server: Recorder, rows: Any) -> None:
    assert listed(server, {**listing(), "rows": rows}) == []


@pytest.mark.parametrize("columns", [None, [], {}, [None], ["name"], [{"name": "Name"}]])
def test_a_table_without_a_column_of_names_has_none(server: Recorder, columns: Any) -> None:
    assert listed(server, {**listing("web"), "columnDefinitions": columns}) == []


@pytest.mark.parametrize("kind", ["SecretList", "PartialObjectMetadataList", "List", "Status", None])
def test_a_server_that_sends_more_than_names_is_not_listened_to(server: Recorder, kind: str | None) -> None:
    with pytest.raises(errors.NotKubernetes):
        listed(server, {**listing("db"), "kind": kind}, "Secret")


@pytest.mark.parametrize("status", [401, 403, 404, 406, 429, 500, 503])
def test_a_refusal_is_not_repeated(server: Recorder, status: int) -> None:
    server.default = lambda _: answer({"kind": "Status"}, status, ("Retry-After", "1"))
    with pytest.raises(errors.ApiError):
        names.listed(peers.transport(server.url), "Node", None, 5)
    assert len(server.requests) == 1


def test_the_keys_of_a_secret_are_sorted_and_come_without_their_values(server: Recorder) -> None:
    server.answers[SECRET] = answer({"kind": "Secret", "data": {"user": "YQ==", "password": "aHVudGVyMg=="}})
    assert names.secret_keys(peers.transport(server.url), "shop", "db", 5) == ["password", "user"]
    assert [request.path for request in server.requests] == [SECRET]


@pytest.mark.parametrize("data", [None, {}, [], "text", {"": "YQ=="}])
def test_a_secret_without_data_has_no_keys(server: Recorder, data: Any) -> None:
    server.answers[SECRET] = answer({"kind": "Secret", "data": data})
    assert names.secret_keys(peers.transport(server.url), "shop", "db", 5) == []
