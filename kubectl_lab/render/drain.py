"""How a drain reads: the plan, the lines while it runs (kubectl's own, never translated), the report."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING, Any

from kubectl_lab.catalogue.words import reason, word
from kubectl_lab.domain.drain.model import FLAG_OF, missing_flags
from kubectl_lab.render import data

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from kubectl_lab.domain.drain.model import Drain, NodePlan, PodPlan
    from kubectl_lab.domain.drain.signals import Event, Progress
    from kubectl_lab.render.text import Part, Screen
    from kubectl_lab.result import Finding

MOST_ALIKE = 5  # findings of one code that are spelled out
WORST_FIRST = ("error", "warning")
ACTION_STYLES = {"evict": "", "delete": "", "skip": "dim", "refuse": "error"}
OUTCOME_STYLES = {"drained": "good", "clear": "good", "untouched": "dim"}


def view(result: Drain, screen: Screen) -> None:
    """The result: of a dry run the plan, of a run what came of it. Of no node there is nothing to show, as with kubectl."""
    if not result.nodes:
        return
    if result.mode == "apply":
        report(result, screen)
    else:
        plan(result, screen)


def plan(result: Drain, screen: Screen) -> None:
    """Each node with its pods and what happens to them, then every reason against it, then the verdict."""
    for node in result.nodes:
        screen.line((f"node/{node.name}", "bold"), f"  {_node_words(node, screen)}")
        if node.pods:
            headings = [screen.word(f"drain.{name}") for name in ("action", "pod", "controller", "budget", "notes")]
            screen.table(headings, (_row(pod) for pod in node.pods), indent=2)
    _findings(_all(result), screen)
    _together(result, screen)
    screen.line((screen.word(f"drain.plan-{_verdict(result)}", **_counts(result)), _verdict_style(result)))


def report(result: Drain, screen: Screen) -> None:
    """What came of the run: what stands in the way, the nodes that are not drained, the sum.

    What the plan warned of was read before the run; it is not said again.
    """
    _findings(_unsaid(result), screen)
    _together(result, screen)
    for node in result.nodes:
        if node.outcome != "drained":
            screen.line((f"node/{node.name}", "bold"), f"  {_outcome_words(node, screen)}")
            for pod in node.pods:
                if pod.outcome in {"pending", "failed"}:
                    screen.line(f"pod {_name(pod)}  {screen.word(f'drain.pod-{pod.outcome}')}", indent=2)
    style = OUTCOME_STYLES.get(result.outcome, "error")
    screen.line((screen.word(f"drain.run-{result.outcome}", **_counts(result)), style))


def names(document: Mapping[str, Any]) -> Iterator[str]:
    """`-o name`: the nodes that are drained, or clear in a dry run."""
    return (f"node/{node['name']}" for node in document["nodes"] if node["outcome"] in {"drained", "clear"})


def line(event: Event) -> str:
    """The line that kubectl drain prints for it, "" for none."""
    pod = event.pod
    if event.event == "cordoned":
        return f"node/{event.node} already cordoned" if event.details.get("already") else f"node/{event.node} cordoned"
    if event.event == "node":
        return f"node/{event.node} drained" if event.details["outcome"] == "drained" else ""
    if pod is None:
        return ""
    if event.event == "evicting":
        return f"evicting pod {pod.namespace}/{pod.name}"
    return f"pod/{pod.name} {event.event}" if event.event in {"evicted", "deleted"} else ""


def note(event: Event, lang: str) -> str:
    """What stderr says of it, "" for nothing: what kubectl has no line for."""
    silent = event.event not in NOTED or event.details.get("outcome") == "drained"
    return "" if silent else message(event, lang)


NOTED = frozenset({"blocked", "waiting", "skipped", "failed", "node", "interrupted"})


def message(event: Event, lang: str) -> str:
    """One sentence in the user's language."""
    pod = f"{event.pod.namespace}/{event.pod.name}" if event.pod else ""
    key: str = "cordoned-before" if event.details.get("already") else event.event
    key = "blocked-unknown" if event.event == "blocked" and "disruptionsAllowed" not in event.details else key
    key = f"waiting-{event.details['cause']}" if event.event == "waiting" else key
    return word(lang, f"drain.event-{key}", **_values(event, lang), pod=pod)


def _values(event: Event, lang: str) -> dict[str, object]:
    said = {"reason": reason(event.details["reason"], lang)} if "reason" in event.details else {}
    said |= {"outcome": word(lang, f"drain.node-{event.details['outcome']}")} if "outcome" in event.details else {}
    return {**event.details, **said, "node": event.node or ""}


def event(event: Event, lang: str) -> dict[str, Any]:
    """One line of `-o jsonl`."""
    return {**event.to_dict(), "message": message(event, lang)}


def plan_event(result: Drain, now: datetime, lang: str) -> dict[str, Any]:
    """The first line of `-o jsonl`: how much there is to do."""
    counts = _counts(result)
    return {
        "time": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "event": "plan",
        "node": None,
        "pod": None,
        "message": word(lang, f"drain.plan-{_verdict(result)}", **counts),
        "details": counts,
    }


