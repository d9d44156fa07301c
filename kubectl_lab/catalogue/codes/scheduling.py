"""SCH, and TNT from 011 on: what `explain-tolerations` finds about a pod, its workload, its tolerations, the input."""

from __future__ import annotations

from kubectl_lab.catalogue.codes import Code, code

_SUBJECT = "subject namespace"

CODES: dict[str, Code] = {
    "SCH001": code("error", f"{_SUBJECT} total why advice repairs commands", "{commands}"),
    "SCH002": code(
        "error",
        f"{_SUBJECT} plugin reason said claim command",
        "{command}",
    ),
    "SCH003": code("error", _SUBJECT, "kubectl get nodes"),
    "SCH004": code("warning", f"{_SUBJECT} gates command", "{command}"),
    "SCH005": code("warning", f"{_SUBJECT} scheduler command", "{command}"),
    "SCH006": code("warning", f"{_SUBJECT} absent", "kubectl -n {namespace} get resourceclaims,resourceclaimtemplates"),
    "SCH007": code("info", f"{_SUBJECT} what notEvaluated"),
    "SCH008": code(
        "warning",
        f"{_SUBJECT} live ours age condition event",
        "kubectl -n {namespace} describe {subject}",
    ),
    "SCH009": code("info", f"{_SUBJECT} count shown nodes"),
    "SCH010": code(
        "info",
        f"{_SUBJECT} why scaled resumed patch",
        "kubectl -n {namespace} scale {scaled} --replicas=1",
        "kubectl -n {namespace} patch {resumed} -p {patch}",
    ),
    "SCH011": code("warning", f"{_SUBJECT} node reasons", "kubectl describe node {node}"),
    "SCH012": code("warning", f"{_SUBJECT} node what bypassed kubelet"),
    "SCH013": code("error", f"{_SUBJECT} node near hint", "kubectl get nodes"),
    "SCH014": code("info", f"{_SUBJECT} shown nodes"),
    "SCH015": code("warning", f"{_SUBJECT} requirement term"),
    "SCH016": code("info", f"{_SUBJECT} state"),
    "SCH017": code("warning", "nodes shown"),
    "SCH018": code("warning", "objects shown"),
    "SCH019": code("info", "version oldest newest used"),
    "TNT011": code("warning", f"{_SUBJECT} toleration near hint"),
    "TNT012": code("warning", f"{_SUBJECT} toleration gate state enabled"),
    "TNT013": code("error", f"{_SUBJECT} toleration why"),
    "TNT014": code("info", f"{_SUBJECT} taint shown nodes others"),
    "TNT015": code("info", f"{_SUBJECT} said added"),
}
