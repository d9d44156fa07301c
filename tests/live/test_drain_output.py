"""What a live drain prints: kubectl's lines, documents, events, two languages; and dry runs that leave no trace."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from bench.server import within

if TYPE_CHECKING:
    from bench.server import Json
    from live.drain_ground import Ground

pytestmark = pytest.mark.live
EVENT_KEYS = {"time", "event", "node", "pod", "message", "details"}


def versions(ground: Ground) -> dict[str, str]:
    """The resource version of every object a drain could change: any write shows."""
    nodes = [ground.server.get(f"/api/v1/nodes/{name}") for name in ground.made]
    found = [*nodes, *ground.pods().values(), *ground.server.items(ground.budgets)]
    return {one["metadata"]["uid"]: one["metadata"]["resourceVersion"] for one in found}


def test_text_is_kubectls_lines_and_a_summary(ground: Ground) -> None:
    node = ground.node("a")
    ground.pod("web", node)
    done = ground.drain(node)
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == f"node/{node} cordoned"
    assert lines.index("pod/web evicted") < lines.index(f"node/{node} drained")
    assert f"{ground.name}/web" in done.err  # the plan


def test_yaml_holds_the_same_as_json(ground: Ground) -> None:
    node = ground.node("a")
    ground.pod("web", node)
    documents = [ground.drain(node, "--dry-run", "-o", output).out for output in ("json", "yaml")]
    assert json.loads(documents[0]) == yaml.safe_load(documents[1])


def test_name_is_the_drained_nodes(ground: Ground) -> None:
    node, held = ground.node("a"), ground.node("b")
    ground.pod("web", node)
    ground.pod("bare", held, bare=True)
    done = ground.drain(node, held, "-o", "name")
    assert (done.code, done.out) == (1, f"node/{node}\n")


def test_jsonl_is_an_event_a_line_and_the_document_last(ground: Ground) -> None:
    node = ground.node("a")
    ground.pod("web", node)
    done = ground.drain(node, "-o", "jsonl")
    lines: list[Json] = [json.loads(line) for line in done.out.splitlines()]
    assert all(set(event) >= EVENT_KEYS for event in lines[:-1])
    kinds = [event["event"] for event in lines[:-1]]
    assert [kind for kind in kinds if kind in ("plan", "cordoned", "evicting", "evicted", "node")] == [
        "plan",
        "cordoned",
        "evicting",
        "evicted",
        "node",
    ]
    pod = next(event["pod"] for event in lines if event.get("event") == "evicted")
    assert pod == {"kind": "Pod", "namespace": ground.name, "name": "web"}
    assert (lines[-1]["kind"], lines[-1]["outcome"]) == ("Drain", "drained")


def test_the_document_is_the_contracts(ground: Ground) -> None:
    node = ground.node("a")
    uid = ground.pod("web", node)
    document = ground.drain(node, "-o", "json").document
    assert set(document) == {"apiVersion", "kind", "mode", "outcome", "nodes", "findings"}
    assert [document[key] for key in ("apiVersion", "kind", "mode", "outcome")] == [
        "kubectl-lab/v1",
        "Drain",
        "apply",
        "drained",
    ]
    (shown,) = document["nodes"]
    assert (shown["name"], shown["outcome"], shown["cordoned"]) == (node, "drained", "by-us")
    (pod,) = shown["pods"]
    assert {key: pod[key] for key in ("namespace", "name", "uid", "action", "outcome", "budgets", "fits")} == {
        "namespace": ground.name,
        "name": "web",
        "uid": uid,
        "action": "evict",
        "outcome": "evicted",
        "budgets": [],
        "fits": None,
    }
    assert pod["controller"]["kind"] == "ReplicaSet"


def test_french_is_french_and_keeps_kubernetes_words(ground: Ground) -> None:
    node = ground.node("a")
    ground.pod("bare", node, bare=True)
    english, french = (ground.drain(node, "--lang", lang, "-o", "json") for lang in ("en", "fr"))
    assert (english.code, french.code) == (1, 1)
    messages = [[finding["message"] for finding in done.all_findings()] for done in (english, french)]
    assert messages[0] != messages[1]
    assert "--force" in french.out
    assert [finding["code"] for finding in english.all_findings()] == [
        finding["code"] for finding in french.all_findings()
    ]


def test_every_reason_of_a_refused_pod_is_told_at_once(ground: Ground) -> None:
    node = ground.node("a")
    spec = {"nodeName": node, "containers": [{"name": "c", "image": "i"}], "volumes": [{"name": "v", "emptyDir": {}}]}
    ground.server.create(ground.path, {"metadata": {"name": "both"}, "spec": spec})
    done = ground.drain(node, "-o", "json")
    assert (done.code, done.nodes) == (1, {node: "blocked"})
    assert {"DRN002", "DRN003"} <= done.codes("both")
    assert not ground.is_cordoned(node)
    text = ground.drain(node)
    assert "--force" in text.out + text.err
    assert "--delete-emptydir-data" in text.out + text.err


@pytest.mark.parametrize("mode", ["client", "server"])
def test_a_dry_run_ends_with_every_blocker_and_leaves_no_trace(ground: Ground, mode: str) -> None:
    nodes = ground.node("a"), ground.node("b")
    ground.pod("one", nodes[0], "one")
    ground.pod("two", nodes[1], "two")
    ground.pod("free", nodes[0], "free")
    ground.pod("bare", nodes[1], "bare", bare=True)
    ground.budget("one-pdb", "one", minAvailable=1)
    ground.budget("two-pdb", "two", minAvailable=1)
    before = versions(ground)
    done = ground.drain(*nodes, f"--dry-run={mode}", "-o", "json")
    assert (done.code, done.document["outcome"], done.document["mode"]) == (1, "blocked", mode)
    assert done.seconds < 20
    assert "DRN003" in done.codes("bare")
    assert {budget["name"] for pod in done.pods.values() for budget in pod["budgets"]} == {"one-pdb", "two-pdb"}
    for pod in ("one", "two"):
        assert done.codes(pod) & {"DRN010", "DRN011"}
    assert versions(ground) == before
    assert {pod["outcome"] for pod in done.pods.values()} == {None}


@pytest.mark.parametrize("how", [[], ["--disable-eviction"]])
def test_a_clear_dry_run_on_the_server_asks_for_each_pod_once_and_ends(ground: Ground, how: list[str]) -> None:
    node = ground.node("a")
    for number in range(3):
        ground.pod(f"p{number}", node)
    before = versions(ground)
    done = ground.drain(node, "--dry-run=server", "-o", "json", *how)
    assert (done.code, done.document["outcome"]) == (0, "clear"), done.err
    assert versions(ground) == before
    written = [request.what for request in ground.written()]
    assert sorted(written) == sorted(["patch nodes", *["delete pods" if how else "create pods/eviction"] * 3])


def test_a_selector_without_nodes_says_so_and_succeeds(ground: Ground) -> None:
    done = ground.drain("-l", "ground=nowhere")
    assert done.code == 0
    assert "ground=nowhere" in done.err
    document = ground.drain("-l", "ground=nowhere", "-o", "json")
    assert (document.code, document.document["nodes"], document.document["outcome"]) == (0, [], "drained")
    assert [finding["code"] for finding in document.document["findings"]] == ["DRN041"]
    assert "ground=nowhere" in document.err


def test_an_unknown_node_beside_a_known_one_changes_nothing(ground: Ground) -> None:
    node = ground.node("a")
    ground.pod("web", node)
    done = ground.drain(node, "no-such-node")
    assert (done.code, done.out) == (1, "")
    assert "no-such-node" in done.err
    assert ground.written() == []


def test_a_node_named_twice_is_drained_once(ground: Ground) -> None:
    node = ground.node("a")
    ground.pod("web", node)
    done = ground.drain(node, f"node/{node}", "-o", "json")
    assert (done.code, [one["name"] for one in done.document["nodes"]]) == (0, [node])
    assert [request.what for request in ground.written()] == ["patch nodes", "create pods/eviction"]


def test_a_node_cordoned_before_is_not_patched_again(ground: Ground) -> None:
    node = ground.node("a")
    ground.cordon(node)
    done = ground.drain(node, "-o", "json")
    assert (done.code, done.document["nodes"][0]["cordoned"]) == (0, "already")
    assert ground.written() == []


def test_only_daemonset_and_mirror_pods_leave_the_node_drained(ground: Ground) -> None:
    node = ground.node("a")
    path = f"/apis/apps/v1/namespaces/{ground.name}/daemonsets"
    template = {
        "metadata": {"labels": {"app": "agent"}},
        "spec": {"nodeSelector": {"ground": ground.name}, "containers": [{"name": "main", "image": "i"}]},
    }
    spec = {"selector": {"matchLabels": {"app": "agent"}}, "template": template}
    ground.server.create(path, {"metadata": {"name": "agent"}, "spec": spec})
    ground.server.create(
        ground.path,
        {
            "metadata": {"name": "static", "annotations": {"kubernetes.io/config.mirror": "x"}},
            "spec": {"nodeName": node, "containers": [{"name": "main", "image": "i"}]},
        },
    )
    for _ in within(20, "the DaemonSet's pod"):
        if len(ground.pods()) == 2:
            break
    done = ground.drain(node, "--ignore-daemonsets", "-o", "json")
    assert (done.code, done.nodes) == (0, {node: "drained"})
    assert {pod["action"] for pod in done.pods.values()} == {"skip"}
    assert {finding["code"] for finding in done.all_findings()} == {"DRN005", "DRN008"}
    ground.server.delete(f"{path}/agent")
