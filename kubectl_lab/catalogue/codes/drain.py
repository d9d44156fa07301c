"""DRN: what a drain finds."""

from __future__ import annotations

from kubectl_lab.catalogue.codes import Code, code

_DESCRIBE_BUDGET = "kubectl -n {namespace} describe pdb {budget}"
_BUDGET = "pod namespace budget disruptionsAllowed currentHealthy desiredHealthy expectedPods"

CODES: dict[str, Code] = {
    "DRN001": code("error", "pod namespace controller node command", "{command} --ignore-daemonsets"),
    "DRN002": code("error", "pod namespace volumes node command", "{command} --delete-emptydir-data"),
    "DRN003": code("error", "pod namespace node command", "{command} --force"),
    "DRN004": code(
        "error",
        "pod namespace controller why node command",
        "kubectl -n {namespace} get daemonset {controller}",
        "{command} --force",
    ),
    "DRN005": code("info", "pod namespace controller node"),
    "DRN006": code("warning", "pod namespace volumes node"),
    "DRN007": code("warning", "pod namespace node", "kubectl -n {namespace} get pod {pod} -o yaml"),
    "DRN008": code("info", "pod namespace node"),
    "DRN009": code("info", "pod namespace node since"),
    "DRN010": code("error", _BUDGET, _DESCRIBE_BUDGET),
    "DRN011": code("error", f"{_BUDGET} field value", _DESCRIBE_BUDGET),
    "DRN012": code("error", "pod namespace budgets count", "kubectl -n {namespace} get pdb"),
    "DRN015": code("warning", "pod namespace budget", _DESCRIBE_BUDGET),
    "DRN016": code("warning", "why", "kubectl auth can-i list poddisruptionbudgets.policy --all-namespaces"),
    "DRN022": code("warning", "pod namespace node controller"),
    "DRN024": code("warning", "node reason", "kubectl describe node {node}"),
    "DRN030": code("error", "verb resource namespace command", "{command}"),
    "DRN031": code("error", "pod namespace node status reason"),
    "DRN032": code(
        "error",
        "pod namespace node limit seconds finalizers grace",
        "kubectl -n {namespace} get pod {pod} -o yaml",
    ),
    "DRN033": code("info", "pod namespace node"),
    "DRN035": code("error", "node status reason", "kubectl describe node {node}"),
    "DRN036": code("info", "pod namespace node", "kubectl get namespace {namespace} -o yaml"),
    "DRN041": code("warning", "selector", "kubectl get nodes --show-labels"),
    "DRN042": code("warning", "pod namespace node", "kubectl -n {namespace} get pod {pod} -o wide"),
}
