"""SVC: what the rules of `domain/service/selection.py` find."""

from __future__ import annotations

from kubectl_lab.catalogue.codes import Code, code

CODES: dict[str, Code] = {
    "SVC001": code(
        "error",
        "kind name namespace near namespaces wantedBy hint",
        "kubectl -n {namespace} get service",
    ),
}
