"""The next pod of a StatefulSet."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.domain.rules.known_objects import KnownObjects
from kubectl_lab.domain.scheduling import stateful_pods, volume_claims

DATA = {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"]}}


def next_pod(*there: str, claims: tuple[str, ...] = (), **spec: Any) -> dict[str, Any]:
    known = KnownObjects(
        {
            "Pod": [make.pod(name) for name in there],
            "PersistentVolumeClaim": [make.obj("PersistentVolumeClaim", name, "default") for name in claims],
        }
    )
    return dict(stateful_pods.pod_of(make.statefulset("db", spec=spec), known))


@pytest.mark.parametrize(
    ("there", "start", "name"),
    [
        pytest.param((), None, "db-0", id="the first is number 0"),
        pytest.param(("db-0", "db-1"), None, "db-2", id="the next has the next number"),
        pytest.param(("db-1",), None, "db-0", id="a number that is missing comes first"),
        pytest.param((), {"start": 5}, "db-5", id="numbers may start elsewhere"),
    ],
)
def test_its_number(there: tuple[str, ...], start: dict[str, int] | None, name: str) -> None:
    made = next_pod(*there, ordinals=start)
    assert made["metadata"]["name"] == name
    assert made["metadata"]["labels"] == {
        "app": "db",
        "statefulset.kubernetes.io/pod-name": name,
        "apps.kubernetes.io/pod-index": name.removeprefix("db-"),
    }


def test_a_claim_that_is_left_over_is_used_again() -> None:
    made = next_pod(claims=("data-db-0",), volumeClaimTemplates=[DATA])
    assert made["spec"]["volumes"] == [{"name": "data", "persistentVolumeClaim": {"claimName": "data-db-0"}}]


def test_a_claim_that_is_not_there_is_made_with_the_pod() -> None:
    made = next_pod(claims=("data-db-1",), volumeClaimTemplates=[DATA])
    (volume,) = made["spec"]["volumes"]
    assert volume["ephemeral"]["volumeClaimTemplate"]["spec"] == DATA["spec"]
    assert volume_claims.use_of(made, volume) == volume_claims.ClaimUse("data", "data-db-0", ephemeral=True)


def test_a_claim_takes_the_place_of_a_volume_of_its_name() -> None:
    volumes = [{"name": "data", "emptyDir": {}}, {"name": "tmp", "emptyDir": {}}]
    template = {"metadata": {"labels": {"app": "db"}}, "spec": {"volumes": volumes}}
    made = next_pod(volumeClaimTemplates=[DATA], template=template)
    assert [each["name"] for each in made["spec"]["volumes"]] == ["data", "tmp"]
    assert "emptyDir" not in made["spec"]["volumes"][0]


def test_without_claims_the_volumes_stay() -> None:
    assert "volumes" not in next_pod()["spec"]
