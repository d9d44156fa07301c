"""Host ports: protocols, host addresses, sidecars, the host's network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oracle.scheduling.draw import given

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oracle.scheduling.draw import Draw, Object

PORTS = (80, 443, 8080, 0)
ADDRESSES = (None, None, "", "0.0.0.0", "127.0.0.1", "10.0.0.1", "::", "::1")
PROTOCOLS = (None, None, "TCP", "UDP", "SCTP")


def pod(draw: Draw, made: Object, _nodes: Sequence[Object]) -> None:
    """Ports on containers, on sidecars, and on init containers that end (which take none)."""
    spec = made["spec"]
    if draw.chance(0.2):
        spec["hostNetwork"] = True
    if draw.chance(0.3):
        sidecar = {"name": "sidecar", "image": "sidecar"} | given(restartPolicy=draw.choice((None, "Always")))
        spec.setdefault("initContainers", []).append(sidecar)
    for container in (*spec["containers"], *spec.get("initContainers", ())):
        ports = [port(draw) for _ in range(draw.choice((0, 1, 1, 2)))]
        container.update(given(ports=ports or None))


def port(draw: Draw) -> Object:
    wanted = draw.choice(PORTS)
    return given(
        containerPort=wanted or 80,
        hostPort=wanted if wanted and draw.chance(0.9) else None,
        hostIP=draw.choice(ADDRESSES),
        protocol=draw.choice(PROTOCOLS),
    )


def settle(bound: Sequence[Object]) -> None:
    """No two pods of a node hold one port, as the kubelet sees to: the later one has none."""
    taken: set[tuple[str, str, int]] = set()
    for each in bound:
        spec = each["spec"]
        held = set()
        for container in (*spec["containers"], *spec.get("initContainers", ())):
            found = {
                (spec["nodeName"], one.get("protocol") or "TCP", one.get("hostPort") or one["containerPort"])
                for one in container.get("ports", ())
            }
            if found & taken:
                del container["ports"]
            held |= found
        taken |= held
