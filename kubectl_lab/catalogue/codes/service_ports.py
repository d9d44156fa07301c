"""SVC: what the rules of `domain/service/ports.py` find."""

from __future__ import annotations

from kubectl_lab.catalogue.codes import Code, code

_PATCH = "kubectl -n {namespace} patch service {service} -p {patch}"
_JSON_PATCH = "kubectl -n {namespace} patch service {service} --type=json -p {jsonPatch}"
_PORT = "service namespace port target protocol"
_PATCHED = f"{_PORT} patch jsonPatch"

CODES: dict[str, Code] = {
    "SVC030": code("error", f"{_PATCHED} declared better", _PATCH, _JSON_PATCH),
    "SVC031": code("warning", f"{_PORT} pods declared"),
    "SVC032": code("info", f"{_PORT} numbers"),
    "SVC033": code("error warning", f"{_PATCHED} pods found", _PATCH, _JSON_PATCH),
    "SVC034": code("info", f"{_PATCHED} declared better", _PATCH, _JSON_PATCH),
    "SVC036": code("warning", "service namespace port target container address pods"),
    "SVC037": code("info", "service namespace others"),
    "SVC038": code("warning", f"{_PORT} pods number container declared"),
    "SVC039": code("info", f"{_PATCHED} found", _PATCH, _JSON_PATCH),
}
