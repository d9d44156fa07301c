"""A probe: which requests it asks of a Service and of its pods, and what their answers come to (SVC130-134).

Every request goes through the API server's proxy, so NetworkPolicies, kube-proxy and DNS are not on its path: what it finds is
called indirect, and it only ever makes a verdict worse. What an answer means: `probe_answers`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import label_selectors
from kubectl_lab.domain.service.endpoints import addresses_of, container_ports, protocol_of
from kubectl_lab.domain.service.model import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Endpoint, Judged, Port
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Reference

# answers: HTTP below 500; fails: HTTP from 500 on; listens: a connection, no HTTP; unknown: the question did not get there
Outcome = Literal["answers", "fails", "listens", "refused", "silent", "unknown"]
SECONDS = 5  # a request
MOST_BACKENDS = 5  # a port
MOST_OTHER_PORTS = 3  # of the one pod that is asked where else it listens
TLS_PORTS = (443, 8443, 6443)
_REACHED = ("answers", "fails", "listens")
_DEAD = {"refused": "SVC131", "silent": "SVC132"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One GET. `port`: the Service's port it is about; `number`: the one asked of `object`, a Service or a Pod.

    `is_other`: a port that the pod declares and the Service does not send to.
    """

    port: int
    object: Reference
    number: int
    is_https: bool = False
    is_other: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it. `status`: the HTTP status of what answered; `why`: of an unknown outcome, the server's words."""

    asked: Asked
    outcome: Outcome
    status: int | None = None
    why: str = ""


def questions(case: Case) -> tuple[Asked, ...]:
    """Of each TCP port with a backend: the Service itself, and at most five of its backends."""
    return tuple(asked for port in case.ports if port.protocol == "TCP" for asked in _about(case, port))


def _about(case: Case, port: Port) -> Iterator[Asked]:
    pods = _pods_behind(case, port)
    is_https = _speaks_tls(case, port)
    if pods and case.selector and not _strangers(case):
        yield Asked(port.port, case.reference, port.port, is_https)
    for pod, number in pods[:MOST_BACKENDS]:
        yield Asked(port.port, pod, number, is_https)


def _pods_behind(case: Case, port: Port) -> Sequence[tuple[Reference, int]]:
    """The pods that get the port's traffic, each once, and the number it is sent to.

    Only pods of this cluster that have the endpoint's address themselves: nobody is led to a hand-made one.
    """
    found: dict[Reference, int] = {}
    for endpoint in case.backends(port):
        number = next(each.port for each in endpoint.ports if (each.name, each.protocol) == (port.name, port.protocol))
        if endpoint.pod is not None and _is_of_pod(case, endpoint):
            found.setdefault(endpoint.pod, number)
    return tuple(found.items())


def _is_of_pod(case: Case, endpoint: Endpoint) -> bool:
    pod = case.pod_of(endpoint)
    return pod is not None and endpoint.address in addresses_of(pod, endpoint.family)


def _strangers(case: Case) -> tuple[str, ...]:
    """Addresses behind the Service that are no pod's: the API server might pick one of them."""
    return tuple(dict.fromkeys(each.address or "" for each in case.endpoints if not _is_of_pod(case, each)))


def _speaks_tls(case: Case, port: Port) -> bool:
    """`appProtocol: https`, a port named for it, or a port known for it; a wrong guess still shows whether it listens."""
    said = {
        f"{each.get('port')}/{protocol_of(each)}": objects.text(each.get("appProtocol"))
        for each in map(objects.mapping, objects.sequence(case.spec.get("ports")))
    }
    if protocol := said.get(f"{port.port}/{port.protocol}"):
        return protocol.lower() == "https"
    return port.name.startswith("https") or port.port in TLS_PORTS or port.target in TLS_PORTS


