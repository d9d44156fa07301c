"""Where an Ingress leads: each path and the default backend, and what is wrong with the Services they name (SVC100, SVC101)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.service.front_backends import Flaw, flaw
from kubectl_lab.domain.service.fronts import Branch, node_of
from kubectl_lab.domain.service.model import Judged, Place
from kubectl_lab.domain.service.repairs import is_applied, written
from kubectl_lab.result import Reference, reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.objects import Object

    Target = tuple[Reference, int | str | None]

# AWS Load Balancer Controller: a backend of this port name is an action written in an annotation, not a Service
ACTION = "use-annotation"


@dataclass(frozen=True, slots=True)
class Path:
    """One path of an Ingress, or its default backend (then without host and path). `pointer`: JSON pointer of its backend."""

    host: str
    path: str
    path_type: str
    backend: Object
    pointer: str

    @property
    def label(self) -> str:
        """`shop.example/api`; `*` for any host, as `kubectl describe ingress` has it."""
        return f"{self.host or '*'}{self.path}"


def paths(ingress: Object) -> Iterator[Path]:
    """In the order in which they are written, the default backend last."""
    spec = objects.spec(ingress)
    for at, rule in enumerate(map(objects.mapping, objects.sequence(spec.get("rules")))):
        listed = objects.sequence(objects.mapping(rule.get("http")).get("paths"))
        for index, path in enumerate(map(objects.mapping, listed)):
            yield Path(
                host=objects.text(rule.get("host")),
                path=objects.text(path.get("path")) or "/",
                path_type=objects.text(path.get("pathType")),
                backend=objects.mapping(path.get("backend")),
                pointer=f"/spec/rules/{at}/http/paths/{index}/backend",
            )
    default = objects.mapping(spec.get("defaultBackend"))
    if default:
        yield Path("", "", "", default, "/spec/defaultBackend")


def branches(ingress: Object, inventory: Inventory) -> tuple[Branch, ...]:
    """One a path; paths to the same missing Service or port share one finding, which names them all."""
    listed = list(paths(ingress))
    targets = [_target(each, objects.namespace(ingress)) for each in listed]
    findings = {
        target: _findings(
            ingress, inventory, target, [path for path, other in zip(listed, targets, strict=True) if other == target]
        )
        for target in dict.fromkeys(filter(None, targets))
    }
    return tuple(
        Branch(
            path.label, target[0] if target else None, target[1] if target else None, findings[target] if target else ()
        )
        for path, target in zip(listed, targets, strict=True)
    )


def _target(path: Path, namespace: str | None) -> Target | None:
    """The Service and its port; None for a backend of another kind (`resource`), which nobody but its controller can judge."""
    service = objects.mapping(path.backend.get("service"))
    name, port = objects.text(service.get("name")), objects.mapping(service.get("port"))
    named, number = objects.text(port.get("name")), port.get("number")
    if not name or named == ACTION:
        return None
    return Reference("Service", namespace, name), named or (number if isinstance(number, int) else None)


def _findings(ingress: Object, inventory: Inventory, target: Target, listed: Sequence[Path]) -> tuple[Judged, ...]:
    service, port = target
    found = flaw(inventory, service, port, home=service.namespace)
    if found is None:
        return ()
    about = reference(ingress, "Ingress")
    details: dict[str, Any] = {
        "ingress": about.name,
        "namespace": about.namespace,
        "service": service.name,
        "port": port,
        "urls": [path.label for path in listed],
        "hint": found.hint,
        "patch": _patch(found, listed) if is_applied(ingress) else None,
    }
    if found.is_absent:
        made = catalogue.finding("SVC100", about, **details, near=found.near)
    else:
        made = catalogue.finding("SVC101", about, **details, ports=list(found.ports))
    return (Judged(made, "breaks", Place("front", node_of(about))),)


def _patch(found: Flaw, listed: Sequence[Path]) -> str | None:
    """A JSON patch that writes what was most likely meant into each of the backends."""
    if found.better is None:
        return None
    field, value = ("name", found.better) if found.is_absent else ("port", {"number": found.better})
    made = [{"op": "replace", "path": f"{path.pointer}/service/{field}", "value": value} for path in listed]
    return written(made)
