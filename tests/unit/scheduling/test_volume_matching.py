"""Unbound claims that wait for a node: a free volume there, or one that could be made for it."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_lab.domain.scheduling.volume_binding_node import NO_VOLUME
from unit.scheduling.storing import (
    CSI,
    LOCAL,
    claim,
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
