"""SVC: what the rules of `domain/service/manifests.py` find."""

from __future__ import annotations

from kubectl_lab.catalogue.codes import Code, code

CODES: dict[str, Code] = {
    "SVC035": code("error", "service namespace port target reason advice"),
    "SVC140": code("error", "service namespace kind name field reason near hint"),
    "SVC141": code("error", "service namespace port nodePort others"),
}
