"""How the answer about Services reads: one screen each, verdict and cause first; of many one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab.domain.rules.known_objects import NOT_CAPTURED
from kubectl_lab.domain.service.changes import cause_of
from kubectl_lab.render import columns, data, service_front, service_overview, service_tables
from kubectl_lab.render.service_drawing import ASCII, LINES, draw
from kubectl_lab.render.service_overview import VERDICT_STYLES, sentence
from kubectl_lab.render.service_path import paths
from kubectl_lab.render.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kubectl_lab.domain.service.model import Hop, NotChecked, ServiceEntry, ServiceExplanation
    from kubectl_lab.render.text import Screen
    from kubectl_lab.result import Finding

MOST_PATHS = 4  # ports that are drawn, unless wide
DETAILS = {"SVC027"}  # findings for -o wide only


def view(result: ServiceExplanation, screen: Screen) -> None:
    """All entries. What could not be checked for any of them is said once, at the end."""
    if result.overview:
        service_overview.view(result, screen)
        _not_checked((each for entry in result.services for each in entry.not_checked), screen, indent=0)
        return
    page = screen.resized(columns.page(screen))
    shared = {each.not_checked for each in result.services}
    for index, entry in enumerate(result.services):
        if index:
            page.line()
        _entry(entry, page)
        if len(shared) > 1 or index + 1 == len(result.services):
            _not_checked(entry.not_checked, page)


def names(document: Mapping[str, Any]) -> Iterator[str]:
    """`-o name`: `service/web`, `ingress/shop`."""
    subjects = (entry["service"] for entry in document["services"])
    return (f"{subject['kind'].lower()}/{subject['name']}" for subject in subjects)


def _entry(entry: ServiceEntry, screen: Screen) -> None:
    """What is wrong with the Services behind a front their own screens tell; here it is the headline at most."""
    cause = cause_of(entry)
    shown = [each for each in entry.findings if screen.wide or each.code not in DETAILS]
    mine = [each for each in shown if not service_front.is_front(entry) or each.object == entry.service]
    others = [each for each in mine if each is not cause]
    commands = _commands(mine)
    _header(entry, screen)
    _cause(entry, cause, screen)
    _picture(entry, screen)
    if service_tables.has_any(entry) or others or commands:
        screen.line()
    service_tables.ports(entry, screen)
    service_tables.endpoints(entry, screen)
    _origin(entry, screen)
    _rows([("near", each) for each in _near(mine)], screen)
    for each in others:
        lead = f"{screen.word(f'severity.{each.severity}')} {each.code}", each.severity
        screen.paragraph(sentence(each, screen.lang), indent=2, hanging=2, lead=lead)
    _rows(commands, screen)


def _origin(entry: ServiceEntry, screen: Screen) -> None:
    """Where the endpoints come from if no slice says them; with wide also what selects them."""
    if entry.predicted and entry.endpoints:
        is_imagined = any(each.workload is not None for each in entry.endpoints)
        screen.paragraph(screen.word(f"service.{'imagined' if is_imagined else 'predicted'}"), indent=2)
    if screen.wide and entry.selector:
        _rows([("selector", ",".join(f"{key}={value}" for key, value in entry.selector.items()))], screen)


def _rows(rows: Sequence[tuple[str, str]], screen: Screen) -> None:
    """`FIX  kubectl …`: a heading before the first row that has it. A row is one line, so that it can be copied."""
    before = ""
    for key, text in rows:
        heading = screen.word(f"service.{key}")
        screen.line((heading if key != before else " " * len(heading), "bold"), f"  {text}", indent=2)
        before = key


def _header(entry: ServiceEntry, screen: Screen) -> None:
    """Name, type, addresses, namespace; the verdict at the right edge."""
    verdict = screen.word(f"service.verdict-{entry.verdict}")
    address = " ".join(part for part in (entry.type, entry.cluster_ip) if part)
    # an absent object has no type but its kind, which says what it is
    place = [f"namespace {entry.service.namespace}"] if entry.service.namespace else []
    rest = "".join(f"  {clean(part)}" for part in (address, *entry.external, *place))
    room = columns.page(screen) - len(clean(entry.service.name)) - len(rest) - len(verdict)
    screen.line((entry.service.name, "bold"), rest, " " * max(room, 2), (verdict, VERDICT_STYLES[entry.verdict]))


def _cause(entry: ServiceEntry, cause: Finding | None, screen: Screen) -> None:
    if cause is not None:
        screen.paragraph(f"{sentence(cause, screen.lang)}   ({cause.code})")
    elif entry.verdict == "unknown":
        is_unnamed = service_front.is_front(entry) and not any(_is_unread(hop, entry) for hop in entry.hops)
        screen.paragraph(screen.word("service.undecided-unnamed" if is_unnamed else "service.undecided"))
    elif entry.verdict == "broken" and service_front.is_front(entry):
        screen.paragraph(screen.word("service.leads-nowhere"))
    elif entry.verdict != "healthy":
        screen.paragraph(screen.word(f"service.unexplained-{entry.verdict}"))


def _is_unread(hop: Hop, front: ServiceEntry) -> bool:
    """From a front to a Service of which too little is known."""
    return hop.state == "unknown" and hop.source == service_front.node_of(front)


def _picture(entry: ServiceEntry, screen: Screen) -> None:
    pen, width = ASCII if screen.ascii else LINES, columns.page(screen) - 2
    if service_front.is_front(entry):
        lines, left = service_front.draw(entry, pen, width, screen), 0
    else:
        every = list(paths(entry, screen))
        first = [path for path in every if path.is_marked] + [path for path in every if not path.is_marked]
        chosen = every if screen.wide else [path for path in every if path in first[:MOST_PATHS]]
        left = len(every) - len(chosen)
        lines = [line for path in chosen for line in draw(path, pen, width)]
    if lines:
        screen.line()
    for line in lines:
        screen.line(*line, indent=2)
    if left:
        screen.say("service.more-ports", count=left, indent=2)


def _near(findings: Iterable[Finding]) -> Iterator[str]:
    """The pods that were most likely meant: name, labels, who made them."""
    for each in (each for found in findings for each in found.details.get("near") or () if isinstance(each, dict)):
        labels = each.get("labels") or ""
        text = ",".join(f"{key}={value}" for key, value in labels.items()) if isinstance(labels, dict) else str(labels)
        by = f"   ({each['controller']})" if each.get("controller") else ""
        yield f"{each.get('name', '')}   {text}{by}"


def _commands(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    """What cures (`fix`), then what an info invites to try; each command once."""
    made: dict[str, str] = {}
    for key, severities in (("fix", ("error", "warning")), ("try", ("info",))):
        for each in findings:
            if each.severity in severities:
                for command in data.fixes(each.to_dict()):
                    made.setdefault(command, key)
    return [(key, command) for command, key in made.items()]


def _not_checked(unchecked: Iterable[NotChecked], screen: Screen, indent: int = 2) -> None:
    """A paragraph a reason: which kinds, and what each would have decided."""
    every = list(dict.fromkeys(unchecked))
    for why in dict.fromkeys(each.why for each in every):
        kinds = [
            f"{each.what} ({screen.word(f'service.{each.decides}')})" if each.decides else each.what
            for each in every
            if each.why == why
        ]
        reason = screen.word("service.not-captured") if why == NOT_CAPTURED else why
        text = screen.word("service.not-checked-why", kinds=", ".join(kinds), why=reason)
        screen.paragraph(text, indent=indent, hanging=2, lead=(screen.word("service.not-checked"), "bold"))
