"""SVC: what a probe (`domain/service/probe.py`) finds."""

from __future__ import annotations

from kubectl_lab.catalogue.codes import Code, code

_SHARED = "service namespace port"
_LOGS = "kubectl -n {namespace} logs {pod}"

CODES: dict[str, Code] = {
    "SVC130": code("info", f"{_SHARED} answer pods"),
    "SVC131": code(
        "error",
        f"{_SHARED} number pod pods",
        _LOGS,
        "kubectl -n {namespace} exec {pod} -- cat /proc/net/tcp /proc/net/tcp6",
    ),
    "SVC132": code(
        "error",
        f"{_SHARED} number pod pods seconds",
        _LOGS,
        "kubectl -n {namespace} describe pod {pod}",
    ),
    "SVC133": code(
        "error",
        f"{_SHARED} pod number answer hint patch",
        "kubectl -n {namespace} patch service {service} -p {patch}",
        "kubectl -n {namespace} get endpointslices -l kubernetes.io/service-name={service} -o yaml",
    ),
    "SVC134": code("warning", f"{_SHARED} status objects pod", _LOGS),
}
