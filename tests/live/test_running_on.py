"""A run outlives its own files: once it has sent its first request it looks for nothing of its program any more."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from bench.server import within
from live.late import Watched, after, watched
from live.service_ground import deployment, service
from live.test_drain_restart import restarted
from live.test_service_ingresses import ingress, secret, tls

if TYPE_CHECKING:
    from pathlib import Path

    from live import service_ground
    from live.drain_ground import Ground
    from sandbox.sandboxes import Sandbox

pytestmark = pytest.mark.live
DRAIN_FORMATS = ("text", "json", "yaml", "jsonl", "name")
SERVICE_FORMATS = ("text", "wide", "json", "yaml", "name", "mermaid", "svg", "dot")
LANDING_FORMATS = ("text", "wide", "json", "yaml", "name")
LANGUAGES = ("en", "fr")
WEB = {"app": "web"}
EXEC = "client.authentication.k8s.io/v1"
# what a short read may still look for: a library of thirty milliseconds that few answers need. Where it is gone meanwhile,
# the command says so and ends (tests/unit/plugins/test_incomplete.py)
LIBRARY = "cryptography"


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return tmp_path / "report"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("output", DRAIN_FORMATS)
def test_a_drain_that_is_refused_and_runs_out_of_time_looks_for_nothing(
    ground: Ground, report: Path, output: str, lang: str
) -> None:
    node = ground.node("a")
    ground.pod("goes", node)
    ground.pod("stays", node, "kept")
    ground.budget("keeper", "kept", maxUnavailable=0)
    run = watched(ground.sandbox, report, "drain", node, "--timeout=2s", "-o", output, "--lang", lang)
    assert run.code == 1, run.err
    assert ground.evictions() == ["goes"]
    assert run.late == []


@pytest.mark.parametrize("words", [["--dry-run=server"], ["--dry-run=client"], ["-v"], ["--disable-eviction", "-q"]])
def test_a_drain_that_ends_well_looks_for_nothing(ground: Ground, report: Path, words: list[str]) -> None:
    node = ground.node("a")
    ground.pod("goes", node)
    run = watched(ground.sandbox, report, "drain", node, *words)
    assert (run.code, run.late) == (0, []), run.err


def test_a_query_that_fails_on_what_came_out_looks_for_nothing(ground: Ground, report: Path) -> None:
    run = watched(ground.sandbox, report, "drain", ground.node("a"), "--query", "abs(outcome)")
    assert (run.code, run.late) == (2, []), run.err


@pytest.mark.parametrize("output", ["text", "json"])
def test_a_drain_that_is_interrupted_looks_for_nothing(ground: Ground, report: Path, output: str) -> None:
    node = ground.node("a")
    ground.pod("held", node, held=True)
    run = Watched(ground.sandbox, report, "drain", node, "-o", output, "--lang", "fr")
    done = run.interrupt(lambda: ground.evictions() != [])
    assert (done.code, done.late) == (130, []), done.err


def test_a_drain_whose_server_goes_away_and_comes_back_looks_for_nothing(own_ground: Ground, report: Path) -> None:
    node = own_ground.node("a")
    own_ground.pod("slow", node, seconds=3)
    run = Watched(own_ground.sandbox, report, "drain", node, "--lang", "fr", "-v")
    for _ in within(20, "the eviction"):
        if own_ground.evictions():
            break
    with restarted(own_ground, pause=1):
        done = run.end()
    assert (done.code, done.late) == (0, []), done.err
    assert "127.0.0.1" in done.err


def test_an_exec_plugin_that_runs_again_when_its_answer_ends_looks_for_nothing(
    ground: Ground, report: Path, tmp_path: Path
) -> None:
    node = ground.node("a")
    ground.pod("slow", node, seconds=3)
    kubeconfig, runs = with_plugin(ground.sandbox, tmp_path)
    run = watched(ground.sandbox, report, "drain", node, "--kubeconfig", str(kubeconfig))
    assert (run.code, run.late) == (0, []), run.err
    assert runs.read_bytes().count(b"\n") > 1


def with_plugin(sandbox: Sandbox, folder: Path) -> tuple[Path, Path]:
    """A kubeconfig whose user is a program, and where each of its runs leaves a line.

    It answers as YAML, with the administrator's certificate, good for a second.
    """
    given = json.loads(sandbox.kubectl("config", "view", "--raw", "--flatten", "-o", "json").stdout)
    user = given["users"][0]["user"]
    fields = {"clientCertificateData": "client-certificate-data", "clientKeyData": "client-key-data"}
    status = {name: base64.b64decode(user[field]).decode() for name, field in fields.items()}
    answer = {"apiVersion": EXEC, "kind": "ExecCredential", "status": {**status, "expirationTimestamp": "WHEN"}}
    (folder / "answer").write_text(yaml.safe_dump(answer))
    plugin, runs = folder / "plugin", folder / "runs"
    plugin.write_text(
        f"#!/bin/sh\necho run >> {runs}\n"
        f'sed "s/WHEN/\\"$(date -u -d \'+1 second\' +%Y-%m-%dT%H:%M:%SZ)\\"/" {folder}/answer\n'
    )
    plugin.chmod(0o755)
    given["users"][0]["user"] = {"exec": {"apiVersion": EXEC, "command": str(plugin), "interactiveMode": "Never"}}
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_text(json.dumps(given))
    return kubeconfig, runs


@pytest.fixture(scope="module")
def shop(services: service_ground.Ground) -> str:
    """A Service that works, one that finds nobody, an Ingress."""
    where = services.namespace("on")
    services.add(where, deployment("web"), service("web", WEB), service("lost", {"app": "wbe"}), ingress("plain"))
    services.available(where, "web")
    services.endpoints(where, "web", 2, ready=2)
    return where


@pytest.fixture(scope="module")
def secure(services: service_ground.Ground) -> str:
    """An Ingress with TLS."""
    where = services.namespace("secure")
    services.add(where, service("web", WEB), secret("good-tls", "secure.example"), tls("secure", "good-tls"))
    return where


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("output", SERVICE_FORMATS)
def test_an_explanation_looks_for_nothing(
    services: service_ground.Ground, shop: str, report: Path, output: str, lang: str
) -> None:
    words = ("explain-service", "lost", "-n", shop, "-o", output, "--lang", lang)
    run = watched(services.sandbox, report, *words)
    assert (run.code, run.late) == (0, []), run.err


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["-n"], id="all of a namespace"),
        pytest.param(["web", "--from", "pod/x", "-n"], id="who asks"),
        pytest.param(["nobody", "-n"], id="what is not there"),
        pytest.param(["web", "-v", "--query", "@", "-n"], id="a query"),
        pytest.param(["ingress/plain", "-n"], id="an Ingress"),
    ],
)
def test_other_questions_look_for_nothing(
    services: service_ground.Ground, shop: str, report: Path, words: list[str]
) -> None:
    run = watched(services.sandbox, report, "explain-service", *words, shop)
    assert run.late == [], run.err


PODS_OF = "deployment/web"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("output", LANDING_FORMATS)
@pytest.mark.parametrize("words", [["explain-tolerations", PODS_OF], ["explain-taints"]], ids=["a pod", "the taints"])
def test_an_answer_about_landing_looks_for_nothing(
    services: service_ground.Ground, shop: str, report: Path, words: list[str], output: str, lang: str
) -> None:
    pretended = ("--add-taint", "team=blue:NoExecute", "-n", shop)
    run = watched(services.sandbox, report, *words, *pretended, "-o", output, "--lang", lang)
    assert (run.code, run.late) == (0, []), run.err


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["explain-tolerations", "nobody"], id="a pod that is not there"),
        pytest.param(["explain-tolerations", PODS_OF, "--node", "nowhere"], id="a node that is not there"),
        pytest.param(["explain-tolerations", PODS_OF, "--remove-taint", "nothing"], id="a taint that is not there"),
        pytest.param(["explain-tolerations", PODS_OF, "-o", "json", "--query", "pods[].feasible"], id="a query"),
        pytest.param(["explain-tolerations"], id="every pending pod"),
        pytest.param(["explain-taints", "nowhere"], id="taints of a node that is not there"),
    ],
)
def test_other_questions_about_landing_look_for_nothing(
    services: service_ground.Ground, shop: str, report: Path, words: list[str]
) -> None:
    run = watched(services.sandbox, report, *words, "-n", shop)
    assert run.late == [], run.err


@pytest.mark.parametrize("output", ["text", "json", "svg"])
def test_a_stream_of_another_encoding_looks_for_nothing(
    services: service_ground.Ground, shop: str, report: Path, output: str
) -> None:
    env = {"PYTHONIOENCODING": "cp437", "PYTHONUTF8": "0"}
    run = watched(services.sandbox, report, "explain-service", "lost", "-n", shop, "-o", output, env=env)
    assert (run.code, run.late) == (0, []), run.err


def test_a_certificate_may_still_want_its_library_and_nothing_else(
    services: service_ground.Ground, secure: str, report: Path
) -> None:
    run = watched(services.sandbox, report, "explain-service", "ingress/secure", "-n", secure)
    assert run.late is not None
    assert run.late[0] == f"import {LIBRARY}"
    imported = {line.removeprefix("import ") for line in run.late if line.startswith("import ")}
    assert imported <= imported_by(LIBRARY)


def imported_by(library: str) -> set[str]:
    """Every module that reading a certificate with it imports, tried or had."""
    script = "import sys; sys.addaudithook(lambda event, given: print(given[0]) if event == 'import' else None)"
    script += f"; import {library}.x509; from kubectl_lab.domain.rules import certificates; certificates.preload()"
    return set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )


@pytest.mark.parametrize("output", ["text", "jsonl"])
def test_who_watches_has_even_that(services: service_ground.Ground, secure: str, report: Path, output: str) -> None:
    words = ("explain-service", "ingress/secure", "web", "-n", secure, "--watch", "-o", output)
    run = Watched(services.sandbox, report, *words)
    run.begun()
    done = run.interrupt(after(4))
    assert (done.code, done.late) == (130, []), done.err


@pytest.mark.parametrize("words", [[], ["-o", "json"], ["-o", "yaml"], ["-v"], ["--lang", "fr"]], ids=" ".join)
def test_a_version_looks_for_nothing(sandbox: Sandbox, report: Path, words: list[str]) -> None:
    run = watched(sandbox, report, "version", *words)
    assert (run.code, run.late) == (0, []), run.err
