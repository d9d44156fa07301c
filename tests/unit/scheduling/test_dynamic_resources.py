"""Devices by claims and classes: said, never judged; and what a pod's verdict calls for."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.scheduling.dynamic_resources import served_by_classes
from kubectl_lab.domain.scheduling.volume_needs import kinds_needed
from unit.scheduling.storing import ephemeral, made, pending, refusal, state, unjudged, uses

PLUGIN = "DynamicResources"
Object = dict[str, Any]
STORAGE = {
    "PersistentVolumeClaim",
    "PersistentVolume",
    "StorageClass",
    "CSINode",
    "CSIDriver",
    "VolumeAttachment",
}


def asking(*names: str, part: str = "containers", how: str = "requests") -> Object:
    amounts = {how: dict.fromkeys(names, "1")}
    return pending(spec={part: [{"name": "main", "resources": amounts}]})


def claiming(*names: str) -> Object:
    return pending(spec={"resourceClaims": [{"name": name, "resourceClaimName": name} for name in names]})


def device_class(name: str, serves: str | None = None) -> Object:
    return make.obj(
        "DeviceClass", name, api="resource.k8s.io/v1", spec={"extendedResourceName": serves} if serves else {}
    )


GPU = device_class("gpus", "example.com/gpu")


@pytest.mark.parametrize(
    ("asked", "objects", "told"),
    [
        pytest.param(
            claiming("gpu", "nic"),
            (),
            ["resourceclaims gpu: not simulated", "resourceclaims nic: not simulated"],
            id="claims",
        ),
        pytest.param(
            asking("example.com/gpu"), (GPU,), ["extended resource example.com/gpu: not simulated"], id="requests"
        ),
        pytest.param(
            asking("example.com/gpu", part="initContainers", how="limits"),
            (GPU,),
            ["extended resource example.com/gpu: not simulated"],
            id="limits of an init container",
        ),
        pytest.param(
            asking("deviceclass.resource.kubernetes.io/gpus"),
            (device_class("gpus"),),
            ["extended resource deviceclass.resource.kubernetes.io/gpus: not simulated"],
            id="a class by its name",
        ),
    ],
)
def test_devices_are_neither_refused_nor_taken_as_given(
    asked: Object, objects: tuple[Object, ...], told: list[str]
) -> None:
    known = state(*objects)
    assert unjudged(PLUGIN, asked, known) == told
    assert refusal(PLUGIN, asked, known) is None


@pytest.mark.parametrize(
    ("asked", "objects"),
    [
        pytest.param(make.pod("web"), (GPU,), id="no devices"),
        pytest.param(asking("example.com/gpu"), (), id="an extended resource that nodes count themselves"),
        pytest.param(asking("example.com/gpu"), (device_class("nics", "example.com/nic"),), id="a class of another"),
        pytest.param(asking("cpu", "memory", "hugepages-2Mi"), (GPU,), id="resources of Kubernetes"),
        pytest.param(
            asking("requests.example.com/gpu"), (device_class("x", "requests.example.com/gpu"),), id="a quota's name"
        ),
        pytest.param(
            asking("x.kubernetes.io/y"), (device_class("x", "x.kubernetes.io/y"),), id="a name of Kubernetes' own"
        ),
    ],
)
def test_such_a_pod_needs_no_check(asked: Object, objects: tuple[Object, ...]) -> None:
    assert made(PLUGIN, asked, state(*objects)) is None


@pytest.mark.parametrize(
    ("version", "gates", "served"),
    [
        pytest.param((1, 36, 0), {}, ("example.com/gpu",), id="on from 1.36"),
        pytest.param((1, 35, 0), {}, (), id="off in 1.35"),
        pytest.param((1, 35, 0), {"DRAExtendedResource": True}, ("example.com/gpu",), id="switched on"),
        pytest.param((1, 36, 0), {"DRAExtendedResource": False}, (), id="switched off"),
    ],
)
def test_classes_serve_extended_resources_where_the_server_lets_them(
    version: tuple[int, int, int], gates: dict[str, bool], served: tuple[str, ...]
) -> None:
    known = state(GPU, version=version, gates=gates)
    assert served_by_classes(asking("example.com/gpu", "example.com/nic"), known) == served


@pytest.mark.parametrize(
    ("asked", "version", "told"),
    [
        pytest.param(asking("example.com/gpu"), (1, 36, 0), ["deviceclasses: not captured"], id="an extended resource"),
        pytest.param(asking("example.com/gpu"), (1, 33, 0), [], id="not of a server that has no classes"),
        pytest.param(asking("cpu"), (1, 36, 0), [], id="not cpu"),
    ],
)
def test_classes_that_were_not_read(asked: Object, version: tuple[int, int, int], told: list[str]) -> None:
    assert unjudged(PLUGIN, asked, state(missing=("DeviceClass",), version=version)) == told


@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        pytest.param(make.pod("web"), set(), id="nothing"),
        pytest.param(pending(volumes=(make.empty_dir(), *uses(nfs={}))), set(), id="volumes that no claim stands for"),
        pytest.param(pending("a"), STORAGE | {"CSIStorageCapacity"}, id="a claim"),
        pytest.param(pending(volumes=(ephemeral("a"),)), STORAGE | {"CSIStorageCapacity"}, id="an ephemeral volume"),
        pytest.param(pending(volumes=uses(cinder={})), STORAGE, id="an in-tree disk that a driver serves"),
        pytest.param(claiming("gpu"), {"ResourceClaim", "ResourceClaimTemplate"}, id="a device by a claim"),
        pytest.param(asking("example.com/gpu"), {"DeviceClass"}, id="an extended resource"),
        pytest.param({"spec": {"volumes": "none", "resourceClaims": 3, "containers": [None]}}, set(), id="odd shapes"),
    ],
)
def test_the_kinds_that_a_pod_calls_for(asked: Object, kinds: set[str]) -> None:
    assert kinds_needed(asked) == kinds
