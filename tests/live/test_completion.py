"""TAB after `kubectl lab`, through the real kubectl, its real scripts for shells and a real server."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import subprocess
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import shells
from bench import audit
from bench.server import within
from completing import PROGRAM, patiently
from kubectl_lab.cluster import config, live, names
from kubectl_lab.cluster.kinds import KINDS
from kubectl_lab_plugins.completion_limit import Limit
from kubectl_lab_plugins.completion_sources import SOURCES, Asked
from kubectl_lab_plugins.completion_table import Table
from kubectl_lab_plugins.completion_words import read
from kubectl_lab_plugins.main import COMMANDS
from sandbox.sandboxes import SLOW_PODS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sandbox.sandboxes import Sandbox
    from shells import Shell

pytestmark = pytest.mark.live
numbers = itertools.count(1)
NOTHING = [":4"]
SETTLED = 0.3  # seconds in which a request that nobody waits for gets into the server's log


class Tab(NamedTuple):
    """An installation as krew makes it: one link on PATH, and what `completion install` writes beside it."""

    sandbox: Sandbox
    environ: dict[str, str]
    namespace: str

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The real kubectl."""
        done = subprocess.run(
            ["kubectl", *words], env=self.environ, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done

    def offered(self, *words: str) -> list[str]:
        """Candidates for `kubectl lab WORDS…`, the last one being completed; then the directive."""
        done = self.run("__complete", "lab", *words)
        noise = [line for line in done.stderr.splitlines() if not line.startswith(("[Debug]", "Completion ended"))]
        assert noise == []
        return [line.partition("\t")[0] for line in done.stdout.splitlines()]

    def candidates(self, *words: str) -> tuple[list[str], float]:
        """The same for words that have some, and when they were asked for: once more where a busy machine was too slow."""

        def ask() -> tuple[list[str], float]:
            since = now()
            return self.offered(*words), since

        return patiently(ask, lambda answered: answered[0] == NOTHING)

    def requests(self, since: float, count: int = 0) -> list[str]:
        """What our program has asked the server since then: `list nodes`; waits for `count` of them, 5 s at most."""
        with contextlib.suppress(TimeoutError):
            for _ in within(5, "the audit log"):
                if len(self._logged(since)) >= count:
                    break
        time.sleep(SETTLED)
        return self._logged(since)

    def _logged(self, since: float) -> list[str]:
        return [each.what for each in audit.requests(self.sandbox.audit_log, "kubectl-lab", since, now())]


def now() -> float:
    return time.time()  # noqa: TID251 - the audit log's own clock


def installed(sandbox: Sandbox, folder: Path, *names: str) -> dict[str, str]:
    """An environment whose PATH has these programs of ours and no other, with completion installed."""
    for name in names:
        (folder / name).symlink_to(PROGRAM)
    path = os.pathsep.join([str(folder), str(sandbox.bin), "/usr/local/bin", "/usr/bin", "/bin"])
    environ = {**sandbox.environment(), "PATH": path, "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    subprocess.run(
        ["kubectl", "lab", "completion", "install"], env=environ, check=True, capture_output=True, timeout=60
    )
    return environ


@pytest.fixture(scope="module")
def tab(sandbox_factory: Callable[..., Sandbox], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """In the namespace that the context names: Services web and api, an Ingress front, a Secret db."""
    sandbox = sandbox_factory(nodes=1, stages=SLOW_PODS, audit=True)
    environ = installed(sandbox, tmp_path_factory.mktemp("tab"), "kubectl-lab")
    namespace = f"tab-{next(numbers)}"
    sandbox.kubectl("create", "namespace", namespace)
    for name in ("web", "api"):
        sandbox.kubectl("create", "service", "clusterip", name, "--tcp=80", "-n", namespace)
    sandbox.kubectl("create", "ingress", "front", "--rule=shop.example/*=web:80", "-n", namespace)
    sandbox.kubectl(
        "create", "secret", "generic", "db", "--from-literal=user=a", "--from-literal=key=b", "-n", namespace
    )
    yield Tab(sandbox, environ, namespace)
    sandbox.kubectl("delete", "namespace", namespace, "--wait=false")


def nodes(tab: Tab) -> list[str]:
    listed = tab.sandbox.kubectl("get", "nodes", "-o", "name").stdout.split()
    return [name.removeprefix("node/") for name in listed]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        pytest.param([""], [*COMMANDS, ":4"], id="commands"),
        pytest.param(["drain", "--ig"], ["--ignore-daemonsets", ":4"], id="flags"),
        pytest.param(["explain-service", "-o", "m"], ["mermaid", ":4"], id="values"),
        pytest.param(["why", "DRN04"], ["DRN041", "DRN042", ":4"], id="codes"),
        pytest.param(["drain", "-f"], [":4"], id="no such flag"),
        pytest.param(["drain", "--kubeconfig", ""], [":0"], id="files"),
        pytest.param(["drain", "--cluster", "x", "-l", "a=b", ""], [":4"], id="no name beside a selector"),
        pytest.param(["explain-service", "--from", "n"], ["namespace/", ":6"], id="a word to go on with"),
    ],
)
def test_a_static_answer_asks_the_server_nothing(tab: Tab, words: list[str], offered: list[str]) -> None:
    since = now()
    assert tab.offered(*words) == offered
    assert tab.requests(since) == []


