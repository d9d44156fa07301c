"""TNT: what the taints of a node do."""

from __future__ import annotations

from kubectl_lab.catalogue.codes import Code, code

_REMOVE = "kubectl taint nodes {node} {removal}"

CODES: dict[str, Code] = {
    "TNT001": code(
        "error warning",
        "node taints count pods when removals",
        "kubectl taint nodes {node} {removals}",
    ),
    "TNT002": code(
        "warning",
        "node workload namespace taints seconds time where",
        "kubectl -n {namespace} get events --field-selector reason=TaintManagerEviction",
    ),
    "TNT003": code("info", "node", "kubectl uncordon {node}"),
    "TNT004": code("warning", "node what removal", _REMOVE),
    "TNT005": code("info warning", "node taints condition status outcome", "kubectl describe node {node}"),
    "TNT006": code("warning", "node budgets count pods", "kubectl lab drain {node} --dry-run=client"),
    "TNT007": code(
        "warning",
        "kind name namespace resource lost replicas nodes",
        "kubectl -n {namespace} get {resource} {name}",
    ),
    "TNT008": code("warning", "node taint count pods removal", _REMOVE),
    "TNT009": code("warning", "node taint state removal", _REMOVE),
    "TNT010": code("warning", "node before taint"),
}
