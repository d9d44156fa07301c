"""One table of codes a subject: code -> severities, fix, names of the values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubectl_lab.result import Severity


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding.

    `severities`: the first is the usual one, a rule may name another of them. `fix`: command templates, filled with the
    finding's details, each value quoted for the shell except `command`, which is a command line already; the template
    `{commands}` stands for a list of such lines. A template whose values are not all among the details is left out. `values`: the names that message and fix may use.
    """

    severities: tuple[Severity, ...]
    values: frozenset[str]
    fix: tuple[str, ...] = ()


def code(severities: str, values: str = "", *fix: str) -> Code:
    """A row of a table: `code("error warning", "pod namespace", "kubectl -n {namespace} get pod {pod}")`."""
    return Code(tuple(severities.split()), frozenset(values.split()), fix)  # type: ignore[arg-type]  # a test reads them all
