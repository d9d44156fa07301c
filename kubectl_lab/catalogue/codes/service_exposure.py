"""SVC: what the rules of `domain/service/exposure.py` find."""

from __future__ import annotations

from kubectl_lab.catalogue.codes import Code, code

_SERVICE = "service namespace"
_PATCH = "kubectl -n {namespace} patch service {service} -p {patch}"
_DESCRIBE = "kubectl -n {namespace} describe service {service}"
_WHERE = "kubectl -n {namespace} get pods -l {selector} -o wide"
_ADDRESSES = "kubectl -n {namespace} get pods -l {selector} -o custom-columns=NAME:.metadata.name,IPS:.status.podIPs"
_FORWARD = "kubectl -n {namespace} port-forward service/{service} 8080:{port}"
_DROPPED = f"{_SERVICE} nodes count total servicePorts selector patch"

CODES: dict[str, Code] = {
    "SVC040": code("error", f"{_SERVICE} cause patch port", _PATCH, _FORWARD),
    "SVC041": code("error", f"{_SERVICE} reason text controller advice command", _DESCRIBE, "{command}"),
    "SVC042": code("error", f"{_SERVICE} className patch", _PATCH),
    "SVC043": code("info", f"{_SERVICE} port nodePort target nodes places url", "curl {url}"),
    "SVC044": code("warning info", _DROPPED, _WHERE, _PATCH),
    "SVC045": code("warning", _DROPPED, _WHERE, _PATCH),
    "SVC046": code("info", f"{_SERVICE} asked why"),
    "SVC047": code("info warning", f"{_SERVICE} ranges type how patch", _PATCH),
    "SVC048": code("info", f"{_SERVICE} addresses servicePorts"),
    "SVC049": code("info", f"{_SERVICE} seconds"),
    "SVC050": code("error warning", f"{_SERVICE} families had selector patch", _ADDRESSES, _PATCH),
    "SVC051": code("info", f"{_SERVICE} family"),
}
