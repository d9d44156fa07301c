"""What an HTTP answer means: its Status object, its words, its pause, its error."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from kubectl_lab import objects
from kubectl_lab.cluster import kinds
from kubectl_lab.errors import (
    ApiError,
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    LabError,
    NotFound,
    NotKubernetes,
    ServerError,
    TooManyRequests,
    Unauthorized,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_lab.cluster.where import Where

LONGEST_PAUSE = 30.0
_SHOWN = 60
_SERVER_ERROR = 500
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _CONFLICT, _GONE, _THROTTLED = 401, 403, 404, 409, 410, 429

# kube-apiserver, authorizer: User "bob" cannot list resource "pods" in API group "" in the namespace "default"
_DENIED = re.compile(
    r'User "(?P<user>.*?)" cannot (?P<verb>\S+) resource "(?P<resource>[^"]*)" in API group "(?P<group>[^"]*)"'
    r'(?: in the namespace "(?P<namespace>[^"]*)"| at the cluster scope)?'
)
# Go's TLS server, when plain HTTP reaches it
_PLAIN_HTTP = b"Client sent an HTTP request to an HTTPS server"
_PATH = re.compile(
    r"/(?:api|apis/(?P<group>[^/]+))/(?P<version>[^/]+)"
    r"(?:/namespaces/(?P<namespace>[^/]+)(?=/))?(?:/(?P<resource>[^/]+)(?:/(?P<name>[^/]+))?)?"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, whole. Header names are lower case; a repeated header holds its values joined by ", "."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    data: bytes
    body: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        """`body` is the JSON object that came, {} for anything else."""
        object.__setattr__(self, "body", objects.mapping(_json(self.data)))

    @property
    def content_type(self) -> str:
        """The media type without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip() or "-"

    @property
    def start(self) -> str:
        """The first characters of the body, on one line."""
        return " ".join(self.data[: 4 * _SHOWN].decode("utf-8", "replace").split())[:_SHOWN]

    @property
    def message(self) -> str:
        """The server's own words, on one line: the Status' message, else the start of the body."""
        return " ".join(objects.text(self.body.get("message")).split()) or self.start or str(self.status)


def _json(data: bytes) -> object:
    try:
        return json.loads(data)
    except ValueError:
        return None


def retry_after(answer: Answer) -> float | None:
    """Seconds of the `Retry-After` header, else of the Status' `retryAfterSeconds`; None where there is neither.

    A date in the header counts as absent: kube-apiserver sends seconds.
    """
    header = answer.headers.get("retry-after", "").strip()
    if header.isdecimal():
        return float(header)
    seconds = objects.mapping(answer.body.get("details")).get("retryAfterSeconds")
    return float(seconds) if isinstance(seconds, int) and not isinstance(seconds, bool) and seconds > 0 else None


def is_budget(answer: Answer) -> bool:
    """A 429 that a PodDisruptionBudget gives (cause `DisruptionBudget`): an answer, not throttling."""
    causes = objects.sequence(objects.mapping(answer.body.get("details")).get("causes"))
    return any(objects.mapping(cause).get("reason") == "DisruptionBudget" for cause in causes)


def pause(answer: Answer) -> float | None:
    """How long to wait before the same request may be sent again; None: the answer is final (client-go's with_retry).

    Reads repeat on 429 and 5xx with a Retry-After header. Writes repeat on 429 only, because there the server states that
    it did nothing; a budget's 429 is final.
    """
    repeated = answer.status == _THROTTLED or (answer.status >= _SERVER_ERROR and answer.method == "GET")
    header = answer.headers.get("retry-after", "").strip()
    if not repeated or not header.isdecimal() or is_budget(answer):
        return None
    return min(float(header), LONGEST_PAUSE)


def document(answer: Answer, where: Where) -> dict[str, Any]:
    """The JSON object of a successful answer. Raises the LabError of any other."""
    if not 200 <= answer.status < 300:  # noqa: PLR2004 - the range of success
        raise refusal(answer, where)
    # decoded once: thousands of objects take a while
    found = answer.body or _json(answer.data)
    if isinstance(found, dict):
        return found
    if not answer.data.strip():
        raise NotKubernetes("answer-empty", path=answer.path, **where.values())
    raise NotKubernetes("answer-not-json", type=answer.content_type, start=answer.start, **where.values())


