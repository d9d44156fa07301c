"""What a single filter plugin says: `judge("NodePorts", pod, make.node("n1"), pods=[…])`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab.catalogue.words import reason as words_of
from kubectl_lab.domain.scheduling.features import NEWEST, Features
from kubectl_lab.domain.scheduling.filters import FILTERS
from kubectl_lab.domain.scheduling.state import ClusterState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kubectl_lab.domain.scheduling.model import NodeFilter, Reason, Refusal
    from kubectl_lab.objects import Object


def state(
    *nodes: Object,
    pods: Sequence[Object] = (),
    version: tuple[int, int, int] = NEWEST,
    gates: Mapping[str, bool] | None = None,
) -> ClusterState:
    """These nodes and pods, as a server of that version sees them."""
    return ClusterState({"Node": nodes, "Pod": pods}, Features(version, gates or {}))


def made_ready(plugin: str, pod: Object, found: ClusterState) -> NodeFilter | None:
    """The plugin of that name after its PreFilter."""
    return next(each.prepare(pod, found) for each in FILTERS if each.name == plugin)


def judge(plugin: str, pod: Object, found: ClusterState) -> Refusal | None:
    """What it says of the first node."""
    made = made_ready(plugin, pod, found)
    return None if made is None else made.refusal(found.nodes[0])


def said(refusal: Refusal | None, lang: str = "en") -> str:
    """The sentence of a refusal that has one reason."""
    return words_of(only(refusal).message, lang)


def only(refusal: Refusal | None) -> Reason:
    """Its one reason."""
    assert refusal is not None
    (found,) = refusal.reasons
    return found
