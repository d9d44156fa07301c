"""SVC: what the rules of `domain/service/ingresses.py` find."""

from __future__ import annotations

from kubectl_lab.catalogue.codes import Code, code

_PATCH = "kubectl -n {namespace} patch ingress {ingress} -p {patch}"
_PATCH_BACKEND = "kubectl -n {namespace} patch ingress {ingress} --type=json -p {patch}"
_CLASSES = "kubectl get ingressclass"
_GET_SECRET = "kubectl -n {namespace} describe secret {secret}"  # noqa: S105 - a command, not a secret
_BACKEND = "ingress namespace service port urls hint patch"

CODES: dict[str, Code] = {
    "SVC100": code("error", f"{_BACKEND} near", _PATCH_BACKEND, "kubectl -n {namespace} get service"),
    "SVC101": code("error", f"{_BACKEND} ports", _PATCH_BACKEND, "kubectl -n {namespace} get service {service}"),
    "SVC102": code("error", "ingress namespace name classes hint patch", _PATCH, _CLASSES),
    "SVC103": code("error", "ingress namespace classes hint patch", _PATCH, _CLASSES),
    "SVC104": code("info", "ingress namespace name controller", "kubectl -n {namespace} describe ingress {ingress}"),
    "SVC105": code("error", "ingress namespace secret hosts", "kubectl -n {namespace} get secret"),
    "SVC106": code("error", "ingress namespace secret hosts problem", _GET_SECRET),
    "SVC107": code("warning", "ingress namespace secret hosts hint", _GET_SECRET),
    "SVC108": code(
        "warning",
        "ingress namespace other otherNamespace urls",
        "kubectl -n {otherNamespace} describe ingress {other}",
    ),
    "SVC109": code(
        "warning",
        "ingress namespace field annotation",
        "kubectl -n {namespace} annotate ingress {ingress} kubernetes.io/ingress.class-",
    ),
}
