"""Missing rights are found before the first write; what can be done without is done without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.server import MERGE_PATCH, RefusedError, within
from oracle.drain.rights import grant

if TYPE_CHECKING:
    from live.drain_ground import Ground

pytestmark = pytest.mark.live


@pytest.mark.parametrize(
    ("identity", "names"),
    [
        pytest.param("lab-no-cordon", ("patch", "nodes"), id="patch nodes"),
        pytest.param("lab-no-evict", ("create", "pods/eviction"), id="create pods/eviction"),
        pytest.param("lab-no-pods", ("list", "pods"), id="list pods"),
        pytest.param("nobody", ("nodes", "nobody"), id="anything at all"),
    ],
)
def test_nothing_is_written_without_the_right_to(ground: Ground, identity: str, names: tuple[str, ...]) -> None:
    grant(ground.server)
    node = ground.node("a")
    ground.pod("web", node)
    done = ground.drain(node, f"--as={identity}")
    assert done.code == 1
    assert all(word in done.out + done.err for word in names)
    assert "kubectl auth can-i" in done.out + done.err
    assert "Traceback" not in done.err
    assert ground.written() == []
    assert not ground.is_cordoned(node)
    assert set(ground.pods()) == {"web"}


def test_a_missing_right_is_a_finding_of_the_document(ground: Ground) -> None:
    grant(ground.server)
    node = ground.node("a")
    ground.pod("web", node)
    done = ground.drain(node, "--as=lab-no-evict", "-o", "json")
    assert done.code == 1
    assert "DRN030" in {finding["code"] for finding in done.document["findings"]}


def test_the_right_to_delete_is_not_asked_for_to_evict(ground: Ground) -> None:
    grant(ground.server)
    node = ground.node("a")
    ground.pod("web", node)
    done = ground.drain(node, "--as=lab-no-evict", "--disable-eviction")
    assert done.code == 0, done.err
    assert ground.pods() == {}


def test_a_daemonset_that_may_not_be_read_refuses_its_node(ground: Ground) -> None:
    grant(ground.server)
    node = ground.node("a")
    owner = {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "name": "agent",
        "uid": "0f0f0f0f-3333-4333-8333-0f0f0f0f0f0f",
    }
    anchor = {"apiVersion": "anchor.invalid/v1", "kind": "Anchor", "name": "anchor", "uid": owner["uid"]}
    metadata = {"name": "agent", "ownerReferences": [{**owner, "controller": True}, anchor]}
    spec = {"nodeName": node, "containers": [{"name": "main", "image": "registry.invalid/main"}]}
    ground.server.create(ground.path, {"metadata": metadata, "spec": spec})
    done = ground.drain(node, "--as=lab-no-daemonsets", "--ignore-daemonsets", "--force", "-o", "json")
    assert done.code == 1
    assert (done.codes("agent"), done.nodes) == ({"DRN004"}, {node: "blocked"})
    assert not ground.is_cordoned(node)


def test_without_watch_and_budgets_the_drain_polls_and_ends_well(ground: Ground) -> None:
    """`lab-drainer` has what kubectl drain needs and no more: no watch, no list of budgets."""
    grant(ground.server)
    node = ground.node("a")
    ground.pod("slow", node, "slow", seconds=2)
    ground.pod("web", node, "web")
    done = ground.drain(node, "--as=lab-drainer", "-o", "json")
    assert (done.code, done.nodes) == (0, {node: "drained"}), done.err
    assert "DRN016" in {finding["code"] for finding in done.all_findings()}
    assert ground.pods() == {}
    assert done.seconds < 20


def test_without_watch_a_blocked_pod_still_names_the_budget_the_server_names(ground: Ground) -> None:
    grant(ground.server)
    node = ground.node("a")
    ground.pod("web", node, "web")
    ground.budget("web-pdb", "web", minAvailable=1)
    done = ground.drain(node, "--as=lab-drainer", "--timeout=3s", "-o", "json")
    assert (done.code, done.nodes) == (1, {node: "timeout"})
    assert "web-pdb" in done.err


HOSTILE = "\\u001b[31mred\\u009b2J\\u202e"


def forbid_cordon(ground: Ground, node: str) -> None:
    """An admission policy that refuses changes of one node, in words that would repaint a terminal."""
    base = "/apis/admissionregistration.k8s.io/v1"
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["UPDATE"], "resources": ["nodes"]}
    expression = f"object.metadata.name != '{node}' || !has(object.spec.unschedulable) || !object.spec.unschedulable"
    validation = {"expression": expression, "messageExpression": f"'{HOSTILE} by policy'"}
    spec = {"matchConstraints": {"resourceRules": [rule]}, "validations": [validation]}
    name = {"metadata": {"name": ground.name}}
    ground.server.create(f"{base}/validatingadmissionpolicies", {**name, "spec": spec})
    binding = {"policyName": ground.name, "validationActions": ["Deny"]}
    ground.server.create(f"{base}/validatingadmissionpolicybindings", {**name, "spec": binding})


def allow_cordon(ground: Ground) -> None:
    for resource in ("validatingadmissionpolicybindings", "validatingadmissionpolicies"):
        ground.server.delete(f"/apis/admissionregistration.k8s.io/v1/{resource}/{ground.name}")


def until_refused(ground: Ground, node: str) -> None:
    """A policy takes a moment to be in force."""
    for _ in within(30, "the policy"):
        try:
            ground.server.request(
                "PATCH", f"/api/v1/nodes/{node}?dryRun=All", {"spec": {"unschedulable": True}}, MERGE_PATCH
            )
        except RefusedError:
            return


@pytest.mark.parametrize("output", ["text", "json", "jsonl", "yaml"])
def test_a_refused_cordon_fails_its_node_alone_and_cannot_paint_the_terminal(ground: Ground, output: str) -> None:
    refused, other = ground.node("a"), ground.node("b")
    ground.pod("stays", refused)
    ground.pod("goes", other)
    forbid_cordon(ground, refused)
    try:
        until_refused(ground, refused)
        done = ground.drain(refused, other, "-o", output)
    finally:
        allow_cordon(ground)
    assert done.code == 1
    assert set(ground.pods()) == {"stays"}
    shown = done.out + done.err
    assert "DRN035" in shown
    assert not {"\x1b", "\x9b", "\u202e"} & set(shown)
