"""Disks that one pod alone may write, claims that one pod alone may use."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.scheduling.volume_restrictions import DISK, IN_USE, IN_USE_BEFORE_1_34
from unit.scheduling.storing import claim, made, node, pending, refusal, state, texts, unjudged, uses

PLUGIN = "VolumeRestrictions"
Object = dict[str, Any]


def pd(name: str, *, readOnly: bool = False) -> Object:  # noqa: N803 - the API's own field
    return uses(gcePersistentDisk={"pdName": name, "readOnly": readOnly})[0]


def ebs(name: str, *, readOnly: bool = False) -> Object:  # noqa: N803 - the API's own field
    return uses(awsElasticBlockStore={"volumeID": name, "readOnly": readOnly})[0]


def iscsi(name: str, *, readOnly: bool = False) -> Object:  # noqa: N803 - the API's own field
    return uses(iscsi={"iqn": name, "targetPortal": "a:3260", "readOnly": readOnly})[0]


def rbd(image: str, *monitors: str, pool: str | None = None, **more: Any) -> Object:
    named = {"pool": pool} if pool else {}
    return uses(rbd={"image": image, "monitors": list(monitors)} | named | more)[0]


@pytest.mark.parametrize(
    ("wanted", "taken", "refused"),
    [
        pytest.param(pd("a"), pd("a"), True, id="one GCE disk that both write"),
        pytest.param(pd("a", readOnly=True), pd("a"), True, id="one GCE disk that only the other writes"),
        pytest.param(pd("a"), pd("a", readOnly=True), True, id="one GCE disk that only the new pod writes"),
        pytest.param(pd("a", readOnly=True), pd("a", readOnly=True), False, id="one GCE disk that both only read"),
        pytest.param(pd("a"), pd("b"), False, id="two GCE disks"),
        pytest.param(
            ebs("a", readOnly=True), ebs("a", readOnly=True), True, id="one EBS volume, though both only read"
        ),
        pytest.param(ebs("a"), ebs("b"), False, id="two EBS volumes"),
        pytest.param(iscsi("a"), iscsi("a"), True, id="one iSCSI name"),
        pytest.param(
            iscsi("a", readOnly=True), iscsi("a", readOnly=True), False, id="one iSCSI name that both only read"
        ),
        pytest.param(iscsi("a"), iscsi("b"), False, id="two iSCSI names"),
        pytest.param(rbd("i", "m1", "m2"), rbd("i", "m2", "m3"), True, id="one image by a monitor that both name"),
        pytest.param(rbd("i", "m1"), rbd("i", "m2"), False, id="one image by monitors of which none is the same"),
        pytest.param(rbd("i", "m1"), rbd("j", "m1"), False, id="two images of one monitor"),
        pytest.param(rbd("i", "m1", pool="p"), rbd("i", "m1"), False, id="one image of two pools"),
        pytest.param(rbd("i", "m1", pool="rbd"), rbd("i", "m1"), True, id="the pool that is not named is rbd"),
        pytest.param(
            rbd("i", "m1", readOnly=True), rbd("i", "m1", readOnly=True), False, id="one image that both only read"
        ),
        pytest.param(pd("a"), ebs("a"), False, id="disks of two clouds with one name"),
        pytest.param(pd("a"), make.empty_dir(), False, id="an emptyDir is no disk"),
    ],
)
def test_a_disk_of_a_pod_of_the_node(wanted: Object, taken: Object, refused: bool) -> None:
    known = state(make.pod("other", volumes=(taken,)))
    found = refusal(PLUGIN, pending(volumes=(wanted,)), known)
    assert texts(found) == ([DISK] if refused else [])
    assert found is None or found.preemption_may_help


def test_a_disk_in_use_on_another_node_refuses_only_that_one() -> None:
    known = state(node("n1"), node("n2"), make.pod("other", node="n2", volumes=(pd("a"),)))
    assert texts(refusal(PLUGIN, pending(volumes=(pd("a"),)), known)) == []
    assert texts(refusal(PLUGIN, pending(volumes=(pd("a"),)), known, "n2")) == [DISK]


def test_a_disk_names_the_pod_that_uses_it() -> None:
    found = refusal(PLUGIN, pending(volumes=(rbd("i", "m"),)), state(make.pod("db", "shop", volumes=(rbd("i", "m"),))))
    assert found is not None
    assert dict(found.reasons[0].details) == {"disk": "rbd/i", "source": "rbd", "pod": "shop/db"}


def one_pod(name: str = "data", **rest: Any) -> Object:
    return claim(name, modes=("ReadWriteOncePod",), **rest)


@pytest.mark.parametrize(
    ("known", "refused"),
    [
        pytest.param((one_pod(), make.pod("other", volumes=uses("data"))), True, id="a pod of the node has it"),
        pytest.param(
            (one_pod(), make.pod("other", node="n2", volumes=uses("data"))), True, id="a pod of any node has it"
        ),
        pytest.param(
            (one_pod(), make.pod("other", node="n3", volumes=uses("data"))), False, id="its node does not exist"
        ),
        pytest.param(
            (one_pod(), make.pod("other", node="", volumes=uses("data"))), False, id="the other waits as well"
        ),
        pytest.param(
            (one_pod(), make.pod("other", "b", volumes=uses("data"))), False, id="a claim of another namespace"
        ),
        pytest.param(
            (one_pod(), make.pod("other", phase="Failed", volumes=uses("data"))), False, id="the other has ended"
        ),
        pytest.param(
            (claim("data"), make.pod("other", volumes=uses("data"))), False, id="a claim for any number of pods"
        ),
        pytest.param((one_pod(), make.pod("other", volumes=uses("more"))), False, id="another claim"),
    ],
)
def test_a_claim_for_one_pod_refuses_every_node_while_another_has_it(known: tuple[Object, ...], refused: bool) -> None:
    cluster = state(node("n1"), node("n2"), *known)
    for where in ("n1", "n2"):
        assert texts(refusal(PLUGIN, pending("data"), cluster, where)) == ([IN_USE] if refused else [])


@pytest.mark.parametrize(
    ("version", "text"),
    [
        pytest.param((1, 34, 0), IN_USE, id="since 1.34 the claim is named as what it is"),
        pytest.param((1, 33, 9), IN_USE_BEFORE_1_34, id="before 1.34 the node is"),
    ],
)
def test_the_text_of_a_claim_for_one_pod(version: tuple[int, int, int], text: str) -> None:
    known = state(one_pod(), make.pod("other", volumes=uses("data")), version=version)
    found = refusal(PLUGIN, pending("data"), known)
    assert texts(found) == [text]
    assert found is not None
    assert found.preemption_may_help
    assert dict(found.reasons[0].details) == {"claim": "data", "pod": "default/other", "node": "n1"}


def test_a_disk_comes_before_a_claim() -> None:
    other = make.pod("other", volumes=(*uses("data"), pd("a")))
    assert texts(refusal(PLUGIN, pending("data", volumes=(pd("a"),)), state(one_pod(), other))) == [DISK]


@pytest.mark.parametrize(
    ("users", "removed", "refused"),
    [
        pytest.param((("a", "default"),), ("a",), False, id="the only user gone, the claim is free"),
        pytest.param((("a", "default"), ("b", "default")), ("a",), False, id="of two users the scheduler counts one"),
        pytest.param((("a", "default"),), (), True, id="with nobody gone it is not"),
        pytest.param(
            (("a", "default"), ("c", "far")), ("c",), False, id="a claim of the same name elsewhere counts as well"
        ),
        pytest.param((("a", "default"), ("d", "none")), ("d",), True, id="a pod without it changes nothing"),
    ],
)
def test_preemption_takes_users_away(
    users: tuple[tuple[str, str], ...], removed: tuple[str, ...], refused: bool
) -> None:
    pods = [make.pod(name, namespace, volumes=() if namespace == "none" else uses("data")) for name, namespace in users]
    known = state(one_pod(), *pods)
    ready = made(PLUGIN, pending("data"), known)
    assert ready is not None
    info = known.node_by_name["n1"]
    after = ready.changed(info, removed=[pod for pod in pods if pod["metadata"]["name"] in removed])
    assert texts(after.refusal(info)) == ([IN_USE] if refused else [])


def test_a_nominated_pod_takes_the_claim() -> None:
    known = state(one_pod())
    ready = made(PLUGIN, pending("data", volumes=(pd("a"),)), known)
    assert ready is not None
    info = known.node_by_name["n1"]
    assert ready.refusal(info) is None
    coming = make.pod("first", volumes=uses("data"))
    found = ready.changed(info, added=[coming]).refusal(info)
    assert texts(found) == [IN_USE]
    assert found is not None
    assert found.reasons[0].details["pod"] == "default/first"


def test_more_users_gone_than_the_scheduler_counted_make_room_for_one_more() -> None:
    pods = [make.pod(name, volumes=uses("data")) for name in "ab"]
    known = state(one_pod(), *pods)
    ready = made(PLUGIN, pending("data"), known)
    assert ready is not None
    info = known.node_by_name["n1"]
    coming = make.pod("first", volumes=uses("data"))
    after = ready.changed(info, removed=pods).changed(info, added=[coming])
    assert after.refusal(info) is None


def test_without_claims_for_one_pod_nothing_changes() -> None:
    known = state(make.pod("other", volumes=(pd("a"),)))
    ready = made(PLUGIN, pending(volumes=(pd("a"),)), known)
    assert ready is not None
    assert ready.changed(known.nodes[0], removed=known.nodes[0].pods) is ready


def test_a_claim_that_does_not_exist_refuses_every_node_before_any_is_looked_at() -> None:
    ready = made(PLUGIN, pending("data", "nope", "never"), state(claim("data")))
    assert ready is not None
    assert texts(ready.before) == ['persistentvolumeclaim "nope" not found']
    assert ready.before is not None
    assert not ready.before.preemption_may_help


def test_claims_that_were_not_read_are_not_judged_and_disks_are() -> None:
    known = state(make.pod("other", volumes=(pd("a"),)), missing=("PersistentVolumeClaim",))
    asked = pending("data", volumes=(pd("a"),))
    assert unjudged(PLUGIN, asked, known) == ["persistentvolumeclaims: not captured"]
    assert texts(refusal(PLUGIN, asked, known)) == [DISK]
    assert texts(refusal(PLUGIN, pending("data"), known)) == []


@pytest.mark.parametrize(
    "pod",
    [
        pytest.param(make.pod("web"), id="without volumes"),
        pytest.param(pending(volumes=(make.empty_dir(),)), id="with an emptyDir"),
        pytest.param(pending(volumes=({"name": "x", "ephemeral": {}},)), id="an ephemeral volume's claim is its own"),
    ],
)
def test_such_a_pod_needs_no_check(pod: Object) -> None:
    assert made(PLUGIN, pod, state(missing=("PersistentVolumeClaim",))) is None
