"""Sends a probe's questions: GETs through the API server's proxy, to Services and pods that were read before.

The server takes the caller's credentials off a request before it passes it on (kube-apiserver, filters WithAuthentication
and WithImpersonation), so no backend ever sees them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from kubectl_lab.cluster.at_once import at_once
from kubectl_lab.cluster.kinds import KINDS
from kubectl_lab.domain.service.probe import SECONDS, Answer, elsewhere, questions
from kubectl_lab.domain.service.probe_answers import meaning
from kubectl_lab.errors import TimedOut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_lab.cluster.transport import Transport
    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.probe import Asked

WORKERS = 8
# what a path and its query may hold as it is: `%` too, since who writes `%20` means it
_KEPT = "/?%:@!$&'()*+,;=~-._"


def probe(transport: Transport, case: Case, path: str) -> tuple[Answer, ...]:
    """All answers about one Service: its own, its backends', and where all of these are dead, of other ports of one pod."""
    answers = _ask(transport, questions(case), path)
    return (*answers, *_ask(transport, elsewhere(case, answers), path))


def _ask(transport: Transport, asked: Sequence[Asked], path: str) -> list[Answer]:
    return at_once([lambda each=each: ask(transport, each, path) for each in asked], WORKERS)  # type: ignore[misc]


def ask(transport: Transport, asked: Asked, path: str) -> Answer:
    """One GET. Silence of the backend is an answer; raises LabError where the API server itself cannot be reached."""
    try:
        found = transport.glance(proxied(asked, path), timeout=SECONDS)
    except TimedOut:
        return Answer(asked, "silent")
    outcome, why = meaning(found.status, found.body)
    return Answer(asked, outcome, found.status if outcome in ("answers", "fails") else None, why)


def proxied(asked: Asked, path: str) -> str:
    """`/api/v1/namespaces/shop/services/https:web:443/proxy/healthz`.

    Always with a number: without one the server looks for a port with an empty name.
    """
    name = f"{'https:' if asked.is_https else ''}{asked.object.name}:{asked.number}"
    return f"{KINDS[asked.object.kind].path(asked.object.namespace)}/{quote(name, safe=':')}/proxy{quote(path, safe=_KEPT)}"
