"""A user who may not read everything: nodes and pods are required, anything else is missing with its reason."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab.cluster import config, live
from kubectl_lab.cluster import scheduling as reading
from kubectl_lab.domain.scheduling.question import Question
from kubectl_lab.domain.scheduling.subjects import subjects
from kubectl_lab.errors import Forbidden
from kubectl_lab.result import Reference
from live.service_ground import deployment

if TYPE_CHECKING:
    from kubectl_lab.cluster.scheduling import Reading
    from live.service_ground import Ground

pytestmark = pytest.mark.live
RBAC = "/apis/rbac.authorization.k8s.io/v1"
GROUP = "rbac.authorization.k8s.io"
numbers = itertools.count(1)
Rule = tuple[str, str, str]  # group, resource, verb


def user() -> str:
    """A fresh one without any right."""
    return f"landing-{next(numbers)}"


def grant(ground: Ground, name: str, *rules: Rule, namespace: str | None = None) -> None:
    """These rights, in all namespaces or in one."""
    allowed = [{"apiGroups": [group], "resources": [resource], "verbs": [verb]} for group, resource, verb in rules]
    kind, base = ("Role", f"{RBAC}/namespaces/{namespace}") if namespace else ("ClusterRole", RBAC)
    ground.server.create(f"{base}/{kind.lower()}s", {"metadata": {"name": name}, "rules": allowed})
    binding = {
        "metadata": {"name": name},
        "roleRef": {"apiGroup": GROUP, "kind": kind, "name": name},
        "subjects": [{"apiGroup": GROUP, "kind": "User", "name": name}],
    }
    ground.server.create(f"{base}/{kind.lower()}bindings", binding)


def read(ground: Ground, name: str, question: Question, **rest: Any) -> Reading:
    target = config.resolve(config.Flags(kubeconfig=str(ground.sandbox.kubeconfig), as_user=name), {})
    cluster = live.connect(target, environ={}, at_terminal=False)
    try:
        return reading.read(cluster, question, **rest)
    finally:
        cluster.transport.close()


NODES, PODS = ("", "nodes", "list"), ("", "pods", "list")


@pytest.mark.parametrize(
    ("rules", "inside", "command"),
    [
        pytest.param((), (), "kubectl auth can-i list nodes --as {user}", id="nothing at all"),
        pytest.param((NODES,), (), "kubectl auth can-i list pods -A --as {user}", id="nodes alone"),
        pytest.param(
            (NODES,), (PODS,), "kubectl auth can-i list pods -A --as {user}", id="pods of one namespace are too few"
        ),
    ],
)
def test_nodes_and_the_pods_of_all_namespaces_are_required(
    services: Ground, rules: tuple[Rule, ...], inside: tuple[Rule, ...], command: str
) -> None:
    where = services.namespace("rights")
    name = user()
    grant(services, name, *rules)
    grant(services, name, *inside, namespace=where)
    with pytest.raises(Forbidden) as raised:
        read(services, name, Question((), where))
    assert raised.value.values["command"] == command.format(user=name)


def test_with_these_two_there_is_an_answer_that_says_what_it_does_not_rest_on(services: Ground) -> None:
    where = services.namespace("rights")
    claim = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}
    services.pod(where, "web", {"app": "web"}, node=None, status={"phase": "Pending"}, volumes=[claim])
    name = user()
    grant(services, name, NODES, PODS)
    found = read(services, name, Question((Reference("Pod", where, "web"),), where))
    missing = dict(found.known.missing())
    assert missing["PersistentVolumeClaim"].why == "forbidden: cannot list persistentvolumeclaims in the cluster"
    assert missing["CSINode"].why == "forbidden: cannot list csinodes in the cluster"
    assert "Event" not in missing


def test_a_template_whose_classes_may_not_be_read_is_told_so(services: Ground) -> None:
    where = services.namespace("rights")
    services.add(where, deployment("web"))
    name = user()
    grant(services, name, NODES, PODS, ("apps", "deployments", "get"))
    question = Question((Reference("Deployment", where, "web"),), where)
    found = read(services, name, question)
    (subject,) = subjects(found.known, question, found.features)
    assert {each.plugin for each in subject.not_evaluated} == {"Priority", "LimitRanger"}


def test_what_was_asked_about_is_required_too(services: Ground) -> None:
    where = services.namespace("rights")
    name = user()
    grant(services, name, NODES, PODS)
    with pytest.raises(Forbidden) as raised:
        read(services, name, Question((Reference("Deployment", where, "web"),), where))
    assert raised.value.values["command"] == f"kubectl auth can-i get deployments.apps -n {where} --as {name}"
