"""Names from kubeconfigs and servers: whom is asked, how, and what of the answer is offered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from certificates import Authority
from completing import Completed, complete, kubeconfig, names
from kubectl_lab.cluster.flags import Flags
from kubectl_lab_plugins import completion_values
from kubectl_lab_plugins.completion_limit import Limit
from kubectl_lab_plugins.completion_sources import SOURCES, SPELLED, Asked, flags_of
from kubectl_lab_plugins.completion_table import Table
from kubectl_lab_plugins.completion_words import read
from recording import Answer, Recorder, answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AUTHORITY = Authority()
NODES, NAMESPACES = "/api/v1/nodes", "/api/v1/namespaces"
SHOP = "/api/v1/namespaces/shop"


@pytest.fixture
def server() -> Iterator[Recorder]:
    with Recorder(AUTHORITY.server("127.0.0.1")) as made:
        made.answers |= {
            NODES: answer(names("n1", "n2", "m1")),
            NAMESPACES: answer(names("shop", "stage", "dev")),
            f"{SHOP}/services": answer(names("web", "api")),
            "/apis/networking.k8s.io/v1/namespaces/shop/ingresses": answer(names("front")),
            f"{SHOP}/pods": answer(names("web-1")),
            "/api/v1/namespaces/stage/pods": answer(names("batch-1")),
            "/api/v1/namespaces/stage/services": answer(names("late")),
        }
        made.default = lambda _: Answer(404)
        yield made


def ask(server: Recorder, folder: Path, *words: str, **settings: Any) -> Completed:
    done = complete(*words, environ=kubeconfig(folder / "config", server.url, AUTHORITY, **settings))
    assert (done.noise, done.code) == ("", 0)
    return done


def paths(server: Recorder) -> list[str]:
    return [urlsplit(request.path).path for request in server.requests]


@pytest.mark.parametrize(
    ("words", "offered", "requests"),
    [
        pytest.param(["drain", ""], ["n1", "n2", "m1"], [NODES], id="nodes"),
        pytest.param(["drain", "n"], ["n1", "n2"], [NODES], id="those that begin so"),
        pytest.param(["drain", "n1", ""], ["n2", "m1"], [NODES], id="not those that are typed already"),
        pytest.param(["drain", "node/n1", ""], ["n2", "m1"], [NODES], id="in whatever spelling"),
        pytest.param(["drain", "n1", "no/"], ["no/n2", "no/m1"], [NODES], id="TYPE/NAME goes on as begun"),
        pytest.param(["drain", "--force", "--", "m"], ["m1"], [NODES], id="behind --"),
        pytest.param(["drain", "-n", "s"], ["shop", "stage"], [NAMESPACES], id="namespaces"),
        pytest.param(["drain", "-ns"], ["-nshop", "-nstage"], [NAMESPACES], id="attached to their flag"),
        pytest.param(["drain", "--namespace=s"], ["shop", "stage"], [NAMESPACES], id="after ="),
        pytest.param(["explain-service", ""], ["web", "api"], [f"{SHOP}/services"], id="services of the context"),
        pytest.param(["explain-service", "web", ""], ["api"], [f"{SHOP}/services"], id="each once"),
        pytest.param(["explain-service", "svc/web", ""], ["api"], [f"{SHOP}/services"], id="each once, spelled anyhow"),
        pytest.param(
            ["explain-service", "-n", "stage", ""], ["late"], ["/api/v1/namespaces/stage/services"], id="of -n"
        ),
        pytest.param(["explain-service", "i"], ["ingress/"], [f"{SHOP}/services"], id="a type, more to come"),
        pytest.param(
            ["explain-service", "ingress/"],
            ["ingress/front"],
            ["/apis/networking.k8s.io/v1/namespaces/shop/ingresses"],
            id="ingresses",
        ),
        pytest.param(
            ["explain-service", "ing/f"],
            ["ing/front"],
            ["/apis/networking.k8s.io/v1/namespaces/shop/ingresses"],
            id="by their short name",
        ),
        pytest.param(["explain-service", "svc/"], ["svc/web", "svc/api"], [f"{SHOP}/services"], id="services by type"),
        pytest.param(["explain-service", "pod/"], [], [], id="a type that is not asked about"),
        pytest.param(["explain-service", "--from", "p"], ["pod/"], [], id="a client's type asks nobody"),
        pytest.param(["explain-service", "--from", "pod/"], ["pod/web-1"], [f"{SHOP}/pods"], id="pods of here"),
        pytest.param(
            ["explain-service", "--from=pod/stage/"],
            ["pod/stage/batch-1"],
            ["/api/v1/namespaces/stage/pods"],
            id="pods of there",
        ),
        pytest.param(
            ["explain-service", "--from", "namespace/d"], ["namespace/dev"], [NAMESPACES], id="a namespace as client"
        ),
        pytest.param(["explain-service", "--from", "node/"], [], [], id="no client at all"),
        pytest.param(["drain", "--context", ""], ["here"], [], id="contexts ask nobody"),
        pytest.param(["drain", "--cluster", ""], ["c"], [], id="nor do clusters"),
        pytest.param(["drain", "--user="], ["u"], [], id="nor users"),
    ],
)
def test_offered_is(
    server: Recorder, tmp_path: Path, words: list[str], offered: list[str], requests: list[str]
) -> None:
    done = ask(server, tmp_path, *words)
    assert (done.words, paths(server)) == (offered, requests)
    assert done.directive == (":6" if offered and all(word.endswith("/") for word in offered) else ":4")


def test_a_context_comes_with_its_cluster(server: Recorder, tmp_path: Path) -> None:
    assert ask(server, tmp_path, "drain", "--context", "h").lines == ["here\tc", ":4"]


def test_the_connection_flags_of_the_line_count(server: Recorder, tmp_path: Path) -> None:
    ask(server, tmp_path, "drain", "--as", "ada", "--as-group=a", "--as-group", "b", "--as-uid", "7", "")
    (request,) = server.requests
    assert request.value("Impersonate-User") == "ada"
    assert request.values("Impersonate-Group") == ["a", "b"]
    assert request.value("Impersonate-Uid") == "7"
    assert request.value("Authorization") == "Bearer t"


def test_another_kubeconfig_context_user_and_server_count(server: Recorder, tmp_path: Path) -> None:
    other = {"name": "other", "context": {"cluster": "c", "user": "u", "namespace": "stage"}}
    kubeconfig(tmp_path / "second", server.url, AUTHORITY, user={"token": "second"}, contexts=[other])
    words = ["explain-service", f"--kubeconfig={tmp_path / 'second'}", "--context", "other", ""]
    assert complete(*words).words == ["late"]
    assert server.requests[0].value("Authorization") == "Bearer second"
    server.forget()
    kubeconfig(tmp_path / "third", "https://127.0.0.1:1", AUTHORITY)
    words = ["drain", "--kubeconfig", str(tmp_path / "third"), "-s", server.url, "--token=mine", ""]
    assert complete(*words).words == ["n1", "n2", "m1"]
    assert server.requests[0].value("Authorization") == "Bearer mine"


def test_a_certificate_that_is_not_checked_is_not_checked(server: Recorder, tmp_path: Path) -> None:
    environ = kubeconfig(tmp_path / "config", server.url)
    assert complete("drain", "", environ=environ).is_silent
    assert complete("drain", "--insecure-skip-tls-verify", "", environ=environ).words == ["n1", "n2", "m1"]
    assert complete("drain", "--insecure-skip-tls-verify=false", "", environ=environ).is_silent


def test_every_connection_flag_reaches_its_field() -> None:
    entries = {entry.name: entry for entry in Table("en").entries("drain")}
    for field in Flags.__dataclass_fields__:
        name = SPELLED.get(field, "--" + field.replace("_", "-"))
        words = [name] if entries[name].reading == "switch" else [name, "x"]
        value = getattr(flags_of(read(words, list(entries.values()))), field)
        assert value == {"as_groups": ("x",), "insecure_skip_tls_verify": True}.get(field, "x")


def test_names_that_a_shell_or_terminal_would_read_otherwise_are_left_out(server: Recorder, tmp_path: Path) -> None:
    evil = ["$(reboot)", "a b", "--force", "-f", "\x1b[2J", "x\ty", "a\u202eb", "`id`", "a;b", "good", "a\nb", "*"]
    server.answers[NODES] = answer(names(*evil))
    assert ask(server, tmp_path, "drain", "").lines == ["good", ":4"]


def test_a_description_that_is_no_plain_text_is_left_out(server: Recorder, tmp_path: Path) -> None:
    contexts = [{"name": "a", "context": {"cluster": "x\x1b[31my"}}, {"name": "b", "context": {"cluster": "prod eu"}}]
    assert ask(server, tmp_path, "drain", "--context", "", contexts=contexts).lines == ["a", "b\tprod eu", ":4"]


def test_every_source_that_the_table_of_values_names_is_there() -> None:
    assert set(SOURCES) == set(completion_values.DYNAMIC)


def from_source(name: str, server: Recorder, folder: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> list[str]:
    """What a source gives that no command uses yet; the last word is the one to complete."""
    for variable, value in kubeconfig(folder / "config", server.url, AUTHORITY).items():
        monkeypatch.setenv(variable, value)
    *before, last = words
    typed = read(before, Table("en").entries("explain-service"))
    return [word for word, _ in SOURCES[name](Asked(last, typed, Limit()))]


def test_secrets_are_listed_without_their_values(
    server: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers[f"{SHOP}/secrets"] = answer(names("db", "tls"))
    assert from_source("secrets", server, tmp_path, monkeypatch, "") == ["db", "tls"]
    assert "includeObject=None" in server.requests[0].path


def test_services_of_all_namespaces(server: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answers["/api/v1/services"] = answer(names("web", "late", "web"))
    assert from_source("services", server, tmp_path, monkeypatch, "-A", "") == ["web", "late"]
    assert from_source("services", server, tmp_path, monkeypatch, "-A=false", "") == ["web", "api"]


def test_the_keys_of_the_secret_named_are_offered_each_once(
    server: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers[f"{SHOP}/secrets/db"] = answer({"kind": "Secret", "data": {"user": "YQ==", "password": "Yg=="}})
    assert from_source("secret-keys", server, tmp_path, monkeypatch, "db", "user", "") == ["password"]
