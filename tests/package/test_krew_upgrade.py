"""`kubectl krew upgrade` deletes the version that is running: every run that is under way ends as if nothing had happened."""

from __future__ import annotations

import json
import shutil
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import yaml

from bench import audit
from bench.server import within
from live.conftest import ground_on
from package.krew_ground import Krew, krew, newer
from sandbox.sandboxes import SLOW_PODS

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator, Mapping

    from bench.server import Json
    from live.drain_ground import Done, Ground
    from package.conftest import Built
    from sandbox.sandboxes import Sandbox

pytestmark = [pytest.mark.package, pytest.mark.machine]
NEXT = "99.0.0"
# a run each, with a node of its own: one pod is held back after its eviction, one by its budget
DRAINS: dict[str, list[str]] = {
    "text": [],
    "french": ["--lang", "fr"],
    "quiet": ["-q"],
    "name": ["-o", "name"],
    "json": ["-o", "json"],
    "json-french": ["-o", "json", "--lang", "fr"],
    "query": ["--query", "nodes[].outcome"],
    "yaml": ["-o", "yaml"],
    "jsonl": ["-o", "jsonl"],
    "failing": ["-o", "json"],
    "failing-french": ["--lang", "fr"],
    "interrupted": ["--lang", "fr"],
    "interrupted-yaml": ["-o", "yaml"],
}
INTERRUPTED = ("interrupted", "interrupted-yaml")
FAILING = ("failing", "failing-french")
FINISHING = [name for name in DRAINS if name not in (*INTERRUPTED, *FAILING)]
WATCH = "watch"
WATCHED = ["--watch", "--until", "healthy", "--timeout", "3m", "-o", "jsonl"]


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What a run with a name of DRAINS drained and how it ended; `alive` and `versions` are of right after the upgrade."""

    krew: Krew
    nodes: Mapping[str, str]
    ends: Mapping[str, Done]
    alive: Mapping[str, bool]
    versions: list[str]


@pytest.fixture(scope="module")
def upgrade(
    bundle: Built, sandbox_factory: Callable[..., Sandbox], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Upgrade]:
    """Runs started through krew's link, upgraded in the middle, then let go to their end."""
    cluster = sandbox_factory(nodes=1, stages=SLOW_PODS, audit=True)
    with krew(tmp_path_factory.mktemp("upgraded"), cluster) as made, ground_on(cluster) as ground:
        shutil.copy(bundle.archive, made.archives)
        made.install(bundle.version)
        nodes = {name: laid_out(ground, name) for name in DRAINS}
        started = time.monotonic()
        runs = {name: made.start("lab", "drain", nodes[name], *words) for name, words in DRAINS.items()}
        runs[WATCH] = made.start("lab", "explain-service", "shop", "-n", ground.name, *WATCHED)
        until_all_wait(ground)
        shutil.copy(newer(bundle.folder, NEXT, tmp_path_factory.mktemp("newer")), made.archives)
        made.offer(NEXT)
        made.done("krew", "upgrade", "lab")
        versions = sorted(path.name for path in made.store.iterdir())
        alive = {name: run.poll() is None for name, run in runs.items()}
        let_go(ground, runs)
        yield Upgrade(made, nodes, {name: ground.end(run, started) for name, run in runs.items()}, alive, versions)


def laid_out(ground: Ground, name: str) -> str:
    """A node with a pod that is held back when it is evicted, and one that may not be evicted."""
    node = ground.node(name)
    ground.pod(f"held-{name}", node, held=True)
    ground.pod(f"kept-{name}", node, name)
    ground.budget(name, name, minAvailable=1)
    return node


def until_all_wait(ground: Ground) -> None:
    """Until every drain has evicted the one pod and been refused the other, and the watch has asked for its Service."""
    for _ in within(90, "the evictions and the watch", every=0.5):
        answers = {(one.name.partition("-")[0], one.name.partition("-")[2], one.code) for one in ground.written()}
        if all({("held", name, 201), ("kept", name, 429)} <= answers for name in DRAINS) and is_watching(ground):
            return


def is_watching(ground: Ground) -> bool:
    """Whether a Service of this ground has been asked for: drains ask for none."""
    asked = audit.requests(ground.sandbox.audit_log, "kubectl-lab", ground.began, time.time_ns() / 1e9)
    return any(one.namespace == ground.name and one.what.endswith(" services") for one in asked)


