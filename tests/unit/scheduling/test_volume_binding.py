"""Claims themselves, and where the volumes of bound claims may be used."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.scheduling.volume_binding import UNBOUND_IMMEDIATE
from kubectl_lab.domain.scheduling.volume_binding_node import NO_VOLUME, NODE_AFFINITY, VOLUME_GONE
from unit.scheduling.storing import (
    LOCAL,
    before,
    claim,
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

PLUGIN = "VolumeBinding"
Object = dict[str, Any]
ANOTHER = make.owner("Pod", "another", api="v1")


@pytest.mark.parametrize(
    ("objects", "text"),
    [
        pytest.param((), 'persistentvolumeclaim "a" not found', id="there is none"),
        pytest.param((claim("a", namespace="far"),), 'persistentvolumeclaim "a" not found', id="it is elsewhere"),
        pytest.param(
            (claim("a", volume="pv", phase="Lost"),),
            'persistentvolumeclaim "a" bound to non-existent persistentvolume "pv"',
            id="it has lost its volume",
        ),
        pytest.param(
            (claim("a", deletionTimestamp="2026-01-01T00:00:00Z"),),
            'persistentvolumeclaim "a" is being deleted',
            id="it is being deleted",
        ),
        pytest.param((claim("a"),), UNBOUND_IMMEDIATE, id="its class does not exist"),
        pytest.param((claim("a", of=""),), UNBOUND_IMMEDIATE, id="it has no class"),
        pytest.param((claim("a"), storage_class(mode="Immediate")), UNBOUND_IMMEDIATE, id="its class binds at once"),
        pytest.param((claim("a"), storage_class(mode=None)), UNBOUND_IMMEDIATE, id="a class that says nothing does"),
        pytest.param(
            (claim("a", volume="pv", annotations={}), storage_class(), volume("pv")),
            UNBOUND_IMMEDIATE,
            id="it names a volume and is not bound to it",
        ),
        pytest.param(
            (claim("a", annotations={"pv.kubernetes.io/bind-completed": "yes"}), storage_class(mode="Immediate")),
            UNBOUND_IMMEDIATE,
            id="it is bound to nothing",
        ),
    ],
)
def test_a_claim_that_refuses_every_node(objects: tuple[Object, ...], text: str) -> None:
    known = state(*objects)
    assert before(PLUGIN, pending("a"), known) == [text]
    found = refusal(PLUGIN, pending("a"), known)
    assert found is not None
    assert not found.preemption_may_help


@pytest.mark.parametrize(
    ("objects", "key"),
    [
        pytest.param((claim("a", volume="pv", annotations={}), storage_class()), "unbound-reserved", id="its volume"),
        pytest.param((claim("a", of=""),), "unbound-classless", id="no class"),
        pytest.param((claim("a"),), "unbound-class-absent", id="no such class"),
        pytest.param((claim("a"), storage_class(mode="Immediate")), "unbound-immediate", id="the class's mode"),
    ],
)
def test_why_a_claim_is_unbound_is_told(objects: tuple[Object, ...], key: str) -> None:
    found = refusal(PLUGIN, pending("a"), state(*objects))
    assert found is not None
    assert found.reasons[0].message["phrase"] == f"scheduling-volumes.{key}"


def test_all_unbound_claims_are_named() -> None:
    known = state(storage_class(mode="Immediate"), claim("a"), claim("b"), claim("c", volume="pv"), volume("pv"))
    found = refusal(PLUGIN, pending("c", "b", "a"), known)
    assert found is not None
    assert found.reasons[0].details["claims"] == ["b", "a"]


def test_the_first_claim_that_is_unusable_is_told() -> None:
    known = state(claim("a", deletionTimestamp="2026-01-01T00:00:00Z"), claim("b", phase="Lost", volume="pv"))
    assert before(PLUGIN, pending("b", "a", "nope"), known) == [
        'persistentvolumeclaim "b" bound to non-existent persistentvolume "pv"'
    ]


@pytest.mark.parametrize(
    ("objects", "text"),
    [
        pytest.param(
            (),
            'waiting for ephemeral volume controller to create the persistentvolumeclaim "web-scratch"',
            id="it is not there yet",
        ),
        pytest.param(
            (claim("web-scratch", ownerReferences=[ANOTHER]),),
            "PVC default/web-scratch was not created for pod default/web (pod is not owner)",
            id="it is another pod's",
        ),
        pytest.param(
            (claim("web-scratch"),),
            "PVC default/web-scratch was not created for pod default/web (pod is not owner)",
            id="somebody made it by hand",
        ),
        pytest.param(
            (claim("web-scratch", phase="Lost", volume="pv"),),
            'persistentvolumeclaim "web-scratch" bound to non-existent persistentvolume "pv"',
            id="lost before whose it is",
        ),
    ],
)
def test_the_claim_of_an_ephemeral_volume(objects: tuple[Object, ...], text: str) -> None:
    assert before(PLUGIN, pending(volumes=(ephemeral("scratch"),)), state(*objects)) == [text]


def test_a_pods_own_ephemeral_claim_is_a_claim_like_any() -> None:
    asked = pending(volumes=(ephemeral("scratch"),))
    own = claim("web-scratch", volume="pv", ownerReferences=[make.owner("Pod", "web", api="v1")])
    assert refusal(PLUGIN, asked, state(own, volume("pv"))) is None
    assert texts(refusal(PLUGIN, asked, state(own, volume("pv", at=("n2",))))) == [NODE_AFFINITY]


def test_a_manifests_ephemeral_volume_is_judged_by_its_template() -> None:
    asked = manifest(pending(volumes=(ephemeral("scratch", storageClassName="slow"),)))
    assert refusal(PLUGIN, asked, state(storage_class())) is None
    assert before(PLUGIN, asked, state(storage_class(mode="Immediate"))) == [UNBOUND_IMMEDIATE]


HERE, ELSEWHERE = volume("pv", at=("n1",)), volume("pv", at=("n2", "n3"))


@pytest.mark.parametrize(
    ("found", "text"),
    [
        pytest.param(volume("pv"), [], id="a volume for everywhere"),
        pytest.param(HERE, [], id="a volume for this node"),
        pytest.param(ELSEWHERE, [NODE_AFFINITY], id="a volume for other nodes"),
        pytest.param(None, [VOLUME_GONE], id="a volume that does not exist"),
        pytest.param(volume("pv", affinity={"nodeSelectorTerms": []}), [NODE_AFFINITY], id="no term at all"),
        pytest.param(volume("pv", spec={"nodeAffinity": {}}), [], id="an affinity that requires nothing"),
        pytest.param(
            volume(
                "pv",
                affinity={
                    "nodeSelectorTerms": [
                        {
                            "matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n9"]}],
                            "matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "Exists"}],
                        }
                    ]
                },
            ),
            [],
            id="only labels count, fields do not",
        ),
        pytest.param(volume("pv", phase="Released"), [], id="its phase does not matter any more"),
    ],
)
def test_the_volume_of_a_bound_claim(found: Object | None, text: list[str]) -> None:
    known = state(claim("a", volume="pv"), *([found] if found else []))
    told = refusal(PLUGIN, pending("a"), known)
    assert texts(told) == text
    assert told is None or not told.preemption_may_help


def test_of_bound_claims_the_first_that_fails_is_told() -> None:
    claims = (claim("a", volume="pv"), claim("b", volume="gone"))
    assert texts(refusal(PLUGIN, pending("a", "b"), state(*claims, ELSEWHERE))) == [NODE_AFFINITY]
    assert texts(refusal(PLUGIN, pending("b", "a"), state(*claims, ELSEWHERE))) == [VOLUME_GONE]


def test_the_affinity_that_fails_is_named() -> None:
    found = refusal(PLUGIN, pending("a"), state(claim("a", volume="pv"), ELSEWHERE))
    assert found is not None
    wanted = ["kubernetes.io/hostname In (n2, n3)"]
    assert dict(found.reasons[0].details) == {"claim": "a", "volume": "pv", "wanted": wanted}


def test_bound_and_unbound_claims_fail_together_in_the_schedulers_order() -> None:
    known = state(
        claim("a", volume="pv"), ELSEWHERE, claim("b", volume="gone"), claim("c"), storage_class(provisioner=LOCAL)
    )
    assert texts(refusal(PLUGIN, pending("c", "a"), known)) == [NODE_AFFINITY, NO_VOLUME]
    assert texts(refusal(PLUGIN, pending("b", "c"), known)) == [NO_VOLUME, VOLUME_GONE]


EBS = {"awsElasticBlockStore": {"volumeID": "vol-1"}}
OLD_ZONE = "failure-domain.beta.kubernetes.io/zone"


def in_zone(*zones: str, key: str = "topology.kubernetes.io/zone") -> Object:
    return {"nodeSelectorTerms": [{"matchExpressions": [{"key": key, "operator": "In", "values": list(zones)}]}]}


@pytest.mark.parametrize(
    ("csi_nodes", "where", "text"),
    [
        pytest.param((), "plain", [], id="without a CSINode Kubernetes' own label counts"),
        pytest.param((csi_node("plain"),), "plain", [], id="so it does where the node announces nothing"),
        pytest.param((csi_node("plain", "kubernetes.io/gce-pd"),), "plain", [], id="or another plugin"),
        pytest.param(
            (csi_node("plain", "kubernetes.io/gce-pd,kubernetes.io/aws-ebs"),),
            "plain",
            [NODE_AFFINITY],
            id="where the driver took over its own label counts",
        ),
        pytest.param((csi_node("driven", "kubernetes.io/aws-ebs"),), "driven", [], id="and the node has that one"),
    ],
)
def test_an_in_tree_volume_that_a_driver_serves(csi_nodes: tuple[Object, ...], where: str, text: list[str]) -> None:
    nodes = (node("plain", zone="a"), node("driven", **{"topology.ebs.csi.aws.com/zone": "a"}))
    known = state(*nodes, *csi_nodes, claim("a", volume="pv"), volume("pv", affinity=in_zone("a"), spec=EBS))
    assert texts(refusal(PLUGIN, pending("a"), known, where)) == text


def test_an_in_tree_volume_that_cannot_be_translated_is_left_open() -> None:
    broken = volume("pv", spec={"azureDisk": {"diskURI": "/u", "kind": "Dedicated"}})
    known = state(claim("a", volume="pv"), broken)
    assert unjudged(PLUGIN, pending("a"), known) == ["persistentvolume pv: its in-tree source cannot be translated"]


@pytest.mark.parametrize(
    ("missing", "objects", "open_"),
    [
        pytest.param("PersistentVolumeClaim", (claim("a"),), "persistentvolumeclaims", id="the claims"),
        pytest.param("StorageClass", (claim("a"),), "storageclasses", id="the class of an unbound claim"),
        pytest.param("StorageClass", (claim("a", volume="pv"),), None, id="not the class of a bound one"),
        pytest.param(
            "PersistentVolume", (claim("a", volume="pv"),), "persistentvolumes", id="the volume of a bound claim"
        ),
        pytest.param(
            "PersistentVolume", (claim("a"), storage_class()), "persistentvolumes", id="the volumes there may be"
        ),
        pytest.param("PersistentVolume", (claim("a", of=""),), None, id="not those of a claim that binds at once"),
        pytest.param(
            "CSINode", (claim("a", volume="pv"), volume("pv", spec=EBS)), "csinodes", id="the node of an in-tree volume"
        ),
        pytest.param("CSINode", (claim("a", volume="pv"), volume("pv")), None, id="not that of another volume"),
        pytest.param("CSIDriver", (claim("a"), storage_class()), "csidrivers", id="the driver that makes a volume"),
        pytest.param("CSIDriver", (claim("a"), storage_class(provisioner=LOCAL)), None, id="not where none makes it"),
        pytest.param("CSIDriver", (claim("a", size=None), storage_class()), None, id="nor for a volume of no size"),
        pytest.param("CSIStorageCapacity", (claim("a"), storage_class()), None, id="nor room that nobody counts"),
        pytest.param(
            "CSIStorageCapacity",
            (claim("a"), storage_class(), make.obj("CSIDriver", "csi.example.com", spec={"storageCapacity": True})),
            "csistoragecapacities",
            id="the room that a driver counts",
        ),
    ],
)
def test_a_kind_that_was_not_read(missing: str, objects: tuple[Object, ...], open_: str | None) -> None:
    known = state(*objects, missing=(missing,))
    assert unjudged(PLUGIN, pending("a"), known) == ([f"{open_}: not captured"] if open_ else [])
    assert open_ is None or refusal(PLUGIN, pending("a"), known) is None


def test_a_pod_without_claims_needs_no_check() -> None:
    assert (
        made(PLUGIN, pending(volumes=(make.empty_dir(), *uses(hostPath={}))), state(missing=("PersistentVolume",)))
        is None
    )
