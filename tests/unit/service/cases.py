"""Services and what stands around them, for unit tests: `case(service("web", {"app": "web"}), pod(...))`.

Slices are those that the controller would make, unless a test brings its own or says `slices=None` (not readable).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import make
from kubectl_lab.domain.service.case import Case, Client
from kubectl_lab.domain.service.endpoints import predict
from kubectl_lab.domain.service.inventory import Inventory
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kubectl_lab.domain.rules.asks import Extent
    from kubectl_lab.domain.service.model import Endpoint, Judged

Object = dict[str, Any]
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
# kinds that are read when a live Service is explained: empty unless a test brings some
READ = (
    "Service", "Pod", "Node", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob",
    "Event", "NetworkPolicy", "Namespace", "Ingress", "IngressClass", "Secret",
)  # fmt: skip


def service(
    name: str = "web", selector: Object | None = None, *ports: Any, namespace: str = "shop", **spec: Any
) -> Object:
    """A ClusterIP Service as a server completes it; a port is a number, (port, targetPort) or a dictionary."""
    headless = spec.get("clusterIP") == "None"
    made: Object = {"type": "ClusterIP", "clusterIP": "10.96.0.10", "ipFamilies": ["IPv4"], **spec}
    made["ports"] = [_port(each) for each in ports or (() if headless else (80,))]
    if selector is not None:
        made["selector"] = selector
    metadata = {"creationTimestamp": "2026-01-01T00:00:00Z"}
    return make.obj("Service", name, namespace, spec=made, **metadata)


def _port(each: Any) -> Object:
    if isinstance(each, dict):
        return {"protocol": "TCP", "targetPort": each.get("port"), **each}
    port, target = (each, each) if isinstance(each, int) else each
    return {"port": port, "targetPort": target, "protocol": "TCP"}


def pod(
    name: str = "web-1",
    labels: Mapping[str, str] | None = None,
    *,
    ip: str | None = "",
    ports: Iterable[Object] = (),
    namespace: str = "shop",
    status: Object | None = None,
    **rest: Any,
) -> Object:
    """A Running, Ready pod with an address of its own; `ports` are container ports; the rest as in `make.pod`."""
    carried = {"app": "web"} if labels is None else dict(labels)
    made = make.pod(name, namespace, labels=carried, **rest)
    if ports:
        made["spec"]["containers"] = [{"name": "main", "image": "main", "ports": list(ports)}]
    address = address_of(name) if ip == "" else ip
    made["status"] |= {"podIP": address, "podIPs": [{"ip": address}]} if address else {}
    made["status"] |= status or {}
    return made


def address_of(name: str) -> str:
    """The address that a pod of this name has where a test does not say."""
    return f"10.1.{sum(name.encode()) % 250}.{len(name)}"


def workload(
    kind: str, name: str, labels: Mapping[str, str], *ports: Object, namespace: str = "shop", **spec: Any
) -> Object:
    """A Deployment, StatefulSet, …, with container ports in its template."""
    api = "batch/v1" if kind in ("Job", "CronJob") else "apps/v1"
    pod_spec = {"containers": [{"name": "main", "image": "main", "ports": list(ports)}]}
    template = {"metadata": {"labels": dict(labels)}, "spec": pod_spec}
    body = {"template": template, "selector": {"matchLabels": dict(labels)}, **spec}
    if kind == "CronJob":
        body = {"jobTemplate": {"spec": body}, **spec}
    return make.obj(kind, name, namespace, api=api, spec=body)


def endpoint_slice(name: str, service: str, *endpoints: Object, namespace: str = "shop", **fields: Any) -> Object:
    """An EndpointSlice; without `labels` one of the real controller's."""
    managed = {"endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}
    labels = fields.pop("labels", {"kubernetes.io/service-name": service, **managed})
    made = make.obj("EndpointSlice", name, namespace, api="discovery.k8s.io/v1", labels=labels)
    return {**made, "addressType": "IPv4", "ports": [{"name": "", "port": 80}], "endpoints": list(endpoints), **fields}


def endpoint(address: str, *, ready: bool | None = True, pod: str = "", **fields: Any) -> Object:
    """An endpoint of a slice; `ready` None leaves the conditions out."""
    made: Object = {"addresses": [address], "conditions": {} if ready is None else {"ready": ready}}
    if pod:
        made["targetRef"] = {"kind": "Pod", "namespace": "shop", "name": pod}
    return made | fields


def inventory(
    *objects: Object, missing: Iterable[str] = (), extents: Mapping[str, Extent] | None = None, **rest: Any
) -> Inventory:
    """What was read: all of `READ` and the kinds of `objects`; `missing` kinds were denied. A node n1 is there."""
    found: dict[str, Any] = {kind: [] for kind in READ}
    if not any(each["kind"] == "Node" for each in objects):
        found["Node"] = [make.node("n1")]
    for each in objects:
        found.setdefault(each["kind"], []).append(each)
    found |= {kind: Missing(kind, "forbidden") for kind in missing}
    return Inventory(found, now=NOW, extents=extents, **rest)


def slices_of(service: Object, *objects: Object) -> list[Object]:
    """The slices that the controller would make: one for each set of ports and family."""
    around = inventory(service, *objects)
    selector = service["spec"].get("selector") or {}
    by_ports: dict[Any, list[Object]] = {}
    for each in predict(service, around.pods(service["metadata"]["namespace"], selector), around):
        by_ports.setdefault((each.family, each.ports), []).append(_written(each))
    where = {"namespace": service["metadata"]["namespace"]}
    name = service["metadata"]["name"]
    made = []
    for number, ((family, ports), listed) in enumerate(by_ports.items()):
        named = [port.to_dict() for port in ports] or None
        made.append(endpoint_slice(f"{name}-{number}", name, *listed, addressType=family, ports=named, **where))
    return made or [endpoint_slice(f"{name}-0", name, ports=None, **where)]


def _written(each: Endpoint) -> Object:
    conditions = {"ready": each.ready, "serving": each.serving, "terminating": each.terminating}
    made: Object = {"addresses": [each.address], "conditions": conditions, "nodeName": each.node, "zone": each.zone}
    if each.pod is not None:
        made["targetRef"] = {"kind": "Pod", "namespace": each.pod.namespace, "name": each.pod.name}
    return made


def case(
    service: Object,
    *objects: Object,
    slices: bool | None = True,
    client: Client | None = None,
    detailed: bool = False,
    **rest: Any,
) -> Case:
    """The case of a Service among `objects`; `slices`: True the controller's, False none, None not readable."""
    missing = [*rest.pop("missing", ())] + (["EndpointSlice"] if slices is None else [])
    own = any(each["kind"] == "EndpointSlice" for each in objects)
    made = slices_of(service, *objects) if slices and not own else []
    around = inventory(service, *objects, *made, missing=missing, **rest)
    if slices is not None and around.read("EndpointSlice") == Missing("EndpointSlice", "not captured"):
        around = inventory(service, *objects, missing=missing, **rest)
        around._found["EndpointSlice"] = []
    return Case(service, around, client=client, detailed=detailed)


def codes(judged: Iterable[Judged]) -> list[str]:
    """The codes of what rules found."""
    return [each.finding.code for each in judged]


def policy(
    name: str = "gate",
    selector: Object | None = None,
    *,
    ingress: list[Object] | None = None,
    egress: list[Object] | None = None,
    namespace: str = "shop",
    **spec: Any,
) -> Object:
    """A NetworkPolicy, of all pods where no selector is given; `policyTypes` only where a test says them."""
    body: Object = {"podSelector": {} if selector is None else {"matchLabels": selector}, **spec}
    body |= {} if ingress is None else {"ingress": ingress}
    body |= {} if egress is None else {"egress": egress}
    return make.obj("NetworkPolicy", name, namespace, api="networking.k8s.io/v1", spec=body)


def namespace(name: str, **labels: str) -> Object:
    """A namespace with the label that the server gives each."""
    return make.obj("Namespace", name, labels={"kubernetes.io/metadata.name": name, **labels})
