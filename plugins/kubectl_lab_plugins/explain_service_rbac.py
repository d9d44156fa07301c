"""`--print-rbac`: the Roles that `explain-service` needs, one for each level of what it can tell."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from kubectl_lab.errors import BadKubeconfig, BadUsage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_lab_plugins.session import Session

    Rule = tuple[str, tuple[str, ...], tuple[str, ...]]

NAME = "kubectl-lab-explain-service"
API = "rbac.authorization.k8s.io/v1"
FORMATS = ("text", "yaml", "json")
LIST, FOLLOW = ("list",), ("get", "list", "watch")
GATEWAY = ("gateways", "grpcroutes", "httproutes", "referencegrants")

# level -> (group, resources, verbs) in the namespace of the Service
OF_NAMESPACE: dict[str, tuple[Rule, ...]] = {
    "basic": (
        ("", ("pods", "services"), FOLLOW),
        ("discovery.k8s.io", ("endpointslices",), FOLLOW),
    ),
    "causes": (
        ("", ("endpoints",), ("get", "list")),
        ("", ("events",), LIST),
        ("apps", ("daemonsets", "deployments", "replicasets", "statefulsets"), LIST),
        ("batch", ("jobs",), LIST),
        ("networking.k8s.io", ("ingresses", "networkpolicies"), LIST),
    ),
    "tls": (("", ("secrets",), ("get",)),),
    "probe": (("", ("pods/proxy", "services/proxy"), ("get",)),),
}
# the same for what has no namespace, or lies in others
OF_CLUSTER: dict[str, tuple[Rule, ...]] = {
    "cluster": (
        ("", ("namespaces",), ("get", "list")),
        ("", ("nodes", "pods", "services"), LIST),
        ("networking.k8s.io", ("ingressclasses",), LIST),
    ),
    "gateway": (("gateway.networking.k8s.io", GATEWAY, LIST),),
}


def show(session: Session) -> int:
    """Write the manifests: YAML, each with a comment that says what it is for, or a List as JSON."""
    from kubectl_lab.render import data

    if session.output not in FORMATS:
        raise BadUsage("service-rbac-format", format=session.output, formats=", ".join(FORMATS))
    made = list(manifests(_namespace(session)))
    if session.output == "json":
        data.write_json({"apiVersion": "v1", "kind": "List", "items": [each for _, each in made]}, sys.stdout)
        return 0
    for number, (level, manifest) in enumerate(made):
        if number:
            session.print("---")
        session.print(f"# {session.word(f'service.rbac-{level}')}")
        data.write_yaml(manifest, sys.stdout)
    return 0


def manifests(namespace: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """(level, Role or ClusterRole); without a namespace all are ClusterRoles."""
    for level, rules in OF_NAMESPACE.items():
        yield level, _manifest(level, rules, namespace)
    for level, rules in OF_CLUSTER.items():
        yield level, _manifest(level, rules, None)


def _manifest(level: str, rules: tuple[Rule, ...], namespace: str | None) -> dict[str, Any]:
    metadata = {"name": f"{NAME}-{level}", **({"namespace": namespace} if namespace else {})}
    written = [
        {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)} for group, resources, verbs in rules
    ]
    kind = "Role" if namespace else "ClusterRole"
    return {"apiVersion": API, "kind": kind, "metadata": metadata, "rules": written}


def _namespace(session: Session) -> str | None:
    """The one asked about; who prints Roles for somebody else may have no kubeconfig."""
    try:
        return session.namespace
    except BadKubeconfig:
        return session.values.get("namespace") or "default"
