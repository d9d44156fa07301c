"""What live tests about taints do on a drain's ground: pods with tolerations, taints with a time, and who is deleted when."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from live.drain_ground import CONTAINERS, ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.server import Json
    from live.drain_ground import Ground

AT_ONCE = 6.0  # seconds that the controller, on a busy machine, may take for "at once"


def explain(ground: Ground, *words: str, code: int = 0) -> Json:
    """The document of `kubectl lab explain-taints …`, through the real kubectl."""
    done = ground.sandbox.kubectl("lab", "explain-taints", *words, "-o", "json", check=False, env=ENGLISH)
    assert done.returncode == code, done.stderr
    found: Json = json.loads(done.stdout)
    return found


def codes(document: Json) -> set[str]:
    """The codes of all findings."""
    every = [*document["findings"], *(found for node in document["nodes"] for found in node["findings"])]
    return {found["code"] for found in every}


def pod(ground: Ground, name: str, node: str, *tolerations: Json, **spec: Any) -> None:
    """A running pod, bound to a node ("" for none)."""
    made: Json = {"containers": CONTAINERS, "tolerations": list(tolerations), **spec}
    if node:
        made["nodeName"] = node
    ground.server.create(ground.path, {"metadata": {"name": name, "labels": {"app": name}}, "spec": made})
    if node:
        ground.until(name, lambda seen: seen["status"]["phase"] == "Running")


def tolerates(key: str, seconds: int | None = None, effect: str = "NoExecute") -> Json:
    """A toleration for one effect."""
    made = {"key": key, "operator": "Exists", "effect": effect}
    return made if seconds is None else {**made, "tolerationSeconds": seconds}


def taint(ground: Ground, node: str, *taints: str, timed: bool = True) -> datetime:
    """Set all taints of a node, `key:NoExecute`, as a controller does: with the time (whole seconds, as the API has it)."""
    now = datetime.fromtimestamp(time.time_ns() // 10**9, UTC)
    before = ground.server.get(f"/api/v1/nodes/{node}")["spec"].get("taints") or []
    since = {each["key"]: each.get("timeAdded") for each in before}
    made = []
    for text in taints:
        key, _, effect = text.partition(":")
        added = since.get(key) or now.isoformat().replace("+00:00", "Z")
        made.append({"key": key, "effect": effect} | ({"timeAdded": added} if timed else {}))
    ground.server.patch(f"/api/v1/nodes/{node}", {"spec": {"taints": made}})
    return now


@contextmanager
def deletions(ground: Ground) -> Iterator[dict[str, Any]]:
    """Pod -> when its deletion was first seen, as long as the block runs; why it was, under `NAME/reason`."""
    found: dict[str, Any] = {}

    def see(event: Json) -> None:
        metadata, status = event["object"]["metadata"], event["object"].get("status", {})
        if metadata.get("deletionTimestamp") or event["type"] == "DELETED":
            found.setdefault(metadata["name"], time.time_ns() / 1e9)
            reasons = [
                each.get("reason") for each in status.get("conditions", []) if each["type"] == "DisruptionTarget"
            ]
            found.setdefault(f"{metadata['name']}/reason", "".join(map(str, reasons)))

    with ground.server.watch(f"{ground.path}?watch=true", see):
        yield found


def evicted(document: Json) -> dict[str, int]:
    """Pod -> seconds, of all nodes."""
    return {each["pod"]["name"]: each["seconds"] for node in document["nodes"] for each in node["evicts"]}


def at(document: Json, name: str) -> float:
    """When a pod goes, in seconds since the epoch."""
    (found,) = (each for node in document["nodes"] for each in node["evicts"] if each["pod"]["name"] == name)
    return datetime.fromisoformat(found["at"]).timestamp()
