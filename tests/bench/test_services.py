"""The figures of the Services' bench are counted right."""

from __future__ import annotations

from collections import Counter

import pytest

from bench import services
from bench.server import Json, Server
from bench.services import LOST, Measured, is_lost, is_up, pod_of, service_of, status_of, table
from bench.setting import is_ready


def side(wall: float, memory: float = 50.0, **kinds: int) -> Measured:
    return Measured(wall, memory, Counter({kind.replace("_", " "): count for kind, count in kinds.items()}), 3)


def test_the_requests_are_all_kinds_together() -> None:
    assert side(1, list_pods=20, list_nodes=1).requests == 21


def test_a_service_finds_its_own_pods_and_nobody_elses() -> None:
    selectors = [service_of(number)["spec"]["selector"]["app"] for number in range(LOST)]
    labels = [pod_of(number, 0, "uid")["metadata"]["labels"]["app"] for number in range(LOST)]
    assert len(set(labels)) == LOST
    assert [number for number in range(LOST) if selectors[number] != labels[number]] == [LOST - 1]


@pytest.mark.parametrize(("number", "lost"), [(0, False), (LOST - 2, False), (LOST - 1, True), (2 * LOST - 1, True)])
def test_one_service_of_fifty_is_lost(number: int, lost: bool) -> None:
    assert is_lost(number) is lost


def test_every_pod_has_a_name_and_an_address_of_its_own() -> None:
    names = {pod_of(number, index, "uid")["metadata"]["name"] for index in range(10) for number in range(300)}
    assert len(names) == 3000
    assert len({status_of(place)["podIP"] for place in range(70_000)}) == 70_000


def test_a_pod_counts_as_ready_from_the_start() -> None:
    assert is_ready({"metadata": {}, "status": status_of(0)})


@pytest.mark.parametrize(("conditions", "up"), [({"ready": True}, True), ({"ready": False}, False), ({}, False)])
def test_an_endpoint_counts_when_the_controller_says_ready(conditions: dict[str, bool], up: bool) -> None:
    assert is_up({"conditions": conditions}) is up


def test_the_table_says_how_many_times_faster_and_what_is_wanted() -> None:
    made = table(1000, 10, {"kubectl": side(30, list_pods=1), "ours": side(1.5, get_service=2)})
    lines = {line[:44].strip(): line[44:] for line in made.splitlines()}
    assert lines["wall, s"].split() == ["30.00", "1.50"]
    assert lines["times as long as ours"].split() == ["20.0", "1.0", "at", "least", "20"]
    assert lines["requests"].split() == ["1", "2"]
    assert lines["get service"].split() == ["0", "2"]


def test_the_limits_of_the_small_setting_stand_beside_it() -> None:
    made = table(1000, 1, {"kubectl": side(30), "ours": side(1.5, 200)})
    assert "at most 5" in made
    assert "at most 300" in made
    assert "at least 20" not in made


def test_one_side_alone_is_compared_with_nobody() -> None:
    assert "times as long" not in table(1000, 10, {"ours": side(1)})


class Noting(Server):
    """Notes what would be created."""

    def __init__(self) -> None:
        self.made: list[tuple[str, Json]] = []

    def create(self, path: str, body: Json) -> Json:
        self.made.append((path, body))
        return body

    def patch(self, path: str, body: Json) -> Json:
        return body

    def items(self, path: str, **query: str) -> list[Json]:
        return []


def test_growing_adds_only_the_pods_that_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services.Setting, "_wait", lambda _: None)
    monkeypatch.setattr(services, "PODS_A_NODE", 4)
    server = Noting()
    setting = services.Setting(server, 2, owners=["uid", "uid"])
    setting.grow(1)
    setting.grow(3)
    pods = [body["metadata"]["name"] for path, body in server.made if path.endswith("/pods")]
    assert sorted(pods) == sorted(
        pod_of(number, index, "uid")["metadata"]["name"] for number in range(2) for index in range(3)
    )
    nodes = Counter(body["target"]["name"] for path, body in server.made if path.endswith("/binding"))
    assert nodes == {"bench-00": 4, "bench-01": 2}
