"""Layouts and pods from a seed: nodes that differ, pods that stand on them, pods that want what is hard to have."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.server import Json

ZONE, HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
ZONES = ("zone-a", "zone-b", "zone-c")
APPS = ("web", "db", "cache")
NAMESPACES = {"default": {}, "shop": {"team": "blue"}, "ops": {"team": "red"}}
GPU = "example.com/gpu"
TAINTS = tuple(
    {"key": key, "effect": effect} | ({"value": value} if value else {})
    for key, value in (("team", "blue"), ("team", "red"), ("dedicated", ""))
    for effect in ("NoSchedule", "NoExecute", "PreferNoSchedule")
)
# name -> value and policy; a pod cannot name its priority itself
PRIORITIES: dict[str, tuple[int, str]] = {
    "low": (-10, "PreemptLowerPriority"),
    "high": (1000, "PreemptLowerPriority"),
    "polite": (1000, "Never"),
}
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
CLAIMS = ("data-a", "data-b", "single", "unbound", "classless", "waiting", "placed", "lost", "leaving", "absent")


class Draw(random.Random):
    """`chance(p)`: true with that probability; `few(xs, n)`: up to n of them."""

    def chance(self, probability: float) -> bool:
        return self.random() < probability

    def few(self, among: Sequence[Any], most: int) -> list[Any]:
        return self.sample(list(among), self.randint(0, min(most, len(among))))


def priority_classes() -> list[Json]:
    """Those of PRIORITIES."""
    return [
        {
            "kind": "PriorityClass",
            "apiVersion": "scheduling.k8s.io/v1",
            "metadata": {"name": name},
            "value": value,
            "preemptionPolicy": policy,
        }
        for name, (value, policy) in PRIORITIES.items()
    ]


def namespaces() -> list[Json]:
    """Those of NAMESPACES that a new cluster lacks."""
    return [
        {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": name, "labels": labels}}
        for name, labels in NAMESPACES.items()
        if name != "default"
    ]


# --- layouts


def nodes(draw: Draw, prefix: str) -> list[Json]:
    """Two to eleven: past nine, `10 …` stands before `2 …`."""
    return [node(draw, f"{prefix}-n{number}") for number in range(draw.choice((3, 4, 5, 6, 11)))]


def node(draw: Draw, name: str) -> Json:
    """Small, so that few pods fill it."""
    labels = {HOST: name} | ({ZONE: draw.choice(ZONES)} if draw.chance(0.85) else {})
    labels |= {"disk": draw.choice(("ssd", "hdd"))} if draw.chance(0.6) else {}
    labels |= {"size": draw.choice(("4", "08", "many"))} if draw.chance(0.5) else {}
    room = {
        "cpu": draw.choice(("2", "4")),
        "memory": "8Gi",
        "pods": draw.choice(("3", "110")),
        "ephemeral-storage": "9Gi",
    }
    room |= {GPU: "2"} if draw.chance(0.3) else {}
    taints = draw.few(TAINTS, 2) if draw.chance(0.3) else []
    spec: Json = {"taints": list({(each["key"], each["effect"]): each for each in taints}.values())}
    spec |= {"unschedulable": True} if draw.chance(0.1) else {}
    return {
        "kind": "Node",
        "apiVersion": "v1",
        "metadata": {"name": name, "labels": labels, "annotations": {"kwok.x-k8s.io/node": "fake"}},
        "spec": spec,
        "status": {"allocatable": room, "capacity": room},
    }


def placed(draw: Draw, prefix: str, on: Sequence[Json]) -> list[Json]:
    """Pods on these nodes; they tolerate everything, since one that is evicted comes not back."""
    made = []
    room = {each["metadata"]["name"]: int(each["status"]["allocatable"]["pods"]) for each in on}
    for number in range(draw.randint(len(on), 3 * len(on))):
        where = draw.choice(on)["metadata"]["name"]
        if room[where] == 0:
            continue
        room[where] -= 1
        one = pod(draw, f"{prefix}-p{number}", ("low", "low", "low", "high"))
        one["spec"] |= {"nodeName": where, "tolerations": [{"operator": "Exists"}]}
        wish = draw.choice((requests, requests, against, ports, volume_in_use, nothing))
        wish(draw, one)
        made.append(one)
    return made


def pod(draw: Draw, name: str, among: Sequence[str] = ("low", "high", "high", "polite")) -> Json:
    """With an app and perhaps one of these priorities."""
    namespace = draw.choice(("default", "shop", "shop", "ops"))
    spec: Json = {
        "containers": [{"name": "main", "image": "registry.invalid/main"}],
        "terminationGracePeriodSeconds": 0,
    }
    spec |= {"priorityClassName": draw.choice(among)} if draw.chance(0.6) else {}
    metadata = {"name": name, "namespace": namespace, "labels": {"app": draw.choice(APPS)}}
    return {"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": spec}


# --- what pods want


def pending(draw: Draw, name: str, on: Sequence[Json]) -> Json:
    """A pod with one to three wishes."""
    one = pod(draw, name)
    if on and draw.chance(0.12):
        named(draw, one, on)
    for wish in draw.sample(WISHES, draw.choice((1, 1, 2, 2, 3))):
        wish(draw, one)
    return one


def nothing(_draw: Draw, _pod: Json) -> None:
    """No wish at all."""


def named(draw: Draw, pod: Json, on: Sequence[Json]) -> None:
    """As a DaemonSet's pods: by the node's name; two names at once are a conflict."""
    names = draw.sample([each["metadata"]["name"] for each in on] + ["absent"], draw.choice((1, 1, 2)))
    fields = [{"key": "metadata.name", "operator": "In", "values": [each]} for each in names]
    _affinity(pod, "nodeAffinity", {"nodeSelectorTerms": [{"matchFields": fields}]})


def requests(draw: Draw, pod: Json) -> None:
    wanted = {
        "cpu": draw.choice(("500m", "1500m", "1500m", "3", "50")),
        "memory": draw.choice(("1Gi", "1Gi", "3Gi", "6Gi")),
    }
    wanted |= {GPU: draw.choice(("1", "2", "3"))} if draw.chance(0.25) else {}
    limits = {GPU: wanted[GPU]} if GPU in wanted else {}
    pod["spec"]["containers"][0]["resources"] = {"requests": wanted, "limits": limits}
    if draw.chance(0.2):
        sidecar = {"name": "side", "image": "registry.invalid/side", "restartPolicy": "Always"}
        pod["spec"]["initContainers"] = [sidecar | {"resources": {"requests": {"cpu": "700m"}}}]


def many_resources(draw: Draw, pod: Json) -> None:
    """So many names that the event is cut."""
    names = [f"example.com/{'long-' * 8}name-{number}" for number in range(draw.choice((3, 15)))]
    limits = dict.fromkeys(names, "1")
    pod["spec"]["containers"][0]["resources"] = {"limits": limits}


def tolerations(draw: Draw, pod: Json) -> None:
    made: list[Json] = []
    for taint in draw.few(TAINTS, 3):
        each = {key: value for key, value in taint.items() if key != "value"} | {"operator": "Exists"}
        made.append(each if draw.chance(0.5) else taint | {"operator": "Equal"})
    pod["spec"]["tolerations"] = made


def node_selector(draw: Draw, pod: Json) -> None:
    pod["spec"]["nodeSelector"] = draw.choice(({"disk": "ssd"}, {ZONE: "zone-a"}, {"none": "x"}))


def node_affinity(draw: Draw, pod: Json) -> None:
    expressions: list[Json] = [
        {"key": "size", "operator": draw.choice(("Gt", "Lt")), "values": [draw.choice(("5", "08", "+9"))]},
        {"key": "disk", "operator": "NotIn", "values": ["ssd"]},
        {"key": ZONE, "operator": draw.choice(("Exists", "DoesNotExist"))},
        {"key": ZONE, "operator": "In", "values": draw.few(ZONES, 2) or ["zone-x"]},
    ]
    terms = [{"matchExpressions": draw.sample(expressions, draw.randint(1, 2))} for _ in range(draw.choice((1, 1, 2)))]
    _affinity(pod, "nodeAffinity", {"nodeSelectorTerms": terms})


def ports(draw: Draw, pod: Json) -> None:
    port: Json = {
        "containerPort": 80,
        "hostPort": draw.choice((80, 8080)),
        "protocol": draw.choice(("TCP", "TCP", "UDP")),
    }
    port |= {"hostIP": draw.choice(("0.0.0.0", "127.0.0.1"))} if draw.chance(0.3) else {}
    pod["spec"]["containers"][0]["ports"] = [port]


def spread(draw: Draw, pod: Json) -> None:
    keys = draw.sample((ZONE, HOST), draw.choice((1, 1, 2)))
    pod["spec"]["topologySpreadConstraints"] = [_constraint(draw, key) for key in keys]


def _constraint(draw: Draw, key: str) -> Json:
    selector = draw.choice(({"matchLabels": {"app": draw.choice(APPS)}}, {}, None))
    made: Json = {"maxSkew": draw.choice((1, 1, 2)), "topologyKey": key, "whenUnsatisfiable": "DoNotSchedule"}
    made |= {"labelSelector": selector, "nodeTaintsPolicy": draw.choice(("Honor", "Ignore"))}
    made |= {"minDomains": draw.choice((2, 5))} if draw.chance(0.3) else {}
    return made | ({"matchLabelKeys": ["app"]} if selector == {} and draw.chance(0.5) else {})


def near(draw: Draw, pod: Json) -> None:
    _affinity(pod, "podAffinity", [_term(draw) for _ in range(draw.choice((1, 1, 2)))])


def against(draw: Draw, pod: Json) -> None:
    _affinity(pod, "podAntiAffinity", [_term(draw) for _ in range(draw.choice((1, 1, 2)))])


def _term(draw: Draw) -> Json:
    selector = draw.choice(({"matchLabels": {"app": draw.choice(APPS)}}, {"matchLabels": {"app": "x"}}, {}))
    by_labels: tuple[Json, ...] = (
        {},
        {"matchLabels": {"team": "blue"}},
        {"matchExpressions": [{"key": "team", "operator": "DoesNotExist"}]},
    )
    made = {"topologyKey": draw.choice((ZONE, HOST)), "labelSelector": selector}
    made |= {"namespaces": draw.few(tuple(NAMESPACES), 2)} if draw.chance(0.2) else {}
    return made | ({"namespaceSelector": draw.choice(by_labels)} if draw.chance(0.3) else {})


def volume(draw: Draw, pod: Json) -> None:
    """Claims are in one namespace only; elsewhere they are absent."""
    claims = {draw.choice(CLAIMS) for _ in range(draw.choice((1, 1, 2)))}
    pod["spec"]["volumes"] = [{"name": each, "persistentVolumeClaim": {"claimName": each}} for each in sorted(claims)]


def volume_in_use(draw: Draw, pod: Json) -> None:
    """Of a placed pod, which the scheduler was not asked about."""
    pod["metadata"]["namespace"] = "shop"
    claim = draw.choice(("single", "data-a"))
    pod["spec"]["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}]


def _affinity(pod: Json, kind: str, required: Any) -> None:
    pod["spec"].setdefault("affinity", {}).setdefault(kind, {})[REQUIRED] = required


WISHES: tuple[Callable[[Draw, Json], None], ...] = (
    requests,
    requests,
    requests,
    requests,
    many_resources,
    tolerations,
    node_selector,
    node_affinity,
    ports,
    spread,
    spread,
    near,
    against,
    volume,
)
