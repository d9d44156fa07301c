"""How many volumes of a CSI driver a node can have attached: those of its pods, those attached besides, and the pod's own.

Source: kube-scheduler plugin NodeVolumeLimits (`csi.go`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.scheduling import volume_claims, volume_migration
from kubectl_lab.domain.scheduling.features import LIMIT_SCALING
from kubectl_lab.domain.scheduling.model import NodeFilter, NotEvaluated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kubectl_lab.domain.scheduling.model import Refusal
    from kubectl_lab.domain.scheduling.state import ClusterState, NodeInfo
    from kubectl_lab.objects import Object

PLUGIN = "NodeVolumeLimits"
TOO_MANY = "node(s) exceed max volume count"
NO_DRIVER = "{driver} CSI driver is not installed on the node"
# a volume that there is not yet counts by its claim: no driver names a volume like that
_NOT_YET = "?"
_KINDS = (
    volume_claims.CLAIM,
    volume_claims.VOLUME,
    volume_claims.CLASS,
    volume_claims.CSI_NODE,
    volume_claims.ATTACHMENT,
)
# most volumes are none of these: they are told apart fast
_COUNTED = frozenset({"persistentVolumeClaim", "ephemeral", *volume_migration.PLUGINS})
_ALL_MIGRATED = frozenset(volume_migration.BY_NAME)
_NONE_MIGRATED: frozenset[str] = frozenset()


def prepare(pod: Object, state: ClusterState) -> NodeFilter | None:
    """Nothing to check for a pod without claims and without in-tree volumes that a driver serves."""
    uses = volume_claims.uses_of(pod)
    if not uses and not any(map(volume_migration.inline_plugin, volume_claims.volumes_of(pod))):
        return None
    scaling = state.features.enabled(LIMIT_SCALING)
    missing = volume_claims.unread(PLUGIN, state, *_KINDS, *([volume_claims.CSI_DRIVER] if scaling else []))
    if missing:
        return _Unjudged(missing)
    absent = next((use for use in uses if volume_claims.claim_of(use, pod, state) is None), None)
    return _Absent(absent.claim, objects.namespace(pod)) if absent else _Limits(pod, state, scaling=scaling)


class _Unjudged(NodeFilter):
    def __init__(self, missing: tuple[NotEvaluated, ...]) -> None:
        self.not_evaluated = missing


class _Absent(NodeFilter):
    """The scheduler says it of every node, though not before it looks at any."""

    def __init__(self, claim: str, namespace: str | None) -> None:
        absent = volume_claims.not_found("persistentvolumeclaim", claim)
        text = f"looking up PVC {namespace or ''}/{claim}: {absent}"
        self._refusal = volume_claims.refused(text, "claim-absent", claim=claim, namespace=namespace or "")

    def refusal(self, node: NodeInfo) -> Refusal | None:
        """Refused, whichever node it is."""
        del node
        return self._refusal


class _Limits(NodeFilter):
    def __init__(self, pod: Object, state: ClusterState, *, scaling: bool) -> None:
        self._pod, self._state, self._scaling = pod, state, scaling
        self._counted = state.derived(_Counted)
        self._refusals: dict[tuple[str, int, int, int], Refusal] = {}
        untranslated = (volume for volume in volume_claims.volumes_of(pod) if _is_untranslated(volume))
        self.not_evaluated = tuple(
            NotEvaluated(PLUGIN, f"volume {objects.text(volume.get('name'))}", "no CSI driver's name for it")
            for volume in untranslated
        )

    def refusal(self, node: NodeInfo) -> Refusal | None:
        """Refused where the pod's volumes and those that are there are more than a driver allows."""
        csi_node = self._state.get(volume_claims.CSI_NODE, None, node.name)
        migrated = _migrated(csi_node, self._state)
        wanted = dict(self._counted.volumes(self._pod, migrated))
        return self._not_installed(wanted, csi_node) or self._too_many(wanted, csi_node, node, migrated)

    def _not_installed(self, wanted: Mapping[str, str], csi_node: Object | None) -> Refusal | None:
        """A driver that asks for it must be on the node (gate VolumeLimitScaling)."""
        if not self._scaling:
            return None
        installed = {objects.text(each.get("name")) for each in _drivers(csi_node)}
        for driver in sorted(set(wanted.values()) - installed):
            known = self._state.get(volume_claims.CSI_DRIVER, None, driver)
            if known is not None and objects.spec(known).get("preventPodSchedulingIfMissing") is True:
                text = NO_DRIVER.format(driver=driver)
                return volume_claims.refused_for_now(text, "no-driver", driver=driver)
        return None

    def _too_many(
        self, wanted: Mapping[str, str], csi_node: Object | None, node: NodeInfo, migrated: frozenset[str]
    ) -> Refusal | None:
        limits = _limits(csi_node)
        drivers = limits.keys() & set(wanted.values())
        if not drivers:
            return None
        there = {name: driver for pod in node.pods for name, driver in self._counted.volumes(pod, migrated)}
        new = Counter(driver for name, driver in wanted.items() if name not in there)
        attached = Counter({**there, **self._besides(node, migrated)}.values())
        for driver in sorted(drivers & new.keys()):
            if attached[driver] + new[driver] > limits[driver]:
                return self._refused(driver, limits[driver], attached[driver], new[driver])
        return None

    def _besides(self, node: NodeInfo, migrated: frozenset[str]) -> dict[str, str]:
        """{unique name: driver} of what is attached there, for pods or not; what a pod that is left out used goes with it."""
        pods = self._state.left_out.get(node.name, ())
        left = {name for pod in pods for name, _ in self._counted.volumes(pod, migrated)}
        attached = self._state.derived(_attached).get(node.name, {})
        return {name: driver for name, driver in attached.items() if name not in left}

    def _refused(self, driver: str, limit: int, attached: int, new: int) -> Refusal:
        key = (driver, limit, attached, new)
        if key not in self._refusals:
            self._refusals[key] = volume_claims.refused_for_now(
                TOO_MANY, "limit", driver=driver, limit=limit, attached=attached, new=new
            )
        return self._refusals[key]


