"""Volumes of Kubernetes' own plugins, which drivers serve now, among what a node takes."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.scheduling.node_volume_limits import TOO_MANY
from unit.scheduling.storing import (
    claim,
    csi,
    csi_node,
    made,
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
EBS, GCE = "ebs.csi.aws.com", "pd.csi.storage.gke.io"


def other(*claims: str, name: str = "other", namespace: str = "default", **rest: Any) -> Object:
    return make.pod(name, namespace, volumes=uses(*claims), **rest)


@pytest.mark.parametrize(
    ("plugin", "handle", "driver"),
    [
        pytest.param({"awsElasticBlockStore": {"volumeID": "aws://z/vol-1"}}, "vol-1", EBS, id="an EBS volume"),
        pytest.param(
            {"gcePersistentDisk": {"pdName": "d"}},
            "projects/UNSPECIFIED/zones/UNSPECIFIED/disks/d",
            GCE,
            id="a GCE disk",
        ),
        pytest.param(
            {"azureDisk": {"diskURI": "/u", "kind": "Managed"}}, "/u", "disk.csi.azure.com", id="an Azure disk"
        ),
        pytest.param({"cinder": {"volumeID": "c"}}, "c", "cinder.csi.openstack.org", id="a Cinder volume"),
        pytest.param({"portworxVolume": {"volumeID": "p"}}, "p", "pxd.portworx.com", id="a Portworx volume"),
    ],
)
class TestInTree:
    """Volumes of Kubernetes' own plugins, which drivers serve now."""

    def test_a_volume_of_the_pod_itself_counts(self, plugin: Object, handle: str, driver: str) -> None:
        del handle
        known = state(csi_node("n1", **{driver.replace(".", "_"): 0}))
        assert texts(refusal(PLUGIN, pending(volumes=uses(**plugin)), known)) == [TOO_MANY]

    def test_a_persistent_volume_counts(self, plugin: Object, handle: str, driver: str) -> None:
        del handle
        known = state(
            claim("a", volume="pv"), volume("pv", spec=plugin), csi_node("n1", **{driver.replace(".", "_"): 0})
        )
        assert texts(refusal(PLUGIN, pending("a"), known)) == [TOO_MANY]

    def test_it_is_the_drivers_own_volume(self, plugin: Object, handle: str, driver: str) -> None:
        known = state(
            claim("a", volume="pv"),
            volume("pv", spec=plugin),
            claim("b", volume="pv-b"),
            csi("pv-b", handle, driver=driver),
            csi_node("n1", **{driver.replace(".", "_"): 1}),
            other("b"),
        )
        assert texts(refusal(PLUGIN, pending("a"), known)) == []

    def test_before_1_35_the_node_must_say_that_the_driver_took_over(
        self, plugin: Object, handle: str, driver: str
    ) -> None:
        del handle
        limit = {driver.replace(".", "_"): 0}
        names = "kubernetes.io/aws-ebs,kubernetes.io/gce-pd,kubernetes.io/azure-disk,kubernetes.io/cinder,kubernetes.io/portworx-volume"
        asked = pending(volumes=uses(**plugin))
        silent = state(csi_node("n1", **limit), version=(1, 34, 4))
        telling = state(csi_node("n1", names, **limit), version=(1, 34, 4))
        assert (texts(refusal(PLUGIN, asked, silent)), texts(refusal(PLUGIN, asked, telling))) == ([], [TOO_MANY])

    def test_without_a_csi_node_nothing_took_over(self, plugin: Object, handle: str, driver: str) -> None:
        del handle, driver
        assert texts(refusal(PLUGIN, pending(volumes=uses(**plugin)), state())) == []


@pytest.mark.parametrize(
    ("provisioner", "limit", "counts"),
    [
        pytest.param("kubernetes.io/aws-ebs", {"ebs_csi_aws_com": 0}, True, id="an in-tree provisioner is its driver"),
        pytest.param("kubernetes.io/azure-file", {"file_csi_azure_com": 0}, False, id="Azure files are not counted"),
        pytest.param("kubernetes.io/vsphere-volume", {"csi_vsphere_vmware_com": 0}, False, id="vSphere's are not"),
    ],
)
def test_a_class_of_an_in_tree_provisioner(provisioner: str, limit: dict[str, int], counts: bool) -> None:
    known = state(claim("a"), storage_class(provisioner=provisioner), csi_node("n1", **limit))
    assert texts(refusal(PLUGIN, pending("a"), known)) == ([TOO_MANY] if counts else [])
    silent = state(claim("a"), storage_class(provisioner=provisioner), csi_node("n1", **limit), version=(1, 34, 0))
    assert texts(refusal(PLUGIN, pending("a"), silent)) == []


def test_an_in_tree_volume_that_no_driver_can_name_is_left_open() -> None:
    asked = pending(volumes=uses(awsElasticBlockStore={"volumeID": "aws://z/disk"}))
    known = state(csi_node("n1", ebs_csi_aws_com=0))
    assert unjudged(PLUGIN, asked, known) == ["volume disk: no CSI driver's name for it"]
    assert refusal(PLUGIN, asked, known) is None


def test_a_persistent_volume_that_no_driver_can_name_does_not_count() -> None:
    broken = volume("pv", spec={"awsElasticBlockStore": {"volumeID": "aws://z/disk"}})
    known = state(claim("a", volume="pv"), broken, csi_node("n1", ebs_csi_aws_com=0))
    assert made(PLUGIN, pending("a"), known) is not None
    assert refusal(PLUGIN, pending("a"), known) is None
