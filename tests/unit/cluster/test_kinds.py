"""Built-in kinds: where they are served and by which words they are known."""

from __future__ import annotations

import pytest

from kubectl_lab.cluster import kinds
from kubectl_lab.cluster.kinds import KINDS


@pytest.mark.parametrize(
    ("kind", "arguments", "path"),
    [
        ("Pod", ("shop",), "/api/v1/namespaces/shop/pods"),
        ("Pod", ("shop", "a", "eviction"), "/api/v1/namespaces/shop/pods/a/eviction"),
        ("Pod", (), "/api/v1/pods"),
        ("Node", (None, "n1"), "/api/v1/nodes/n1"),
        pytest.param("Node", ("shop", "n1"), "/api/v1/nodes/n1", id="a cluster-wide kind has no namespace"),
        ("DaemonSet", ("shop", "d"), "/apis/apps/v1/namespaces/shop/daemonsets/d"),
        ("PodDisruptionBudget", (), "/apis/policy/v1/poddisruptionbudgets"),
        ("HTTPRoute", ("shop", "web"), "/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/web"),
        ("ReferenceGrant", (), "/apis/gateway.networking.k8s.io/v1beta1/referencegrants"),
        ("GatewayClass", (None, "x"), "/apis/gateway.networking.k8s.io/v1/gatewayclasses/x"),
        ("ClusterRole", (None, "system:node"), "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode"),
        pytest.param(
            "Pod", ("a/b", "../x?y"), "/api/v1/namespaces/a%2Fb/pods/..%2Fx%3Fy", id="a name cannot leave its place"
        ),
    ],
)
def test_paths(kind: str, arguments: tuple[str | None, ...], path: str) -> None:
    assert KINDS[kind].path(*arguments) == path


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("po", "Pod"),
        ("pods", "Pod"),
        ("Pod", "Pod"),
        ("DEPLOY", "Deployment"),
        ("sts.apps", "StatefulSet"),
        ("deployments.v1.apps", "Deployment"),
        ("pdb", "PodDisruptionBudget"),
        ("ing.networking.k8s.io", "Ingress"),
        ("no", "Node"),
        ("pods.v1", "Pod"),
    ],
)
def test_a_word_of_the_command_line_means_a_kind(word: str, kind: str) -> None:
    assert kinds.lookup(word) == KINDS[kind]


@pytest.mark.parametrize(
    "word", ["", "widgets", "sts.example.com", "deployments.v1beta1.apps", "pods.v2", "po.apps", "sts."[:3] + "x"]
)
def test_what_the_table_does_not_have_is_not_guessed(word: str) -> None:
    assert kinds.lookup(word) is None


@pytest.mark.parametrize(
    ("argument", "parts"),
    [
        ("deploy/web", ("deploy", "web")),
        ("sts.apps/z", ("sts.apps", "z")),
        ("web", ("", "web")),
        ("a/b/c", ("a", "b/c")),
    ],
)
def test_an_argument_is_a_type_and_a_name(argument: str, parts: tuple[str, str]) -> None:
    assert kinds.split(argument) == parts


def test_no_word_means_two_kinds() -> None:
    words = [word for resource in KINDS.values() for word in set(kinds.names_of(resource))]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("plural", "group", "wide"),
    [
        ("nodes", "", True),
        ("nodes/status", "", True),
        ("pods", "", False),
        ("nodes", "metrics.k8s.io", False),
        ("widgets", "", False),
    ],
)
def test_only_what_is_known_to_have_no_namespace_is_called_cluster_wide(plural: str, group: str, wide: bool) -> None:
    assert kinds.is_cluster_wide(plural, group) is wide
