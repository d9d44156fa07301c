"""Volumes that are yet to be made for claims that wait for a node."""

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
    volume,
)

PLUGIN = "VolumeBinding"
Object = dict[str, Any]
STATIC = storage_class(provisioner=LOCAL)


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
