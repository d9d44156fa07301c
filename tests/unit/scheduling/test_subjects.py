"""Which pods a question is about."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.rules import label_selectors
from kubectl_lab.domain.scheduling import subjects
from kubectl_lab.domain.scheduling.features import Features
from kubectl_lab.errors import NotFound
from kubectl_lab.result import Reference
from unit.scheduling.subjects_asked import ask, known, manifest, of, pending

Object = dict[str, Any]


def names(*found: Object, **rest: Any) -> list[str]:
    return [each.reference.name for each in of(ask(**rest), *found)]


@pytest.mark.parametrize(
    ("pod", "is_one"),
    [
        pytest.param(pending("a"), True, id="pending"),
        pytest.param(pending("a", phase=""), True, id="without a phase"),
        pytest.param(pending("a", phase="Failed"), False, id="failed before it had a node"),
        pytest.param(make.pod("a"), False, id="running"),
        pytest.param(make.pod("a", phase="Pending"), False, id="on a node whose kubelet has not started it"),
        pytest.param(make.terminating(pending("a")), False, id="being deleted"),
        pytest.param(pending("a", "ops"), False, id="of another namespace"),
        pytest.param(manifest(pending("a")), True, id="a manifest"),
        pytest.param(manifest(make.pod("a")), True, id="a manifest that names its node"),
    ],
)
def test_without_a_name_it_is_about_the_pods_that_wait(pod: Object, is_one: bool) -> None:
    assert names(pod) == (["a"] if is_one else [])


def test_all_namespaces_are_all() -> None:
    assert names(pending("a"), pending("b", "ops"), namespace=None) == ["a", "b"]


@pytest.mark.parametrize(
    "kind", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "ReplicationController"]
)
def test_a_workload_is_one_only_before_it_is_applied(kind: str) -> None:
    made = make.workload(kind, "web")
    assert names(made) == []
    assert names(manifest(made)) == ["web"]


def test_a_selector_means_the_labels_of_pods() -> None:
    found = [
        pending("a", labels={"app": "web"}),
        pending("b"),
        *map(manifest, (make.deployment("web"), make.deployment("x"))),
    ]
    assert names(*found, selector=label_selectors.parse("app=web")) == ["a", "web"]


def test_what_is_named_comes_in_the_order_of_the_names_whatever_its_phase() -> None:
    found = of(ask("b", "Deployment/web", "a"), make.pod("a", phase="Succeeded"), pending("b"), make.deployment("web"))
    assert [each.reference for each in found] == [
        Reference("Pod", "default", "b"),
        Reference("Deployment", "default", "web"),
        Reference("Pod", "default", "a"),
    ]


def test_all_that_is_not_there_is_named_at_once_in_kubectls_words() -> None:
    found = known(pending("web-1"), pending("api", "shop"), make.deployment("front"))
    with pytest.raises(NotFound) as raised:
        subjects.subjects(found, ask("web-2", "web-1", "api", "Deployment/fornt", "StatefulSet/db"), Features())
    error = raised.value
    assert error.key == "subject-absent-hints"
    assert error.values["missing"] == (
        'pods "web-2" not found, pods "api" not found, deployments.apps "fornt" not found, statefulsets.apps "db" not found'
    )
    assert (error.values["near"], error.values["places"]) == ("web-1, front", "-n shop (api)")


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        pytest.param("zzzzzz", "subject-absent", ("there", "a, b, c, d, e, …"), id="nothing is like it"),
        pytest.param("wbe", "subject-absent-near", ("near", "web"), id="a name that is near"),
        pytest.param("api", "subject-absent-elsewhere", ("places", "-n shop (api)"), id="another namespace has it"),
        pytest.param("Job/x", "subject-none", ("missing", 'jobs.batch "x" not found'), id="there is nothing at all"),
    ],
)
def test_the_cure_says_what_is_known(name: str, key: str, value: tuple[str, str]) -> None:
    with pytest.raises(NotFound) as raised:
        of(ask(name), *map(pending, ("web", *"edcba")), pending("api", "shop"))
    assert (raised.value.key, raised.value.values[value[0]]) == (key, value[1])


def test_references_are_those_that_are_there() -> None:
    found = known(pending("a"), make.deployment("web"))
    assert subjects.references(found, ask()) == (Reference("Pod", "default", "a"),)
    assert subjects.references(found, ask("b", "a")) == (Reference("Pod", "default", "a"),)
