"""SVC: what the rules of `domain/service/selection.py` find."""

from __future__ import annotations

from kubectl_lab.catalogue.codes import Code, code

_SERVICE = "service namespace"
_PATCH = "kubectl -n {namespace} patch service {service} -p {patch}"

CODES: dict[str, Code] = {
    "SVC001": code(
        "error",
        "kind name namespace near namespaces wantedBy hint resource asked found other",
        "kubectl lab explain-service -n {namespace} {asked}",
        "kubectl lab explain-service -n {other} {found}",
        "kubectl get {resource} --all-namespaces",
    ),
    "SVC010": code(
        "error",
        f"{_SERVICE} selector hint shown",
        "kubectl -n {shown} get pods --show-labels",
    ),
    "SVC011": code(
        "error",
        f"{_SERVICE} selector nearest near patch workload template bare labels exposed port target type",
        _PATCH,
        "kubectl -n {namespace} patch {workload} -p {template}",
        "kubectl -n {namespace} label pod {bare} {labels}",
        "kubectl -n {namespace} delete service {service} && kubectl -n {namespace} expose {exposed} --name {service}"
        " --type {type} --port {port} --target-port {target}",
    ),
    "SVC012": code(
        "error",
        f"{_SERVICE} selector other namespaces manifest alias",
        "printf '%s' {manifest} | kubectl create -f -",
        "kubectl -n {namespace} patch service {service} -p {alias}",
    ),
    "SVC013": code(
        "error",
        f"{_SERVICE} workload why scaled suspended resume described",
        "kubectl -n {namespace} scale {scaled} --replicas=1",
        "kubectl -n {namespace} patch {suspended} -p {resume}",
        "kubectl -n {namespace} describe {described}",
    ),
    "SVC014": code(
        "error",
        f"{_SERVICE} selector pod phase pods",
        "kubectl -n {namespace} get pods -l {selector}",
    ),
    "SVC015": code(
        "warning info",
        f"{_SERVICE} selector controllers main count total patch",
        _PATCH,
    ),
    "SVC016": code(
        "error",
        f"{_SERVICE} workload why quota secured",
        "kubectl -n {quota} describe quota",
        "kubectl get namespace {secured} --show-labels",
        "kubectl -n {namespace} describe {workload}",
    ),
    "SVC017": code("error warning", f"{_SERVICE} label value patch", _PATCH),
    "SVC018": code(
        "error",
        f"{_SERVICE} where denied captured",
        "kubectl -n {denied} auth can-i list pods",
        "kubectl -n {captured} get pods -o yaml",
    ),
}
