"""What the command line of `explain-tolerations` asks for, checked as far as no cluster is needed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kubectl_lab.cluster import kinds
from kubectl_lab.domain.scheduling.question import Question
from kubectl_lab.errors import BadUsage
from kubectl_lab.result import Reference
from kubectl_lab_plugins import flag_values, scheduling_options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kubectl_lab.domain.rules.label_selectors import Selector
    from kubectl_lab_plugins.session import Session

# the kinds that make pods, and pods themselves
ACCEPTED = (
    "Pod",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "ReplicationController",
    "Job",
    "CronJob",
)
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Request:
    """The question, whose rules count, and the nodes that are to be listed: by name, by label, all with neither."""

    question: Question
    version: tuple[int, int, int] | None = None
    gates: Mapping[str, bool] = field(default_factory=dict)
    nodes: tuple[str, ...] = ()
    node_selector: Selector = ()


def request_of(session: Session, words: Sequence[str], flags: Mapping[str, Any]) -> Request:
    """Raises BadUsage for what cannot be meant."""
    if words and flags["selector"] is not None:
        raise BadUsage("name-and-selector")
    if words and session.all_namespaces:
        raise BadUsage("name-and-all-namespaces")
    selector = flag_values.chosen("--selector", flags["selector"])
    listed = flag_values.chosen("--node-selector", flags["node_selector"])
    version, gates = scheduling_options.version_of(flags), scheduling_options.gates_of(flags)
    what_if = scheduling_options.what_if_of(flags)
    parts = [_kind_and_name(word) for word in words]
    namespace = session.namespace
    subjects = tuple(dict.fromkeys(Reference(kind, namespace, name) for kind, name in parts))
    question = Question(subjects, namespace, selector, what_if)
    return Request(question, version, gates, tuple(dict.fromkeys(flags["shown"])), listed)


def kind_of(type_word: str) -> str | None:
    """The kind that a type means on this command line, a pod where there is none; None for what makes no pods."""
    found = kinds.lookup(type_word or "pod")
    return found.kind if found and found.kind in ACCEPTED else None


def _kind_and_name(word: str) -> tuple[str, str]:
    """(kind, name) of `web`, `pod/web`, `deploy/web`, `statefulsets.apps/db`."""
    type_word, name = kinds.split(word)
    kind = kind_of(type_word)
    is_bare = not type_word and "/" in word
    if kind is None:
        raise BadUsage("scheduling-type", type=type_word, accepted=", ".join(each.lower() for each in ACCEPTED))
    if is_bare or not _NAME.fullmatch(name):
        raise BadUsage("scheduling-not-a-name", word=word if word.strip() else f"'{word}'")
    return kind, name
