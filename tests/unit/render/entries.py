"""Answers about Services as the rules would give them, with findings that a test puts there itself."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import make
from kubectl_lab import render
from kubectl_lab.domain.service.fronts import Branch, Front
from kubectl_lab.domain.service.hops import hops, load_balancer_addresses
from kubectl_lab.domain.service.model import Judged, Place, ServiceEntry, ServiceExplanation
from kubectl_lab.domain.service.not_checked import not_checked
from kubectl_lab.domain.service.reasons import with_reasons
from kubectl_lab.domain.service.verdict import verdict
from kubectl_lab.result import Finding, Reference
from unit.service.cases import case, pod, service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Effect
    from kubectl_lab.result import Severity

Object = dict[str, Any]


def found(
    code: str,
    effect: Effect = "none",
    place: Place = Place("service"),  # noqa: B008 - frozen
    severity: Severity = "error",
    **details: Any,
) -> Judged:
    """A finding of any code, also of one whose words nobody has written yet."""
    return Judged(Finding(code, severity, Reference("Service", "shop", "web"), details), effect, place)


def entry(asked: Case, *judged: Judged, fronts: Sequence[Front] = ()) -> ServiceEntry:
    """The answer about a Service with exactly these findings."""
    return ServiceEntry(
        service=asked.reference,
        type=asked.type,
        verdict=verdict(asked, judged),
        ports=asked.ports,
        endpoints=with_reasons(asked),
        hops=hops(asked, judged, fronts),
        not_checked=not_checked(asked),
        predicted=asked.is_predicted,
        findings=tuple(each.finding for each in judged),
        cluster_ip=asked.spec.get("clusterIP") or "",
        external=load_balancer_addresses(asked),
        selector=dict(asked.selector),
    )


def web(*pods: Object, **spec: Any) -> Case:
    """The Service `web`, port 80 to 8080, over these pods."""
    asked = spec.pop("ports", ((80, 8080),))
    return case(service("web", {"app": "web"}, *asked, **spec), *pods)


def pods(count: int, *, unready: int = 0) -> list[Object]:
    """Pods `web-0`, `web-1`, …; the last `unready` of them crash."""
    crashing = {"containerStatuses": [{"name": "main", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]}
    return [
        pod(f"web-{number}", ready=number < count - unready, status={} if number < count - unready else crashing)
        for number in range(count)
    ]


def node_port(**rest: Any) -> Object:
    """A port as the workshop has it: 9002 in the Service, 5000 in the pods, 31234 on the nodes."""
    return {"port": 9002, "targetPort": 5000, "nodePort": 31234, "protocol": "TCP", **rest}


def ingress(*branches: Branch, through: tuple[str, ...] = ("ingressclass/haproxy",), name: str = "shop") -> Front:
    """An Ingress."""
    return Front(Reference("Ingress", "shop", name), through, branches)


def shown(*entries: ServiceEntry, form: str = "text", lang: str = "en", width: int = 100, **rest: Any) -> str:
    """What is printed about them."""
    return written(ServiceExplanation(entries, namespace="shop"), form=form, lang=lang, width=width, **rest)


def written(result: ServiceExplanation, *, form: str = "text", lang: str = "en", width: int = 100, **rest: Any) -> str:
    """What is printed."""
    out = io.StringIO()
    render.show(result, form, out, lang=lang, width=width, **rest)
    return out.getvalue()


def picture(*entries: ServiceEntry, **rest: Any) -> list[str]:
    """The lines of the drawing alone."""
    lines = shown(*entries, **rest).splitlines()
    start = next(at for at, line in enumerate(lines) if not line) + 1
    return [line[2:] for line in lines[start : next((at for at in range(start, len(lines)) if not lines[at]), None)]]


def node(name: str = "n1", **rest: Any) -> Object:
    """A node."""
    return make.node(name, **rest)
