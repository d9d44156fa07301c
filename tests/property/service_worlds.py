"""Namespaces drawn at random around one Service `web`: pods in all states, templates, policies, slices on time or late."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

import make
from kubectl_lab.domain.service.case import Case
from kubectl_lab.domain.service.inventory import Inventory
from kubectl_lab.objects import Missing
from unit.service.cases import NOW, READ, endpoint_slice, pod, policy, service, slices_of, workload

if TYPE_CHECKING:
    from collections.abc import Callable

Object = dict[str, Any]
HASH = "pod-template-hash"
LABELS: list[Object] = [
    {"app": "web"}, {"app": "web", "tier": "front"}, {"app": "web", HASH: "5d4"}, {"app": "wbe"}, {"app": "api"}, {}
]  # fmt: skip
SELECTORS: list[Object] = [{"app": "web"}, {"app": "web", "tier": "front"}, {"app": "web", HASH: "5d4"}]
HTTP = {"containerPort": 8080, "name": "http"}
DECLARED: list[tuple[Object, ...]] = [(), (HTTP,), ({**HTTP, "containerPort": 9090},), ({**HTTP, "protocol": "UDP"},)]
PORTS: list[Object] = [
    {"name": "a", "port": 80, "targetPort": 8080},
    {"name": "b", "port": 81, "targetPort": "http"},
    {"name": "c", "port": 53, "targetPort": "dns", "protocol": "UDP"},
    {"name": "d", "port": 53, "targetPort": 53},
]
KINDS: list[Object] = [
    {}, {}, {"type": "NodePort"}, {"type": "LoadBalancer"}, {"clusterIP": "None"}, {"publishNotReadyAddresses": True},
    {"type": "NodePort", "externalTrafficPolicy": "Local"}, {"internalTrafficPolicy": "Local"},
]  # fmt: skip
ALIASES = ["example.com", "10.0.0.1", "gone.shop.svc.cluster.local", "web.shop.svc.cluster.local"]
FAMILIES = [["IPv4"], ["IPv4"], ["IPv6"], ["IPv4", "IPv6"]]
ADDRESSES: list[list[str]] = [["10.1.0.{}"], ["10.1.0.{}"], ["fd00::{}"], ["10.1.0.{}", "fd00::{}"], []]
OWNERS = [None, ("ReplicaSet", "web-5d4"), ("StatefulSet", "db"), ("DaemonSet", "agent")]
WAITING: list[Object] = [{}, {"reason": "CrashLoopBackOff", "message": "back-off"}, {"reason": "ContainerCreating"}]
RULES: list[list[Object] | None] = [None, [], [{}], [{"ports": [{"port": 80}]}], [{"ports": [{"port": "http"}]}]]
REFUSAL = {"conditions": [{"type": "ReplicaFailure", "status": "True", "message": "exceeded quota: q"}]}


@dataclass(frozen=True)
class World:
    """What there is, kind by kind; the Service that is asked about is the first. `live`: a server was asked, not files."""

    found: dict[str, list[Object]]
    live: bool

    def case(self, *denied: str, manifests: bool = False) -> Case:
        """The Service as it is seen by somebody who may not read some kinds."""
        seen = {kind: Missing(kind, "forbidden") if kind in denied else known for kind, known in self.found.items()}
        return Case(self.found["Service"][0], Inventory(seen, now=NOW, live=self.live, manifests=manifests))


@st.composite
def services(draw: Callable[..., Any]) -> Object:
    """With a selector, most of them; headless ones also without ports."""
    spec = {**draw(st.sampled_from(KINDS)), "ipFamilies": draw(st.sampled_from(FAMILIES))}
    headless = spec.get("clusterIP") == "None"
    ports = draw(
        st.lists(st.sampled_from(PORTS), unique_by=lambda each: each["name"], min_size=not headless, max_size=3)
    )
    if draw(st.integers(0, 9)) == 0:
        alias = draw(st.sampled_from(ALIASES))
        return service("web", None, 443, type="ExternalName", clusterIP="", externalName=alias)
    return service("web", draw(st.sampled_from([*SELECTORS, *SELECTORS, {}, None])), *copy.deepcopy(ports), **spec)


@st.composite
def pods(draw: Callable[..., Any], number: int) -> Object:
    """One with an address has a node too; what is ready runs."""
    addresses = [each.format(number + 1) for each in draw(st.sampled_from(ADDRESSES))]
    ready = bool(addresses) and draw(st.booleans())
    owner = draw(st.sampled_from(OWNERS))
    made = pod(
        f"web-{number}",
        draw(st.sampled_from(LABELS)),
        ip=None,
        ports=draw(st.sampled_from(DECLARED)),
        node=draw(st.sampled_from(["n1", "n2"])),
        ready=ready,
        owned_by=make.owner(*owner) if owner else None,
        phase="Running" if ready else draw(st.sampled_from(["Running", "Pending", "Succeeded", "Failed"])),
        creationTimestamp=draw(st.sampled_from(["2026-01-01T11:00:00Z", "2026-01-01T11:59:50Z"])),
    )
    made["status"]["podIPs"] = [{"ip": each} for each in addresses]
    if not ready:
        state = {"waiting": draw(st.sampled_from(WAITING))}
        made["status"]["containerStatuses"] = [{"name": "main", "restartCount": 4, "state": state}]
        if draw(st.integers(0, 4)) == 0:
            made["spec"]["readinessGates"] = [{"conditionType": "example.com/gate"}]
            made["status"]["conditions"].append({"type": "ContainersReady", "status": "True"})
    return make.terminating(made) if draw(st.integers(0, 5)) == 0 else made


WORKLOADS = st.builds(
    lambda kind, name, labels, ports, replicas, status: {
        **workload(kind, name, labels, *ports, replicas=replicas), "status": status
    },
    st.sampled_from(["Deployment", "StatefulSet"]), st.sampled_from(["web", "api"]), st.sampled_from(LABELS),
    st.sampled_from(DECLARED), st.integers(0, 2), st.sampled_from([{}, REFUSAL]),
)  # fmt: skip
POLICIES = st.builds(
    lambda selector, rules: policy("gate", selector, ingress=rules),
    st.sampled_from([None, {"app": "web"}]), st.sampled_from(RULES),
)  # fmt: skip


@st.composite
def worlds(draw: Callable[..., Any], *, late: bool = False) -> World:
    """`late`: the slices may still say what held before the pods changed, or there may be none yet."""
    found: dict[str, list[Object]] = {kind: [] for kind in READ}
    found["Service"] = [draw(services()), service("api", {"app": "api"})]
    found["Node"] = [make.node("n1"), make.node("n2", ready=draw(st.sampled_from(["True", "Unknown"])))]
    found["Pod"] = [draw(pods(number)) for number in range(draw(st.integers(0, 3)))]
    found["NetworkPolicy"] = draw(st.lists(POLICIES, max_size=1))
    for each in draw(st.lists(WORKLOADS, max_size=2, unique_by=lambda each: each["kind"])):
        found[each["kind"]].append(each)
    before = [draw(pods(number)) for number in range(3)] if late and draw(st.booleans()) else found["Pod"]
    found["EndpointSlice"] = _slices(found["Service"][0], *before, *found["Node"])
    if late and draw(st.integers(0, 4)) == 0:
        found["EndpointSlice"] = [endpoint_slice("api-0", "api")]
    return World(found, live=draw(st.booleans()))


def _slices(asked: Object, *around: Object) -> list[Object]:
    """Those of the controller, which leaves a Service without a selector and an alias alone."""
    spec = asked["spec"]
    return slices_of(asked, *around) if spec.get("selector") and spec["type"] != "ExternalName" else []
