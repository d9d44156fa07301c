"""SVC: what the rules of `domain/service/policies.py` and `client_policies.py` find."""

from __future__ import annotations

from kubectl_lab.catalogue.codes import Code, code

_GATE = "service namespace policies targets pods shown"
_CREATE = "printf '%s' {manifest} | kubectl create -f -"

CODES: dict[str, Code] = {
    "SVC080": code(
        "error warning",
        f"{_GATE} hint see policy patch manifest",
        "kubectl -n {namespace} describe networkpolicy {see}",
        "kubectl -n {namespace} patch networkpolicy {policy} --type=json -p {patch}",
        _CREATE,
    ),
    "SVC081": code("info", f"{_GATE} sources"),
    "SVC082": code(
        "warning",
        "service namespace policy portName protocol names hint see patch",
        "kubectl -n {namespace} describe networkpolicy {see}",
        "kubectl -n {namespace} patch networkpolicy {policy} --type=json -p {patch}",
    ),
    "SVC083": code(
        "error warning",
        "service namespace client policies policyNamespace why see manifest",
        "kubectl -n {policyNamespace} describe networkpolicy {see}",
        _CREATE,
    ),
}
