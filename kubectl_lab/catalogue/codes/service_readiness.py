"""SVC: what the rules of `domain/service/readiness.py` find."""

from __future__ import annotations

from kubectl_lab.catalogue.codes import Code, code

_SERVICE = "service namespace"
_POD = "pod pods why reason crashed container lost described"
_BY_CAUSE = (
    "kubectl -n {namespace} logs {crashed} -c {container} --previous",
    "kubectl describe node {lost}",
    "kubectl -n {namespace} describe pod {described}",
)
_PLACES = "kubectl lab explain-tolerations {unplaced} -n {namespace}"
_DESCRIBE = "kubectl -n {namespace} describe pod {pod}"

CODES: dict[str, Code] = {
    "SVC020": code("error", f"{_SERVICE} {_POD} count", *_BY_CAUSE),
    "SVC021": code("warning", f"{_SERVICE} {_POD} count total", *_BY_CAUSE),
    "SVC022": code("error warning", f"{_SERVICE} {_POD} count total unplaced", _PLACES, *_BY_CAUSE),
    "SVC023": code(
        "warning info",
        f"{_SERVICE} pod pods cause patch",
        "kubectl -n {namespace} patch service {service} -p {patch}",
    ),
    "SVC024": code(
        "warning",
        f"{_SERVICE} pod pods controller listed",
        "kubectl -n {namespace} rollout status {controller}",
        "kubectl -n {listed} get pods",
    ),
    "SVC025": code("info", f"{_SERVICE} count where scaled", "kubectl -n {namespace} scale {scaled} --replicas=2"),
    "SVC026": code(
        "warning",
        f"{_SERVICE} pod container asked targets workload template",
        "kubectl -n {namespace} patch {workload} -p {template}",
    ),
    "SVC027": code("info", f"{_SERVICE} workloads pods"),
    "SVC028": code("error warning", f"{_SERVICE} pod pods gates count", _DESCRIBE),
    "SVC029": code("warning", f"{_SERVICE} pod pods node count", "kubectl describe node {node}"),
}