def unasked(case: Case, answers: Sequence[Answer]) -> str:
    """Why parts of the Service were not asked or did not tell anything, "" where all did."""
    if case.is_external_name:
        return "ExternalName"
    other = [f"{port.port}/{port.protocol}" for port in case.ports if port.protocol != "TCP"]
    empty = [f"{port.port}/TCP" for port in case.ports if port.protocol == "TCP" and not _pods_behind(case, port)]
    parts = (
        ("not TCP", other),
        ("not a pod of this cluster", _strangers(case)),
        ("no pod gets traffic", empty),
        ("no answer past a NetworkPolicy", [each.asked.object.name for each in answers if _is_shut_out(case, each)]),
        ("not answered", dict.fromkeys(each.why for each in answers if each.outcome == "unknown")),
    )
    return "; ".join(f"{what}: {', '.join(listed)}" for what, listed in parts if listed)


def elsewhere(case: Case, answers: Sequence[Answer]) -> tuple[Asked, ...]:
    """Where no backend of a port can be reached: other TCP ports that the first of these pods declares, at most three."""
    return tuple(asked for port in case.ports for asked in _elsewhere(case, port, answers))


def _elsewhere(case: Case, port: Port, answers: Sequence[Answer]) -> Iterator[Asked]:
    pods = [each for each in _of_pods(answers, port) if not _is_shut_out(case, each)]
    if not pods or not all(each.outcome in _DEAD for each in pods):
        return
    pod = objects.spec(_known(case, pods[0].asked.object))
    declared = (each.get("containerPort") for _, each in container_ports(pod) if protocol_of(each) == "TCP")
    others = dict.fromkeys(each for each in declared if isinstance(each, int) and each != pods[0].asked.number)
    for number in tuple(others)[:MOST_OTHER_PORTS]:
        yield Asked(port.port, pods[0].asked.object, number, number in TLS_PORTS, is_other=True)


def _known(case: Case, pod: Reference) -> Object:
    return case.inventory.get("Pod", pod.namespace, pod.name) or {}


def _of_pods(answers: Iterable[Answer], port: Port) -> list[Answer]:
    """The answers of the port's backends, those of other ports left out."""
    return [each for each in _of_port(answers, port) if each.asked.object.kind == "Pod" and not each.asked.is_other]


def _of_port(answers: Iterable[Answer], port: Port) -> list[Answer]:
    return [each for each in answers if each.asked.port == port.port] if port.protocol == "TCP" else []


def judge(case: Case, answers: Sequence[Answer]) -> tuple[Judged, ...]:
    """What the answers come to, port by port: one cause, one finding."""
    telling = [each for each in answers if not _is_shut_out(case, each)]
    return tuple(judged for port in case.ports for judged in _judge(case, port, _of_port(telling, port)))


def _is_shut_out(case: Case, answer: Answer) -> bool:
    """Whether a policy may be what kept the API server out: then its failure says nothing about other clients."""
    pod = answer.asked.object
    if pod.kind != "Pod" or answer.outcome not in _DEAD:
        return False
    labels = objects.labels(_known(case, pod))
    policies = map(objects.spec, case.inventory.known("NetworkPolicy", pod.namespace))
    return any(
        "Ingress" in (objects.sequence(each.get("policyTypes")) or ("Ingress",))
        and label_selectors.selects(each.get("podSelector") or {}, labels)
        for each in policies
    )


def _judge(case: Case, port: Port, answers: Sequence[Answer]) -> Iterable[Judged]:
    pods = _of_pods(answers, port)
    if not any(each.outcome in _REACHED for each in pods):
        other = next((each for each in answers if each.asked.is_other and each.outcome in _REACHED), None)
        if other is not None:
            return [_wrong_port(case, port, other)]
    found = [*_dead(case, port, pods), *_only_pods(case, port, answers, pods), *_failing(case, port, answers)]
    return found or _well(case, port, answers, pods)


def _wrong_port(case: Case, port: Port, other: Answer) -> Judged:
    """SVC133: no backend answers where the Service sends to, and a pod answers on another port that it declares."""
    number = other.asked.number
    return case.judge(
        "SVC133",
        "breaks",
        Place("endpoints", str(port.port)),
        port=port.port,
        pod=other.asked.object.name,
        number=number,
        answer=_answer(other),
        hint=catalogue.phrase("service.probe-wrong-port", target=port.target),
        patch=json.dumps({"spec": {"ports": [{"port": port.port, "protocol": "TCP", "targetPort": number}]}}),
    )


