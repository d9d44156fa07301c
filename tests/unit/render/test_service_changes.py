"""A watch's lines and documents."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kubectl_lab.domain.service.changes import Change
from kubectl_lab.domain.service.model import Hop, ServiceEntry, ServiceExplanation
from kubectl_lab.render.service_changes import addresses, document, line
from kubectl_lab.result import Finding, Reference

NOW = datetime(2026, 1, 1, 12, 0, 7, 250_000, tzinfo=UTC)
WEB = Reference("Service", "shop", "web")
HEALTHY = ServiceEntry(WEB, "ClusterIP", "healthy")
REFUSED = Finding(
    "SVC131", "error", WEB, {"number": 8080, "pods": ["web-1"], "namespace": "shop", "service": "web", "port": 80}
)
HOP = Hop("service/shop/web:80", "endpoints/shop/web", "broken", "SVC131")
BROKEN = ServiceEntry(WEB, "ClusterIP", "broken", hops=(HOP,), findings=(REFUSED,))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(
            Change(WEB, HEALTHY, ("10.0.1.7",), ("10.0.2.3",)),
            "web  HEALTHY  +10.0.1.7 -10.0.2.3",
            id="who came and went",
        ),
        pytest.param(Change(WEB, HEALTHY, (), ()), "web  HEALTHY", id="a verdict alone"),
        pytest.param(
            Change(WEB, BROKEN, (), ("10.0.2.3",)),
            "web  BROKEN  -10.0.2.3  SVC131 connections to port 8080 are refused by web-1: nothing listens there, or only on "
            "127.0.0.1 (service shop/web, port 80)",
            id="the cause last",
        ),
        pytest.param(Change(WEB, None, (), ("10.0.2.3",)), "web  deleted  -10.0.2.3", id="a Service that went"),
        pytest.param(
            Change(Reference("Ingress", "shop", "front"), HEALTHY, (), ()), "ingress/front  HEALTHY", id="another kind"
        ),
    ],
)
def test_a_line(change: Change, expected: str) -> None:
    assert line(change, NOW, "en", namespaced=False) == f"2026-01-01T12:00:07Z  {expected}"


def test_where_all_namespaces_are_watched_it_is_named() -> None:
    change = Change(WEB, HEALTHY, (), ())
    assert line(change, NOW, "en", namespaced=True) == "2026-01-01T12:00:07Z  shop/web  HEALTHY"


def test_the_words_are_the_users() -> None:
    assert "  supprimé" in line(Change(WEB, None, (), ()), NOW, "fr", namespaced=False)


def test_of_many_addresses_the_first_are_shown_and_the_others_counted() -> None:
    many = tuple(f"10.0.0.{number}" for number in range(1, 21))
    assert addresses(Change(WEB, HEALTHY, many, ())).split()[-2:] == ["+10.0.0.8", "+…(12)"]
    assert addresses(Change(WEB, HEALTHY, many[:8], ())).split()[-1] == "+10.0.0.8"


def test_a_document_says_when_and_what() -> None:
    found = document(ServiceExplanation((HEALTHY,)), [Change(WEB, HEALTHY, ("10.0.1.7",), ())], NOW, "en")
    assert (found["kind"], found["time"]) == ("ServiceExplanation", "2026-01-01T12:00:07Z")
    assert [each["verdict"] for each in found["services"]] == ["healthy"]
    assert found["changes"] == [{"service": WEB.to_dict(), "added": ["10.0.1.7"], "removed": []}]