def let_go(ground: Ground, runs: Mapping[str, subprocess.Popen[str]]) -> None:
    """What was waited for comes; INTERRUPTED get their Ctrl-C instead, FAILING a budget that the API cannot serve."""
    for name in INTERRUPTED:
        runs[name].send_signal(signal.SIGINT)
    for name in FAILING:
        ground.budget(f"{name}-too", name, minAvailable=0)
    for name in FINISHING:
        ground.server.delete(f"{ground.budgets}/{name}")
    for name in (*FINISHING, *FAILING):
        ground.server.patch(f"{ground.path}/held-{name}", {"metadata": {"finalizers": None}})
    spare = ground.node("spare")
    ground.pod("shop", spare, "shop")
    address = {"podIP": "10.99.0.1", "podIPs": [{"ip": "10.99.0.1"}]}  # these slow pods come without one
    ground.server.patch(f"{ground.path}/shop/status", {"status": address})
    service = {"metadata": {"name": "shop"}, "spec": {"selector": {"app": "shop"}, "ports": [{"port": 80}]}}
    ground.server.create(f"/api/v1/namespaces/{ground.name}/services", service)


def outcome(upgrade: Upgrade, name: str) -> Json:
    """The document of a run, from JSON, YAML or the last line of jsonl."""
    out = upgrade.ends[name].out
    found: Json = json.loads(out.splitlines()[-1]) if name == "jsonl" else yaml.safe_load(out)
    return found


def test_the_old_version_was_deleted_while_all_were_running(upgrade: Upgrade) -> None:
    assert upgrade.versions == [f"v{NEXT}"]
    assert upgrade.alive == dict.fromkeys([*DRAINS, WATCH], True)


def test_the_new_version_answers_from_then_on(upgrade: Upgrade) -> None:
    assert upgrade.krew.done("lab", "--version") == f"{NEXT}\n"
    assert upgrade.krew.link.resolve().is_relative_to(upgrade.krew.store / f"v{NEXT}")


@pytest.mark.parametrize("name", FINISHING)
def test_a_drain_finishes(upgrade: Upgrade, name: str) -> None:
    assert upgrade.ends[name].code == 0, upgrade.ends[name].err


@pytest.mark.parametrize("name", [*DRAINS, WATCH])
def test_a_run_does_not_notice(upgrade: Upgrade, name: str) -> None:
    said = upgrade.ends[name].out + upgrade.ends[name].err
    assert [word for word in ("Traceback", "Error", "_internal", "moved or deleted") if word in said] == []


@pytest.mark.parametrize("name", ["json", "json-french", "yaml", "jsonl"])
def test_the_document_is_whole(upgrade: Upgrade, name: str) -> None:
    found = outcome(upgrade, name)
    assert (found["kind"], found["outcome"]) == ("Drain", "drained")
    (node,) = found["nodes"]
    assert node["name"] == upgrade.nodes[name]
    assert {pod["name"]: pod["outcome"] for pod in node["pods"]} == dict.fromkeys(
        [f"held-{name}", f"kept-{name}"], "evicted"
    )


@pytest.mark.parametrize(
    ("name", "last"), [("text", "nodes drained: 1 of 1; pods gone: 2"), ("french", "nœuds vidés : 1 sur 1")]
)
def test_the_text_goes_to_its_last_line(upgrade: Upgrade, name: str, last: str) -> None:
    lines = upgrade.ends[name].out.splitlines()
    assert f"node/{upgrade.nodes[name]} drained" in lines
    assert lines[-1].startswith(last)


def test_names_and_queries_are_answered(upgrade: Upgrade) -> None:
    assert upgrade.ends["name"].out == f"node/{upgrade.nodes['name']}\n"
    assert json.loads(upgrade.ends["query"].out) == ["drained"]


def test_ctrl_c_still_ends_with_a_report_in_both_languages(upgrade: Upgrade) -> None:
    assert {upgrade.ends[name].code for name in INTERRUPTED} == {130}
    assert outcome(upgrade, "interrupted-yaml")["outcome"] == "interrupted"
    assert "1" in upgrade.ends["interrupted"].out


def test_what_only_then_goes_wrong_is_told_in_full(upgrade: Upgrade) -> None:
    assert {upgrade.ends[name].code for name in FAILING} == {1}
    (node,) = outcome(upgrade, "failing")["nodes"]
    assert (node["outcome"], {pod["outcome"] for pod in node["pods"]}) == ("failed", {"evicted", "failed"})
    french = upgrade.ends["failing-french"]
    assert "nœuds vidés : 0 sur 1" in french.out
    assert "DRN031" in french.out + french.err


def test_a_watch_goes_on_to_its_end(upgrade: Upgrade) -> None:
    done = upgrade.ends[WATCH]
    assert done.code == 0, done.err
    assert json.loads(done.out.splitlines()[-1])["kind"] == "ServiceExplanation"
