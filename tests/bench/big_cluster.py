"""A file such as `kubectl get nodes,pods,namespaces -A -o json` prints of a large cluster: indented, one List.

Pods of 250 workloads in 50 namespaces, with the resources they were given and run with; small ones, which are many for their
bytes. Each object is a template with a few holes: indenting 150,000 objects anew would take minutes.
"""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Object = dict[str, Any]
SEED = 20260101
NAMESPACES, WORKLOADS, ZONES = 50, 250, 3
TAINTS = ({"key": "team", "value": "blue", "effect": "NoSchedule"}, {"key": "gpu", "effect": "NoSchedule"})
AT = "2026-01-01T08:00:00Z"
_EACH = ("@NAME@", "@UID@", "@NODE@", "@IP@")


def write(path: Path, nodes: int, pods: int, subjects: tuple[Object, ...]) -> None:
    """The whole file. `subjects`: pods of the namespace `bench` that wait for a node, beside all the others."""
    draw = random.Random(SEED)
    with path.open("w", encoding="utf-8") as file:
        file.write('{\n    "apiVersion": "v1",\n    "items": [\n')
        before = ""
        for text in _items(draw, nodes, pods, subjects):
            file.write(before + text)
            before = ",\n"
        file.write('\n    ],\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n')


def _items(draw: random.Random, nodes: int, pods: int, subjects: tuple[Object, ...]) -> Iterator[str]:
    for number in range(NAMESPACES):
        yield _text(namespace(f"team-{number}"))
    yield _text(namespace("bench"))
    kinds = [_text(node(zone, *taints)) for zone in range(ZONES) for taints in ((), (), (), TAINTS[:1], TAINTS[1:])]
    for number in range(nodes):
        yield _filled(kinds[number % len(kinds)], f"node-{number}", number, "")
    templates = [_text(running(draw, number)) for number in range(WORKLOADS)]
    for number in range(pods):
        which = draw.randrange(WORKLOADS)
        yield _filled(templates[which], f"app-{which}-{number:x}", number, f"node-{number % nodes}")
    yield from map(_text, subjects)


def _text(obj: Object) -> str:
    lines = json.dumps(obj, indent=4).splitlines()
    return "\n".join(f"        {line}" for line in lines)


def _filled(template: str, name: str, number: int, node: str) -> str:
    uid = f"{number:08x}-{'1111' if node else '0000'}-4222-8333-{number * 2654435761 & 0xFFFFFFFFFFFF:012x}"
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    for hole, value in zip(_EACH, (name, uid, node, address), strict=True):
        template = template.replace(hole, value)
    return template


def namespace(name: str) -> Object:
    """A namespace."""
    metadata = {"labels": {"kubernetes.io/metadata.name": name}, "name": name, "uid": name}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata, "status": {"phase": "Active"}}


def node(zone: int, *taints: Object) -> Object:
    """A node of 32 CPU."""
    labels = {
        "kubernetes.io/hostname": "@NAME@",
        "kubernetes.io/os": "linux",
        "topology.kubernetes.io/region": "eu-1",
        "topology.kubernetes.io/zone": f"eu-1{'abc'[zone]}",
    }
    spec = {"podCIDR": "10.0.0.0/24", "providerID": "cloud:///@NAME@"} | ({"taints": taints} if taints else {})
    metadata = {"creationTimestamp": AT, "labels": labels, "name": "@NAME@", "uid": "@UID@"}
    return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": spec, "status": node_status()}


def node_status() -> Object:
    """What a kubelet tells of its node."""
    amounts = {"cpu": "32", "ephemeral-storage": "202051056Ki", "hugepages-1Gi": "0", "hugepages-2Mi": "0"}
    amounts |= {"memory": "129886048Ki", "pods": "110"}
    conditions = [
        {
            "lastHeartbeatTime": AT,
            "lastTransitionTime": AT,
            "message": f"kubelet reports {kind}",
            "reason": f"Kubelet{kind}",
            "status": "True" if kind == "Ready" else "False",
            "type": kind,
        }
        for kind in ("MemoryPressure", "DiskPressure", "PIDPressure", "Ready")
    ]
    images = [
        {"names": [f"registry.example/app-{number}@sha256:{number:064x}"], "sizeBytes": 10**8} for number in range(20)
    ]
    return {
        "addresses": [{"address": "@IP@", "type": "InternalIP"}, {"address": "@NAME@", "type": "Hostname"}],
        "allocatable": amounts | {"cpu": "31850m", "memory": "125691744Ki"},
        "capacity": amounts,
        "conditions": conditions,
        "images": images,
        "nodeInfo": {"architecture": "amd64", "kubeletVersion": "v1.36.3", "operatingSystem": "linux"},
    }


def running(draw: random.Random, number: int) -> Object:
    """The template of a workload's pods; a tenth of the workloads keep their pods on nodes of their own."""
    name = f"app-{number}"
    containers = [container(draw, part) for part in ("main", "proxy")[: draw.choice((1, 1, 1, 2))]]
    spec: Object = {"containers": containers, "nodeName": "@NODE@", "priority": 0, "serviceAccountName": name}
    spec["tolerations"] = [
        {"effect": "NoExecute", "key": f"node.kubernetes.io/{key}", "operator": "Exists", "tolerationSeconds": 300}
        for key in ("not-ready", "unreachable")
    ]
    if number % 10 == 0:
        term = {"labelSelector": {"matchLabels": {"app": name}}, "topologyKey": "kubernetes.io/hostname"}
        spec["affinity"] = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    owner = {"apiVersion": "apps/v1", "controller": True, "kind": "ReplicaSet", "name": name, "uid": f"owner-{number}"}
    metadata = {
        "labels": {"app": name, "tier": "back"},
        "name": "@NAME@",
        "namespace": f"team-{number % NAMESPACES}",
        "ownerReferences": [owner],
        "uid": "@UID@",
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": status(containers)}


def container(draw: random.Random, name: str) -> Object:
    """A container with requests and limits."""
    amounts = {"cpu": f"{draw.choice((50, 100, 250, 500))}m", "memory": f"{draw.choice((64, 128, 512, 1024))}Mi"}
    image = f"registry.example/{name}:1.{draw.randrange(20)}"
    return {"image": image, "name": name, "resources": {"requests": amounts}}


def status(containers: list[Object]) -> Object:
    """A pod that runs."""
    return {
        "conditions": [{"status": "True", "type": kind} for kind in ("Ready",)],
        "containerStatuses": [
            {
                "allocatedResources": each["resources"]["requests"],
                "name": each["name"],
                "ready": True,
                "resources": each["resources"],
            }
            for each in containers
        ],
        "phase": "Running",
    }