def test_contexts_ask_the_server_nothing(tab: Tab) -> None:
    since = now()
    context = tab.sandbox.kubectl("config", "current-context").stdout.strip()
    assert tab.offered("version", "--context", "") == [context, ":4"]
    assert tab.requests(since) == []


@pytest.mark.parametrize(
    ("words", "offered", "request_made"),
    [
        pytest.param(["explain-service", "-n", "NS", ""], ["api", "web", ":4"], "list services", id="services"),
        pytest.param(["explain-service", "-n", "NS", "web", ""], ["api", ":4"], "list services", id="each once"),
        pytest.param(["explain-service", "-nNS", "w"], ["web", ":4"], "list services", id="by their beginning"),
        pytest.param(["explain-service", "-n=NS", "ing"], ["ingress/", ":6"], "list services", id="a type"),
        pytest.param(
            ["explain-service", "-n", "NS", "ingress/"], ["ingress/front", ":4"], "list ingresses", id="ingresses"
        ),
        pytest.param(["explain-service", "-n", "NS"], ["NS", ":4"], "list namespaces", id="namespaces"),
        pytest.param(["explain-service", "--namespace=NS"], ["NS", ":4"], "list namespaces", id="after ="),
    ],
)
def test_names_cost_one_request(tab: Tab, words: list[str], offered: list[str], request_made: str) -> None:
    made, since = tab.candidates(*(word.replace("NS", tab.namespace) for word in words))
    assert made == [word.replace("NS", tab.namespace) for word in offered]
    assert tab.requests(since, 1) == [request_made]


def test_where_the_names_are_denied_one_request_is_made_and_none_offered(tab: Tab) -> None:
    since = now()
    assert tab.offered("explain-service", "-n", tab.namespace, "--as", "nobody", "") == NOTHING
    assert tab.requests(since, 1) == ["list services"]


def test_nodes_are_those_that_kubectl_gets(tab: Tab) -> None:
    made, since = tab.candidates("drain", "")
    assert made == [*nodes(tab), ":4"]
    assert tab.offered("drain", *nodes(tab), "") == NOTHING
    assert tab.requests(since, 2) == ["list nodes"] * 2


def test_routes_of_a_server_without_the_gateway_api_are_none(tab: Tab) -> None:
    assert tab.offered("explain-service", "httproute/") == [":4"]


def from_source(name: str, tab: Tab, monkeypatch: pytest.MonkeyPatch, *words: str) -> list[str]:
    """What a source gives that no command uses yet; the last word is the one to complete."""
    monkeypatch.setenv("KUBECONFIG", str(tab.sandbox.kubeconfig))
    *before, last = words
    typed = read(["-n", tab.namespace, *before], Table("en").entries("explain-service"))
    return [word for word, _ in SOURCES[name](Asked(last, typed, Limit()))]


def test_secrets_are_listed_and_none_is_read(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    since = now()
    assert from_source("secrets", tab, monkeypatch, "") == ["db"]
    assert "db" in from_source("secrets", tab, monkeypatch, "-A", "")
    assert tab.requests(since, 2) == ["list secrets"] * 2


def test_no_value_of_a_secret_leaves_the_server_for_its_name(tab: Tab) -> None:
    """What was applied stands in an annotation, base64 or not."""
    manifest = {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "applied"}, "stringData": {"a": "hunter2"}}
    tab.sandbox.kubectl("apply", "-n", tab.namespace, "-f", "-", input=json.dumps(manifest))
    kubeconfig = str(tab.sandbox.kubeconfig)
    with contextlib.closing(
        live.connect(config.resolve(config.Flags(kubeconfig=kubeconfig), {})).transport
    ) as transport:
        path = KINDS["Secret"].path(tab.namespace)
        made = transport.request("GET", path, query=names.QUERY, accept=names.TABLE)
        metadata = transport.request("GET", path, accept=names.TABLE.replace("Table", "PartialObjectMetadataList"))
        assert names.listed(transport, "Secret", tab.namespace, 5) == ["applied", "db"]
    assert "hunter2" in str(metadata)
    assert "hunter2" not in str(made)
    tab.sandbox.kubectl("delete", "secret", "applied", "-n", tab.namespace)


