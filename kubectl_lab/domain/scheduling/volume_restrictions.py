"""A disk that only one pod may write, and a claim that only one pod of the cluster may use.

Source: kube-scheduler plugin VolumeRestrictions; the older text: kube-scheduler 1.33.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.scheduling import volume_claims
from kubectl_lab.domain.scheduling.model import NodeFilter, NotEvaluated, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.objects import Object

PLUGIN = "VolumeRestrictions"
DISK = "node(s) had no available disk"
IN_USE = (
    "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"
)
IN_USE_BEFORE_1_34 = "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode"
ONE_POD = "ReadWriteOncePod"
DEFAULT_POOL = "rbd"


def prepare(pod: Object, state: ClusterState) -> NodeFilter | None:
    """Nothing to check for a pod without such disks whose claims no other pod keeps from it."""
    disks = [
        volume for volume in volume_claims.volumes_of(pod) if any(volume.get(field) is not None for field in _CLASHES)
    ]
    claims = _claims_of(pod)
    if claims:
        missing = volume_claims.unread(PLUGIN, state, volume_claims.CLAIM)
        if missing:
            return _Restrictions(disks, _Users(frozenset(), (), 0), "", missing)
    found = {name: state.get(volume_claims.CLAIM, objects.namespace(pod), name) for name in claims}
    absent = next((name for name, claim in found.items() if claim is None), None)
    if absent is not None:
        return _Absent(absent, objects.namespace(pod))
    exclusive = frozenset(name for name, claim in found.items() if claim is not None and _is_exclusive(claim))
    users = _users(exclusive, objects.namespace(pod), state) if exclusive else _Users(exclusive, (), 0)
    text = IN_USE if state.features.since(1, 34) else IN_USE_BEFORE_1_34
    return _Restrictions(disks, users, text) if disks or users.count else None


def _is_exclusive(claim: Object) -> bool:
    return ONE_POD in objects.sequence(objects.spec(claim).get("accessModes"))


class _Absent(NodeFilter):
    def __init__(self, claim: str, namespace: str | None) -> None:
        text = volume_claims.not_found("persistentvolumeclaim", claim)
        self.before = volume_claims.refused(text, "claim-absent", claim=claim, namespace=namespace or "")


class _Users:
    """Who uses the claims that one pod alone may use. `count`: as the scheduler counts, once a claim to begin with."""

    def __init__(self, claims: frozenset[str], pods: tuple[tuple[str, Object], ...], count: int) -> None:
        self.claims, self.pods, self.count = claims, pods, count

    def changed(self, removed: Sequence[Object], added: Sequence[Object]) -> _Users:
        """Claims are told apart by their names alone, whatever the pod's namespace (conflictingPVCRefCountForPod)."""
        gone, come = self._uses(removed), self._uses(added)
        left = {id(pod) for _, pod in gone}
        pods = (*(each for each in self.pods if id(each[1]) not in left), *come)
        return _Users(self.claims, pods, self.count - len(gone) + len(come))

    def _uses(self, pods: Sequence[Object]) -> list[tuple[str, Object]]:
        return [(name, pod) for pod in pods for name in _claims_of(pod) if name in self.claims]


class _Restrictions(NodeFilter):
    def __init__(
        self, disks: Sequence[Object], users: _Users, text: str, not_evaluated: tuple[NotEvaluated, ...] = ()
    ) -> None:
        self._disks, self._users, self._text, self.not_evaluated = disks, users, text, not_evaluated
        self._in_use = self._refused_for_use() if users.count > 0 else None

    def refusal(self, node: NodeInfo) -> Refusal | None:
        """A disk of a pod of the node comes first; a claim in use refuses every node."""
        return self._clash(node) or self._in_use

    def changed(self, node: NodeInfo, *, removed: Sequence[Object] = (), added: Sequence[Object] = ()) -> NodeFilter:
        """A claim may be free once the pod that uses it is gone from its node, whichever that is."""
        del node
        if not self._users.claims:
            return self
        return _Restrictions(self._disks, self._users.changed(removed, added), self._text, self.not_evaluated)

    def _clash(self, node: NodeInfo) -> Refusal | None:
        for disk in self._disks:
            for pod in node.pods:
                for field, name in _clashes(disk, pod):
                    facts = {"disk": name, "source": field, "pod": _reference(pod)}
                    return volume_claims.refused_for_now(DISK, "disk", **facts)
        return None

    def _refused_for_use(self) -> Refusal:
        claim, pod = self._users.pods[0]
        where = objects.text(objects.spec(pod).get("nodeName"))
        facts = {"claim": claim, "pod": _reference(pod), "node": where}
        return volume_claims.refused_for_now(self._text, "one-pod", **facts)


