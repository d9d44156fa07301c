"""The pod that is judged, and what it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_lab.domain.scheduling.model import NotEvaluated
    from kubectl_lab.objects import Object
    from kubectl_lab.result import Reference

Origin = Literal["pod", "default", "daemonset", "runtimeclass", "namespace", "extended-resource", "what-if"]


@dataclass(frozen=True, slots=True)
class Sourced:
    """A toleration of the pod and where it comes from; not `certain` where the owner is not known."""

    toleration: Mapping[str, Any]
    origin: Origin
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Subject:
    """`reference`: what was asked about (Pod, Deployment, …); `source`: that object as it was read.

    `pod`: as the scheduler would see it, defaults and admission done where the server has not done them yet, what-ifs
    included; without `nodeName` where the pod is bound (`bound_to`) and is judged as if it were created now. `template_of`: the
    object in which a change is to be made, and `pod_path`: the JSON pointer of the pod's spec in it (`/spec` of a bare pod,
    `/spec/template/spec`, `/spec/jobTemplate/spec/template/spec`; "" where a kind that is not built in makes the pod: there is
    no telling where its template stands). `owner`: that object, where it is known. `without`: the pods that must be left out of
    the state (`ClusterState`), since this one stands for them: a pod itself that has a node, or those that a DaemonSet runs.
    """

    reference: Reference
    source: Object
    pod: Object
    template_of: Reference
    pod_path: str
    tolerations: tuple[Sourced, ...]
    bound_to: str | None = None
    owner: Object | None = None
    not_evaluated: tuple[NotEvaluated, ...] = ()
    without: tuple[Object, ...] = ()
