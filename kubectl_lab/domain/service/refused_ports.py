"""What a server refuses in `spec.ports` (kube-apiserver `validateServicePort`, `ValidateService`, port allocator).

Named targetPorts are SVC035's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.service.endpoints import protocol_of, target_of
from kubectl_lab.domain.service.refusal import (
    checked,
    duplicate,
    forbidden,
    invalid,
    label_problem,
    required,
    unsupported,
)
from kubectl_lab.domain.service.targets import port_number_problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_lab.domain.service.refusal import Refusal
    from kubectl_lab.objects import Object

PROTOCOLS = ("SCTP", "TCP", "UDP")
NODE_PORTS = range(30000, 32768)  # the API server's default; --service-node-port-range changes it


def ports(spec: Object) -> Iterator[Refusal]:
    """Each port by itself, then what one has of another."""
    listed = [objects.mapping(each) for each in objects.sequence(spec.get("ports"))]
    headless = spec.get("clusterIP") == "None"
    if not listed and not headless and spec.get("type") != "ExternalName":
        yield required("spec.ports")
    for index, port in enumerate(listed):
        yield from _name(port, f"spec.ports[{index}].name", alone=len(listed) == 1)
        yield from _numbers(port, f"spec.ports[{index}]")
        yield from _node_port(spec, port, f"spec.ports[{index}].nodePort")
        yield from _twice(listed[:index], port, f"spec.ports[{index}]")


def _name(port: Object, field: str, *, alone: bool) -> Iterator[Refusal]:
    name = objects.text(port.get("name"))
    if name:
        yield from checked(field, name, label_problem)
    elif not alone:
        yield required(field)


def _numbers(port: Object, field: str) -> Iterator[Refusal]:
    number, target = port.get("port") or 0, target_of(port)
    problem = port_number_problem(number)
    if problem is not None:
        yield invalid(f"{field}.port", number, problem)
    elif isinstance(target, int) and (problem := port_number_problem(target)) is not None:
        yield invalid(f"{field}.targetPort", target, problem)
    if protocol_of(port) not in PROTOCOLS:
        yield unsupported(f"{field}.protocol", protocol_of(port), PROTOCOLS)


def _node_port(spec: Object, port: Object, field: str) -> Iterator[Refusal]:
    number = port.get("nodePort")
    if not isinstance(number, int) or not number:
        return
    if (spec.get("type") or "ClusterIP") == "ClusterIP":
        yield forbidden(field, "may not be used when `type` is 'ClusterIP'")
    elif number not in NODE_PORTS:
        valid = f"{NODE_PORTS.start}-{NODE_PORTS.stop - 1}"
        yield invalid(field, number, f"provided port is not in the valid range. The range of valid ports is {valid}")


def _twice(before: Sequence[Object], port: Object, field: str) -> Iterator[Refusal]:
    name, number, protocol = port.get("name"), port.get("nodePort"), protocol_of(port)
    if name and any(each.get("name") == name for each in before):
        yield duplicate(f"{field}.name", objects.text(name))
    if any((each.get("port"), protocol_of(each)) == (port.get("port"), protocol) for each in before):
        yield duplicate(field)
    if number and any((each.get("nodePort"), protocol_of(each)) == (number, protocol) for each in before):
        yield invalid(f"{field}.nodePort", number, "provided port is already allocated")