def _users(claims: frozenset[str], namespace: str | None, state: ClusterState) -> _Users:
    index = state.derived(_users_of_claims)
    pods = {name: index.get((namespace, name), ()) for name in sorted(claims)}
    return _Users(
        claims, tuple((name, pod) for name, found in pods.items() for pod in found), sum(map(bool, pods.values()))
    )


def _users_of_claims(state: ClusterState) -> Mapping[tuple[str | None, str], Sequence[Object]]:
    """(namespace, claim) -> the pods on nodes that name it (IsPVCUsedByPods)."""
    made: defaultdict[tuple[str | None, str], list[Object]] = defaultdict(list)
    for node in state.nodes:
        for pod in node.pods:
            for name in _claims_of(pod):
                made[objects.namespace(pod), name].append(pod)
    return made


def _claims_of(pod: Object) -> list[str]:
    """The claims that it names, ephemeral volumes' left out; asked of every pod there is."""
    named = [
        volume["persistentVolumeClaim"] for volume in volume_claims.volumes_of(pod) if "persistentVolumeClaim" in volume
    ]
    return [objects.text(objects.mapping(each).get("claimName")) for each in named if each is not None]


def _reference(pod: Object) -> str:
    return f"{objects.namespace(pod) or ''}/{objects.name(pod)}".lstrip("/")


def _clashes(disk: Object, pod: Object) -> list[tuple[str, str]]:
    """(field, name of the disk) where a volume of the pod is the same disk and one of both may write."""
    found = []
    for other in volume_claims.volumes_of(pod):
        for field, clash in _CLASHES.items():
            if disk.get(field) is not None and other.get(field) is not None:
                name = clash(objects.mapping(disk[field]), objects.mapping(other[field]))
                found += [(field, name)] if name is not None else []
    return found


def _one_reader(one: Object, other: Object) -> bool:
    return one.get("readOnly") is True and other.get("readOnly") is True


def _gce(one: Object, other: Object) -> str | None:
    name = objects.text(one.get("pdName"))
    return name if name == objects.text(other.get("pdName")) and not _one_reader(one, other) else None


def _ebs(one: Object, other: Object) -> str | None:
    """Even two readers clash."""
    name = objects.text(one.get("volumeID"))
    return name if name == objects.text(other.get("volumeID")) else None


def _iscsi(one: Object, other: Object) -> str | None:
    name = objects.text(one.get("iqn"))
    return name if name == objects.text(other.get("iqn")) and not _one_reader(one, other) else None


def _rbd(one: Object, other: Object) -> str | None:
    """One image of one pool by a monitor that both name."""
    image = _image(one)
    shared = set(map(objects.text, objects.sequence(one.get("monitors")))) & set(
        map(objects.text, objects.sequence(other.get("monitors")))
    )
    return image if shared and image == _image(other) and not _one_reader(one, other) else None


def _image(source: Object) -> str:
    return f"{objects.text(source.get('pool')) or DEFAULT_POOL}/{objects.text(source.get('image'))}"


_CLASHES: Mapping[str, Callable[[Object, Object], str | None]] = {
    "gcePersistentDisk": _gce,
    "awsElasticBlockStore": _ebs,
    "iscsi": _iscsi,
    "rbd": _rbd,
}
