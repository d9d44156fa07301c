"""Questions about pods, and the subjects they come to: `one(ask("web"), pending("web"))`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import make
from kubectl_lab.domain.rules.known_objects import KnownObjects
from kubectl_lab.domain.scheduling import subjects
from kubectl_lab.domain.scheduling.features import Features
from kubectl_lab.domain.scheduling.question import Question
from kubectl_lab.result import Reference

if TYPE_CHECKING:
    from kubectl_lab.domain.scheduling.subject import Subject

Object = dict[str, Any]


def pending(name: str, namespace: str = "default", **rest: Any) -> Object:
    """A pod without a node."""
    made = make.pod(name, namespace, node="", phase=rest.pop("phase", "Pending"), **rest)
    return made | {"spec": {key: value for key, value in made["spec"].items() if key != "nodeName" or value}}


def manifest(obj: Object) -> Object:
    """Before any server has seen it."""
    made = {key: value for key, value in obj.items() if key != "status"}
    return made | {
        "metadata": {key: value for key, value in obj["metadata"].items() if key not in ("uid", "resourceVersion")}
    }


def known(*found: Object, **missing: Any) -> KnownObjects:
    """These objects by kind; others as a keyword says."""
    kinds = dict.fromkeys(each["kind"] for each in found)
    return KnownObjects({kind: [each for each in found if each["kind"] == kind] for kind in kinds} | missing)


def ask(*names: str, namespace: str | None = "default", **rest: Any) -> Question:
    """About `web` (a pod), `Deployment/web`; without a name about all that wait."""
    parts = (name.rpartition("/") for name in names)
    return Question(tuple(Reference(kind or "Pod", namespace, name) for kind, _, name in parts), namespace, **rest)


def of(question: Question, *found: Object, **missing: Any) -> tuple[Subject, ...]:
    return subjects.subjects(known(*found, **missing), question, Features())


def one(question: Question, *found: Object, **missing: Any) -> Subject:
    (made,) = of(question, *found, **missing)
    return made
