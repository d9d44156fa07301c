"""The same upgrade while the very first answer of the server is still on its way: nothing has been read yet, nothing shown."""

from __future__ import annotations

import http.server
import json
import shutil
import subprocess
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from bench.server import within
from package.krew_ground import Krew, krew, newer
from release.smoke import SERVER_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from package.conftest import Built
    from sandbox.sandboxes import Sandbox

pytestmark = [pytest.mark.package, pytest.mark.machine]
REFUSAL = {
    "apiVersion": "v1",
    "kind": "Status",
    "status": "Failure",
    "reason": "Forbidden",
    "code": 403,
    "message": 'services "shop" is forbidden: User "anna" cannot get resource "services" in API group "" in the namespace "x"',
}
RUNS: dict[str, list[str]] = {
    "text": ["version"],
    "french": ["version", "--lang", "fr"],
    "json": ["version", "-o", "json"],
    "yaml": ["version", "-o", "yaml"],
    "query": ["version", "--query", "server.version"],
    "refused": ["explain-service", "shop", "-n", "x"],
    "refused-french": ["explain-service", "shop", "-n", "x", "--lang", "fr"],
    "refused-drain": ["drain", "node-1"],
}
ENGLISH = "error: the user anna may not get services (namespace x)\n  kubectl auth can-i get services -n x\n"
FRENCH = "erreur : l'utilisateur anna n'a pas le droit : get services (namespace x)\n  kubectl auth can-i get services -n x\n"
REFUSED = {"refused": ENGLISH, "refused-french": FRENCH, "refused-drain": ENGLISH}


class SlowServer(http.server.ThreadingHTTPServer):
    """Answers nothing until `go` is set; `asked` are the runs whose first request is here.

    Each run has an address of its own, `/NAME`: one run sends several requests at once.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), SlowAnswer)
        self.go, self.asked = threading.Event(), set[str]()

    def kubeconfig(self, folder: Path, name: str) -> Path:
        """The file that leads a run here."""
        cluster = {"name": "slow", "cluster": {"server": f"http://127.0.0.1:{self.server_port}/{name}"}}
        context = {"name": "slow", "context": {"cluster": "slow", "user": ""}}
        config: dict[str, Any] = {"clusters": [cluster], "contexts": [context], "current-context": "slow"}
        file = folder / f"kubeconfig-{name}"
        file.write_text(json.dumps({"apiVersion": "v1", "kind": "Config", **config}))
        return file


class SlowAnswer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, SlowServer)
        name, _, path = self.path.removeprefix("/").partition("/")
        self.server.asked.add(name)
        self.server.go.wait(120)
        code, answer = (200, SERVER_VERSION) if path == "version" else (403, REFUSAL)
        body = json.dumps(answer).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - the name that http.server looks for

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def slow_server() -> Iterator[SlowServer]:
    with SlowServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.go.set()
            server.shutdown()


@pytest.fixture(scope="module")
def ends(
    bundle: Built, sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, subprocess.CompletedProcess[str]]:
    """How each run ended whose files were deleted while it waited for its first answer."""
    folder = tmp_path_factory.mktemp("waiting")
    with krew(folder, sandbox) as made, slow_server() as server:
        shutil.copy(bundle.archive, made.archives)
        made.install(bundle.version)
        runs = {name: started(made, server.kubeconfig(folder, name), words) for name, words in RUNS.items()}
        for _ in within(60, "a request of each", every=0.1):
            if server.asked == set(RUNS):
                break
        shutil.copy(newer(bundle.folder, "99.0.0", tmp_path_factory.mktemp("newer")), made.archives)
        made.offer("99.0.0")
        made.done("krew", "upgrade", "lab")
        assert [path.name for path in made.store.iterdir()] == ["v99.0.0"]
        assert [name for name, run in runs.items() if run.poll() is not None] == []
        server.go.set()
        said = {name: run.communicate(timeout=60) for name, run in runs.items()}
    return {
        name: subprocess.CompletedProcess(RUNS[name], runs[name].returncode, out, err)
        for name, (out, err) in said.items()
    }


def started(made: Krew, kubeconfig: Path, words: list[str]) -> subprocess.Popen[str]:
    return made.start("lab", *words, "--kubeconfig", str(kubeconfig))


@pytest.mark.parametrize("name", [name for name in RUNS if name not in REFUSED])
def test_an_answer_is_shown(ends: Mapping[str, subprocess.CompletedProcess[str]], name: str) -> None:
    assert (ends[name].returncode, ends[name].stderr) == (0, "")
    assert "v1.36.0" in ends[name].stdout


@pytest.mark.parametrize(("name", "words"), REFUSED.items(), ids=REFUSED)
def test_a_refusal_is_told_in_the_words_for_it(
    ends: Mapping[str, subprocess.CompletedProcess[str]], name: str, words: str
) -> None:
    assert (ends[name].returncode, ends[name].stdout, ends[name].stderr) == (1, "", words)
