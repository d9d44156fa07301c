"""The answers of a 1.36 API server to evictions, as errors of the client library: what was observed, word for word."""

from __future__ import annotations

from typing import Any

from kubectl_lab.errors import (
    ApiError,
    Conflict,
    Forbidden,
    Invalid,
    LabError,
    NotFound,
    ServerError,
    TimedOut,
    TooManyRequests,
    Unreachable,
)

VIOLATES = "Cannot evict pod as it would violate the pod's disruption budget."
MANY = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."


def answered(
    kind: type[ApiError],
    code: int,
    message: str,
    *,
    causes: tuple[dict[str, str], ...] = (),
    after: float | None = None,
) -> ApiError:
    """The error that stands for a Status with that code."""
    details: dict[str, Any] = {"causes": list(causes)}
    details |= {"retryAfterSeconds": int(after)} if after is not None else {}
    body = {"kind": "Status", "status": "Failure", "code": code, "message": message, "details": details}
    return kind("request-refused", status=code, body=body, retry_after=after, reason=message)


def budget_empty(name: str, needs: int = 2, has: int = 2) -> ApiError:
    said = f"The disruption budget {name} needs {needs} healthy pods and has {has} currently"
    return answered(TooManyRequests, 429, VIOLATES, causes=({"reason": "DisruptionBudget", "message": said},))


def budget_unprocessed(name: str) -> ApiError:
    said = f"The disruption budget {name} is still being processed by the server."
    causes = ({"reason": "DisruptionBudget", "message": said},)
    return answered(TooManyRequests, 429, VIOLATES, causes=causes, after=10)


def throttled(after: float | None = None) -> ApiError:
    return answered(TooManyRequests, 429, "Too many requests, please try again later.", after=after)


def many_budgets() -> ApiError:
    return answered(ServerError, 500, MANY)


def wrong_uid(wanted: str, found: str) -> ApiError:
    said = f"the UID in the precondition ({wanted}) does not match the UID in record ({found})"
    return answered(Conflict, 409, f'Operation cannot be fulfilled on pods "p": Precondition failed: {said}')


def write_conflict() -> ApiError:
    return answered(Conflict, 409, 'Operation cannot be fulfilled on pods "p": the object has been modified')


def no_such(name: str) -> ApiError:
    return answered(NotFound, 404, f'pods "{name}" not found')


def namespace_terminates() -> ApiError:
    causes = ({"reason": "NamespaceTerminating", "message": "namespace gone is being terminated"},)
    return answered(Forbidden, 403, "unable to create new content in namespace gone", causes=causes)


def forbidden() -> ApiError:
    return answered(Forbidden, 403, 'User "u" cannot create resource "pods/eviction"')


def denied_by_webhook() -> ApiError:
    return answered(Invalid, 400, 'admission webhook "guard.example.com" denied the request: not now')


def server_trouble(after: float | None = None) -> ApiError:
    return answered(ServerError, 503, "the server is currently unable to handle the request", after=after)


def no_answer() -> LabError:
    return TimedOut("timed-out")


def connection_lost() -> LabError:
    return Unreachable("unreachable")
