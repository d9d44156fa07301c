"""What the tests of a probe share: a Service, its pods, and answers to all questions about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import make
from kubectl_lab.domain.service.probe import Answer, questions
from kubectl_lab.result import Reference
from unit.service.cases import pod, service

if TYPE_CHECKING:
    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.probe import Outcome

WEB = service("web", {"app": "web"}, (80, 8080))
SERVICE = Reference("Service", "shop", "web")
PODS = [pod(f"web-{number}") for number in range(1, 8)]
DECLARES: list[dict[str, Any]] = [{"containerPort": 5000}, {"containerPort": 53, "protocol": "UDP"}]
POLICY = make.obj("NetworkPolicy", "deny", "shop", spec={"podSelector": {"matchLabels": {"app": "web"}}})


def answers(subject: Case, **outcomes: Outcome) -> list[Answer]:
    """The answers to all questions, by the object's name with `_` for `-`; without one "answers" (HTTP 200)."""
    made = []
    for each in questions(subject):
        outcome = outcomes.get(each.object.name.replace("-", "_"), "answers")
        made.append(Answer(each, outcome, {"answers": 200, "fails": 503}.get(outcome)))
    return made


def of_pods(subject: Case, outcome: Outcome) -> list[Answer]:
    """All pods with one outcome, the Service with it too."""
    return [Answer(each, outcome) for each in questions(subject)]