def test_the_keys_of_a_secret_are_those_of_the_one_that_is_named(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    since = now()
    assert from_source("secret-keys", tab, monkeypatch, "db", "") == ["key", "user"]
    assert from_source("secret-keys", tab, monkeypatch, "db", "user", "") == ["key"]
    assert tab.requests(since, 2) == ["get secrets"] * 2


def test_programs_that_kubectl_lists_itself_are_listed_once_and_completed(tab: Tab, tmp_path: Path) -> None:
    """As after `pip install`: kubectl takes kubectl-lab-drain for a plugin of its own."""
    environ = installed(tab.sandbox, tmp_path, "kubectl-lab", "kubectl-lab-drain", "kubectl-lab-explain_service")
    there = Tab(tab.sandbox, environ, tab.namespace)
    assert sorted(there.offered("")) == sorted([*COMMANDS, ":4"])
    assert there.candidates("drain", "")[0] == [*nodes(tab), ":4"]
    assert there.candidates("explain-service", "-n", tab.namespace, "w")[0] == ["web", ":4"]


LINES = [
    pytest.param("drain --dry-run=s", "drain --dry-run=server ", id="a value after ="),
    pytest.param("explain-service -omer", "explain-service -omermaid ", id="a value attached"),
    pytest.param("explain-service -n NS w", "explain-service -n NS web ", id="a Service"),
    pytest.param("explain-service -nNS w", "explain-service -nNS web ", id="a Service beside an attached value"),
    pytest.param("explain-service -n NS ing", "explain-service -n NS ingress/", id="no blank where more is to come"),
    pytest.param("explain-service -n NS ingress/", "explain-service -n NS ingress/front ", id="TYPE/NAME"),
    pytest.param("version --kubeconfig some", "version --kubeconfig somefile ", id="a file"),
    pytest.param("version --kubeconfig=some", "version --kubeconfig=somefile ", id="a file after ="),
    pytest.param("version some", "version some", id="no file where none belongs"),
    pytest.param("drain --as nobody s", "drain --as nobody s", id="denied: nothing, no files either"),
]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "somefile").touch()
    return tmp_path


@pytest.fixture(scope="module", params=["bash", "zsh"])
def shell(request: pytest.FixtureRequest, tab: Tab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """One that all lines are typed into."""
    folder = tmp_path_factory.mktemp("shell")
    (folder / "somefile").touch()
    start: Any = getattr(shells, request.param)
    with start(tab.environ, f"source <(kubectl completion {request.param})", folder) as running:
        yield running


@pytest.mark.machine
@pytest.mark.parametrize(("line", "becomes"), LINES)
def test_in_a_shell_a_line_becomes(tab: Tab, shell: Shell, line: str, becomes: str) -> None:
    before, after = (f"kubectl lab {each}".replace("NS", tab.namespace) for each in (line, becomes))
    assert patiently(lambda: shell.completed(before), lambda made: made == before != after) == after


@pytest.mark.machine
@pytest.mark.parametrize(("line", "becomes"), LINES)
def test_in_fish_a_line_becomes(tab: Tab, files: Path, line: str, becomes: str) -> None:
    setup, before = "kubectl completion fish | source", f"kubectl lab {line}".replace("NS", tab.namespace)
    made = patiently(
        lambda: shells.fish(tab.environ, setup, before, files), lambda listed: not listed and line != becomes
    )
    offered = [each.partition("\t")[0] for each in made]
    last = becomes.replace("NS", tab.namespace).split()[-1]
    assert offered == ([] if line == becomes else [last])


@pytest.mark.machine
def test_a_shell_lists_commands_with_what_they_do(shell: Shell) -> None:
    shell.completed("kubectl lab ", "\t\t")
    for name, words in Table("en").words("commands").items():
        assert name in shell.seen
        assert words[:40] in shell.seen
