"""The identities of the shape `rights`: users that lack just one of what `kubectl drain` needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.server import Json, Server


def _rule(group: str, resource: str, *verbs: str) -> Json:
    return {"apiGroups": [group], "resources": [resource], "verbs": list(verbs)}


NEEDS: dict[str, Json] = {
    "nodes": _rule("", "nodes", "get", "list"),
    "cordon": _rule("", "nodes", "patch"),
    "pods": _rule("", "pods", "get", "list", "delete"),
    "evict": _rule("", "pods/eviction", "create"),
    "daemonsets": _rule("apps", "daemonsets", "get"),
}


def grant(server: Server) -> None:
    """Makes `lab-drainer`, who has what kubectl drain needs and no more, and the users who lack one part."""
    for name in ("drainer", *(f"no-{part}" for part in NEEDS if part != "nodes")):
        _grant(server, f"lab-{name}", [rule for part, rule in NEEDS.items() if f"no-{part}" != name])


def _grant(server: Server, name: str, rules: list[Json]) -> None:
    base = "/apis/rbac.authorization.k8s.io/v1"
    server.delete(f"{base}/clusterrolebindings/{name}")
    server.delete(f"{base}/clusterroles/{name}")
    server.create(f"{base}/clusterroles", {"metadata": {"name": name}, "rules": rules})
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name}
    users = [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": name}]
    server.create(f"{base}/clusterrolebindings", {"metadata": {"name": name}, "roleRef": role, "subjects": users})
