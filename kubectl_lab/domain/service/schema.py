"""The fields of a Service and their types: what a server cannot even decode, and what kubectl's strict check refuses.

Source: k8s.io/api core/v1 ServiceSpec, ServicePort; kubectl asks for strict field validation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules import near
from kubectl_lab.domain.service.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kubectl_lab.objects import Object

_PORT = {
    "name": "string",
    "protocol": "",
    "appProtocol": "string",
    "port": "int32",
    "targetPort": "",
    "nodePort": "int32",
}
_SPEC = {
    "allocateLoadBalancerNodePorts": "bool",
    "clusterIP": "string",
    "clusterIPs": "",
    "externalIPs": "",
    "externalName": "string",
    "externalTrafficPolicy": "",
    "healthCheckNodePort": "int32",
    "internalTrafficPolicy": "",
    "ipFamilies": "",
    "ipFamilyPolicy": "",
    "loadBalancerClass": "string",
    "loadBalancerIP": "string",
    "loadBalancerSourceRanges": "",
    "ports": "",
    "publishNotReadyAddresses": "bool",
    "selector": "",
    "sessionAffinity": "",
    "sessionAffinityConfig": "",
    "trafficDistribution": "string",
    "type": "",
}
_OF_GO = {"int32": int, "bool": bool, "string": str}


def decoding(service: Object) -> Iterator[Refusal]:
    """Fields of a wrong type or an unknown name."""
    spec = objects.spec(service)
    yield from _fields(spec, _SPEC, "ServiceSpec", "spec", "spec")
    for index, port in enumerate(map(objects.mapping, objects.sequence(spec.get("ports")))):
        yield from _fields(port, _PORT, "ServicePort", f"spec.ports[{index}]", "spec.ports")
    for key, value in objects.mapping(spec.get("selector")).items():
        if value is not None and not isinstance(value, str):
            reason = _cannot(value, "ServiceSpec.spec.selector", "string")
            yield Refusal(f"spec.selector.{key}", reason, f'{key}: "{_yaml(value)}"')


def _fields(part: Object, known: Mapping[str, str], struct: str, path: str, go_path: str) -> Iterator[Refusal]:
    for name, value in part.items():
        wanted = known.get(name)
        if wanted is None:
            yield Refusal(f"{path}.{name}", f'unknown field "{path}.{name}"', near.nearest(str(name), known))
        elif wanted and value is not None and not _fits(value, wanted):
            yield Refusal(
                f"{path}.{name}", _cannot(value, f"{struct}.{go_path}.{name}", wanted), _better(name, value, wanted)
            )


def _fits(value: object, wanted: str) -> bool:
    """Python's True is an int, JSON's true is not a number."""
    return isinstance(value, _OF_GO[wanted]) and (wanted == "bool" or not isinstance(value, bool))


def _cannot(value: object, where: str, wanted: str) -> str:
    return f"cannot unmarshal {_json_type(value)} into Go struct field {where} of type {wanted}"


def _json_type(value: object) -> str:
    names = ((bool, "bool"), (str, "string"), (int | float, "number"), (list, "array"))
    return next((name for kind, name in names if isinstance(value, kind)), "object")


def _better(name: str, value: object, wanted: str) -> str | None:
    """The same value written as its type asks."""
    if wanted == "string" and isinstance(value, bool | int | float):
        return f'{name}: "{_yaml(value)}"'
    fits = isinstance(value, str) and (value.isdecimal() if wanted == "int32" else value.lower() in ("true", "false"))
    return f"{name}: {str(value).lower()}" if fits and wanted != "string" else None


def _yaml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
