"""What the API server makes of a pod that is created: absent values filled in, and what its admission plugins add.

A live object went through it already; a manifest and a workload's template did not. Plugins that are off by default
(PodTolerationRestriction, ExtendedResourceToleration) add nothing here. Source: kube-apiserver 1.36 `apis/core/v1/defaults.go`,
`kubeapiserver/options/plugins.go` (the order), `plugin/pkg/admission`, `registry/core/pod/strategy.go`.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.domain.rules import requests
from kubectl_lab.domain.rules import tolerations as toleration_rules
from kubectl_lab.domain.rules.known_objects import NOT_CAPTURED
from kubectl_lab.domain.scheduling import added_tolerations, label_keys
from kubectl_lab.domain.scheduling.model import NotEvaluated
from kubectl_lab.errors import BadInput
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kubectl_lab.domain.rules.known_objects import KnownObjects
    from kubectl_lab.domain.scheduling.features import Features
    from kubectl_lab.objects import Object

PRIORITY_CLASS, RUNTIME_CLASS, LIMIT_RANGE = "PriorityClass", "RuntimeClass", "LimitRange"
PREEMPTING = "PreemptLowerPriority"
# the classes that every server makes for itself
_SYSTEM_CLASSES = MappingProxyType({"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000})
_CONTAINERS = ("containers", "initContainers")


@dataclass(frozen=True, slots=True)
class Server:
    """What admission looks at besides the pod."""

    known: KnownObjects
    features: Features


def defaulted(pod: Object) -> Object:
    """With the values that decoding fills in: requests from limits, ports' protocols, host ports of the host's network."""
    spec = objects.spec(pod)
    for default in _DEFAULTS:
        spec = default(spec)
    return {**pod, "spec": spec}


def admitted(pod: Object, server: Server) -> Object:
    """A pod as it would be stored once it is created; nothing that was handed in is changed."""
    pod = defaulted(pod)
    for plugin in _PLUGINS:
        pod = plugin(pod, server)
    return label_keys.merged(pod, server.features)


def unresolved(pod: Object, known: KnownObjects) -> tuple[NotEvaluated, ...]:
    """What admission would have needed: classes that the pod names, and lists that were not allowed to be read."""
    spec = objects.spec(pod)
    named = {
        PRIORITY_CLASS: objects.text(spec.get("priorityClassName")),
        RUNTIME_CLASS: objects.text(spec.get("runtimeClassName")),
    }
    return tuple(_unresolved(known, named))


def _unresolved(known: KnownObjects, named: Mapping[str, str]) -> list[NotEvaluated]:
    made = []
    for plugin, kind, resource in _READ:
        read, name = known.read(kind), named.get(kind, "")
        if isinstance(read, Missing):
            # what nobody captured matters where the pod names it; what was asked for in vain matters always
            if read.why != NOT_CAPTURED or (name and name not in _SYSTEM_CLASSES):
                made.append(NotEvaluated(plugin, f"{resource} {name}".strip(), read.why))
        elif name and name not in _SYSTEM_CLASSES and known.get(kind, None, name) is None:
            made.append(NotEvaluated(plugin, f"{resource} {name}", "not found"))
    return made


_READ = (
    ("LimitRanger", LIMIT_RANGE, "limitranges"),
    ("Priority", PRIORITY_CLASS, "priorityclasses"),
    ("RuntimeClass", RUNTIME_CLASS, "runtimeclasses"),
)


# --- values that are absent (defaults.go)


def _each_container(spec: Object, change: Callable[[Object], Object]) -> Object:
    """The spec with every container and init container changed."""
    made = dict(spec)
    for part in _CONTAINERS:
        if part in spec:
            made[part] = [change(objects.mapping(each)) for each in objects.sequence(spec[part])]
    return made


def _with_resources(obj: Object, **lists: Object) -> Object:
    """A container or a pod's spec with lists of resources, empty ones left out."""
    resources = {**objects.mapping(obj.get("resources")), **{name: made for name, made in lists.items() if made}}
    return {**obj, "resources": resources} if resources else obj


def _listed(obj: Object, part: str) -> Object:
    return objects.mapping(objects.mapping(obj.get("resources")).get(part))


def _requests_from_limits(spec: Object) -> Object:
    def filled(container: Object) -> Object:
        return _with_resources(container, requests={**_listed(container, "limits"), **_listed(container, "requests")})

    return _each_container(spec, filled)


def _pod_level_requests(spec: Object) -> Object:
    """Where the pod as a whole has limits: what its containers request together, else its limits."""
    limits = _listed(spec, "limits")
    if not limits:
        return spec
    aggregate = _together(spec)
    counted = {name: amount for name, amount in limits.items() if name in ("cpu", "memory") or "hugepages-" in name}
    return _with_resources(spec, requests={**counted, **aggregate, **_listed(spec, "requests")})


def _together(spec: Object) -> Object:
    """CPU and memory that the containers request; nothing where an amount is no quantity, of which the filters tell."""
    try:
        found = requests.of_pod({"spec": {**spec, "resources": None, "overhead": None}})
    except BadInput:
        return {}
    return {name: f"{found[name]}{unit}" for name, unit in (("cpu", "m"), ("memory", "")) if found.get(name)}


def _protocols(spec: Object) -> Object:
    return _each_port(spec, lambda port: port if port.get("protocol") else {**port, "protocol": "TCP"})


