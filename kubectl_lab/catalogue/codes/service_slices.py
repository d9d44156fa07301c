"""SVC: what the rules of `domain/service/slices.py` find."""

from __future__ import annotations

from kubectl_lab.catalogue.codes import Code, code

_SLICES = "kubectl -n {namespace} get endpointslices -l kubernetes.io/service-name={service} -o yaml"
# who leads the controllers, and when it last said that it lives
_CONTROLLERS = "kubectl -n kube-system get lease kube-controller-manager -o yaml"

CODES: dict[str, Code] = {
    "SVC070": code("error warning", "service namespace pod why count", _SLICES, _CONTROLLERS),
    "SVC071": code(
        "warning",
        "service namespace slice manager addresses",
        "kubectl -n {namespace} get endpointslice {slice} -o yaml",
    ),
    "SVC072": code("error warning", "service namespace address pod why count", _SLICES, _CONTROLLERS),
    "SVC073": code("info", "service namespace count"),
    "SVC074": code("error", "service namespace selector count", _CONTROLLERS),
}
