"""What well-known taints mean, who sets them, and from what."""

from __future__ import annotations

import pytest

from kubectl_lab.catalogue.words import reason
from kubectl_lab.domain.taints import known
from unit.taints.asking import CORDON, Object, node, taint


def said(phrase: Object, lang: str = "en") -> str:
    return reason(phrase, lang)


@pytest.mark.parametrize(
    ("text", "who", "what"),
    [
        ("node.kubernetes.io/not-ready:NoExecute", "node lifecycle controller", "Ready of the node is False"),
        ("node.kubernetes.io/unreachable:NoSchedule", "node lifecycle controller", "Ready of the node is Unknown"),
        ("node.kubernetes.io/memory-pressure:NoSchedule", "node lifecycle controller", "short of memory"),
        ("node.kubernetes.io/network-unavailable:NoSchedule", "node lifecycle controller", "network"),
        (CORDON, "node lifecycle controller", "cordoned"),
        ("node.kubernetes.io/out-of-service=nodeshutdown:NoExecute", "an administrator", "given up"),
        ("node.cloudprovider.kubernetes.io/uninitialized=true:NoSchedule", "cloud controller", "set the node up"),
        ("node-role.kubernetes.io/control-plane:NoSchedule", "installer", "control plane"),
        ("ToBeDeletedByClusterAutoscaler=1767225600:NoSchedule", "cluster autoscaler", "delete the node"),
        ("team=blue:NoSchedule", "an administrator or a controller", "keeps new pods"),
        ("team=blue:NoExecute", "an administrator or a controller", "deletes pods"),
        ("team=blue:PreferNoSchedule", "an administrator or a controller", "no pod is refused"),
        ("team=blue:Whatever", "an administrator or a controller", "does not know"),
        # a key of the controller's with an effect that it never sets
        ("node.kubernetes.io/memory-pressure:NoExecute", "an administrator or a controller", "deletes pods"),
    ],
)
def test_a_taint_is_told_by_its_key_and_effect(text: str, who: str, what: str) -> None:
    one = taint(text)
    assert who in said(known.set_by(one, node("n1", text)))
    assert what in said(known.meaning(one))


def test_every_meaning_and_every_author_is_there_in_both_languages() -> None:
    for row in known.TABLE.values():
        for key in (row.meaning, row.set_by):
            english, french = (said({"phrase": f"taints.{key}", "values": {}}, lang) for lang in ("en", "fr"))
            assert english != french
            assert not english.startswith("taints.")


def wrote(manager: str, *fields: str) -> Object:
    return {"manager": manager, "fieldsV1": {"f:spec": {f"f:{field}": {} for field in fields}}}


def test_whoever_wrote_the_list_last_is_named() -> None:
    fields = [wrote("kubectl-taint", "taints"), wrote("kubelet", "podCIDR"), wrote("karpenter", "taints", "providerID")]
    made = node("n1", "team=blue:NoSchedule", managedFields=fields)
    assert said(known.set_by(taint("team=blue:NoSchedule"), made)).endswith("karpenter, kubectl-taint")


def test_a_manager_says_nothing_of_a_taint_that_is_known() -> None:
    made = node("n1", CORDON, managedFields=[wrote("kubectl-taint", "taints")])
    assert "kubectl-taint" not in said(known.set_by(taint(CORDON), made))


@pytest.mark.parametrize(
    ("text", "status", "holds"),
    [
        pytest.param("node.kubernetes.io/not-ready:NoSchedule", "False", True, id="not ready while Ready is False"),
        pytest.param("node.kubernetes.io/not-ready:NoExecute", "Unknown", False, id="not while it is Unknown"),
        pytest.param("node.kubernetes.io/unreachable:NoExecute", "Unknown", True, id="unreachable while it is Unknown"),
        pytest.param("node.kubernetes.io/unreachable:NoExecute", "True", False, id="and not of a node that is Ready"),
    ],
)
def test_the_condition_decides_whether_it_is_put_back(text: str, status: str, holds: bool) -> None:
    source = known.source_of(taint(text))
    assert source is not None
    assert known.holds(source, node("n1", ready=status)) is holds


def test_a_cordon_follows_its_field_and_an_own_taint_nothing() -> None:
    source = known.source_of(taint(CORDON))
    assert source is not None
    assert [known.state_of(source, node("n1", unschedulable=on)) for on in (True, False)] == ["true", "false"]
    assert known.source_of(taint("team=blue:NoSchedule")) is None
    assert known.source_of(taint("node.kubernetes.io/out-of-service:NoExecute")) is None
