"""SVC: what the rules of `domain/service/routes.py` find."""

from __future__ import annotations

from kubectl_lab.catalogue.codes import Code, code

_ROUTE = "kind resource route namespace"
_PARENT = f"{_ROUTE} gateway gatewayNamespace"
_BACKEND = f"{_ROUTE} service serviceNamespace urls"
_PATCH = "kubectl -n {namespace} patch {resource} {route} --type=json -p {patch}"
_DESCRIBE = "kubectl -n {gatewayNamespace} describe gateway {gateway}"

CODES: dict[str, Code] = {
    "SVC110": code("error", f"{_PARENT} problem patch", _PATCH, "kubectl -n {gatewayNamespace} get gateway"),
    "SVC111": code(
        "error", f"{_BACKEND} port near ports problem patch", _PATCH, "kubectl -n {serviceNamespace} get service"
    ),
    "SVC112": code(
        "error",
        f"{_PARENT} what condition reason text",
        "kubectl -n {namespace} describe {resource} {route}",
        _DESCRIBE,
    ),
    "SVC113": code("error", f"{_BACKEND} manifest", "printf '%s' {manifest} | kubectl apply -f -"),
    "SVC114": code(
        "error", f"{_PARENT} listeners admits labels", "kubectl label namespace {namespace} {labels}", _DESCRIBE
    ),
}