def sentence(found: Finding, lang: str) -> str:
    """A finding in one line: severity, code, what was found."""
    label = word(lang, f"severity.{found.severity}")
    return f"{label} {found.code}  {data.message(found.to_dict(), lang)}"


def progress(done: Progress, lang: str) -> str:
    """`3/5 nodes, 61/94 pods, 4 waiting for budget web-pdb (0 allowed)`."""
    values = {
        "nodes": done.nodes,
        "nodes_done": done.nodes_done,
        "pods": done.pods,
        "pods_done": done.pods_done,
        "waiting": done.waiting,
        "budget": done.budget,
        "allowed": done.allowed,
    }
    return word(lang, "drain.progress-waiting" if done.waiting else "drain.progress", **values)


def _row(pod: PodPlan) -> tuple[Part, ...]:
    controller = f"{pod.controller.kind}/{pod.controller.name}" if pod.controller else "-"
    budgets = ", ".join(f"{budget.name} ({budget.allowed})" for budget in pod.budgets) or "-"
    codes = " ".join(dict.fromkeys(found.code for found in pod.findings)) or "-"
    return (pod.action, ACTION_STYLES[pod.action]), _name(pod), controller, budgets, codes


def _name(pod: PodPlan) -> str:
    return f"{pod.reference.namespace}/{pod.reference.name}"


def _node_words(node: NodePlan, screen: Screen) -> str:
    key = "node-refused" if node.is_refused else "node-cordoned" if node.unschedulable else "node-to-cordon"
    going = len(node.going)
    return screen.word(f"drain.{key}", going=going, staying=len(node.pods) - going)


def _outcome_words(node: NodePlan, screen: Screen) -> str:
    cordon = screen.word(f"drain.cordoned-{node.cordoned}")
    return f"{screen.word(f'drain.node-{node.outcome}')}, {cordon}"


def errors(result: Drain, screen: Screen) -> None:
    """For a format without room for them: the errors and the flags that are missing."""
    _findings((found for found in _all(result) if found.severity == "error" or found in result.findings), screen)
    _together(result, screen)


def _unsaid(result: Drain) -> Iterator[Finding]:
    """What the report has to tell: errors, the run's own findings, and all about a pod that is not gone."""
    yield from result.findings
    for node in result.nodes:
        for pod in node.pods:
            stays = pod.outcome in {"pending", "failed"}
            yield from (found for found in pod.findings if found.severity == "error" or stays)


def _all(result: Drain) -> Iterator[Finding]:
    yield from result.findings
    yield from (found for node in result.nodes for pod in node.pods for found in pod.findings)


def _together(result: Drain, screen: Screen) -> None:
    """Several flags are missing: the one command line that has them all."""
    flags = missing_flags(result)
    if len(flags) > 1:
        command = next(found.details["command"] for found in _all(result) if found.code in FLAG_OF)
        screen.say("drain.together", command=" ".join((str(command), *flags)))


def _findings(found: Iterable[Finding], screen: Screen) -> None:
    """Errors, then warnings; of many alike the first few are spelled out and the others counted."""
    every = list(found)
    for severity in WORST_FIRST:
        chosen = sorted((found for found in every if found.severity == severity), key=lambda found: found.code)
        for _code, group in itertools.groupby(chosen, key=lambda found: found.code):
            _alike(list(group), screen)


def _alike(group: list[Finding], screen: Screen) -> None:
    for found in group[:MOST_ALIKE]:
        screen.line(
            (f"{screen.word(f'severity.{found.severity}')} {found.code}", found.severity), f"  {_said(found, screen)}"
        )
    if len(group) > MOST_ALIKE:
        screen.say("drain.more", count=len(group) - MOST_ALIKE, code=group[0].code, indent=4)
    for command in _fixes(group[:MOST_ALIKE]):
        screen.line(("$ ", "dim"), command, indent=4)


def _said(found: Finding, screen: Screen) -> str:
    return data.message(found.to_dict(), screen.lang)


def _fixes(group: Iterable[Finding]) -> Iterable[str]:
    return dict.fromkeys(command for found in group for command in data.fixes(found.to_dict()))


def _counts(result: Drain) -> dict[str, int]:
    pods = [pod for node in result.nodes for pod in node.pods]
    actions = Counter(pod.action for pod in pods)
    outcomes = Counter(pod.outcome for pod in pods)
    return {
        "nodes": len(result.nodes),
        "drained": sum(node.outcome == "drained" for node in result.nodes),
        "blocked": sum(node.outcome == "blocked" for node in result.nodes),
        "going": actions["evict"] + actions["delete"],
        "staying": actions["skip"],
        "refused": actions["refuse"],
        "gone": outcomes["evicted"] + outcomes["deleted"],
        "skipped": outcomes["skipped"],
        "pending": outcomes["pending"],
        "failed": outcomes["failed"],
    }


def _verdict(result: Drain) -> str:
    return "clear" if result.outcome in {"clear", "drained"} else "blocked"


def _verdict_style(result: Drain) -> str:
    return "error" if _verdict(result) == "blocked" else "good"
