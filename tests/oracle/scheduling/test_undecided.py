"""Where the real scheduler leaves it to chance, no difference is told; where it does not, every one is."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import pytest

import make
from oracle.scheduling import compare

if TYPE_CHECKING:
    from oracle.scheduling.program import Oracle

pytestmark = pytest.mark.oracle
ONCE, MANY = ["ReadWriteOnce"], ["ReadWriteOnce", "ReadWriteMany"]
CLASS = {"kind": "StorageClass", "apiVersion": "storage.k8s.io/v1", "metadata": {"name": "local", "uid": "c"}}


def volume(name: str, modes: list[str], size: str) -> dict[str, Any]:
    spec = {"capacity": {"storage": size}, "accessModes": modes, "storageClassName": "local"}
    spec |= {"persistentVolumeReclaimPolicy": "Retain", "hostPath": {"path": "/data"}}
    return make.obj("PersistentVolume", name, spec=spec, status={"phase": "Available"})


def claim(name: str, mode: str) -> dict[str, Any]:
    spec = {"accessModes": [mode], "storageClassName": "local", "resources": {"requests": {"storage": "1Gi"}}}
    return make.obj("PersistentVolumeClaim", name, "default", spec=spec, status={"phase": "Pending"})


def world(size: str) -> compare.Question:
    """The first claim takes either volume, the second one only `shared`: of one size, which is taken is chance."""
    waits = CLASS | {"provisioner": "kubernetes.io/no-provisioner", "volumeBindingMode": "WaitForFirstConsumer"}
    volumes = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in ("a", "b")]
    pod = make.pod("web", node="", phase="Pending", ready=False, volumes=tuple(volumes))
    room = {"allocatable": {"cpu": "4", "memory": "4Gi", "pods": "9"}}
    objects = [make.node("n1") | {"status": room}, waits, volume("own", ONCE, "1Gi"), volume("shared", MANY, size)]
    objects += [claim("a", "ReadWriteOnce"), claim("b", "ReadWriteMany"), pod]
    return {"objects": objects, "loose": [], "subjects": ["default/web"], "gates": {}}


def answers(oracle: Oracle, question: compare.Question) -> set[bool]:
    """Whether the real plugin refuses the node, asked often."""
    found = (oracle.ask(question)["subjects"][0]["plugins"]["VolumeBinding"]["nodes"] for _ in range(60))
    return {"n1" in each and each["n1"] is not None for each in found}


def told(oracle: Oracle, question: compare.Question, theirs: Any, mine: Any) -> list[compare.Difference]:
    tally = compare.Tally()
    tally.add(
        compare.Difference(question, "VolumeBinding", "default/web", ("nodes", "n1"), theirs, mine), compare.PAIRS
    )
    tally.settle(compare.again(oracle, functools.partial(compare.plugin, "VolumeBinding")))
    return tally.differences


def test_of_volumes_of_one_size_the_scheduler_takes_now_this_one_now_that(oracle: Oracle) -> None:
    question = world("1Gi")
    assert answers(oracle, question) == {True, False}
    assert told(oracle, question, {"code": "U", "reasons": []}, None) == []


def test_of_two_sizes_it_takes_the_smaller_always_and_a_difference_stays(oracle: Oracle) -> None:
    question = world("2Gi")
    assert answers(oracle, question) == {False}
    wrong = compare.Difference(question, "VolumeBinding", "default/web", ("nodes", "n2"), None, {"code": "U"})
    tally = compare.Tally(differences=[wrong])
    tally.settle(lambda _: [wrong])
    assert tally.differences == [wrong]
