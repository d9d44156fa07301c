"""In-tree volumes as their CSI drivers see them."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_lab.domain.scheduling.volume_migration import PLUGINS, translated_affinity, volume_handle, volume_plugin
from unit.scheduling.storing import csi, volume

Object = dict[str, Any]
ZONE, REGION = "topology.kubernetes.io/zone", "topology.kubernetes.io/region"
OLD_ZONE, OLD_REGION = "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region"
GCE_ZONE = "topology.gke.io/zone"
EBS = {"awsElasticBlockStore": {"volumeID": "vol-1"}}
GCE = {"gcePersistentDisk": {"pdName": "d"}}


@pytest.mark.parametrize(
    ("named", "handle"),
    [
        pytest.param("vol-1", "vol-1", id="the volume itself"),
        pytest.param("aws://zone/vol-1", "vol-1", id="with its zone"),
        pytest.param("aws:///vol-1", "vol-1", id="without one"),
        pytest.param("aws://zone/vol-1/", "vol-1", id="with a slash at its end"),
        pytest.param("anything", "anything", id="what is no address is taken as it is"),
        pytest.param("aws://zone/disk-1", None, id="no volume's name"),
        pytest.param("aws://zone/a/vol-1", None, id="no volume's path"),
        pytest.param("aws://zone", None, id="no path"),
        pytest.param("aws://zo\nne", None, id="no address at all"),
    ],
)
def test_what_ebs_calls_a_volume(named: str, handle: str | None) -> None:
    assert volume_handle(volume("pv", spec={"awsElasticBlockStore": {"volumeID": named}})) == handle


@pytest.mark.parametrize(
    ("labels", "handle"),
    [
        pytest.param({}, "projects/UNSPECIFIED/zones/UNSPECIFIED/disks/d", id="no zone"),
        pytest.param({ZONE: "us-a-1"}, "projects/UNSPECIFIED/zones/us-a-1/disks/d", id="a zone"),
        pytest.param(
            {OLD_ZONE: "us-a-1", ZONE: "x"}, "projects/UNSPECIFIED/zones/us-a-1/disks/d", id="the old label first"
        ),
        pytest.param({ZONE: "us-a-1__us-a-2"}, "projects/UNSPECIFIED/regions/us-a/disks/d", id="zones of a region"),
        pytest.param({ZONE: "us-a-1__us-b-1"}, None, id="zones of two regions"),
        pytest.param({ZONE: "us-a-1__us-a"}, None, id="what is no zone"),
    ],
)
def test_what_gce_calls_a_disk(labels: Object, handle: str | None) -> None:
    assert volume_handle(volume("pv", labels=labels, spec=GCE)) == handle


def test_azure_takes_managed_disks_only() -> None:
    disks = [{"diskURI": "/u"}, {"diskURI": "/u", "kind": "MANAGED"}, {"diskURI": "/u", "kind": "Shared"}]
    assert [volume_handle(volume("pv", spec={"azureDisk": disk})) for disk in disks] == ["/u", "/u", None]


def test_a_drivers_own_volume_has_no_in_tree_plugin() -> None:
    assert volume_plugin(csi("pv")) is None


def asks(*terms: tuple[tuple[str, str, tuple[str, ...]], ...]) -> Object:
    return {
        "nodeSelectorTerms": [
            {
                "matchExpressions": [
                    {"key": key, "operator": operator, "values": list(values)} for key, operator, values in term
                ]
            }
            for term in terms
        ]
    }


IN_A = (ZONE, "In", ("a",))


@pytest.mark.parametrize(
    ("affinity", "labels", "translated"),
    [
        pytest.param(asks((IN_A,)), {}, asks(((GCE_ZONE, "In", ("a",)),)), id="today's zone"),
        pytest.param(asks((IN_A,), (IN_A,)), {}, asks(*[((GCE_ZONE, "In", ("a",)),)] * 2), id="in every term"),
        pytest.param(
            asks(((OLD_ZONE, "In", ("a",)), (OLD_REGION, "In", ("r",)))),
            {},
            asks(((GCE_ZONE, "In", ("a",)), (REGION, "In", ("r",)))),
            id="the old zone, and the old region becomes today's",
        ),
        pytest.param(
            asks(((OLD_ZONE, "In", ("a",)), (OLD_REGION, "Exists", ()))),
            {},
            asks(((GCE_ZONE, "In", ("a",)), (OLD_REGION, "Exists", ()))),
            id="a region without values stays",
        ),
        pytest.param(
            asks((IN_A, (OLD_ZONE, "In", ("a",)))),
            {},
            asks(((GCE_ZONE, "In", ("a",)), (OLD_ZONE, "In", ("a",)))),
            id="of both zones today's alone",
        ),
        pytest.param(
            asks(((ZONE, "Exists", ()),)), {}, asks(((ZONE, "Exists", ()),)), id="a zone without values stays"
        ),
        pytest.param(
            None, {ZONE: "b__a"}, asks(((GCE_ZONE, "In", ("a", "b")),)), id="without an affinity the label's zones"
        ),
        pytest.param(None, {OLD_ZONE: "a"}, asks(((GCE_ZONE, "In", ("a",)),)), id="the old label's likewise"),
        pytest.param(
            asks((("disk", "In", ("ssd",)),)),
            {ZONE: "a"},
            asks((("disk", "In", ("ssd",)), (GCE_ZONE, "In", ("a",)))),
            id="to what else is asked for they are added",
        ),
        pytest.param(asks((IN_A,)), {ZONE: "b"}, asks(((GCE_ZONE, "In", ("a",)),)), id="the affinity before the label"),
        pytest.param(None, {ZONE: " "}, None, id="a label without zones asks for nothing"),
        pytest.param(asks(), {}, asks(), id="an affinity without terms stays one"),
        pytest.param(None, {}, None, id="nothing at all"),
    ],
)
def test_where_a_driver_lets_a_volume_be_used(
    affinity: Object | None, labels: Object, translated: Object | None
) -> None:
    given = volume("pv", affinity=affinity, labels=labels, spec=GCE)
    if affinity == asks():
        given["spec"]["nodeAffinity"] = {"required": affinity}
    assert translated_affinity(given, PLUGINS["gcePersistentDisk"]) == translated


def test_azure_and_portworx_keep_kubernetes_own_labels() -> None:
    given = volume("pv", affinity=asks((IN_A,)), labels={ZONE: "b"})
    for field in ("azureDisk", "portworxVolume"):
        assert translated_affinity(given, PLUGINS[field]) == asks((IN_A,))
