"""The catalogue of findings: code -> severities, fix, names of the values. A table, without words and without I/O.

The words are pages, one a code and language: `catalogue/en/DRN001.md`, read by `catalogue.pages`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_lab.result import Finding, Reference

if TYPE_CHECKING:
    from kubectl_lab.result import Severity


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding.

    `severities`: the first is the usual one, a rule may name another of them. `fix`: command templates, filled with the
    finding's details, each value quoted for the shell except `command`, which is a command line already. A template whose
    values are not all among the details is left out. `values`: the names that message and fix may use.
    """

    severities: tuple[Severity, ...]
    values: frozenset[str]
    fix: tuple[str, ...] = ()


def _code(severity: Severity, values: str = "", *fix: str) -> Code:
    return Code((severity,), frozenset(values.split()), fix)


_DESCRIBE_BUDGET = "kubectl -n {namespace} describe pdb {budget}"
_BUDGET = "pod namespace budget disruptionsAllowed currentHealthy desiredHealthy expectedPods"

CODES: dict[str, Code] = {
    "DRN001": _code("error", "pod namespace controller node command", "{command} --ignore-daemonsets"),
    "DRN002": _code("error", "pod namespace volumes node command", "{command} --delete-emptydir-data"),
    "DRN003": _code("error", "pod namespace node command", "{command} --force"),
    "DRN004": _code(
        "error",
        "pod namespace controller why node command",
        "kubectl -n {namespace} get daemonset {controller}",
        "{command} --force",
    ),
    "DRN005": _code("info", "pod namespace controller node"),
    "DRN006": _code("warning", "pod namespace volumes node"),
    "DRN007": _code("warning", "pod namespace node", "kubectl -n {namespace} get pod {pod} -o yaml"),
    "DRN008": _code("info", "pod namespace node"),
    "DRN009": _code("info", "pod namespace node since"),
    "DRN010": _code("error", _BUDGET, _DESCRIBE_BUDGET),
    "DRN011": _code("error", f"{_BUDGET} field value", _DESCRIBE_BUDGET),
    "DRN012": _code("error", "pod namespace budgets count", "kubectl -n {namespace} get pdb"),
    "DRN015": _code("warning", "pod namespace budget", _DESCRIBE_BUDGET),
    "DRN016": _code("warning", "why", "kubectl auth can-i list poddisruptionbudgets.policy --all-namespaces"),
    "DRN022": _code("warning", "pod namespace node controller"),
    "DRN024": _code("warning", "node reason", "kubectl describe node {node}"),
    "DRN030": _code("error", "verb resource namespace command", "{command}"),
    "DRN031": _code("error", "pod namespace node status reason"),
    "DRN032": _code(
        "error",
        "pod namespace node limit seconds finalizers grace",
        "kubectl -n {namespace} get pod {pod} -o yaml",
    ),
    "DRN033": _code("info", "pod namespace node"),
    "DRN035": _code("error", "node status reason", "kubectl describe node {node}"),
    "DRN036": _code("info", "pod namespace node", "kubectl get namespace {namespace} -o yaml"),
    "DRN041": _code("warning", "selector", "kubectl get nodes --show-labels"),
    "DRN042": _code("warning", "pod namespace node", "kubectl -n {namespace} get pod {pod} -o wide"),
}


def finding(code: str, obj: Reference | None, severity: Severity | None = None, /, **details: Any) -> Finding:
    """A finding of a code in the table; `severity` only where the code has several. Raises KeyError on an unknown code."""
    entry = CODES[code]
    chosen = severity or entry.severities[0]
    if chosen not in entry.severities:
        raise ValueError(f"{code} is never {chosen}")
    return Finding(code, chosen, obj, details)
