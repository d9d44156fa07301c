"""What the server's answer to an eviction or delete means for the pod: small rules, the first that holds decides.

Source: kube-apiserver `registry/core/pod/storage/eviction.go`, observed on 1.36; kubectl `pkg/drain`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from kubectl_lab import objects
from kubectl_lab.errors import (
    ApiError,
    Conflict,
    Forbidden,
    NotFound,
    NotKubernetes,
    ServerError,
    TimedOut,
    TooManyRequests,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubectl_lab.errors import LabError

Meaning = Literal["gone", "budget", "unprocessed", "terminating namespace", "many budgets", "passing", "refused"]

UNPROCESSABLE = 422
LONGEST_RETRY = (
    600.0  # seconds; a server that asks for more (or for what is no time at all) is asked again all the same
)
_BUDGET_NAME = re.compile(r"The disruption budget (\S+) ")


def _causes(error: LabError, reason: str) -> tuple[str, ...]:
    body = error.body if isinstance(error, ApiError) else {}
    causes = objects.sequence(objects.mapping(body.get("details")).get("causes"))
    return tuple(
        objects.text(objects.mapping(cause).get("message"))
        for cause in causes
        if objects.mapping(cause).get("reason") == reason
    )


def message_of(error: LabError) -> str:
    """The server's own sentence, "" where there was none."""
    return objects.text(error.body.get("message")) if isinstance(error, ApiError) else ""


def reason_of(error: LabError) -> str | dict[str, Any]:
    """Why it failed: the server's own sentence, or our error without words, `{"error": key, "values": {…}}`."""
    return message_of(error) or {"error": error.key, "values": error.values}


def budget_named(error: LabError) -> str:
    """The PodDisruptionBudget that a 429 names, or ""."""
    found = (_BUDGET_NAME.search(cause) for cause in _causes(error, "DisruptionBudget"))
    return next((match.group(1) for match in found if match), "")


def _is_gone(error: LabError) -> bool:
    """No such pod; or another one of the same name, which must not be touched."""
    return isinstance(error, NotFound) or (
        isinstance(error, Conflict) and "UID in the precondition" in message_of(error)
    )


def _is_unprocessed(error: LabError) -> bool:
    """The budget's controller has not seen its latest spec; the answer says when to come back."""
    return _is_budget(error) and any("still being processed" in cause for cause in _causes(error, "DisruptionBudget"))


def _is_budget(error: LabError) -> bool:
    """A 429 of a budget; a throttled request has no such cause."""
    return isinstance(error, TooManyRequests) and bool(_causes(error, "DisruptionBudget"))


def _is_terminating_namespace(error: LabError) -> bool:
    return isinstance(error, Forbidden) and bool(_causes(error, "NamespaceTerminating"))


def _has_many_budgets(error: LabError) -> bool:
    return isinstance(error, ServerError) and "more than one PodDisruptionBudget" in message_of(error)


def _is_passing(error: LabError) -> bool:
    """Worth another try: the server's own trouble, throttling, a lost connection, a write that met another one."""
    return isinstance(error, ServerError | TooManyRequests | Conflict | Unreachable | TimedOut | NotKubernetes)


def _is_replaced(error: LabError) -> bool:
    """Another object of the same name (a patch with a UID in its metadata gets 422): never to be written to."""
    return isinstance(error, Conflict) and error.status == UNPROCESSABLE


RULES: tuple[tuple[Callable[[LabError], bool], Meaning], ...] = (
    (_is_gone, "gone"),
    (_is_unprocessed, "unprocessed"),
    (_is_budget, "budget"),
    (_is_terminating_namespace, "terminating namespace"),
    (_has_many_budgets, "many budgets"),
    (_is_replaced, "refused"),
    (_is_passing, "passing"),
)


def meaning(error: LabError) -> Meaning:
    """What the answer means; what no rule knows is the server's refusal, not to be repeated."""
    return next((found for rule, found in RULES if rule(error)), "refused")


def may_have_arrived(error: LabError) -> bool:
    """Whether the server may have done what it was asked although the answer does not say so."""
    return isinstance(error, ServerError | Unreachable | TimedOut | NotKubernetes) and not _has_many_budgets(error)


def status_of(error: LabError) -> str:
    """The HTTP status, or the kind of failure where there was no answer."""
    return str(error.status) if isinstance(error, ApiError) else error.key


def retry_after(error: LabError) -> float:
    """Seconds the server asked to wait, 0 if it did not; ten minutes at most."""
    if not isinstance(error, ApiError):
        return 0
    said = objects.mapping(error.body.get("details")).get("retryAfterSeconds")
    asked = max(error.retry_after or 0, said if isinstance(said, int) else 0)
    return min(asked, LONGEST_RETRY) if asked > 0 else 0
