"""Unbound claims that wait for a node: a free volume there, or one that could be made for it."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.scheduling.volume_binding_node import NO_SPACE, NO_VOLUME
from kubectl_lab.errors import BadInput
from unit.scheduling.storing import (
    CSI,
    LOCAL,
    claim,
    made,
    manifest,
    node,
    pending,
    refusal,
    state,
    storage_class,
    texts,
    unjudged,
    volume,
)

PLUGIN = "VolumeBinding"
Object = dict[str, Any]
STATIC = storage_class(provisioner=LOCAL)
SELECTED = "volume.kubernetes.io/selected-node"


def reserved(name: str, to: str, *, namespace: str = "default", uid: str | None = None, **rest: Any) -> Object:
    wanted = {"name": to, "namespace": namespace} | ({"uid": uid} if uid else {})
    return volume(name, spec={"claimRef": wanted}, **rest)


@pytest.mark.parametrize(
    ("asked", "free", "fits"),
    [
        pytest.param(claim("a"), volume("pv"), True, id="of its class and size"),
        pytest.param(claim("a"), volume("pv", of="fast"), False, id="of another class"),
        pytest.param(claim("a"), volume("pv", size="1023Mi"), False, id="smaller"),
        pytest.param(claim("a"), volume("pv", size="2Gi"), True, id="larger"),
        pytest.param(claim("a", size=None), volume("pv", spec={"capacity": {}}), True, id="of no size, for no size"),
        pytest.param(claim("a"), volume("pv", modes=("ReadWriteMany",)), False, id="of another access mode"),
        pytest.param(
            claim("a"), volume("pv", modes=("ReadWriteMany", "ReadWriteOnce")), True, id="of more access modes"
        ),
        pytest.param(
            claim("a", modes=("ReadWriteOnce", "ReadOnlyMany")), volume("pv"), False, id="of too few access modes"
        ),
        pytest.param(claim("a"), volume("pv", spec={"volumeMode": "Block"}), False, id="of another mode"),
        pytest.param(
            claim("a"), volume("pv", spec={"volumeMode": "Filesystem"}), True, id="without a mode it is Filesystem"
        ),
        pytest.param(
            claim("a", spec={"volumeMode": "Block"}), volume("pv", spec={"volumeMode": "Block"}), True, id="both Block"
        ),
        pytest.param(claim("a"), volume("pv", phase="Released"), False, id="not available any more"),
        pytest.param(claim("a"), volume("pv", phase="Pending"), False, id="not available yet"),
        pytest.param(claim("a"), volume("pv", deletionTimestamp="2026-01-01T00:00:00Z"), False, id="being deleted"),
        pytest.param(claim("a"), volume("pv", at=("n1",)), True, id="for this node"),
        pytest.param(claim("a"), volume("pv", at=("n2",)), False, id="for another node"),
        pytest.param(
            claim("a"),
            volume(
                "pv", affinity={"nodeSelectorTerms": [{"matchExpressions": [{"key": "x", "operator": "DoesNotExist"}]}]}
            ),
            True,
            id="for nodes without a label",
        ),
        pytest.param(
            claim("a"),
            volume(
                "pv",
                affinity={
                    "nodeSelectorTerms": [
                        {"matchExpressions": [{"key": "x", "operator": "Exists"}]},
                        {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": ["n1"]}]},
                    ]
                },
            ),
            True,
            id="for nodes by one term of two",
        ),
        pytest.param(claim("a"), reserved("pv", "other"), False, id="kept for another claim"),
        pytest.param(claim("a"), reserved("pv", "a", namespace="far"), False, id="kept for one of another namespace"),
        pytest.param(
            claim("a"), reserved("pv", "a", uid="old"), False, id="kept for one of the same name that is gone"
        ),
        pytest.param(claim("a"), reserved("pv", "a"), True, id="kept for it"),
        pytest.param(
            claim("a"), reserved("pv", "a", uid="persistentvolumeclaim-default-a"), True, id="kept for it by UID"
        ),
        pytest.param(claim("a"), reserved("pv", "a", phase="Bound", modes=()), True, id="kept for it, whatever else"),
        pytest.param(claim("a"), reserved("pv", "a", size="1Mi"), False, id="kept for it, but too small"),
        pytest.param(claim("a"), reserved("pv", "a", at=("n2",)), False, id="kept for it, but elsewhere"),
        pytest.param(
            claim("a", spec={"selector": {"matchLabels": {"disk": "ssd"}}}),
            volume("pv", labels={"disk": "ssd"}),
            True,
            id="with the labels it selects",
        ),
        pytest.param(
            claim("a", spec={"selector": {"matchLabels": {"disk": "ssd"}}}), volume("pv"), False, id="without them"
        ),
        pytest.param(claim("a", spec={"selector": {}}), volume("pv"), True, id="with any labels"),
        pytest.param(
            claim("a", spec={"volumeAttributesClassName": "gold"}), volume("pv"), False, id="of no attributes class"
        ),
        pytest.param(
            claim("a", spec={"volumeAttributesClassName": "gold"}),
            volume("pv", spec={"volumeAttributesClassName": "gold"}),
            True,
            id="of its attributes class",
        ),
    ],
)
def test_a_free_volume(asked: Object, free: Object, fits: bool) -> None:
    found = refusal(PLUGIN, pending("a"), state(asked, STATIC, free))
    assert texts(found) == ([] if fits else [NO_VOLUME])
    assert found is None or not found.preemption_may_help


@pytest.mark.parametrize(
    ("asked", "text", "open_"),
    [
        pytest.param({}, [NO_VOLUME], [], id="a volume with one is nobody's"),
        pytest.param(
            {"volumeAttributesClassName": "gold"}, [], ["VolumeAttributesClass is off"], id="a claim with one fails"
        ),
    ],
)
def test_attributes_classes_before_1_34(asked: Object, text: list[str], open_: list[str]) -> None:
    free = volume("pv", spec={"volumeAttributesClassName": "gold"})
    known = state(claim("a", spec=asked), STATIC, free, version=(1, 33, 0))
    assert texts(refusal(PLUGIN, pending("a"), known)) == text
    assert unjudged(PLUGIN, pending("a"), known) == [f"persistentvolumeclaim a: {why}" for why in open_]


def test_a_volume_kept_for_the_claim_elsewhere_leaves_no_other() -> None:
    known = state(claim("a"), STATIC, reserved("mine", "a", at=("n2",)), volume("free"))
    assert texts(refusal(PLUGIN, pending("a"), known)) == [NO_VOLUME]


@pytest.mark.parametrize(
    ("sizes", "volumes", "fits"),
    [
        pytest.param(("1Gi", "2Gi"), ("1Gi", "2Gi"), True, id="a volume for each"),
        pytest.param(("2Gi", "1Gi"), ("1Gi", "2Gi"), True, id="the smaller claim chooses first, as it stands second"),
        pytest.param(("1Gi", "2Gi"), ("2Gi", "1Gi"), True, id="and takes the smaller volume, as it stands second"),
        pytest.param(("1Gi", "1Gi"), ("1Gi",), False, id="one volume for two claims"),
        pytest.param(("1Gi", "3Gi"), ("2Gi", "2Gi"), False, id="none large enough"),
        pytest.param(("1000Mi", "1Gi"), ("1Gi", "1001Mi"), True, id="sizes are amounts, not texts"),
    ],
)
def test_several_claims(sizes: tuple[str, str], volumes: tuple[str, ...], fits: bool) -> None:
    claims = [claim(name, size=size) for name, size in zip("ab", sizes, strict=True)]
    free = [volume(f"pv{place}", size=size) for place, size in enumerate(volumes)]
    assert texts(refusal(PLUGIN, pending("a", "b"), state(*claims, STATIC, *free))) == ([] if fits else [NO_VOLUME])


def test_a_volume_kept_for_a_claim_that_stands_twice_serves_once() -> None:
    known = state(claim("a"), STATIC, reserved("mine", "a"))
    assert texts(refusal(PLUGIN, pending("a", "a"), known)) == [NO_VOLUME]


def test_local_volumes_are_found_by_the_label_of_their_node() -> None:
    nodes = [node(f"n{number}") for number in range(1, 4)]
    known = state(*nodes, claim("a"), STATIC, volume("x", at=("n2",)), volume("y", at=("n3", "n4")))
    told = {each.name: texts(refusal(PLUGIN, pending("a"), known, each.name)) for each in known.nodes}
    assert told == {"n1": [NO_VOLUME], "n2": [], "n3": []}


def test_a_local_volume_is_taken_before_a_larger_one_for_everywhere() -> None:
    claims = (claim("a", size="1Gi"), claim("b", size="3Gi"))
    known = state(*claims, STATIC, volume("large", size="3Gi"), volume("small", size="1Gi", at=("n1",)))
    assert refusal(PLUGIN, pending("a", "b"), known) is None


@pytest.mark.parametrize(
    ("selected", "provisioner", "text"),
    [
        pytest.param("n1", CSI, [], id="this node"),
        pytest.param("n2", CSI, [NO_VOLUME], id="another node"),
        pytest.param("n1", LOCAL, [NO_VOLUME], id="this node, but nobody makes it"),
        pytest.param("", CSI, [NO_VOLUME], id="an empty name is a name"),
    ],
)
def test_a_claim_whose_volume_is_being_made_for(selected: str, provisioner: str, text: list[str]) -> None:
    waiting = claim("a", annotations={SELECTED: selected})
    free = volume("pv")
    found = refusal(PLUGIN, pending("a"), state(waiting, storage_class(provisioner=provisioner), free))
    assert texts(found) == text


def topology(*values: str, key: str = "zone") -> Object:
    return {"matchLabelExpressions": [{"key": key, "values": list(values)}]}


@pytest.mark.parametrize(
    ("class_", "text"),
    [
        pytest.param(storage_class(), [], id="a provisioner makes it"),
        pytest.param(storage_class(provisioner=""), [NO_VOLUME], id="there is no provisioner"),
        pytest.param(storage_class(provisioner=LOCAL), [NO_VOLUME], id="the provisioner makes none"),
        pytest.param(storage_class(allowedTopologies=[topology("a", "b")]), [], id="in a zone that is allowed"),
        pytest.param(storage_class(allowedTopologies=[topology("b")]), [NO_VOLUME], id="in a zone that is not"),
        pytest.param(storage_class(allowedTopologies=[topology("b"), topology("a")]), [], id="by one term of two"),
        pytest.param(storage_class(allowedTopologies=[]), [], id="everywhere"),
        pytest.param(
            storage_class(allowedTopologies=[{}]), [NO_VOLUME], id="a term without expressions allows nothing"
        ),
        pytest.param(storage_class(allowedTopologies=[topology()]), [NO_VOLUME], id="nor does one without values"),
        pytest.param(
            storage_class(
                allowedTopologies=[
                    {"matchLabelExpressions": [{"key": "zone", "values": ["a"]}, {"key": "rack", "values": ["1"]}]}
                ]
            ),
            [NO_VOLUME],
            id="all expressions must hold",
        ),
    ],
)
def test_a_volume_that_is_yet_to_be_made(class_: Object, text: list[str]) -> None:
    here = make.node("n1", labels={"zone": "a"})
    assert texts(refusal(PLUGIN, pending("a"), state(here, claim("a"), class_))) == text


def capacity(amount: str | None, *, of: str = "slow", largest: str | None = None, **topology: Any) -> Object:
    made = make.obj("CSIStorageCapacity", f"c-{of}-{amount}", "kube-system") | {"storageClassName": of}
    made |= {"capacity": amount} if amount else {}
    made |= {"maximumVolumeSize": largest} if largest else {}
    return made | {"nodeTopology": {"matchLabels": {"kubernetes.io/hostname": "n1"}}} | topology


COUNTS = make.obj("CSIDriver", CSI, spec={"storageCapacity": True})


@pytest.mark.parametrize(
    ("objects", "text"),
    [
        pytest.param((COUNTS, capacity("1Gi")), [], id="just enough"),
        pytest.param((COUNTS, capacity("1023Mi")), [NO_SPACE], id="too little"),
        pytest.param((COUNTS,), [NO_SPACE], id="nothing published"),
        pytest.param((COUNTS, capacity(None)), [NO_SPACE], id="nothing said"),
        pytest.param((COUNTS, capacity("5Gi", of="fast")), [NO_SPACE], id="of another class"),
        pytest.param(
            (COUNTS, capacity("5Gi", largest="512Mi")), [NO_SPACE], id="the largest volume counts, not the sum"
        ),
        pytest.param((COUNTS, capacity("512Mi", largest="5Gi")), [], id="the largest volume comes first"),
        pytest.param((COUNTS, capacity("5Gi", nodeTopology=None)), [NO_SPACE], id="for no node"),
        pytest.param((COUNTS, capacity("5Gi", nodeTopology={})), [], id="for every node"),
        pytest.param(
            (COUNTS, capacity("5Gi", nodeTopology={"matchLabels": {"kubernetes.io/hostname": "n2"}})),
            [NO_SPACE],
            id="for another node",
        ),
        pytest.param(
            (COUNTS, capacity("5Gi", nodeTopology={"matchExpressions": [{"key": "x", "operator": "Exists"}]})),
            [NO_SPACE],
            id="for nodes with a label",
        ),
        pytest.param(
            (COUNTS, capacity("1Gi", of="fast"), capacity("1Mi"), capacity("2Gi")), [], id="one of several is enough"
        ),
        pytest.param(
            (make.obj("CSIDriver", CSI, spec={"storageCapacity": False}),), [], id="the driver does not count"
        ),
        pytest.param((make.obj("CSIDriver", CSI),), [], id="nor does one that says nothing"),
        pytest.param(
            (make.obj("CSIDriver", "other", spec={"storageCapacity": True}),), [], id="nor one that is not there"
        ),
    ],
)
def test_room_for_a_volume(objects: tuple[Object, ...], text: list[str]) -> None:
    assert texts(refusal(PLUGIN, pending("a"), state(claim("a"), storage_class(), *objects))) == text


def test_a_claim_of_no_size_needs_no_room() -> None:
    assert refusal(PLUGIN, pending("a"), state(claim("a", size=None), storage_class(), COUNTS)) is None


def test_of_claims_that_cannot_be_made_the_first_is_told() -> None:
    none = storage_class("none", provisioner=LOCAL)
    known = state(claim("a", size="1Gi"), claim("b", size="2Gi", of="none"), storage_class(), none, COUNTS)
    assert texts(refusal(PLUGIN, pending("b", "a"), known)) == [NO_SPACE]
    assert texts(refusal(PLUGIN, pending("b"), known)) == [NO_VOLUME]


def test_the_facts_are_named_and_shared_by_nodes() -> None:
    known = state(node("n1"), node("n2"), claim("a"), storage_class(), COUNTS)
    ready = made(PLUGIN, pending("a"), known)
    assert ready is not None
    one, other = (ready.refusal(each) for each in known.nodes)
    assert one is not None
    assert other is not None
    assert dict(one.reasons[0].details) == {"claim": "a", "class": "slow", "size": "1Gi", "provisioner": CSI}
    assert one.reasons[0] is other.reasons[0]


@pytest.mark.parametrize(
    ("claims", "default", "fits"),
    [
        pytest.param(claim("a", of=None), "slow", False, id="the server's claim without a class"),
        pytest.param(manifest(claim("a", of=None)), "slow", True, id="a manifest's"),
        pytest.param(manifest(claim("a", of="")), "slow", False, id="a manifest's that wants none"),
        pytest.param(manifest(claim("a", of=None)), "other", False, id="where the default makes none"),
    ],
)
def test_the_default_class(claims: Object, default: str, fits: bool) -> None:
    marked = {"storageclass.kubernetes.io/is-default-class": "true"}
    classes = [
        storage_class(name, provisioner=provisioner, annotations=marked if name == default else None)
        for name, provisioner in (("slow", CSI), ("other", LOCAL))
    ]
    assert (refusal(PLUGIN, pending("a"), state(claims, *classes)) is None) is fits


def test_of_two_default_classes_the_newest_counts_and_of_one_day_the_first_by_name() -> None:
    marked = {"storageclass.kubernetes.io/is-default-class": "true"}

    def default(name: str, day: str, provisioner: str) -> Object:
        made = storage_class(name, provisioner=provisioner, annotations=marked)
        return {**made, "metadata": {**made["metadata"], "creationTimestamp": f"2026-01-0{day}T00:00:00Z"}}

    asked = manifest(claim("a", of=None))
    newest = state(asked, default("a", "1", LOCAL), default("b", "2", CSI))
    named = state(asked, default("b", "1", LOCAL), default("a", "1", CSI))
    assert refusal(PLUGIN, pending("a"), newest) is None
    assert refusal(PLUGIN, pending("a"), named) is None


@pytest.mark.parametrize(
    ("objects", "named"),
    [
        pytest.param(
            (claim("a", size="much"), STATIC, volume("pv")), "PersistentVolumeClaim default/a", id="a claim's"
        ),
        pytest.param((claim("a"), STATIC, volume("pv", size="1 Gi")), "PersistentVolume pv", id="a volume's"),
        pytest.param(
            (claim("a"), storage_class(), COUNTS, capacity("x")),
            "CSIStorageCapacity kube-system/c-slow-x",
            id="a driver's",
        ),
    ],
)
def test_an_amount_that_is_none_names_its_object(objects: tuple[Object, ...], named: str) -> None:
    with pytest.raises(BadInput) as raised:
        refusal(PLUGIN, pending("a"), state(*objects))
    assert raised.value.values["object"] == named