class _Counted:
    """What each claim's volume is to a driver, worked out once a claim."""

    def __init__(self, state: ClusterState) -> None:
        self._state = state
        self._of_claims: dict[tuple[str | None, str, frozenset[str]], tuple[str, str] | None] = {}

    def volumes(self, pod: Object, migrated: frozenset[str]) -> Iterator[tuple[str, str]]:
        """(unique name, driver) of its volumes that a CSI driver attaches; claims that there are not are not counted."""
        namespace = objects.namespace(pod)
        for volume in volume_claims.volumes_of(pod):
            if _COUNTED.isdisjoint(volume):
                continue
            use = volume_claims.use_of(pod, volume)
            found = _inline(volume, migrated) if use is None else self._of_claim(namespace, use, pod, migrated)
            if found is not None:
                yield found

    def _of_claim(
        self, namespace: str | None, use: volume_claims.ClaimUse, pod: Object, migrated: frozenset[str]
    ) -> tuple[str, str] | None:
        key = (namespace, use.claim, migrated)
        if key not in self._of_claims:
            claim = volume_claims.claim_of(use, pod, self._state)
            self._of_claims[key] = None if claim is None else _of_claim(claim, self._state, migrated)
        return self._of_claims[key]


def _of_claim(claim: Object, state: ClusterState, migrated: frozenset[str]) -> tuple[str, str] | None:
    """By the volume where there is one, else by the class (getCSIDriverInfo)."""
    name = volume_claims.volume_name(claim)
    volume = state.get(volume_claims.VOLUME, None, name) if name else None
    if volume is None:
        return _of_class(claim, state, migrated)
    csi = objects.spec(volume).get("csi")
    if csi is not None:
        source = objects.mapping(csi)
        return _named(objects.text(source.get("driver")), objects.text(source.get("volumeHandle")))
    plugin = volume_migration.volume_plugin(volume)
    if plugin is None or plugin.name not in migrated:
        return None
    return _named(plugin.driver, volume_migration.volume_handle(volume))


def _of_class(claim: Object, state: ClusterState, migrated: frozenset[str]) -> tuple[str, str] | None:
    storage_class = state.get(volume_claims.CLASS, None, volume_claims.requested_class(claim, state))
    if storage_class is None:
        return None
    provisioner = objects.text(storage_class.get("provisioner"))
    plugin = volume_migration.BY_NAME.get(provisioner)
    if provisioner in volume_migration.NEVER_COUNTED or (plugin is not None and provisioner not in migrated):
        return None
    return _named(
        plugin.driver if plugin else provisioner, f"{_NOT_YET}{objects.namespace(claim)}/{objects.name(claim)}"
    )


def _inline(volume: Object, migrated: frozenset[str]) -> tuple[str, str] | None:
    plugin = volume_migration.inline_plugin(volume)
    if plugin is None or plugin.name not in migrated:
        return None
    handle = volume_migration.inline_handle(volume)
    return None if handle is None else (f"{plugin.driver}/{handle}", plugin.driver)


def _is_untranslated(volume: Object) -> bool:
    return volume_migration.inline_plugin(volume) is not None and volume_migration.inline_handle(volume) is None


def _named(driver: str, handle: str | None) -> tuple[str, str] | None:
    return (f"{driver}/{handle}", driver) if driver and handle else None


def _migrated(csi_node: Object | None, state: ClusterState) -> frozenset[str]:
    """The in-tree plugins that count as CSI on a node: all of them with a CSINode; before 1.35 those it announces."""
    if csi_node is None:
        return _NONE_MIGRATED
    if state.features.since(1, 35):
        return _ALL_MIGRATED
    return frozenset(
        plugin.name for plugin in volume_migration.PLUGINS.values() if volume_migration.is_announced(plugin, csi_node)
    )


def _drivers(csi_node: Object | None) -> list[Object]:
    return (
        []
        if csi_node is None
        else [objects.mapping(each) for each in objects.sequence(objects.spec(csi_node).get("drivers"))]
    )


def _limits(csi_node: Object | None) -> dict[str, int]:
    """driver -> `allocatable.count`; a driver without one has no limit."""
    counts = ((each, objects.mapping(each.get("allocatable")).get("count")) for each in _drivers(csi_node))
    return {objects.text(each.get("name")): count for each, count in counts if isinstance(count, int)}


def _attached(state: ClusterState) -> Mapping[str, Mapping[str, str]]:
    """node -> {unique name: driver} of what VolumeAttachments attach there (getNodeVolumeAttachmentInfo)."""
    made: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for attachment in state.known(volume_claims.ATTACHMENT):
        spec = objects.spec(attachment)
        driver = objects.text(spec.get("attacher"))
        name = objects.text(objects.mapping(spec.get("source")).get("persistentVolumeName"))
        volume = state.get(volume_claims.VOLUME, None, name)
        csi = objects.spec(volume).get("csi") if volume is not None else None
        if driver and csi is not None:
            handle = objects.text(objects.mapping(csi).get("volumeHandle"))
            made[objects.text(spec.get("nodeName"))][f"{driver}/{handle}"] = driver
    return made
