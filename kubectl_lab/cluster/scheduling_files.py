"""What `explain-tolerations` and `explain-taints` take from files (`-f`): a kind that they do not hold is not captured, never none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab.cluster.kinds import KINDS
from kubectl_lab.cluster.scheduling import NO_GATES, Reading
from kubectl_lab.domain.rules.known_objects import NOT_CAPTURED, KnownObjects
from kubectl_lab.domain.scheduling.features import NEWEST, Features, version_of
from kubectl_lab.errors import NotCaptured
from kubectl_lab.objects import Missing
from kubectl_lab.result import Reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_lab.cluster.asks import Found
    from kubectl_lab.cluster.scheduling import Version
    from kubectl_lab.cluster.snapshot import SnapshotCluster
    from kubectl_lab.domain.scheduling.question import Question


def read(
    files: SnapshotCluster,
    question: Question,
    *,
    version: Version | None = None,
    gates: Mapping[str, bool] = NO_GATES,
) -> Reading:
    """All that the files hold. `version`: of the server, None for the one that was captured, else the newest known.

    Raises NotCaptured where there are no nodes to land on, or nothing of a kind that was asked about: "it does not exist" is
    only for what was looked at.
    """
    found = {kind: _listed(files, kind, question.namespace) for kind in KINDS}
    if isinstance(found["Node"], Missing):
        raise NotCaptured("nodes-not-captured", why=found["Node"].why)
    for each in question.subjects:
        if isinstance(found[each.kind], Missing):
            files.list(each.kind, each.namespace)
    told = version or version_of(files.server_version) or NEWEST
    return Reading(KnownObjects(found), Features(told, gates, is_pretended=version is not None), repeated_in(files))


def repeated_in(files: SnapshotCluster) -> tuple[Reference, ...]:
    """What the files hold more than once."""
    return tuple(Reference(*each) for each in files.repeated)


def _listed(files: SnapshotCluster, kind: str, namespace: str | None) -> Found:
    """Of all namespaces, else of the one that was captured."""
    why = NOT_CAPTURED
    for where in (None, namespace):
        try:
            return files.list(kind, where).items
        except NotCaptured as error:
            why = error.values.get("why", NOT_CAPTURED)
    return Missing(kind, why)
