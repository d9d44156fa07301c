"""SVC: what the rules of `domain/service/handmade.py` find."""

from __future__ import annotations

from kubectl_lab.catalogue.codes import Code, code

_SERVICE = "service namespace"
_APPLY = "printf '%s' {manifest} | kubectl apply -f -"

CODES: dict[str, Code] = {
    "SVC065": code("error", f"{_SERVICE} why manifest", _APPLY),
    "SVC066": code(
        "error",
        f"{_SERVICE} slice label",
        "kubectl -n {namespace} label --overwrite endpointslice {slice} {label}",
    ),
    "SVC067": code(
        "error warning",
        f"{_SERVICE} slice theirs ours resource patch",
        "kubectl -n {namespace} patch {resource} --type=json -p {patch}",
    ),
    "SVC068": code(
        "warning",
        f"{_SERVICE} addresses slice why resource",
        "kubectl -n {namespace} edit {resource}",
    ),
    "SVC069": code(
        "info",
        f"{_SERVICE} manifest",
        _APPLY,
        "kubectl -n {namespace} delete endpoints {service}",
    ),
}