def _dead(case: Case, port: Port, pods: Sequence[Answer]) -> Iterator[Judged]:
    """SVC131 (refused), SVC132 (no answer in time): of the whole port where no backend is left, else of each such pod."""
    dead = [each for each in pods if each.outcome in _DEAD]
    if len(dead) < len(_pods_behind(case, port)):
        for each in dead:
            pod = each.asked.object
            place = Place("port", f"{pod.namespace}/{pod.name}:{each.asked.number}")
            yield _unreachable(case, port, [each], place, (), about=pod)
        return
    alone = [each.port for each in case.ports].count(port.port) == 1  # else UDP of the same number may work
    for outcome, number in dict.fromkeys((each.outcome, each.asked.number) for each in dead):
        alike = [each for each in dead if (each.outcome, each.asked.number) == (outcome, number)]
        yield _unreachable(case, port, alike, Place("port", str(number)), (port.port,) if alone else ())


def _unreachable(
    case: Case,
    port: Port,
    alike: Sequence[Answer],
    place: Place,
    ports: Iterable[int],
    *,
    about: Reference | None = None,
) -> Judged:
    first = alike[0].asked
    details: dict[str, Any] = {
        "port": port.port,
        "number": first.number,
        "pod": first.object.name,
        "pods": [each.asked.object.name for each in alike],
        "seconds": SECONDS,
    }
    return case.judge(_DEAD[alike[0].outcome], "breaks", place, ports=ports, about=about, **details)


def _only_pods(case: Case, port: Port, answers: Sequence[Answer], pods: Sequence[Answer]) -> Iterator[Judged]:
    """SVC133: every pod that was asked answers where the Service sends to, and the Service, asked as such, does not.

    Only this way in is known to be broken: kube-proxy goes by EndpointSlices, the API server's proxy by v1 Endpoints.
    """
    service = next((each for each in answers if each.asked.object.kind == "Service"), None)
    reached = [each for each in pods if each.outcome in _REACHED]
    if service is None or service.outcome not in _DEAD or not reached or len(reached) < len(pods):
        return
    yield case.judge(
        "SVC133",
        "degrades",
        Place("service", str(port.port)),
        port=port.port,
        pod=reached[0].asked.object.name,
        number=reached[0].asked.number,
        answer=_answer(reached[0]),
        hint=catalogue.phrase(f"service.probe-service-{service.outcome}"),
        patch=None,
    )


def _failing(case: Case, port: Port, answers: Sequence[Answer]) -> Iterator[Judged]:
    """SVC134: HTTP 500 or more."""
    failing = [each for each in answers if each.outcome == "fails" and not each.asked.is_other]
    if not failing:
        return
    pods = [each for each in failing if each.asked.object.kind == "Pod"]
    named = pods or failing
    yield case.judge(
        "SVC134",
        "degrades",
        Place("endpoints", str(port.port)),
        port=port.port,
        status=named[0].status,
        objects=[f"{each.asked.object.kind.lower()}/{each.asked.object.name}" for each in named],
        pod=pods[0].asked.object.name if pods else None,
    )


def _well(case: Case, port: Port, answers: Sequence[Answer], pods: Sequence[Answer]) -> Iterator[Judged]:
    """SVC130: whatever could be asked answers."""
    reached = [each for each in answers if each.outcome in _REACHED]
    if reached:
        count = sum(each.outcome in _REACHED for each in pods)
        place = Place("endpoints", str(port.port))
        yield case.judge("SVC130", "none", place, port=port.port, answer=_answer(reached[0]), pods=count)


def _answer(answer: Answer) -> dict[str, Any]:
    """`HTTP 200`, or that something listens there which does not speak HTTP."""
    if answer.status is None:
        return catalogue.phrase("service.probe-listens")
    return catalogue.phrase("service.probe-http", status=answer.status)
