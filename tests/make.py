"""Objects for tests, as the API serves them: `pod("web", labels={"app": "web"})`. Say only what the test is about."""

from __future__ import annotations

import functools
from typing import Any

Object = dict[str, Any]


def uid(kind: str, name: str, namespace: str | None = None) -> str:
    """The same object has the same UID in every test that does not say otherwise."""
    return f"{kind.lower()}-{namespace or 'cluster'}-{name}"


def obj(
    kind: str, name: str, namespace: str | None = None, *, api: str = "v1", spec: Object | None = None, **rest: Any
) -> Object:
    """Any object; `labels`, `annotations` and other fields of the metadata go there, `status` where it belongs."""
    metadata: Object = {"name": name, "uid": rest.pop("uid", uid(kind, name, namespace)), "resourceVersion": "1"}
    if namespace:
        metadata["namespace"] = namespace
    status = rest.pop("status", None)
    metadata |= {key: value for key, value in rest.items() if value is not None}
    made: Object = {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec or {}}
    return made | ({"status": status} if status is not None else {})


def node(
    name: str, *, unschedulable: bool = False, ready: str = "True", taints: tuple[Object, ...] = (), **rest: Any
) -> Object:
    """A node, Ready."""
    spec: Object = {"unschedulable": True} if unschedulable else {}
    spec |= {"taints": list(taints)} if taints else {}
    return obj("Node", name, spec=spec, status={"conditions": [{"type": "Ready", "status": ready}]}, **rest)


def owner(kind: str, name: str, *, api: str = "apps/v1", controller: bool = True) -> Object:
    """An owner reference."""
    made = {"apiVersion": api, "kind": kind, "name": name, "uid": uid(kind, name, "default")}
    return made | ({"controller": True, "blockOwnerDeletion": True} if controller else {})


def pod(
    name: str,
    namespace: str = "default",
    *,
    node: str = "n1",
    owned_by: Object | None = None,
    phase: str = "Running",
    ready: bool = True,
    volumes: tuple[Object, ...] = (),
    spec: Object | None = None,
    **rest: Any,
) -> Object:
    """A pod on a node, Running and Ready; without `owned_by` a bare one."""
    owners = [owned_by] if owned_by else None
    parts: Object = {"nodeName": node, "containers": [{"name": "main", "image": "main"}]}
    parts |= {"volumes": list(volumes)} if volumes else {}
    status = {"phase": phase, "conditions": [{"type": "Ready", "status": "True" if ready else "False"}]}
    return obj("Pod", name, namespace, spec=parts | (spec or {}), status=status, ownerReferences=owners, **rest)


def empty_dir(name: str = "cache", *, medium: str = "") -> Object:
    """A volume that goes with the pod."""
    return {"name": name, "emptyDir": {"medium": medium} if medium else {}}


def terminating(pod: Object, at: str = "2026-01-01T00:00:00Z", *, grace: int = 30) -> Object:
    """The pod after its deletion was accepted; `at` is the end of the grace period, as in the API."""
    return {**pod, "metadata": {**pod["metadata"], "deletionTimestamp": at, "deletionGracePeriodSeconds": grace}}


def mirror(name: str, namespace: str = "kube-system", **rest: Any) -> Object:
    """A static pod's mirror."""
    return pod(
        name,
        namespace,
        annotations={"kubernetes.io/config.mirror": "0"},
        owned_by=owner("Node", "n1", api="v1"),
        **rest,
    )


def budget(
    name: str,
    namespace: str = "default",
    *,
    selector: Object | None = None,
    allowed: int = 1,
    healthy: int = 3,
    desired: int = 2,
    expected: int = 3,
    spec: Object | None = None,
    **rest: Any,
) -> Object:
    """A PodDisruptionBudget whose controller is up to date; `selector` is the whole selector, default: `app: web`."""
    chosen = {"matchLabels": {"app": "web"}} if selector is None else selector
    numbers = {
        "disruptionsAllowed": allowed,
        "currentHealthy": healthy,
        "desiredHealthy": desired,
        "expectedPods": expected,
        "observedGeneration": 1,
    }
    parts = {"selector": chosen, "minAvailable": desired} | (spec or {})
    status = numbers | rest.pop("status", {})
    return obj("PodDisruptionBudget", name, namespace, api="policy/v1", spec=parts, status=status, generation=1, **rest)


def workload(kind: str, name: str, namespace: str = "default", *, replicas: int | None = None, **rest: Any) -> Object:
    """A controller of pods labelled `app: <name>`."""
    labels = {"app": name}
    spec: Object = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {}}}
    spec |= {} if replicas is None else {"replicas": replicas}
    return obj(kind, name, namespace, api="apps/v1", spec=spec | rest.pop("spec", {}), **rest)


daemonset = functools.partial(workload, "DaemonSet")
deployment = functools.partial(workload, "Deployment", replicas=1)
replicaset = functools.partial(workload, "ReplicaSet", replicas=1)
statefulset = functools.partial(workload, "StatefulSet", replicas=1)


def taint(text: str, **rest: Any) -> Object:
    """`team=blue:NoSchedule`, `gpu:NoExecute`, as kubectl has them."""
    rest_of, _, effect = text.rpartition(":")
    key, _, value = rest_of.partition("=")
    return {"key": key, "effect": effect, **({"value": value} if value else {}), **rest}


def toleration(text: str, **rest: Any) -> Object:
    """`team=blue:NoSchedule` (Equal), `gpu:NoExecute` (Exists), `gpu` (every effect), `*` (everything)."""
    rest_of, _, effect = text.partition(":")
    key, equal, value = rest_of.partition("=")
    made: Object = {"key": key, "operator": "Equal", "value": value} if equal else {"key": key, "operator": "Exists"}
    if key == "*":
        del made["key"]
    return made | ({"effect": effect} if effect else {}) | rest
