"""Clients of `--from` and what they meet: a pod, any pod of a namespace, an address; and the finding that tells (SVC083)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab.domain.service.case import Client
from kubectl_lab.domain.service.policies import RULES
from unit.service.cases import case, namespace, pod, policy, service

if TYPE_CHECKING:
    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Judged

Object = dict[str, Any]
WEB = service("web", {"app": "web"}, (80, 8080))
ONE = pod("web-1", {"app": "web", "blue": ""})
BATCH = pod("batch-1", {"app": "batch", "pod-template-hash": "x", "batch.kubernetes.io/job-name": "y"}, ip="10.1.0.7")
SHOP, EDGE, SYSTEM = namespace("shop", team="a"), namespace("edge", team="b"), namespace("kube-system")
POD = Client("pod/batch-1", "shop", {"team": "a"}, pod=BATCH)
ANY = Client("namespace/edge", "edge", {"kubernetes.io/metadata.name": "edge", "team": "b"})
OUTSIDE = Client("192.0.2.7", address="192.0.2.7")
FROM_FRONT = {"from": [{"podSelector": {"matchLabels": {"role": "front"}}}]}
TO_SYSTEM = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}
DNS = {"to": [TO_SYSTEM], "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53}]}
TO_WEB = {"to": [{"podSelector": {"matchLabels": {"app": "web"}}}], "ports": [{"port": 8080}]}


def asked(client: Client | None, *objects: Object, of: Object = WEB, **rest: Any) -> Case:
    return case(of, *(objects or (ONE,)), BATCH, SHOP, EDGE, SYSTEM, client=client, **rest)


def found(made: Case) -> list[Judged]:
    return [each for rule in RULES for each in rule(made) if each.finding.code == "SVC083"]


def out(*rules: Object, name: str = "out", selector: Object | None = None, **rest: Any) -> Object:
    return policy(name, selector, policyTypes=["Egress"], egress=list(rules), **rest)
