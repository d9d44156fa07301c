"""SVC: what the rules of `domain/service/dns.py` and `external_names.py` find."""

from __future__ import annotations

from kubectl_lab.catalogue.codes import Code, code

_PATCH = "kubectl -n {namespace} patch service {service} -p {patch}"
_APPLY = "printf '%s' {manifest} | kubectl apply -f -"

CODES: dict[str, Code] = {
    "SVC055": code("error", "service namespace externalName manifest", _APPLY),
    "SVC056": code(
        "warning",
        "service namespace ignored patch slices endpoints",
        _PATCH,
        "kubectl -n {namespace} delete endpoints {endpoints} --ignore-not-found",
        "kubectl -n {namespace} delete endpointslice {slices} --ignore-not-found",
    ),
    "SVC057": code("info", "service namespace externalName servicePorts"),
    "SVC058": code(
        "error",
        "service namespace externalName target targetNamespace near why patch",
        _PATCH,
        "kubectl -n {targetNamespace} get service",
    ),
    "SVC060": code(
        "warning",
        "service namespace port target patch",
        "kubectl -n {namespace} patch service {service} --type=json -p {patch}",
    ),
    "SVC061": code(
        "warning",
        "service namespace statefulset serviceName why manifest see",
        _APPLY,
        "kubectl -n {namespace} get service {see} -o yaml",
    ),
    "SVC062": code("info", "service namespace hostname hostnames"),
}
