"""`--watch`: follow a Service's endpoints and tell each change."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubectl_lab_plugins.explain_service_request import Request
    from kubectl_lab_plugins.session import Session


def follow(session: Session, request: Request) -> int:
    """Returns the exit code."""
    raise NotImplementedError
