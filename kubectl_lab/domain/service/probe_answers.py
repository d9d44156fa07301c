"""What comes back through the API server's proxy: from the backend, or about it from the server itself.

The server's own words come as a `Status`. Sources: apimachinery pkg/util/proxy (`error trying to reach service: …`, with the
text of Go's net and net/http behind it), kube-apiserver's registry of Services (`no endpoints available …`) and of Pods.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kubectl_lab import objects

if TYPE_CHECKING:
    from kubectl_lab.domain.service.probe import Outcome
    from kubectl_lab.objects import Object

SERVER_ERROR = 500
_REACH = "error trying to reach service: "
# what Go says of a connection -> what that means; the first that fits
_CONNECTIONS: tuple[tuple[re.Pattern[str], Outcome], ...] = (
    (re.compile(r"connection refused"), "refused"),
    (re.compile(r"i/o timeout|deadline exceeded|no route to host|(network|host) is unreachable|canceled"), "silent"),
    # a connection was made, and what came over it is no HTTP, or not the kind that was asked for
    (
        re.compile(r"EOF|connection reset|malformed|HTTP/0\.9|HTTP response to HTTPS client|tls: |broken pipe"),
        "listens",
    ),
)
_DENIED = re.compile(
    r'cannot get resource "(?P<what>(?:services|pods)/proxy)".*? in the namespace "(?P<namespace>[^"]*)"'
)
# the server's own refusals: (status, pattern of its message); the question never left it
_OWN: tuple[tuple[int, re.Pattern[str]], ...] = (
    (403, _DENIED),
    (400, re.compile(r"address not allowed")),
    (404, re.compile(r'^(?:services|pods) ".*" not found$')),
    (503, re.compile(r"^no endpoints available for service |^no service port ")),
)


def meaning(status: int, body: Object) -> tuple[Outcome, str]:
    """What an HTTP answer means, and the server's words where the question did not arrive. `body`: {} unless JSON."""
    said = objects.text(body.get("message")) if body.get("kind") == "Status" else ""
    if said.startswith(_REACH):
        words = said.removeprefix(_REACH)
        return next((outcome for pattern, outcome in _CONNECTIONS if pattern.search(words)), "unknown"), words
    if any(status == code and pattern.search(said) for code, pattern in _OWN):
        denied = _DENIED.search(said)
        return (
            "unknown",
            f"forbidden: cannot get {denied['what']} in namespace {denied['namespace']}" if denied else said,
        )
    return ("fails" if status >= SERVER_ERROR else "answers"), ""
