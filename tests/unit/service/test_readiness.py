"""SVC020-SVC024, SVC028, SVC029: of each pod one finding at most, and none of a rollout that goes well."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.service import readiness
from kubectl_lab.domain.service.conditions import YOUNG
from kubectl_lab.domain.service.hops import hops
from kubectl_lab.domain.service.verdict import verdict
from kubectl_lab.render import data
from unit.service.cases import NOW, Object, case, endpoint, endpoint_slice, pod, service

SERVICE = service("web", {"app": "web"})
PUBLISHED = service("web", {"app": "web"}, publishNotReadyAddresses=True)
QUIET = ("SVC025", "SVC027")
GATED = {"readinessGates": [{"conditionType": "lb/target"}]}
CRASH = {
    "containerStatuses": [{"name": "main", "restartCount": 1, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]
}
NODES = [make.node("n1"), make.node("n2", ready="False")]


def ill(name: str = "ill", **rest: Any) -> Object:
    return pod(name, ready=False, **rest)


def waiting(name: str = "waiting", **rest: Any) -> Object:
    return pod(name, ready=False, ip=None, phase="Pending", **rest)


def gated(name: str = "gated", **rest: Any) -> Object:
    made = ill(name, spec=GATED, **rest)
    made["status"]["conditions"].append({"type": "ContainersReady", "status": "True"})
    return made


def young(made: Object) -> Object:
    """A controller made it ten seconds ago."""
    born = (NOW - YOUNG / 3).isoformat()
    owner = [make.owner("ReplicaSet", "web")]
    return {**made, "metadata": made["metadata"] | {"creationTimestamp": born, "ownerReferences": owner}}


def old(made: Object) -> Object:
    return {**made, "metadata": made["metadata"] | {"creationTimestamp": (NOW - YOUNG).isoformat()}}


def ending(made: Object) -> Object:
    return make.terminating(made)


def found(subject: Object, *around: Object, **rest: Any) -> tuple[list[str], str]:
    """`CODE severity` of what is told, and the verdict."""
    asked = case(subject, *around, **rest)
    judged = [each for rule in readiness.RULES for each in rule(asked)]
    told = [f"{each.finding.code} {each.finding.severity}" for each in judged if each.finding.code not in QUIET]
    return told, verdict(asked, judged)


@pytest.mark.parametrize(
    ("around", "codes", "verdict"),
    [
        pytest.param([pod()], [], "healthy", id="a ready pod"),
        pytest.param([ill()], ["SVC020 error"], "broken", id="none ready"),
        pytest.param([ill(), pod("b")], ["SVC021 warning"], "degraded", id="some not ready"),
        pytest.param([waiting()], ["SVC022 error"], "broken", id="none has an address"),
        pytest.param([waiting(), pod("b")], ["SVC022 warning"], "degraded", id="some have no address"),
        pytest.param([gated()], ["SVC028 error"], "broken", id="all wait for a gate"),
        pytest.param([gated(), pod("b")], ["SVC028 warning"], "degraded", id="some wait for a gate"),
        pytest.param(
            [ill(), waiting()], ["SVC020 error", "SVC022 warning"], "broken", id="not ready and without an address"
        ),
        pytest.param([ill(), gated()], ["SVC020 error", "SVC028 warning"], "broken", id="not ready and behind a gate"),
        pytest.param(
            [waiting(), gated()], ["SVC022 warning", "SVC028 error"], "broken", id="without an address and behind a gate"
        ),
        pytest.param([ending(pod())], ["SVC024 warning"], "degraded", id="only one that ends and serves"),
        pytest.param([ending(ill())], ["SVC020 error"], "broken", id="only one that ends and does not serve"),
        pytest.param(
            [ending(pod()), ill()], ["SVC021 warning", "SVC024 warning"], "degraded", id="one that ends is the last"
        ),
        pytest.param([ending(ill()), waiting()], ["SVC022 error"], "broken", id="what ends is no news beside what waits"),
        pytest.param([ending(pod()), pod("b")], [], "healthy", id="a rollout: one ends, another is ready"),
        pytest.param([ending(ill()), pod("b")], [], "healthy", id="what ends need not be ready"),
        pytest.param([pod(phase="Succeeded"), pod("b")], [], "healthy", id="a finished pod among ready ones"),
        pytest.param([young(ill()), pod("b")], [], "healthy", id="a rollout: a new one is not ready yet"),
        pytest.param([young(waiting()), pod("b")], [], "healthy", id="a rollout: a new one has no address yet"),
        pytest.param([young(gated()), pod("b")], [], "healthy", id="a rollout: a new one waits for its gate"),
        pytest.param([young(ill())], ["SVC020 error"], "broken", id="a first rollout has nobody else"),
        pytest.param(
            [young(ill(status=CRASH)), pod("b")], ["SVC021 warning"], "degraded", id="a new one that crashes is news"
        ),
        pytest.param([old(young(ill())), pod("b")], ["SVC021 warning"], "degraded", id="half a minute is enough"),
        pytest.param(
            [ill(creationTimestamp=NOW.isoformat()), pod("b")], ["SVC021 warning"], "degraded", id="a bare pod rolls out nothing"
        ),
        pytest.param([*NODES, pod(node="n2"), pod("b")], ["SVC029 warning"], "degraded", id="on a lost node, still ready"),
        pytest.param([*NODES, ill(node="n2"), pod("b")], ["SVC029 warning"], "degraded", id="not ready for its node alone"),
        pytest.param(
            [*NODES, ill(node="n2", status=CRASH), pod("b")], ["SVC021 warning"], "degraded", id="a crash on a lost node"
        ),
        pytest.param([*NODES, ill(node="n2")], ["SVC020 error"], "broken", id="all on a lost node"),
        pytest.param([*NODES, pod(node="n2")], ["SVC029 warning"], "degraded", id="the only one on a lost node, still ready"),
        pytest.param(
            [*NODES, ill(node="n2"), waiting()], ["SVC020 error", "SVC022 warning"], "broken", id="a lost node and a new pod"
        ),
    ],
)  # fmt: skip
def test_each_pod_is_spoken_of_once(around: list[Object], codes: list[str], verdict: str) -> None:
    assert found(SERVICE, *around) == (codes, verdict)


@pytest.mark.parametrize(
    ("around", "codes"),
    [
        pytest.param([pod()], [], id="a ready pod"),
        pytest.param([ill()], ["SVC023 warning"], id="a pod that is not ready gets traffic"),
        pytest.param([ill(), pod("b")], ["SVC023 warning"], id="beside a ready one too"),
        pytest.param([gated()], ["SVC023 warning"], id="behind a gate: said once"),
        pytest.param([*NODES, ill(node="n2")], ["SVC023 warning"], id="on a lost node: said once"),
        pytest.param([*NODES, pod(node="n2")], ["SVC029 warning"], id="on a lost node and still ready"),
        pytest.param([ending(ill()), pod("b")], [], id="what ends is no news"),
        pytest.param([waiting(), pod("b")], ["SVC022 warning"], id="without an address nothing can be published"),
    ],
)
def test_published_pods_that_are_not_ready(around: list[Object], codes: list[str]) -> None:
    assert found(PUBLISHED, *around)[0] == codes


def headless(**spec: Any) -> Object:
    return service("db", {"app": "web"}, clusterIP="None", publishNotReadyAddresses=True, **spec)


@pytest.mark.parametrize(
    ("subject", "kind", "expected"),
    [
        pytest.param(headless(), "StatefulSet", "info", id="members of a StatefulSet find each other"),
        pytest.param(headless(), "ReplicaSet", "warning", id="pods of a Deployment need not"),
        pytest.param(PUBLISHED, "StatefulSet", "warning", id="clients of a cluster IP need ready pods"),
    ],
)
def test_publishing_is_meant_for_a_headless_service_of_a_statefulset(subject: Object, kind: str, expected: str) -> None:
    told, verdict = found(subject, ill(owned_by=make.owner(kind, "db")))
    assert told == [f"SVC023 {expected}"]
    assert verdict == ("healthy" if expected == "info" else "degraded")


def test_without_pods_a_name_of_its_own_shows_a_member_of_a_statefulset() -> None:
    conditions: Any = {"conditions": {"ready": True, "serving": False}}
    member = endpoint_slice("db-1", "db", endpoint("10.0.0.1", pod="db-0", hostname="db-0", **conditions))
    stranger = endpoint_slice("db-2", "db", endpoint("10.0.0.2", **conditions))
    assert found(headless(), member, missing=["Pod"])[0] == ["SVC023 info"]
    assert found(headless(), member, stranger, missing=["Pod"])[0] == ["SVC023 warning"]


def message(code: str, subject: Object, *around: Object, **rest: Any) -> tuple[str, list[str]]:
    asked = case(subject, *around, **rest)
    (told,) = [each.finding for rule in readiness.RULES for each in rule(asked) if each.finding.code == code]
    return data.message(told.to_dict(), "en"), data.fixes(told.to_dict())


def test_the_sentence_names_the_pod_its_reason_and_what_to_run() -> None:
    crashing = ill("web-1", status=CRASH)
    logs = "kubectl -n shop logs web-1 -c main --previous"
    describe = "kubectl -n shop describe pod web-1"
    why = "web-1: container main: CrashLoopBackOff (restarts: 1)"
    assert message("SVC020", SERVICE, crashing) == (
        f"no pod behind Service web is ready (pods: 1); {why}",
        [logs, describe],
    )
    assert (
        message("SVC021", SERVICE, crashing, pod("b"))[0]
        == f"some pods behind Service web are not ready (1 of 2); {why}"
    )


def test_a_pod_without_a_node_says_why_no_node_takes_it() -> None:
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 nodes."}
    homeless = waiting("web-1", node="")
    homeless["status"]["conditions"].append(condition)
    assert message("SVC022", SERVICE, homeless) == (
        "web-1 has no address yet (pods without one: 1 of 1): Unschedulable: 0/1 nodes.",
        ["kubectl lab explain-tolerations web-1 -n shop"],
    )


def test_where_nothing_says_why_that_is_said() -> None:
    said, fixes = message("SVC022", SERVICE, pod("web-1", ip=None))
    assert said == "web-1 has no address yet (pods without one: 1 of 1): nothing says why"
    assert fixes == ["kubectl -n shop describe pod web-1"]


def test_what_is_published_says_why_it_is_not_ready_and_how_to_stop_it() -> None:
    said, fixes = message("SVC023", PUBLISHED, ill("web-1", status=CRASH))
    assert said.endswith(
        "web-1, which is not ready (publishNotReadyAddresses): container main: CrashLoopBackOff (restarts: 1)"
    )
    assert fixes == ["""kubectl -n shop patch service web -p '{"spec":{"publishNotReadyAddresses":false}}'"""]


@pytest.mark.parametrize(
    ("owner", "fix"),
    [
        pytest.param(make.owner("StatefulSet", "db"), "kubectl -n shop rollout status statefulset/db", id="a rollout"),
        pytest.param(
            make.owner("Job", "once", api="batch/v1"), "kubectl -n shop get pods", id="a Job rolls out nothing"
        ),
        pytest.param(None, "kubectl -n shop get pods", id="a bare pod neither"),
    ],
)
def test_whoever_replaces_the_last_pod_is_asked(owner: Object | None, fix: str) -> None:
    assert message("SVC024", SERVICE, ending(pod("web-1", owned_by=owner)))[1] == [fix]


def test_hand_made_endpoints_that_end_are_named_by_their_address() -> None:
    conditions: Any = {"conditions": {"ready": False, "serving": True, "terminating": True}}
    made = endpoint_slice("web-x", "web", endpoint("10.0.0.9", **conditions))
    assert message("SVC024", service("web"), made)[0].startswith(
        "only pods that are being deleted still answer (10.0.0.9)"
    )


def test_a_lost_node_is_named_once_with_its_pods() -> None:
    around = [*NODES, pod("a", node="n2"), pod("b", node="n2"), pod("c")]
    assert message("SVC029", SERVICE, *around) == (
        "a runs on node n2, which is NotReady (pods there: 2)",
        ["kubectl describe node n2"],
    )


def test_a_gate_is_named() -> None:
    assert message("SVC028", SERVICE, gated("web-1"))[0] == (
        "web-1 waits for the readiness gate lb/target (pods that wait: 1)"
    )


@pytest.mark.parametrize(
    ("subject", "around", "code"),
    [
        pytest.param(SERVICE, [ill("a"), ill("c"), pod("b")], "SVC021", id="not ready"),
        pytest.param(SERVICE, [gated("a"), gated("c"), pod("b")], "SVC028", id="behind a gate"),
        pytest.param(
            SERVICE, [*NODES, pod("a", node="n2"), pod("c", node="n2"), pod("b")], "SVC029", id="on a lost node"
        ),
        pytest.param(PUBLISHED, [ill("a"), ill("c"), pod("b")], "SVC023", id="published"),
    ],
)
def test_each_pod_that_is_spoken_of_is_marked_on_the_path(subject: Object, around: list[Object], code: str) -> None:
    asked = case(subject, *around)
    judged = [each for rule in readiness.RULES for each in rule(asked)]
    marked = {hop.target: (hop.state, hop.finding) for hop in hops(asked, judged, ())}
    pods = {name: marked[f"pod/shop/{name}"] for name in "abc"}
    assert pods == {"a": ("degraded", code), "b": ("ok", None), "c": ("degraded", code)}


@pytest.mark.parametrize("subject", [pytest.param(SERVICE, id="plain"), pytest.param(PUBLISHED, id="published")])
def test_pods_that_nobody_has_applied_do_not_fail(subject: Object) -> None:
    unapplied = {**pod("x"), "status": {}}
    assert found(subject, unapplied, gated(), ill(), manifests=True, slices=None)[0] == []
