"""The scheduler's whole answer beside ours: all reasons and the first of every node, and the text of the event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oracle.scheduling import ours
from oracle.scheduling.compare import PAIRS, difference, left_out

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oracle.scheduling.compare import Judged, Tally

NAME, ALL = "message", "all reasons"
NARROWING = "NodeAffinity"  # the only plugin that names the only nodes to look at
FAILED = " filter plugin: "  # an error of a filter during the dry run of preemption


def compare(one: Judged, tally: Tally) -> None:
    """Adds what the scheduler makes of one subject, unless a plugin fails (then there is no verdict) or ours does not know."""
    mine = ours.of_all(one.pod, one.state)
    if mine["unknown"]:
        tally.noted["subjects not evaluated"] += 1
    elif fails(one):
        tally.noted["errors"] += 1
    else:
        if one.state.nodes:  # else the scheduler does not even ask its plugins
            tally.add(difference(one, NAME, ("before", ""), one.theirs["before"], mine["before"]), "subjects")
        for node in one.state.nodes:
            _node(one, node.name, mine, tally)
        if one.question["subjects"]:
            _message(one, mine, tally)


def fails(one: Judged) -> bool:
    """Whether a plugin answers with an error, neither a fit nor a refusal."""
    said = [one.theirs["before"], *one.theirs["first"].values()]
    for plugin in one.theirs["plugins"].values():
        said += [plugin.get("before"), *plugin["nodes"].values()]
    return any(each and each["code"] == "E" for each in said) or FAILED in (one.theirs["message"] or "")


def _node(one: Judged, node: str, mine: Mapping[str, Any], tally: Tally) -> None:
    """The first reasons; and all of them where no nominated pods make two passes of one."""
    told = mine["first"].get(node)
    if not one.theirs["before"]:
        said = one.theirs["first"].get(node)
        if node in (one.theirs["absent"] or ()):
            # what is said of it stands nowhere while another node is feasible
            status = one.theirs["absentStatus"] or {"code": "U", "reasons": (told or {}).get("reasons")}
            said = status | {"plugin": NARROWING}
        tally.noted["refused"] += said is not None
        tally.add(difference(one, NAME, ("first", node), said, told), PAIRS)
    plugins = one.theirs["plugins"]
    if any(node in each["nominated"] for each in plugins.values()):
        return
    aside = {NARROWING} if left_out(node, plugins[NARROWING]) else set()
    every = {name: each["nodes"].get(node) or each.get("before") for name, each in plugins.items() if name not in aside}
    told = {name: said for name, said in mine["all"].get(node, {}).items() if name not in aside}
    tally.add(difference(one, NAME, ("all", node), {name: said for name, said in every.items() if said}, told), ALL)


def _message(one: Judged, mine: Mapping[str, Any], tally: Tally) -> None:
    """The text, and whether pods would be preempted on a node of ours where the real one does it."""
    said, chosen = one.theirs["message"], one.theirs["preempts"]
    tally.add(difference(one, NAME, ("message", ""), said, mine["message"]), "messages")
    if said is None:
        return
    preempts = chosen if (chosen in mine["preempts"] if chosen else not mine["preempts"]) else mine["preempts"]
    tally.add(difference(one, NAME, ("preempts", ""), chosen, preempts), "preemptions")
    tally.noted["texts"] += 1
    tally.noted["texts of preemption"] += "preemption: " in said
    tally.noted["texts before any node"] += said.endswith("not found")
    tally.noted["texts where pods are preempted"] += bool(chosen)
