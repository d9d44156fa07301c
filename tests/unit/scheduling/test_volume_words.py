"""Every sentence about volumes, in both languages, with what it names."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.catalogue.words import reason as words_of
from unit.scheduling.storing import (
    LOCAL,
    claim,
    csi,
    csi_node,
    ephemeral,
    pending,
    refusal,
    state,
    storage_class,
    uses,
    volume,
)

Object = dict[str, Any]
PD = uses(gcePersistentDisk={"pdName": "d"})
ELSEWHERE = volume("pv", at=("n2", "n3"))
BOUND = claim("a", volume="pv")
ZONED = volume("pv", labels={"topology.kubernetes.io/zone": "b__a"})
IN_ZONE = {"topology.kubernetes.io/zone": "c"}
COUNTS = make.obj("CSIDriver", "csi.example.com", spec={"storageCapacity": True})
TOPOLOGY = [{"matchLabelExpressions": [{"key": "zone", "values": ["x"]}]}]

CASES = [
    pytest.param(
        "VolumeRestrictions",
        pending(volumes=PD),
        (make.pod("db", volumes=PD),),
        "the disk d (gcePersistentDisk) is in use by the pod default/db",
        "le disque d (gcePersistentDisk) est utilisé par le pod default/db",
        id="a disk",
    ),
    pytest.param(
        "VolumeRestrictions",
        pending("a"),
        (claim("a", modes=("ReadWriteOncePod",)), make.pod("db", volumes=uses("a"))),
        "the claim a is for one pod only (ReadWriteOncePod), and the pod default/db on the node n1 uses it",
        "le claim a est réservé à un seul pod (ReadWriteOncePod), et le pod default/db du nœud n1 l'utilise",
        id="a claim for one pod",
    ),
    pytest.param(
        "NodeVolumeLimits",
        pending("a"),
        (BOUND, csi("pv"), csi_node("n1", csi=0)),
        "volumes that csi.example.com attaches to the node at most: 0; there now: 0, more for this pod: 1",
        "volumes que csi.example.com attache au plus au nœud : 0 ; déjà là : 0, en plus pour ce pod : 1",
        id="a limit",
    ),
    pytest.param(
        "VolumeBinding",
        pending("a"),
        (),
        "the claim default/a does not exist",
        "le claim default/a n'existe pas",
        id="no claim",
    ),
    pytest.param(
        "VolumeBinding",
        pending(volumes=(ephemeral("tmp"),)),
        (),
        "the claim web-tmp of the volume tmp does not exist yet (the ephemeral volume controller makes it)",
        "le claim web-tmp du volume tmp n'existe pas encore (c'est l'ephemeral volume controller qui le crée)",
        id="no ephemeral claim yet",
    ),
    pytest.param(
        "VolumeBinding",
        pending("a"),
        (claim("a", volume="pv", phase="Lost"),),
        "the volume pv of the claim a does not exist any more",
        "le volume pv du claim a n'existe plus",
        id="a lost claim",
    ),
    pytest.param(
        "VolumeBinding",
        pending("a"),
        (claim("a", deletionTimestamp="2026-01-01T00:00:00Z"),),
        "the claim a is being deleted",
        "le claim a est en cours de suppression",
        id="a claim being deleted",
    ),
    pytest.param(
        "VolumeBinding",
        pending(volumes=(ephemeral("tmp"),)),
        (claim("web-tmp"),),
        "the claim web-tmp stands for the volume tmp, but was not made for this pod",
        "le claim web-tmp correspond au volume tmp, mais n'a pas été créé pour ce pod",
        id="another's claim",
    ),
    pytest.param(
        "VolumeBinding",
        pending("a"),
        (claim("a", volume="pv", annotations={}),),
        "the claim a names the volume pv and is not bound to it yet",
        "le claim a nomme le volume pv et ne lui est pas encore lié",
        id="a claim that names its volume",
    ),
    pytest.param(
        "VolumeBinding",
        pending("a"),
        (claim("a", of=""),),
        "the claim a is not bound and names no StorageClass",
        "le claim a n'est pas lié et ne nomme aucune StorageClass",
        id="no class",
    ),
    pytest.param(
        "VolumeBinding",
        pending("a"),
        (claim("a"),),
        "the claim a is not bound, and its StorageClass slow does not exist",
        "le claim a n'est pas lié, et sa StorageClass slow n'existe pas",
        id="no such class",
    ),
    pytest.param(
        "VolumeBinding",
        pending("a"),
        (claim("a"), storage_class(mode="Immediate")),
        "the claim a is not bound, and its StorageClass slow does not wait for a node (volumeBindingMode Immediate)",
        "le claim a n'est pas lié, et sa StorageClass slow n'attend pas le choix d'un nœud (volumeBindingMode Immediate)",
        id="not bound yet",
    ),
    pytest.param(
        "VolumeBinding",
        pending("a"),
        (BOUND, ELSEWHERE),
        "the volume pv of the claim a can only be used where kubernetes.io/hostname In (n2, n3)",
        "le volume pv du claim a n'est utilisable que là où kubernetes.io/hostname In (n2, n3)",
        id="elsewhere",
    ),
    pytest.param(
        "VolumeBinding",
        pending("a"),
        (BOUND,),
        "the volume pv of the claim a does not exist",
        "le volume pv du claim a n'existe pas",
        id="no volume",
    ),
    pytest.param(
        "VolumeBinding",
        pending("a"),
        (claim("a", annotations={"volume.kubernetes.io/selected-node": "n9"}), storage_class()),
        "the volume of the claim a is being made for the node n9",
        "le volume du claim a est en cours de création pour le nœud n9",
        id="made for another node",
    ),
    pytest.param(
        "VolumeBinding",
        pending("a"),
        (claim("a"), storage_class(provisioner=LOCAL)),
        "no free volume here suits the claim a (StorageClass slow, 1Gi), and its class makes none",
        "aucun volume libre ne convient ici au claim a (StorageClass slow, 1Gi), et sa classe n'en crée pas",
        id="none free",
    ),
    pytest.param(
        "VolumeBinding",
        pending("a"),
        (claim("a"), storage_class(allowedTopologies=TOPOLOGY)),
        "no free volume here suits the claim a (StorageClass slow, 1Gi), and its allowedTopologies let none be made here",
        "aucun volume libre ne convient ici au claim a (StorageClass slow, 1Gi), et ses allowedTopologies n'en laissent "
        "créer aucun ici",
        id="a topology",
    ),
    pytest.param(
        "VolumeBinding",
        pending("a"),
        (claim("a"), storage_class(), COUNTS),
        "csi.example.com has no room here for the 1Gi of the claim a (StorageClass slow)",
        "csi.example.com n'a pas la place ici pour les 1Gi du claim a (StorageClass slow)",
        id="no room",
    ),
    pytest.param(
        "VolumeZone",
        pending("a"),
        (BOUND, ZONED, make.node("n1", labels=IN_ZONE)),
        "the volume pv of the claim a has topology.kubernetes.io/zone=a, b, the node c",
        "le volume pv du claim a a topology.kubernetes.io/zone=a, b, le nœud c",
        id="another zone",
    ),
    pytest.param(
        "VolumeZone",
        pending("a"),
        (BOUND, ZONED, make.node("n1", labels={"topology.kubernetes.io/region": "r"})),
        "the volume pv of the claim a has topology.kubernetes.io/zone=a, b, the node has no such label",
        "le volume pv du claim a a topology.kubernetes.io/zone=a, b, le nœud n'a pas ce label",
        id="no zone",
    ),
    pytest.param(
        "VolumeZone",
        pending(volumes=({"name": "v", "persistentVolumeClaim": {}},)),
        (),
        "a volume of the pod names no claim",
        "un volume du pod ne nomme aucun claim",
        id="a claim without a name",
    ),
]


@pytest.mark.parametrize(("plugin", "asked", "objects", "english", "french"), CASES)
def test_the_sentence(plugin: str, asked: Object, objects: tuple[Object, ...], english: str, french: str) -> None:
    found = refusal(plugin, asked, state(*objects))
    assert found is not None
    (reason,) = found.reasons
    assert (words_of(reason.message, "en"), words_of(reason.message, "fr")) == (english, french)


def test_a_driver_that_is_missing() -> None:
    demanding = make.obj("CSIDriver", "csi.example.com", spec={"preventPodSchedulingIfMissing": True})
    known = state(BOUND, csi("pv"), demanding, gates={"VolumeLimitScaling": True})
    found = refusal("NodeVolumeLimits", pending("a"), known)
    assert found is not None
    message = found.reasons[0].message
    assert words_of(message, "en") == "the CSI driver csi.example.com is not on the node"
    assert words_of(message, "fr") == "le driver CSI csi.example.com n'est pas sur le nœud"
