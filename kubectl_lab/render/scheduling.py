"""How the answer about where pods land reads: one screen a pod, verdict and cause first; of many pods one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab.catalogue.words import reason
from kubectl_lab.domain.rules.known_objects import NOT_CAPTURED
from kubectl_lab.domain.rules.tolerations import toleration_text
from kubectl_lab.render import columns, data
from kubectl_lab.render.scheduling_nodes import nodes
from kubectl_lab.render.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kubectl_lab.domain.scheduling.explanation import PodExplanation, SchedulingExplanation, TolerationExplanation
    from kubectl_lab.domain.scheduling.model import NotEvaluated
    from kubectl_lab.render.columns import Cell
    from kubectl_lab.render.text import Screen
    from kubectl_lab.result import Finding

MOST_SCREENS = 3  # pods that get a screen each, unless wide
CAUSES = (
    "SCH016",
    "SCH013",
    "SCH012",
    "SCH011",
    "SCH004",
    "SCH001",
    "SCH002",
    "SCH003",
    "SCH006",
    "SCH005",
)  # the finding that is told first, if it is there
COUNTED = {"SCH001", "SCH002", "SCH003"}  # of these a line has the scheduler's own words
DETAILS = {"TNT015"}  # findings for -o wide only
NOTHING = "-"


def view(result: SchedulingExplanation, screen: Screen) -> None:
    """A screen for each pod, of many pods a line each."""
    page = screen.resized(columns.page(screen))
    if len(result.pods) > MOST_SCREENS and not screen.wide:
        _overview(result, screen)
    else:
        for index, each in enumerate(result.pods):
            if index:
                page.line()
            _pod(each, page)
    if result.findings:
        page.line()
        _findings(result.findings, page, indent=0)


def names(document: Mapping[str, Any]) -> Iterator[str]:
    """`-o name`: the nodes without a known refusal, of all pods, each once."""
    feasible = (f"node/{name}" for entry in document["pods"] for name in entry["feasible"])
    return iter(dict.fromkeys(feasible))


# --- one pod


def _pod(entry: PodExplanation, screen: Screen) -> None:
    cause = _cause(entry)
    _header(entry, screen)
    if cause is not None:
        screen.paragraph(f"{_sentence(cause, screen)}   ({cause.code})")
    elif entry.judged:
        screen.paragraph(_lands(entry, screen))
    if entry.nodes:
        screen.line()
        nodes(entry, screen)
    elif entry.judged and entry.total:
        screen.line()
        screen.say("scheduling-view.none-listed", indent=2)
    if entry.message:
        screen.line()
        heading = screen.word("scheduling-view.scheduler")
        screen.paragraph(entry.message, indent=2, hanging=2, lead=(heading, "bold"))
    if screen.wide:
        _tolerations(entry.tolerations, screen)
    shown = [each for each in entry.findings if each is not cause and (screen.wide or each.code not in DETAILS)]
    commands = list(dict.fromkeys(command for each in entry.findings for command in data.fixes(each.to_dict())))
    if shown or commands:
        screen.line()
    _findings(shown, screen, indent=2)
    _fixes(commands, screen)
    _not_evaluated(entry.not_evaluated, screen)


def _header(entry: PodExplanation, screen: Screen) -> None:
    """Kind and name, namespace, phase; how many nodes at the right edge."""
    kind = "" if entry.pod.kind == "Pod" else f"{entry.pod.kind.lower()}/"
    parts = [f"namespace {entry.pod.namespace}"] if entry.pod.namespace else []
    parts += [entry.phase] if entry.phase else []
    parts += [screen.word("scheduling-view.on", node=entry.bound_to)] if entry.bound_to else []
    rest = "".join(f"  {clean(part)}" for part in parts)
    verdict, style = _verdict(entry, screen, "of-nodes")
    room = columns.page(screen) - len(clean(kind + entry.pod.name)) - len(rest) - len(verdict)
    screen.line((kind + entry.pod.name, "bold"), rest, " " * max(room, 2), (verdict, style))


def _verdict(entry: PodExplanation, screen: Screen, word: str) -> Cell:
    if not entry.judged:
        return screen.word("scheduling-view.unjudged"), "dim"
    fits = len(entry.feasible)
    return screen.word(f"scheduling-view.{word}", count=fits, total=entry.total), "good" if fits else "error"


def _lands(entry: PodExplanation, screen: Screen) -> str:
    """The sentence where no finding is the headline: some node takes it, or only what is not evaluated refuses it."""
    key = "lands-as-far" if entry.not_evaluated else "lands"
    if not entry.feasible:
        key = "lands-nowhere"
    return screen.word(f"scheduling-view.{key}", count=len(entry.feasible), total=entry.total)


def _cause(entry: PodExplanation) -> Finding | None:
    by_code = {each.code: each for each in reversed(entry.findings)}
    return next((by_code[code] for code in CAUSES if code in by_code), None)


def _sentence(found: Finding, screen: Screen) -> str:
    return data.message(found.to_dict(), screen.lang)


def _findings(findings: Sequence[Finding], screen: Screen, *, indent: int) -> None:
    for each in findings:
        lead = f"{screen.word(f'severity.{each.severity}')} {each.code}", each.severity
        screen.paragraph(_sentence(each, screen), indent=indent, hanging=2, lead=lead)


def _fixes(commands: Sequence[str], screen: Screen) -> None:
    """A row is one line, so that it can be copied."""
    heading = screen.word("scheduling-view.fix")
    for number, command in enumerate(commands):
        screen.line((" " * len(heading) if number else heading, "bold"), f"  {command}", indent=2)


def _tolerations(listed: Sequence[TolerationExplanation], screen: Screen) -> None:
    """TOLERATION FROM NODES: how many nodes have a taint that it matches."""
    if not listed:
        return
    screen.line()
    headings = [screen.word(f"scheduling-view.{each}") for each in ("toleration", "from", "nodes")]
    rows: list[list[Cell]] = [
        [(spelled(each.sourced.toleration), ""), (each.sourced.origin, ""), (str(len(each.matches)), "")]
        for each in listed
    ]
    for line in columns.lines(headings, rows):
        screen.line(*line, indent=2)


def spelled(toleration: Mapping[str, Any]) -> str:
    """`team=blue:NoSchedule`, `gpu:NoExecute 300s`, `*`: as people write taints."""
    made, seconds = toleration_text(toleration), toleration.get("tolerationSeconds")
    return made if seconds is None else f"{made} {seconds}s"


def _not_evaluated(unseen: Sequence[NotEvaluated], screen: Screen) -> None:
    """A paragraph a reason: which kinds, and the rules that ask for them."""
    for why in dict.fromkeys(each.why for each in unseen):
        asking: dict[str, dict[str, None]] = {}
        for each in unseen:
            if each.why == why:
                asking.setdefault(each.what, {})[each.plugin] = None
        whats = (f"{what} ({', '.join(plugins)})" for what, plugins in asking.items())
        said = screen.word("scheduling-view.not-captured") if why == NOT_CAPTURED else reason(why, screen.lang)
        lead = screen.word("scheduling-view.not-evaluated")
        told = screen.word("scheduling-view.unseen", what=", ".join(whats), why=said)
        screen.paragraph(told, indent=2, hanging=2, lead=(lead, "bold"))


# --- many pods


def _overview(result: SchedulingExplanation, screen: Screen) -> None:
    """POD NODES WHY, with NAMESPACE where there are several; then how many fare how."""
    headings = ["pod", "fits", "why"]
    rows = [_row(each, screen) for each in result.pods]
    spaces = {each.pod.namespace for each in result.pods}
    if len(spaces) > 1:
        headings.insert(0, "namespace")
        rows = [[(each.pod.namespace or NOTHING, ""), *row] for each, row in zip(result.pods, rows, strict=True)]
    for line in columns.lines([screen.word(f"scheduling-view.{each}") for each in headings], rows):
        screen.line(*line)
    nowhere = sum(each.judged and not each.feasible for each in result.pods)
    screen.say("scheduling-view.footer", count=len(result.pods), nowhere=nowhere)


def _row(entry: PodExplanation, screen: Screen) -> list[Cell]:
    kind = "" if entry.pod.kind == "Pod" else f"{entry.pod.kind.lower()}/"
    fits, style = _verdict(entry, screen, "of")
    return [(kind + entry.pod.name, ""), (fits, style), (_why(entry, screen), "")]


def _why(entry: PodExplanation, screen: Screen) -> str:
    """Why it is not tried; of a pod without a node what the scheduler counts, the most frequent first; else what is not known."""
    cause = _cause(entry)
    if cause is not None and cause.code not in COUNTED:
        return f"{_sentence(cause, screen)} ({cause.code})"
    if entry.before:
        return ", ".join(each.text for each in entry.before[0][1].reasons)
    if entry.feasible or not entry.judged:
        unseen = ", ".join(dict.fromkeys(each.what for each in entry.not_evaluated))
        heading = screen.word("scheduling-view.not-evaluated")
        return screen.word("scheduling-view.unseen", what=heading, why=unseen) if unseen else ""
    most = sorted(entry.counted, key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{count} {text}" for text, count in most) or screen.word("scheduling-view.no-node")
