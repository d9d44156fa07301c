"""Short builders for pods that stand beside pods: terms, constraints, states, and what a plugin answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import make
from kubectl_lab.domain.scheduling.features import Features
from kubectl_lab.domain.scheduling.state import ClusterState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kubectl_lab.domain.scheduling.model import NodeFilter, Prepare, Reason
    from kubectl_lab.objects import Missing
    from make import Object

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
WEB: Object = {"matchLabels": {"app": "web"}}
DB: Object = {"matchLabels": {"app": "db"}}
ALL: Object = {}


def node(name: str, zone: str | None = None, **rest: Any) -> Object:
    """A node in a zone, with the label of its name as `host`."""
    labels = {"host": name} | ({"zone": zone} if zone is not None else {})
    return make.node(name, labels=labels | rest.pop("labels", {}), **rest)


NODES = (node("a1", "a"), node("a2", "a"), node("b1", "b"), node("bare"))


def term(selector: Object | None = WEB, key: str = "zone", **rest: Any) -> Object:
    """A term of pod affinity or anti-affinity."""
    return {"topologyKey": key, "labelSelector": selector, **rest}


def affinity(*terms: Object) -> Object:
    """A spec with these required podAffinity terms."""
    return {"affinity": {"podAffinity": {REQUIRED: list(terms)}}}


def anti(*terms: Object) -> Object:
    """A spec with these required podAntiAffinity terms."""
    return {"affinity": {"podAntiAffinity": {REQUIRED: list(terms)}}}


def spread(selector: Object | None = WEB, key: str = "zone", skew: int = 1, **rest: Any) -> Object:
    """A topology spread constraint that refuses."""
    made = {"topologyKey": key, "maxSkew": skew, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": selector}
    return made | rest


def spreading(*constraints: Object, **spec: Any) -> Object:
    """A spec with these constraints."""
    return {"topologySpreadConstraints": list(constraints), **spec}


def placed(name: str, node: str, app: str = "web", namespace: str = "default", **rest: Any) -> Object:
    """A pod on a node."""
    return make.pod(name, namespace, node=node, labels={"app": app}, **rest)


def new(spec: Object | None = None, app: str = "web", namespace: str = "default") -> Object:
    """The pod that is judged."""
    return make.pod("new", namespace, node="", phase="Pending", labels={"app": app}, spec=spec)


def namespace(name: str, **labels: str) -> Object:
    """A namespace."""
    return make.obj("Namespace", name, labels=labels)


def state(
    nodes: Iterable[Object],
    pods: Iterable[Object] = (),
    namespaces: Sequence[Object] | Missing = (),
    features: Features | None = None,
) -> ClusterState:
    """A cluster; `namespaces`: those that were read."""
    return ClusterState({"Node": list(nodes), "Pod": list(pods), "Namespace": namespaces}, features or Features())


class Asked:
    """A plugin made ready for a pod, asked about every node of a state."""

    def __init__(self, prepare: Prepare, pod: Object, cluster: ClusterState) -> None:
        self.cluster = cluster
        self.made: NodeFilter | None = prepare(pod, cluster)

    @property
    def filter(self) -> NodeFilter:
        """It has something to check."""
        assert self.made is not None
        return self.made

    def reasons(self, of: NodeFilter | None = None) -> dict[str, Reason]:
        """What each node that is refused is refused for."""
        asked = of or self.filter
        found = {each.name: asked.refusal(each) for each in self.cluster.nodes}
        return {name: refusal.reasons[0] for name, refusal in found.items() if refusal}

    def refused(self, of: NodeFilter | None = None) -> set[str]:
        """The nodes that are refused."""
        return set(self.reasons(of))

    def without(self, *names: str) -> set[str]:
        """The nodes that are refused once these pods, all of one node, are gone."""
        there = [(each, pod) for each in self.cluster.nodes for pod in each.pods if pod["metadata"]["name"] in names]
        (where,) = {id(each): each for each, _ in there}.values()
        return self.refused(self.filter.changed(where, removed=[pod for _, pod in there]))

    def with_pods(self, node: str, *pods: Object) -> set[str]:
        """The nodes that are refused if these pods came to a node."""
        return self.refused(self.filter.changed(self.cluster.node_by_name[node], added=pods))
