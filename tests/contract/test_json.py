"""The key sets of every JSON kind: additions are allowed within v1 (write them here), removals and renames are not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

import make
from kubectl_lab.catalogue import finding, phrase
from kubectl_lab.domain.drain.model import Drain, NodePlan, PodPlan
from kubectl_lab.domain.rules.budgets import budget
from kubectl_lab.domain.scheduling.evaluation import PluginRefusal
from kubectl_lab.domain.scheduling.explanation import (
    NodeExplanation,
    PodExplanation,
    SchedulingExplanation,
    TaintVerdict,
    TolerationExplanation,
)
from kubectl_lab.domain.scheduling.model import NotEvaluated, Reason, Refusal
from kubectl_lab.domain.scheduling.question import TaintChange, WhatIf
from kubectl_lab.domain.scheduling.subject import Sourced
from kubectl_lab.domain.service.model import (
    Endpoint,
    EndpointPort,
    Hop,
    NotChecked,
    Port,
    ServiceEntry,
    ServiceExplanation,
)
from kubectl_lab.domain.taints.model import Eviction, NodeTaints, TaintEffect, TaintExplanation, Tolerating
from kubectl_lab.render import data
from kubectl_lab.result import Reference, Result
from kubectl_lab_plugins.main import COMMANDS
from kubectl_lab_plugins.version_result import PARTS, Version

REFERENCE = "kind namespace name"
FINDING = "code severity object message fix details"
SOURCE = "value source"

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FOUND = finding("DRN041", Reference("Pod", "shop", "web"), selector="app=web")
POD = PodPlan(
    Reference("Pod", "shop", "web"),
    "u1",
    Reference("ReplicaSet", "shop", "web"),
    "evict",
    (FOUND,),
    (budget(make.budget("web")),),
)
SERVICE = ServiceEntry(
    Reference("Service", "shop", "web"),
    "NodePort",
    "degraded",
    ports=(Port("http", 80, "http", 31234, "TCP", 1, 0, 2),),
    endpoints=(
        Endpoint(
            None,
            "IPv4",
            (EndpointPort("http", 8080, "TCP"),),
            Reference("Pod", "shop", "web"),
            "n1",
            "z1",
            ready=True,
            serving=True,
            terminating=False,
            workload=Reference("Deployment", "shop", "web"),
            replicas=2,
        ),
    ),
    hops=(Hop("client", "cluster", "broken", "SVC043", "x", Reference("Service", "shop", "web")),),
    not_checked=(NotChecked("Nodes", "forbidden"),),
    findings=(FOUND,),
    cluster_ip="10.0.0.1",
    external=("192.0.2.1",),
    selector={"app": "web"},
)
REASON = Reason("node(s) were unschedulable", phrase("scheduling.narrowed", plugins=["A"]), {"x": 1})
TOLERATION = {"key": "team", "operator": "Exists", "effect": "NoSchedule"}
LANDING = PodExplanation(
    Reference("Pod", "shop", "web"),
    ("n1",),
    1,
    "0/1 nodes are available: x.",
    (
        NodeExplanation(
            "n1",
            (PluginRefusal("NodeUnschedulable", Refusal((REASON,)), first=True),),
            (TaintVerdict({"key": "team", "effect": "NoSchedule"}, TOLERATION, REASON.message, 5),),
            5,
            was=True,
        ),
    ),
    (TolerationExplanation(Sourced(TOLERATION, "pod"), ("n1",)),),
    (("VolumeBinding", Refusal((REASON,))),),
    (NotEvaluated("VolumeBinding", "persistentvolumes", "not captured"),),
    "n1",
    "Pending",
    ("gate",),
    what_if=WhatIf((TaintChange("a", "b", "NoSchedule", "n1"),), (TaintChange("c"),), (TOLERATION,)),
    findings=(FOUND,),
)
NODE = NodePlan("n1", "u2", unschedulable=False, outcome="clear", cordoned="no", pods=(POD,))

TAINTED = TaintEffect(
    {"key": "team", "value": "blue", "effect": "NoExecute", "timeAdded": "2026-01-01T00:00:00Z"},
    phrase("taints.means-no-execute"),
    phrase("taints.set-by-anybody"),
    (Tolerating(Reference("Pod", "shop", "web"), 300),),
    evicts=(Eviction(Reference("Pod", "shop", "web"), 300, NOW),),
)
TAINTS = TaintExplanation(
    (NodeTaints("n1", (TAINTED,), False, TAINTED.evicts, ("gpu:NoSchedule",), (FOUND,)),),
    1,
    NOW,
    WhatIf((TaintChange("team", "", "NoExecute"),), (TaintChange("gpu"),), ({"key": "team"},)),
    (FOUND,),
    (NotEvaluated("VolumeBinding", "persistentvolumeclaims", "not captured"),),
)

# kind -> (an answer in which nothing is empty, path -> keys)
KINDS: dict[str, tuple[Result, dict[str, str]]] = {
    "Version": (
        Version("v1.36.3", {part: {"value": "x", "source": "y"} for part in PARTS}),
        {
            "": "apiVersion kind client server target",
            ".client": "version python os arch",
            ".server": "version",
            ".target": "server context user namespace",
            **{f".target.{part}": SOURCE for part in PARTS},
        },
    ),
    "Drain": (
        Drain("client", "clear", (NODE,), (FOUND,)),
        {
            "": "apiVersion kind mode outcome nodes findings",
            ".nodes": "name outcome cordoned pods",
            ".nodes.pods": "namespace name uid controller action outcome findings budgets fits",
            ".nodes.pods.controller": REFERENCE,
            ".nodes.pods.findings": FINDING,
            ".nodes.pods.findings.object": REFERENCE,
            ".nodes.pods.budgets": "namespace name disruptionsAllowed currentHealthy desiredHealthy expectedPods",
            ".findings": FINDING,
            ".findings.object": REFERENCE,
        },
    ),
    "ServiceExplanation": (
        ServiceExplanation((SERVICE,)),
        {
            "": "apiVersion kind services",
            ".services": "service type verdict clusterIP externalAddresses selector ports endpoints hops notChecked"
            " predicted findings",
            ".services.service": REFERENCE,
            ".services.selector": "app",
            ".services.ports": "name port targetPort nodePort protocol backends",
            ".services.ports.backends": "working fallback total",
            ".services.endpoints": "address ports pod node zone ready serving terminating workload replicas",
            ".services.endpoints.ports": "name port protocol",
            ".services.endpoints.pod": REFERENCE,
            ".services.endpoints.workload": REFERENCE,
            ".services.hops": "from to state finding label object",
            ".services.hops.object": REFERENCE,
            ".services.notChecked": "what why",
            ".services.findings": FINDING,
            ".services.findings.object": REFERENCE,
        },
    ),
    "SchedulingExplanation": (
        SchedulingExplanation((LANDING,), (FOUND,)),
        {
            "": "apiVersion kind pods findings",
            ".pods": "pod boundTo phase gates feasible schedulerMessage preFilter nodes tolerations notEvaluated findings"
            " whatIf",
            ".pods.pod": REFERENCE,
            ".pods.preFilter": "plugin reason",
            ".pods.nodes": "name feasible reasons taints secondsUntilEviction was",
            ".pods.nodes.reasons": "plugin reason first preemptionMayHelp message details",
            ".pods.nodes.taints": "key value effect tolerated toleration nearMiss secondsUntilEviction",
            ".pods.nodes.taints.toleration": "key operator effect",
            ".pods.tolerations": "toleration origin matches details",
            ".pods.tolerations.toleration": "key operator effect",
            ".pods.notEvaluated": "plugin what why",
            ".pods.whatIf": "addTaints removeTaints withTolerations",
            ".pods.whatIf.addTaints": "key value effect node",
            ".pods.whatIf.removeTaints": "key value effect node",
            ".pods.whatIf.withTolerations": "key operator effect",
            ".pods.findings": FINDING,
            ".pods.findings.object": REFERENCE,
            ".findings": FINDING,
            ".findings.object": REFERENCE,
        },
    ),
    "TaintExplanation": (
        TAINTS,
        {
            "": "apiVersion kind nodes whatIf notEvaluated findings",
            ".nodes": "name taints removed unschedulable evicts findings",
            ".nodes.taints": "key value effect timeAdded meaning setBy toleratedBy blocks mayBlock evicts pretended",
            ".nodes.taints.toleratedBy": "pod seconds",
            ".nodes.taints.toleratedBy.pod": REFERENCE,
            ".nodes.taints.evicts": "pod seconds at terminating finished",
            ".nodes.taints.evicts.pod": REFERENCE,
            ".nodes.evicts": "pod seconds at terminating finished",
            ".nodes.evicts.pod": REFERENCE,
            ".nodes.findings": FINDING,
            ".nodes.findings.object": REFERENCE,
            ".whatIf": "addTaints removeTaints withTolerations",
            ".whatIf.addTaints": "key value effect node",
            ".whatIf.removeTaints": "key value effect node",
            ".whatIf.withTolerations": "key",
            ".notEvaluated": "plugin what why",
            ".findings": FINDING,
            ".findings.object": REFERENCE,
        },
    ),
}
# command -> kind of its document, where that is not its name
ANSWERS = {
    "explain-taints": "TaintExplanation",
    "explain-tolerations": "SchedulingExplanation",
    "explain-service": "ServiceExplanation",
}


def keys(value: object, path: str = "") -> dict[str, set[str]]:
    """Path -> keys of the maps there; entries of a list share their list's path, `details` are each code's own."""
    if isinstance(value, list | tuple):
        return {at: names for entry in value for at, names in keys(entry, path).items()}
    if not isinstance(value, Mapping):
        return {}
    found: dict[str, set[str]] = {path: set(value)}
    for name, inner in value.items():
        if name != "details":
            found |= keys(inner, f"{path}.{name}")
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_keys_of_a_document_are_frozen(kind: str) -> None:
    answer, expected = KINDS[kind]
    assert keys(data.document(answer, "en")) == {path: set(names.split()) for path, names in expected.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_says_its_version_and_kind_first(kind: str) -> None:
    made: dict[str, Any] = data.document(KINDS[kind][0], "en")
    assert list(made.items())[:2] == [("apiVersion", "kubectl-lab/v1"), ("kind", kind)]


def test_every_command_that_answers_in_json_has_its_keys_here() -> None:
    without = {"why", "completion"}
    answers = {ANSWERS.get(name, name.capitalize()) for name in COMMANDS if name not in without}
    assert answers <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_is_plain_data(kind: str) -> None:
    def plain(value: object) -> bool:
        if isinstance(value, dict):
            return all(isinstance(key, str) and plain(inner) for key, inner in value.items())
        return all(map(plain, value)) if isinstance(value, list) else isinstance(value, str | int | float | None)

    assert plain(data.document(KINDS[kind][0], "fr"))
