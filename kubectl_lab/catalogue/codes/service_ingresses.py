"""SVC: what the rules of `domain/service/ingresses.py` find."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubectl_lab.catalogue.codes import Code

CODES: dict[str, Code] = {}
