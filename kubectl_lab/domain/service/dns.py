"""What DNS answers: ExternalName (SVC055-SVC058) and headless Services, names of pods (SVC060-SVC062)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.service import external_names
from kubectl_lab.domain.service.case import has_port
from kubectl_lab.domain.service.model import Place
from kubectl_lab.domain.service.repairs import is_applied, written
from kubectl_lab.domain.service.wordings import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Judged, Port
    from kubectl_lab.domain.service.rules import Rule
    from kubectl_lab.domain.service.workloads import Workload


def untranslated(case: Case) -> Iterable[Judged]:
    """SVC060: a headless Service whose port is not the pods'. DNS answers with their addresses, so nobody translates it."""
    for place, port in enumerate(case.ports if case.is_headless else ()):
        others = [number for number in _numbers(case, port) if number != port.port]
        if others:
            patch = _port_patch(case, place, port, others)
            yield case.judge("SVC060", port=port.port, target=others, patch=patch)


def _numbers(case: Case, port: Port) -> list[int]:
    """What the pods listen on, by the slices; a number that the Service names where there is no endpoint yet."""
    found = [
        each.port
        for endpoint in case.endpoints
        if has_port(endpoint, port.name, port.protocol)
        for each in endpoint.ports
        if (each.name, each.protocol) == (port.name, port.protocol)
    ]
    named = [port.target] if isinstance(port.target, int) and case.selector else []
    return list(dict.fromkeys(found or named))


def _port_patch(case: Case, place: int, port: Port, numbers: list[int]) -> str | None:
    """A JSON patch; none where it is not plain which number, where it would make two ports equal, or for a manifest."""
    taken = {(each.port, each.protocol) for each in case.ports}
    if len(numbers) != 1 or (numbers[0], port.protocol) in taken or not is_applied(case.service):
        return None
    return json.dumps([{"op": "replace", "path": f"/spec/ports/{place}/port", "value": numbers[0]}])


def governing_service(case: Case) -> Iterable[Judged]:
    """SVC061: a StatefulSet gives its pods the subdomain `serviceName`: only that headless Service can give them names.

    It must select them. A StatefulSet that names none asks for none. Source: StatefulSet, "stable network ID".
    """
    for workload in case.matching_workloads:
        name = objects.text(objects.spec(workload.obj).get("serviceName"))
        key = _flaw(case, workload, name) if workload.reference.kind == "StatefulSet" and name else ""
        if key:
            yield case.judge(
                "SVC061",
                "degrades",
                Place("entry", "dns") if case.is_headless else Place("service"),
                statefulset=workload.reference.name,
                serviceName=name,
                why=catalogue.phrase(f"service.governing-{key}", serviceName=name),
                manifest=_governing(case, workload, name) if key == "absent" else None,
                see=None if key == "absent" else name,
            )


def _flaw(case: Case, workload: Workload, name: str) -> str:
    """What is wrong with the Service that it names: `absent`, `not-headless`, `selects-others`; "" where nothing is."""
    around = case.inventory
    found = around.get("Service", case.namespace, name)
    if found is None:
        is_known = around.extent("Service") != "some" and around.can_see("Service")
        return "absent" if is_known else ""
    spec = objects.spec(found)
    if spec.get("clusterIP") != "None":
        return "not-headless"
    selector = objects.mapping(spec.get("selector"))
    return "" if selector and selector.items() <= workload.labels.items() else "selects-others"


def _governing(case: Case, workload: Workload, name: str) -> str:
    """The headless Service that is missing; it selects what the StatefulSet itself selects."""
    own = objects.mapping(objects.mapping(objects.spec(workload.obj).get("selector")).get("matchLabels"))
    ports = [
        {"name": each.name or f"port-{each.port}", "port": number, "protocol": each.protocol}
        for each in case.ports
        for number in _numbers(case, each)[:1]
    ]
    spec: dict[str, Any] = {"clusterIP": "None", "selector": dict(own or case.selector)}
    made = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": case.namespace},
        "spec": spec | ({"ports": ports} if ports else {}),
    }
    return written(made)


def names_of_pods(case: Case) -> Iterable[Judged]:
    """SVC062: behind a headless Service, pods that have a name of their own in DNS: `hostname` stands in their slice."""
    hostnames = [each.hostname for each in case.endpoints if each.hostname] if case.is_headless else []
    if hostnames:
        yield case.judge("SVC062", hostname=hostnames[0], hostnames=shortened(hostnames))


RULES: tuple[Rule, ...] = (*external_names.RULES, untranslated, governing_service, names_of_pods)
