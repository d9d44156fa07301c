"""Port names of slices made by hand (SVC067), and the patches that make them equal."""

from __future__ import annotations

import json
from typing import Any

import pytest

import make
from unit.service.cases import endpoint, service
from unit.service.handmade_cases import HEALTHY, MIRRORED, OUTSIDE, PORT, details, judged, of


@pytest.mark.parametrize(
    ("ports", "theirs", "patch"),
    [
        pytest.param([PORT | {"name": "main"}], ["main"], [("/ports/0/name", "sql")], id="another name"),
        pytest.param([{"port": 5432}], ['""'], [("/ports/0/name", "sql")], id="no name"),
        pytest.param(
            [PORT | {"protocol": "UDP"}],
            ["sql/UDP"],
            [("/ports/0/name", "sql"), ("/ports/0/protocol", "TCP")],
            id="another protocol",
        ),
        pytest.param([PORT | {"name": "a"}, PORT | {"name": "b"}], ["a", "b"], None, id="two that may be meant"),
        pytest.param(None, "service.handmade-no-port", [("/ports", [PORT])], id="no ports"),
    ],
)
def test_names_must_be_equal(ports: Any, theirs: Any, patch: Any) -> None:
    (found,) = judged(of("db-1", OUTSIDE, ports=ports))
    told = found.finding.details
    assert (found.finding.code, found.finding.severity, found.effect, found.place.name) == (
        "SVC067",
        "error",
        "breaks",
        "",
    )
    assert (told["theirs"] if isinstance(theirs, list) else told["theirs"]["phrase"]) == theirs
    assert told["ours"] == ["sql"]
    made = [(each["path"], each["value"]) for each in json.loads(told["patch"])] if told["patch"] else None
    assert made == patch
    assert told["resource"] == ("endpointslice/db-1" if patch else None)


def test_an_unnamed_port_of_the_service_wants_an_unnamed_one() -> None:
    told = details(of("db-1", OUTSIDE), subject=service("db", None, 5432))
    assert (told["ours"], json.loads(told["patch"])[0]["value"]) == (['""'], "")


def test_of_two_ports_without_a_namesake_nobody_knows_which_is_meant() -> None:
    two = service("db", None, {"name": "a", "port": 1}, {"name": "b", "port": 2})
    told = details(of("db-1", OUTSIDE), subject=two)
    assert (told["ours"], told["patch"]) == (["a", "b"], None)


def test_only_the_port_without_a_namesake_is_broken() -> None:
    two = service("db", None, {"name": "sql", "port": 5432}, {"name": "web", "port": 80})
    (found,) = judged(of("db-1", OUTSIDE, ports=[PORT, {"name": "www", "port": 80}]), subject=two)
    assert (found.effect, found.place.name, found.finding.severity) == ("breaks", "80", "error")
    assert json.loads(found.finding.details["patch"])[0]["path"] == "/ports/1/name"


def test_a_slice_of_no_use_beside_one_that_serves_is_a_warning() -> None:
    (found,) = judged(HEALTHY, of("db-2", endpoint("192.0.2.11"), ports=[PORT | {"name": "main"}]))
    assert (found.finding.severity, found.effect, found.finding.details["slice"]) == ("warning", "degrades", "db-2")


@pytest.mark.parametrize(
    ("subsets", "path"),
    [
        pytest.param(
            [{"ports": [{"port": 1, "name": "sql"}, {"port": 5432, "name": "main"}]}],
            "/subsets/0/ports/1/name",
            id="one list",
        ),
        pytest.param([{"ports": [{"name": "main"}]}, {"ports": [{"name": "b"}]}], None, id="several lists"),
        pytest.param(None, None, id="v1 Endpoints not read"),
    ],
)
def test_a_mirrored_slice_is_mended_in_its_endpoints(subsets: Any, path: str | None) -> None:
    origin = make.obj("Endpoints", "db", "shop") | {"subsets": subsets}
    wrong = of("db-x", OUTSIDE, labels=MIRRORED, ports=[PORT | {"name": "main"}])
    found = details(wrong, origin)
    assert (json.loads(found["patch"])[0]["path"] if path else found["patch"]) == path
    assert found["resource"] == ("endpoints/db" if path else None)
