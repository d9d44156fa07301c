"""Everything that can go wrong, as values without words.

An error names its entry in the catalogue (`catalogue/<language>/errors.toml`) and the values that fill it; the words are
found once, where the program ends (`kubectl_lab_plugins.main`). It may be raised anywhere.

    LabError                     exit 1
    ├── BadUsage                 exit 2: the command line is wrong
    ├── BadInput                 what a file or an object holds cannot be used
    ├── NotCaptured              the snapshot does not hold what was asked for
    ├── BadKubeconfig            kubeconfig files, flags and environment do not name one cluster and one identity
    ├── BadCredentials           exec plugins, token files, certificates
    ├── Unreachable              no answer: refused, unknown name, TLS, proxy
    ├── TimedOut                 no answer in time
    ├── NotKubernetes            an answer that no API server gives
    └── ApiError                 the API server's own refusal, with its Status
        ├── Unauthorized         401
        ├── Forbidden            403
        ├── NotFound             404
        ├── Conflict             409
        ├── Gone                 410
        ├── Invalid              400, 422
        ├── TooManyRequests      429
        └── ServerError          5xx
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping


class LabError(Exception):
    """A failure with a cure; `key` is its entry in `errors.toml`, `values` fill that entry's placeholders."""

    exit_code: ClassVar[int] = 1

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = {name: str(value) for name, value in values.items()}

    def __str__(self) -> str:
        """For logs and failing tests; a user sees the catalogue's words."""
        return f"{self.key} {self.values}"


class BadUsage(LabError):
    """The command line is wrong: nothing was asked of any server."""

    exit_code = 2


class BadInput(LabError):
    """What a file or an object holds cannot be used."""


class NotCaptured(LabError):
    """The snapshot does not hold the kind or object that was asked for: that is not the same as "there is none"."""


class BadKubeconfig(LabError):
    """Files, flags and environment do not name one cluster, one identity and one namespace."""


class BadCredentials(LabError):
    """A credential cannot be had: exec plugin, token file, certificate or key."""


class Unreachable(LabError):
    """The request certainly got no answer: refused, name unknown, TLS, proxy, connection lost."""


class TimedOut(LabError):
    """No answer in time."""


class NotKubernetes(LabError):
    """An answer that no API server gives: a login page, a cut body, a redirect."""


class ApiError(LabError):
    """The API server refused; `status` is the HTTP status, `body` its Status object (may be empty)."""

    def __init__(
        self,
        key: str,
        /,
        *,
        status: int,
        body: Mapping[str, Any] | None = None,
        retry_after: float | None = None,
        **values: object,
    ) -> None:
        super().__init__(key, **values)
        self.status = status
        self.body: Mapping[str, Any] = body or {}
        self.retry_after = retry_after


class Unauthorized(ApiError):
    """401: the credentials were not accepted."""


class Forbidden(ApiError):
    """403: authenticated, but not allowed."""


class NotFound(ApiError):
    """404: no such object, or the server does not have the whole API."""


class Conflict(ApiError):
    """409: a precondition does not hold, or the object exists."""


class Gone(ApiError):
    """410: the resource version or continue token has expired."""


class Invalid(ApiError):
    """400 or 422: the server understood and refused what the request holds."""


class TooManyRequests(ApiError):
    """429: throttled, or a PodDisruptionBudget said no."""


class ServerError(ApiError):
    """5xx: the server's own failure."""
