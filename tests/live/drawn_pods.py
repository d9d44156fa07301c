"""Pods of all shapes whose specs leave much to the server, drawn at random, and the classes and limits they meet there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random

Json = dict[str, Any]
IMAGE = "registry.invalid/main"
TEAM = {"key": "team", "operator": "Equal", "value": "blue", "effect": "NoSchedule"}
NOT_READY = {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"}
KATA: Json = {
    "kind": "RuntimeClass",
    "apiVersion": "node.k8s.io/v1",
    "metadata": {"name": "kata"},
    "handler": "kata",
    "overhead": {"podFixed": {"cpu": "250m", "memory": "64Mi"}},
    "scheduling": {
        "nodeSelector": {"kata": "yes"},
        "tolerations": [
            {"key": "kata", "operator": "Exists", "effect": "NoSchedule"},
            {"key": "team", "operator": "Exists"},
        ],
    },
}
LIMITS: Json = {
    "kind": "LimitRange",
    "apiVersion": "v1",
    "metadata": {"name": "limits"},
    "spec": {
        "limits": [
            {
                "type": "Container",
                "default": {"cpu": "2"},
                "defaultRequest": {"memory": "128Mi"},
                "min": {"cpu": "10m"},
            },
            {"type": "Pod", "max": {"cpu": "64"}},
        ]
    },
}


def priority_class(name: str, value: int, **rest: Any) -> Json:
    return {
        "kind": "PriorityClass",
        "apiVersion": "scheduling.k8s.io/v1",
        "metadata": {"name": name},
        "value": value,
    } | rest


CLASSES = (
    priority_class("usual", 7, globalDefault=True),
    priority_class("high", 1000, preemptionPolicy="Never"),
    KATA,
)
ZONE = "topology.kubernetes.io/zone"
_TOLERATIONS = (
    TEAM,
    NOT_READY | {"tolerationSeconds": 60},
    NOT_READY,
    {"operator": "Exists"},
    {"operator": "Exists", "effect": "NoExecute"},
    {"key": "kata", "operator": "Equal", "value": "", "effect": "NoSchedule"},
    {"key": "team", "value": "blue"},
    {"key": "node.kubernetes.io/unreachable", "effect": "NoExecute", "tolerationSeconds": 0},
)
_AMOUNTS: tuple[Json, ...] = (
    {},
    {"cpu": "1"},
    {"memory": "1.5Gi"},
    {"cpu": "0.5", "memory": "100M"},
    {"cpu": "2", "ephemeral-storage": "1Gi"},
)
_PORTS: tuple[list[Json], ...] = ([], [{"containerPort": 80}], [{"containerPort": 53, "protocol": "UDP"}])


def drawn_container(draw: random.Random, name: str) -> Json:
    limits, requests = draw.choice(_AMOUNTS), draw.choice(_AMOUNTS)
    # the server refuses requests above the limits
    asked = {key: amount for key, amount in requests.items() if key not in limits}
    resources = {part: listed for part, listed in (("limits", limits), ("requests", asked)) if listed}
    made: Json = {"name": name, "image": IMAGE, "ports": [dict(each) for each in draw.choice(_PORTS)]}
    return made | ({"resources": resources} if resources else {})


def drawn_terms(draw: random.Random) -> Json:
    selector = draw.choice([{}, {"labelSelector": {"matchLabels": {"tier": "x"}}}])
    keys = {"matchLabelKeys": ["app"]} | draw.choice([{}, {"mismatchLabelKeys": ["team"]}]) if selector else {}
    return {"topologyKey": ZONE} | selector | keys


def drawn_spec(draw: random.Random) -> Json:
    """A spec that the server takes."""
    made: Json = {"containers": [drawn_container(draw, f"c{each}") for each in range(draw.randint(1, 2))]}
    if draw.random() < 0.3:
        made["initContainers"] = [drawn_container(draw, "i") | draw.choice([{}, {"restartPolicy": "Always"}])]
    made["tolerations"] = draw.sample(_TOLERATIONS, draw.randint(0, 3))
    if draw.random() < 0.4:
        made["priorityClassName"] = draw.choice(["high", "system-node-critical", "usual"])
    if draw.random() < 0.3:
        made |= {"runtimeClassName": "kata"} | draw.choice([{}, {"nodeSelector": {"disk": "ssd"}}])
    if draw.random() < 0.3:
        made["resources"] = draw.choice(
            [{"limits": {"cpu": "32", "memory": "64Gi"}}, {"requests": {"cpu": "30", "memory": "40Gi"}}]
        )
    if draw.random() < 0.3:
        kind = draw.choice(["podAffinity", "podAntiAffinity"])
        made["affinity"] = {kind: {"requiredDuringSchedulingIgnoredDuringExecution": [drawn_terms(draw)]}}
    if draw.random() < 0.3:
        spread = {name: value for name, value in drawn_terms(draw).items() if name != "mismatchLabelKeys"}
        made["topologySpreadConstraints"] = [spread | {"maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"}]
    return made
