"""Zones and regions of bound volumes."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.scheduling.volume_zone import CONFLICT
from unit.scheduling.storing import (
    before,
    claim,
    ephemeral,
    made,
    manifest,
    pending,
    refusal,
    state,
    storage_class,
    texts,
    unjudged,
    volume,
)

PLUGIN = "VolumeZone"
Object = dict[str, Any]
ZONE, REGION = "topology.kubernetes.io/zone", "topology.kubernetes.io/region"
OLD_ZONE, OLD_REGION = "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region"


@pytest.mark.parametrize(
    ("of_volume", "of_node", "fits"),
    [
        pytest.param({ZONE: "a"}, {ZONE: "a"}, True, id="the same zone"),
        pytest.param({ZONE: "a"}, {ZONE: "b"}, False, id="another zone"),
        pytest.param({ZONE: "a__b"}, {ZONE: "b"}, True, id="one of its zones"),
        pytest.param({ZONE: "a__b"}, {ZONE: "c"}, False, id="none of its zones"),
        pytest.param({ZONE: " a __b"}, {ZONE: "a"}, True, id="blanks around a zone do not count"),
        pytest.param({ZONE: "a__"}, {ZONE: "c"}, True, id="with an empty zone among them the label does not count"),
        pytest.param({ZONE: ""}, {ZONE: "c"}, True, id="nor does an empty one"),
        pytest.param({ZONE: "a"}, {}, True, id="a node without zones"),
        pytest.param({ZONE: "a"}, {REGION: "r"}, False, id="a node with a region alone has no zone"),
        pytest.param({}, {ZONE: "a"}, True, id="a volume without zones"),
        pytest.param({REGION: "r"}, {ZONE: "a", REGION: "r"}, True, id="the same region"),
        pytest.param({REGION: "r"}, {ZONE: "a", REGION: "s"}, False, id="another region"),
        pytest.param({ZONE: "a", REGION: "r"}, {ZONE: "a", REGION: "s"}, False, id="all its labels must fit"),
        pytest.param({OLD_ZONE: "a"}, {ZONE: "a"}, True, id="its old label is today's of the node"),
        pytest.param(
            {OLD_ZONE: "a"}, {OLD_ZONE: "b", ZONE: "a"}, False, id="where the node has the old one that counts"
        ),
        pytest.param({OLD_REGION: "r"}, {REGION: "s"}, False, id="its old region likewise"),
        pytest.param({ZONE: "a"}, {OLD_ZONE: "a"}, False, id="today's label is not the node's old one"),
        pytest.param({ZONE: "a"}, {ZONE: ["a"]}, False, id="a label that is no text"),
    ],
)
def test_the_labels_of_a_volume(of_volume: Object, of_node: Object, fits: bool) -> None:
    known = state(make.node("n1", labels=of_node), claim("a", volume="pv"), volume("pv", labels=of_volume))
    found = refusal(PLUGIN, pending("a"), known)
    assert texts(found) == ([] if fits else [CONFLICT])
    assert found is None or not found.preemption_may_help


def test_both_zones_are_named_and_nodes_of_one_zone_share_the_sentence() -> None:
    nodes = [make.node(name, labels={ZONE: "b"}) for name in ("n1", "n2")]
    known = state(*nodes, claim("a", volume="pv"), volume("pv", labels={ZONE: "c__a"}))
    ready = made(PLUGIN, pending("a"), known)
    assert ready is not None
    one, other = (ready.refusal(each) for each in known.nodes)
    assert one is other
    assert one is not None
    facts = {"claim": "a", "volume": "pv", "key": ZONE, "values": ["a", "c"], "found": "b"}
    assert dict(one.reasons[0].details) == facts


@pytest.mark.parametrize(
    ("objects", "text"),
    [
        pytest.param((), 'persistentvolumeclaim "a" not found', id="no claim"),
        pytest.param((claim("a", volume="pv"),), 'persistentvolume "pv" not found', id="no volume"),
        pytest.param((claim("a", of=""),), "PersistentVolumeClaim had no pv name and storageClass name", id="no class"),
        pytest.param(
            (claim("a", of=None),), "PersistentVolumeClaim had no pv name and storageClass name", id="no word of it"
        ),
        pytest.param((claim("a"),), 'storageclass.storage.k8s.io "slow" not found', id="no such class"),
        pytest.param((claim("a"), storage_class(mode="Immediate")), "PersistentVolume had no name", id="not bound yet"),
        pytest.param((claim("a"), storage_class(mode=None)), "PersistentVolume had no name", id="no mode"),
    ],
)
def test_what_refuses_every_node(objects: tuple[Object, ...], text: str) -> None:
    assert before(PLUGIN, pending("a"), state(*objects)) == [text]


def test_a_volume_that_names_no_claim_refuses_every_node() -> None:
    nameless = pending(volumes=({"name": "v", "persistentVolumeClaim": {}},))
    assert before(PLUGIN, nameless, state(missing=("PersistentVolumeClaim",))) == ["PersistentVolumeClaim had no name"]


def test_claims_are_looked_at_in_the_order_of_the_volumes() -> None:
    known = state(
        claim("a", volume="pv"), volume("pv", labels={ZONE: "a"}), claim("b", of=""), claim("c", volume="gone")
    )
    assert before(PLUGIN, pending("a", "c", "b"), known) == ['persistentvolume "gone" not found']


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(pending("a"), id="a claim that waits for the pod's node"),
        pytest.param(pending(volumes=(ephemeral("scratch"),)), id="an ephemeral volume"),
        pytest.param(pending(volumes=(make.empty_dir(),)), id="no claim"),
    ],
)
def test_such_a_pod_needs_no_check(asked: Object) -> None:
    assert made(PLUGIN, asked, state(claim("a"), storage_class())) is None


@pytest.mark.parametrize(
    ("missing", "objects", "open_"),
    [
        pytest.param("PersistentVolumeClaim", (), "persistentvolumeclaims", id="claims"),
        pytest.param("PersistentVolume", (claim("a", volume="pv"),), "persistentvolumes", id="volumes"),
        pytest.param("StorageClass", (claim("a"),), "storageclasses", id="classes"),
        pytest.param("StorageClass", (manifest(claim("a", of=None)),), "storageclasses", id="the default class, too"),
    ],
)
def test_a_kind_that_was_not_read(missing: str, objects: tuple[Object, ...], open_: str) -> None:
    known = state(*objects, missing=(missing,))
    assert unjudged(PLUGIN, pending("a"), known) == [f"{open_}: not captured"]
    assert refusal(PLUGIN, pending("a"), known) is None


def test_a_class_that_was_not_read_excuses_no_claim_without_one() -> None:
    known = state(claim("a", of=""), missing=("StorageClass",))
    assert before(PLUGIN, pending("a"), known) == ["PersistentVolumeClaim had no pv name and storageClass name"]
