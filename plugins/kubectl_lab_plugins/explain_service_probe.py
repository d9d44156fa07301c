"""`--probe`: real requests to the asked Services and their pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.model import Judged
    from kubectl_lab.result import Reference
    from kubectl_lab_plugins.explain_service_request import Request
    from kubectl_lab_plugins.session import Session


def run(session: Session, request: Request, inventory: Inventory) -> Mapping[Reference, tuple[Judged, ...]]:
    """What was found, by Service."""
    raise NotImplementedError