def _host_ports(spec: Object) -> Object:
    """On the host's network a container's port is the host's."""
    if spec.get("hostNetwork") is not True:
        return spec
    return _each_port(
        spec, lambda port: port if port.get("hostPort") else {**port, "hostPort": port.get("containerPort")}
    )


def _each_port(spec: Object, change: Callable[[Object], Object]) -> Object:
    def with_ports(container: Object) -> Object:
        ports = [change(objects.mapping(each)) for each in objects.sequence(container.get("ports"))]
        return {**container, "ports": ports} if ports else container

    return _each_container(spec, with_ports)


_DEFAULTS: tuple[Callable[[Object], Object], ...] = (
    _requests_from_limits,
    _pod_level_requests,
    _protocols,
    _host_ports,
)


# --- admission plugins


def _limit_ranger(pod: Object, server: Server) -> Object:
    """Defaults of the namespace's LimitRanges for each container; what one gives another does not change."""
    spec = objects.spec(pod)
    for limit_range in server.known.known(LIMIT_RANGE, objects.namespace(pod)):
        limits, asked = _container_defaults(limit_range)

        def filled(container: Object, limits: Object = limits, asked: Object = asked) -> Object:
            made = {**limits, **_listed(container, "limits")}
            return _with_resources(container, limits=made, requests={**asked, **_listed(container, "requests")})

        spec = _each_container(spec, filled)
    return {**pod, "spec": spec}


def _container_defaults(limit_range: Object) -> tuple[Object, Object]:
    """(limits, requests): a limit that is not named is the maximum, a request the limit, else the minimum."""
    limits: dict[str, Any] = {}
    asked: dict[str, Any] = {}
    for item in map(objects.mapping, objects.sequence(objects.spec(limit_range).get("limits"))):
        if item.get("type") == "Container":
            default = {**objects.mapping(item.get("max")), **objects.mapping(item.get("default"))}
            limits |= default
            asked |= {**objects.mapping(item.get("min")), **default, **objects.mapping(item.get("defaultRequest"))}
    return limits, asked


def _priority(pod: Object, server: Server) -> Object:
    """The class that it names, else the default one, else 0. What cannot be resolved stays as it is."""
    known, name = server.known, objects.text(objects.spec(pod).get("priorityClassName"))
    found = known.get(PRIORITY_CLASS, None, name) if name else _default_class(known)
    if found is None and name in _SYSTEM_CLASSES:
        found = {"metadata": {"name": name}, "value": _SYSTEM_CLASSES[name]}
    if found is None and (name or not known.can_see(PRIORITY_CLASS)):
        return pod
    priority_class: Object = found or {"value": 0}
    given = {
        "priority": _value(priority_class),
        "preemptionPolicy": priority_class.get("preemptionPolicy") or PREEMPTING,
    }
    named = {"priorityClassName": objects.name(priority_class)} if found else {}
    return {**pod, "spec": {**objects.spec(pod), **named, **given}}


def _default_class(known: KnownObjects) -> Object | None:
    """Of several that claim to be it the lowest."""
    marked = [each for each in known.known(PRIORITY_CLASS) if each.get("globalDefault") is True]
    return min(marked, key=_value, default=None)


def _value(priority_class: Object) -> int:
    found = priority_class.get("value")
    return found if isinstance(found, int) else 0


def _default_tolerations(pod: Object, _server: Server) -> Object:
    own = toleration_rules.of_pod(pod)
    return _tolerating(pod, [*own, *added_tolerations.by_default(own)])


def _runtime_class(pod: Object, server: Server) -> Object:
    """Its overhead, its nodeSelector and its tolerations."""
    found = runtime_class_of(pod, server.known)
    if found is None:
        return pod
    spec = dict(objects.spec(pod))
    overhead = objects.mapping(objects.mapping(found.get("overhead")).get("podFixed"))
    scheduling = objects.mapping(found.get("scheduling"))
    selector = objects.mapping(scheduling.get("nodeSelector"))
    spec |= {"overhead": overhead} if overhead else {}
    spec |= {"nodeSelector": {**objects.mapping(spec.get("nodeSelector")), **selector}} if selector else {}
    made = {**pod, "spec": spec}
    if not scheduling:
        return made
    return _tolerating(made, added_tolerations.merged(toleration_rules.of_pod(pod), of_runtime_class(found)))


def runtime_class_of(pod: Object, known: KnownObjects) -> Object | None:
    """The RuntimeClass that it names, None where there is none to be seen."""
    name = objects.text(objects.spec(pod).get("runtimeClassName"))
    return known.get(RUNTIME_CLASS, None, name) if name else None


def of_runtime_class(found: Object) -> list[Object]:
    """`scheduling.tolerations` of a RuntimeClass."""
    listed = objects.sequence(objects.mapping(found.get("scheduling")).get("tolerations"))
    return [objects.mapping(each) for each in listed]


def _tolerating(pod: Object, tolerations: list[Object]) -> Object:
    return {**pod, "spec": {**objects.spec(pod), "tolerations": tolerations}} if tolerations else pod


_PLUGINS: tuple[Callable[[Object, Server], Object], ...] = (
    _limit_ranger,
    _priority,
    _default_tolerations,
    _runtime_class,
)


def daemon(pod: Object) -> Object:
    """A DaemonSet's pod as its controller makes it; on which node it is to run is left open."""
    spec = objects.spec(pod)
    tolerations = list(toleration_rules.of_pod(pod))
    for added in added_tolerations.of_daemonset(spec):
        tolerations = added_tolerations.put(tolerations, added)
    return _tolerating(pod, tolerations)
