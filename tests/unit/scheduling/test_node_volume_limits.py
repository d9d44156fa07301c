"""How many volumes of a driver a node takes."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.scheduling.node_volume_limits import TOO_MANY
from unit.scheduling.storing import (
    CSI,
    claim,
    csi,
    csi_node,
    ephemeral,
    made,
    manifest,
    node,
    pending,
    refusal,
    state,
    storage_class,
    texts,
    unjudged,
    uses,
    volume,
)

PLUGIN = "NodeVolumeLimits"
Object = dict[str, Any]


def attachment(name: str, *, to: str = "n1", of: str | None = "pv-a", driver: str = CSI) -> Object:
    source = {} if of is None else {"persistentVolumeName": of}
    return make.obj("VolumeAttachment", name, spec={"nodeName": to, "attacher": driver, "source": source})


def bound(*names: str) -> list[Object]:
    """Claims, each with a volume of the driver."""
    return [each for name in names for each in (claim(name, volume=f"pv-{name}"), csi(f"pv-{name}"))]


def other(*claims: str, name: str = "other", namespace: str = "default", **rest: Any) -> Object:
    return make.pod(name, namespace, volumes=uses(*claims), **rest)


@pytest.mark.parametrize(
    ("objects", "fits"),
    [
        pytest.param((csi_node("n1", csi=2), other("b")), True, id="the last place is free"),
        pytest.param((csi_node("n1", csi=1), other("b")), False, id="all places are taken"),
        pytest.param((csi_node("n1", csi=0),), False, id="there is no place at all"),
        pytest.param((csi_node("n1", csi=None), other("b")), True, id="a driver that says nothing has no limit"),
        pytest.param((csi_node("n1", other_csi=0), other("b")), True, id="the limit of another driver"),
        pytest.param((other("b"),), True, id="without a CSINode there is no limit"),
        pytest.param((csi_node("n2", csi=0), other("b")), True, id="the limit of another node"),
        pytest.param(
            (csi_node("n1", csi=1), other("a")), True, id="a volume that is there already takes no second place"
        ),
        pytest.param((csi_node("n1", csi=2), other("b"), other("b", name="third")), True, id="two pods, one volume"),
        pytest.param((csi_node("n1", csi=2), other("b", "c")), False, id="one pod, two volumes"),
        pytest.param((csi_node("n1", csi=1), other("gone")), True, id="a claim that there is not does not count"),
        pytest.param(
            (csi_node("n1", csi=1), other("b", namespace="far")), True, id="nor does one of another namespace"
        ),
        pytest.param((csi_node("n1", csi=1), other("b", node="n2")), True, id="nor does a pod of another node"),
        pytest.param(
            (csi_node("n1", csi=1), attachment("x", of="pv-b")), False, id="a volume that is attached besides"
        ),
        pytest.param((csi_node("n1", csi=2), attachment("x", of="pv-b"), other("b")), True, id="attached for a pod"),
        pytest.param((csi_node("n1", csi=1), attachment("x", of="pv-b", to="n2")), True, id="attached elsewhere"),
        pytest.param((csi_node("n1", csi=1), attachment("x", of="gone")), True, id="attached, but no volume any more"),
        pytest.param((csi_node("n1", csi=1), attachment("x", of=None)), True, id="attached without a PersistentVolume"),
        pytest.param((csi_node("n1", csi=1), attachment("x", of="pv-b", driver="")), True, id="attached by nobody"),
        pytest.param(
            (csi_node("n1", csi=1), attachment("x", of="pv-old"), volume("pv-old")),
            True,
            id="attached, but of no driver",
        ),
        pytest.param(
            (csi_node("n1", csi=1), attachment("x", of="pv-a")),
            False,
            id="the pod's own, attached already, counts twice",
        ),
        pytest.param((csi_node("n1", csi=1), other("b", phase="Succeeded")), True, id="a pod that has ended"),
        pytest.param((csi_node("n1", csi=1), make.pod("x", volumes=(make.empty_dir(),))), True, id="an emptyDir"),
    ],
)
def test_one_more_volume(objects: tuple[Object, ...], fits: bool) -> None:
    found = refusal(PLUGIN, pending("a"), state(node("n1"), node("n2"), *bound("a", "b", "c"), *objects))
    assert texts(found) == ([] if fits else [TOO_MANY])
    assert found is None or found.preemption_may_help


def test_a_bound_pod_that_is_judged_anew_leaves_its_attachment_behind() -> None:
    mine, beside = other("a", name="web"), other("b")
    known = (*bound("a", "b"), csi_node("n1", csi=2), attachment("x", of="pv-a"), attachment("y", of="pv-b"), beside)
    assert refusal(PLUGIN, mine, state(*known, mine, without=(mine,))) is None
    sharing = other("a", name="third")
    full = (*bound("a", "b", "c"), csi_node("n1", csi=1), attachment("x", of="pv-a"), sharing)
    assert texts(refusal(PLUGIN, other("c", "a", name="web"), state(*full, mine, without=(mine,)))) == [TOO_MANY]


def test_the_numbers_are_named() -> None:
    found = refusal(PLUGIN, pending("a", "b"), state(*bound("a", "b", "c"), csi_node("n1", csi=2), other("c")))
    assert found is not None
    assert dict(found.reasons[0].details) == {"driver": CSI, "limit": 2, "attached": 1, "new": 2}


def test_nodes_with_the_same_numbers_share_what_is_said() -> None:
    known = state(node("n1"), node("n2"), *bound("a"), csi_node("n1", csi=0), csi_node("n2", csi=0))
    ready = made(PLUGIN, pending("a"), known)
    assert ready is not None
    assert ready.refusal(known.nodes[0]) is ready.refusal(known.nodes[1])


UNBOUND = pytest.mark.parametrize(
    ("objects", "counts"),
    [
        pytest.param((claim("a"), storage_class()), True, id="a claim without a volume counts by its class"),
        pytest.param((claim("a", volume="gone"), storage_class()), True, id="so does one whose volume does not exist"),
        pytest.param((claim("a"),), False, id="its class does not exist"),
        pytest.param((claim("a", of=""), storage_class()), False, id="it has no class"),
        pytest.param((claim("a"), storage_class(provisioner="")), False, id="its class has no provisioner"),
        pytest.param((claim("a"), storage_class(provisioner="other")), False, id="its class is another driver's"),
        pytest.param((claim("a", volume="pv"), volume("pv"), storage_class()), False, id="its volume is of no driver"),
        pytest.param((claim("a", volume="pv"), csi("pv", driver="")), False, id="its volume's driver has no name"),
        pytest.param(
            (claim("a", annotations={"volume.beta.kubernetes.io/storage-class": "slow"}, of="x"), storage_class()),
            True,
            id="the old annotation names the class",
        ),
        pytest.param(
            (
                manifest(claim("a", of=None)),
                storage_class(annotations={"storageclass.kubernetes.io/is-default-class": "true"}),
            ),
            True,
            id="a manifest gets the default class",
        ),
        pytest.param(
            (claim("a", of=None), storage_class(annotations={"storageclass.kubernetes.io/is-default-class": "true"})),
            False,
            id="a claim of the server's that has no class gets none",
        ),
        pytest.param((manifest(claim("a", of=None)), storage_class()), False, id="no class is the default"),
    ],
)


@UNBOUND
def test_what_a_claim_without_a_volume_counts_for(objects: tuple[Object, ...], counts: bool) -> None:
    found = refusal(PLUGIN, pending("a"), state(*objects, csi_node("n1", csi=0)))
    assert texts(found) == ([TOO_MANY] if counts else [])


@UNBOUND
def test_what_it_counts_for_on_the_node(objects: tuple[Object, ...], counts: bool) -> None:
    known = state(*objects, *bound("b"), csi_node("n1", csi=1), other("a"))
    assert texts(refusal(PLUGIN, pending("b"), known)) == ([TOO_MANY] if counts else [])


def test_claims_of_one_name_in_two_namespaces_are_two_volumes() -> None:
    known = state(
        storage_class(), claim("a"), claim("a", namespace="far"), csi_node("n1", csi=1), other("a", namespace="far")
    )
    assert texts(refusal(PLUGIN, pending("a"), known)) == [TOO_MANY]


def test_a_claim_that_does_not_exist_refuses_node_by_node() -> None:
    ready = made(PLUGIN, pending("a", "nope"), state(claim("a")))
    assert ready is not None
    assert ready.before is None
    found = ready.refusal(state().nodes[0])
    assert texts(found) == ['looking up PVC default/nope: persistentvolumeclaim "nope" not found']
    assert found is not None
    assert not found.preemption_may_help


def test_an_ephemeral_volume_counts_by_its_claim() -> None:
    asked = pending(volumes=(ephemeral("scratch"),))
    known = state(storage_class(), claim("web-scratch"), csi_node("n1", csi=0))
    assert texts(refusal(PLUGIN, asked, known)) == [TOO_MANY]


def test_an_ephemeral_volume_of_a_manifest_counts_by_its_template() -> None:
    asked = manifest(pending(volumes=(ephemeral("scratch", storageClassName="slow"),)))
    assert texts(refusal(PLUGIN, asked, state(storage_class(), csi_node("n1", csi=0)))) == [TOO_MANY]
    assert texts(refusal(PLUGIN, asked, state(storage_class("fast"), csi_node("n1", csi=0)))) == []


@pytest.mark.parametrize(
    ("objects", "text"),
    [
        pytest.param((), [f"{CSI} CSI driver is not installed on the node"], id="there is no CSINode"),
        pytest.param(
            (csi_node("n1", other=1),), [f"{CSI} CSI driver is not installed on the node"], id="another driver is"
        ),
        pytest.param((csi_node("n1", csi=1),), [], id="it is there"),
    ],
)
def test_a_driver_may_demand_to_be_on_the_node(objects: tuple[Object, ...], text: list[str]) -> None:
    demanding = make.obj("CSIDriver", CSI, spec={"preventPodSchedulingIfMissing": True})
    on = {"VolumeLimitScaling": True}
    found = refusal(PLUGIN, pending("a"), state(*bound("a"), *objects, demanding, gates=on))
    assert texts(found) == text
    assert found is None or found.preemption_may_help
    assert refusal(PLUGIN, pending("a"), state(*bound("a"), *objects, demanding)) is None
    modest = make.obj("CSIDriver", CSI)
    assert refusal(PLUGIN, pending("a"), state(*bound("a"), *objects, modest, gates=on)) is None
    assert refusal(PLUGIN, pending("a"), state(*bound("a"), *objects, gates=on)) is None


def test_kinds_that_were_not_read_leave_it_open() -> None:
    known = state(*bound("a"), csi_node("n1", csi=0), missing=("VolumeAttachment", "CSINode", "CSIDriver"))
    assert unjudged(PLUGIN, pending("a"), known) == ["csinodes: not captured", "volumeattachments: not captured"]
    assert refusal(PLUGIN, pending("a"), known) is None


def test_a_pod_without_such_volumes_needs_no_check() -> None:
    asked = pending(volumes=(make.empty_dir(), *uses(azureFile={}), *uses(nfs={})))
    assert made(PLUGIN, asked, state(missing=("PersistentVolumeClaim",))) is None