def refusal(answer: Answer, where: Where) -> LabError:
    """The error that an unsuccessful answer is, by its HTTP status."""
    if 300 <= answer.status < 400:  # noqa: PLR2004 - the range of redirects
        return NotKubernetes("answer-redirect", status=answer.status, **where.values())
    if _PLAIN_HTTP in answer.data:
        return Unreachable("http-to-https", **where.values())
    make = _BY_STATUS.get(answer.status, _server_error if answer.status >= _SERVER_ERROR else _invalid)
    return make(answer, where)


def _common(answer: Answer) -> dict[str, Any]:
    return {"status": answer.status, "body": answer.body, "retry_after": retry_after(answer)}


def _unauthorized(answer: Answer, where: Where) -> ApiError:
    return Unauthorized("api-unauthorized", **_common(answer), **where.values())


def _forbidden(answer: Answer, where: Where) -> ApiError:
    denied = _DENIED.search(answer.message)
    if denied is None:
        return Forbidden("api-forbidden", **_common(answer), message=answer.message, **where.values())
    group, namespace = denied["group"], denied["namespace"]
    resource = f"{denied['resource']}.{group}" if group else denied["resource"]
    everywhere = "" if kinds.is_cluster_wide(denied["resource"], group) else "-A"
    place = f"-n {namespace}" if namespace else everywhere
    as_user = f"--as {shlex.quote(where.impersonated)}" if where.impersonated else ""
    values = where.values() | {
        "user": denied["user"],
        "verb": denied["verb"],
        "resource": resource,
        "scope": f"namespace {namespace}" if namespace else "cluster",
        "command": " ".join(part for part in ("kubectl auth can-i", denied["verb"], resource, place, as_user) if part),
    }
    if where.impersonated:
        return Forbidden("api-forbidden-impersonated", **_common(answer), real=where.user or "-", **values)
    return Forbidden("api-forbidden-rule", **_common(answer), **values)


def _not_found(answer: Answer, where: Where) -> ApiError:
    details = objects.mapping(answer.body.get("details"))
    place = _PATH.match(answer.path)
    name, resource = objects.text(details.get("name")), objects.text(details.get("kind"))
    if name and place:
        values = where.values() | {"resource": resource or place["resource"], "name": name}
        namespace = unquote(place["namespace"] or "")
        if namespace and resource != "namespaces":
            return NotFound("api-not-found", **_common(answer), namespace=namespace, **values)
        return NotFound("api-not-found-cluster-wide", **_common(answer), **values)
    api = "/".join(part for part in (place["group"], place["version"]) if part) if place else answer.path
    return NotFound("api-missing", **_common(answer), api=api, path=answer.path, **where.values())


def _conflict(answer: Answer, where: Where) -> ApiError:
    return Conflict("api-conflict", **_common(answer), message=_with_causes(answer), **where.values())


def _gone(answer: Answer, where: Where) -> ApiError:
    return Gone("api-gone", **_common(answer), message=answer.message, **where.values())


def _invalid(answer: Answer, where: Where) -> ApiError:
    return Invalid("api-invalid", **_common(answer), message=_with_causes(answer), **where.values())


def _throttled(answer: Answer, where: Where) -> ApiError:
    return TooManyRequests("api-throttled", **_common(answer), message=_with_causes(answer), **where.values())


def _server_error(answer: Answer, where: Where) -> ApiError:
    return ServerError(
        "api-server-error", **_common(answer), code=answer.status, message=answer.message, **where.values()
    )


_BY_STATUS = {
    _UNAUTHORIZED: _unauthorized,
    _FORBIDDEN: _forbidden,
    _NOT_FOUND: _not_found,
    _CONFLICT: _conflict,
    _GONE: _gone,
    _THROTTLED: _throttled,
}


def _with_causes(answer: Answer) -> str:
    """The server's message, then, a line each, the causes that it does not hold already."""
    words = [answer.message]
    for cause in objects.sequence(objects.mapping(answer.body.get("details")).get("causes")):
        text = " ".join(objects.text(objects.mapping(cause).get("message")).split())
        field_name = objects.text(objects.mapping(cause).get("field"))
        if text and text not in words[0]:
            words.append(f"{field_name}: {text}" if field_name else text)
    return "\n".join(words)
