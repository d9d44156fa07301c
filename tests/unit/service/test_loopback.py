"""Containers that ask to listen on 127.0.0.1: what says so, and what only looks like it."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_lab.domain.service import loopback
from unit.service.cases import case, pod, service

WEB = {"app": "web"}
PORT = [{"containerPort": 8080}]


def found(*containers: dict[str, Any], target: Any = 8080) -> list[Any]:
    made = pod()
    made["spec"]["containers"] = [{"name": f"c{number}", **each} for number, each in enumerate(containers)]
    return [each.finding.details for each in loopback.listens_to_itself(case(service("web", WEB, (80, target)), made))]


def env(name: str, value: str) -> dict[str, Any]:
    return {"env": [{"name": name, "value": value}]}


@pytest.mark.parametrize(
    "container",
    [
        {"args": ["--host=127.0.0.1"]},
        {"args": ["--host", "127.0.0.1"]},
        {"command": ["gunicorn", "-b", "127.0.0.1:8080", "app"]},
        {"command": ["sh", "-c", "exec uvicorn app:app --host '127.0.0.1' --port 8080"]},
        {"command": ["python", "manage.py", "runserver", "127.0.0.1:8080"]},
        {"args": ["--web.listen-address=localhost:8080"]},
        {"args": ["--bind", "[::1]:8080"]},
        {"args": ["--bind=::1"]},
        {"args": ["--urls", "http://localhost:8080/"]},
        env("HOST", "127.0.0.1"),
        env("ASPNETCORE_URLS", "http://localhost:8080"),
        env("GUNICORN_BIND", "127.0.0.1:8080"),
        env("LISTEN_ADDRESS", "LOCALHOST"),
    ],
    ids=str,
)
def test_a_container_that_binds_to_loopback_is_named(container: Any) -> None:
    (told,) = found(container)
    assert (told["container"], told["target"], told["pods"]) == ("c0", 8080, ["web-1"])


@pytest.mark.parametrize(
    "container",
    [
        {"args": ["--host=0.0.0.0"]},
        {"args": ["--host"]},
        {"args": ["--host", "10.0.0.1"]},
        {"args": ["--db-host=127.0.0.1"]},
        {"args": ["--upstream=http://127.0.0.1:8080"]},
        {"args": ["curl", "http://127.0.0.1:8080/healthz"]},
        {"args": ["--listen-address=127.0.0.1:9901"]},
        {"args": ["--host=127.0.0.1.example.org"]},
        env("DB_HOST", "127.0.0.1"),
        env("REDIS_HOST", "localhost"),
        env("HOST", "0.0.0.0"),
        env("HOST", "localhost:5432"),
        {"env": [{"name": "HOST", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]},
        {},
    ],
    ids=str,
)
def test_what_only_speaks_to_loopback_is_left_alone(container: Any) -> None:
    assert found(container) == []


def test_without_a_port_it_is_the_container_that_declares_the_target() -> None:
    local = env("HOST", "127.0.0.1")
    assert [told["container"] for told in found({"ports": PORT}, local)] == []
    assert [told["container"] for told in found(local, {"ports": PORT} | local)] == ["c1"]
    assert found(local, {}) == []


def test_with_the_target_port_any_container_is_named_once() -> None:
    twice = {"args": ["--bind=127.0.0.1:8080"]} | env("BIND", "127.0.0.1:8080")
    assert [told["container"] for told in found({}, twice)] == ["c1"]


def test_pods_of_one_kind_are_one_finding() -> None:
    pods = [pod(name) for name in ("a", "bb")]
    for each in pods:
        each["spec"]["containers"] = [{"name": "main", "args": ["--host=127.0.0.1"]}]
    (judged,) = loopback.listens_to_itself(case(service("web", WEB, 80), *pods))
    assert judged.finding.details["pods"] == ["a", "bb"]
    assert (judged.effect, judged.finding.severity, judged.place.name) == ("none", "warning", "80")


def test_a_name_that_leads_nowhere_is_not_listened_on() -> None:
    assert found(env("HOST", "127.0.0.1"), target="http") == []
