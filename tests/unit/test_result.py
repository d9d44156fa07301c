from __future__ import annotations

from kubectl_lab.result import Finding, Reference, document_head, reference
from make import pod


def test_a_reference_takes_the_kind_that_the_items_of_a_list_do_not_say() -> None:
    item = {key: value for key, value in pod("web", "shop").items() if key != "kind"}
    assert reference(item, "Pod") == Reference("Pod", "shop", "web")
    assert reference(pod("web", "shop")) == reference(item, "Pod")
    assert reference(item).kind == ""


def test_an_object_of_the_cluster_has_no_namespace() -> None:
    assert reference({"kind": "Node", "metadata": {"name": "n1"}}).to_dict() == {
        "kind": "Node",
        "namespace": None,
        "name": "n1",
    }


def test_references_are_ordered_by_kind_namespace_and_name() -> None:
    found = [Reference("Pod", "b", "a"), Reference("Node", "c", "z"), Reference("Pod", "a", "z")]
    assert [each.name for each in sorted(found)] == ["z", "z", "a"]


def test_a_finding_has_places_for_its_words_and_a_copy_of_its_values() -> None:
    values = {"volumes": "cache"}
    document = Finding("DRN006", "warning", Reference("Pod", "shop", "web"), values).to_dict()
    assert list(document) == ["code", "severity", "object", "message", "fix", "details"]
    assert (document["message"], document["fix"], document["details"]) == ("", [], values)
    assert document["details"] is not values


def test_a_finding_about_nothing_in_particular_has_no_object() -> None:
    assert Finding("DRN041", "warning", None).to_dict()["object"] is None


def test_a_document_begins_with_its_version_and_kind() -> None:
    assert list(document_head("Drain").items()) == [("apiVersion", "kubectl-lab/v1"), ("kind", "Drain")]
