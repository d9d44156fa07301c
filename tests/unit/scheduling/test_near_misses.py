"""Which toleration nearly tolerates a taint, and which taint a useless toleration was for."""

from __future__ import annotations

from typing import Any

import pytest

import make
from kubectl_lab.catalogue.words import reason
from kubectl_lab.domain.scheduling.features import Features
from kubectl_lab.domain.scheduling.near_misses import near_miss, nearest_taint

ON = Features(gates={"TaintTolerationComparisonOperators": True})
BLUE = "team=blue:NoSchedule"


def comparing(operator: str, value: str, effect: str = "NoSchedule") -> dict[str, Any]:
    return {"key": "cores", "operator": operator, "value": value, "effect": effect}


def missed(taint: str, *tolerations: dict[str, Any], features: Features = ON, lang: str = "en") -> str | None:
    found = near_miss(tolerations, make.taint(taint), features)
    return reason(found, lang) if found else None


@pytest.mark.parametrize(
    ("toleration", "en", "fr"),
    [
        pytest.param(
            make.toleration("team=red:NoSchedule"),
            "the toleration team=red:NoSchedule comes near: its value is red, the taint's is blue",
            "la toleration team=red:NoSchedule n'en est pas loin : sa valeur est red, celle du taint blue",
            id="another value",
        ),
        pytest.param(
            {"key": "team", "effect": "NoSchedule"},
            "the toleration team=:NoSchedule comes near: without a value it matches an empty one only, and the taint's is blue "
            "(operator Exists matches any)",
            "la toleration team=:NoSchedule n'en est pas loin : sans valeur elle ne correspond qu'à une valeur vide, et celle du "
            "taint est blue (l'opérateur Exists les accepte toutes)",
            id="no value and no operator",
        ),
        pytest.param(
            make.toleration("team=blue:NoExecute"),
            "the toleration team=blue:NoExecute comes near: it is for the effect NoExecute, the taint's is NoSchedule",
            "la toleration team=blue:NoExecute n'en est pas loin : elle vise l'effet NoExecute, celui du taint est NoSchedule",
            id="another effect",
        ),
        pytest.param(
            make.toleration("*:NoExecute"),
            "the toleration *:NoExecute comes near: it is for the effect NoExecute, the taint's is NoSchedule",
            "la toleration *:NoExecute n'en est pas loin : elle vise l'effet NoExecute, celui du taint est NoSchedule",
            id="everything of another effect",
        ),
        pytest.param(
            make.toleration("taem=blue:NoSchedule"),
            "the toleration taem=blue:NoSchedule comes near: its key is taem, the taint's is team",
            "la toleration taem=blue:NoSchedule n'en est pas loin : sa clé est taem, celle du taint team",
            id="a slip in the key",
        ),
        pytest.param(
            make.toleration("team=red:NoExecute"),
            "the toleration team=red:NoExecute has the key of the taint team=blue:NoSchedule, but neither its value nor its "
            "effect fits",
            "la toleration team=red:NoExecute a la clé du taint team=blue:NoSchedule, mais ni sa valeur ni son effet ne "
            "conviennent",
            id="another value and effect",
        ),
        pytest.param(
            make.toleration("Team=red:NoSchedule"),
            "the toleration Team=red:NoSchedule is a little like the taint team=blue:NoSchedule, in its key alone",
            "la toleration Team=red:NoSchedule ressemble un peu au taint team=blue:NoSchedule, par sa clé seulement",
            id="a slip in the key and another value",
        ),
        pytest.param(
            {"key": "team", "operator": "exists", "effect": "NoSchedule"},
            "the toleration team=:NoSchedule comes near: there is no operator exists (Equal, Exists)",
            "la toleration team=:NoSchedule n'en est pas loin : l'opérateur exists n'existe pas (Equal, Exists)",
            id="an operator that there is not",
        ),
    ],
)
def test_what_is_said(toleration: dict[str, Any], en: str, fr: str) -> None:
    assert (missed(BLUE, toleration), missed(BLUE, toleration, lang="fr")) == (en, fr)


@pytest.mark.parametrize(
    ("taint", "toleration", "en"),
    [
        pytest.param("cores=4:NoSchedule", comparing("Gt", "03"), "03 or 4 is none", id="a value with a leading zero"),
        pytest.param(
            "cores=four:NoSchedule", comparing("Gt", "3"), "3 or four is none", id="a taint that is no number"
        ),
        pytest.param("cores:NoSchedule", comparing("Lt", "3"), '3 or "" is none', id="a taint without a value"),
        pytest.param("cores=4:NoSchedule", comparing("Gt", "4"), "is 4, and Gt does not hold", id="not greater"),
        pytest.param("cores=4:NoSchedule", comparing("Lt", "4"), "is 4, and Lt does not hold", id="not less"),
        pytest.param("cores=4:NoSchedule", comparing("Gt", "3", "NoExecute"), "effect NoExecute", id="another effect"),
        pytest.param(
            "cores=4:NoSchedule", comparing("Gt", "5", "NoExecute"), "neither", id="not greater, another effect"
        ),
    ],
)
def test_numbers(taint: str, toleration: dict[str, Any], en: str) -> None:
    assert en in (missed(taint, toleration) or "")


@pytest.mark.parametrize(
    ("version", "en"),
    [
        pytest.param((1, 36, 0), "feature gate TaintTolerationComparisonOperators is off", id="off by default"),
        pytest.param((1, 34, 0), "need Kubernetes 1.35 or later", id="unknown to the server"),
    ],
)
def test_a_comparison_that_holds_and_the_server_does_not_make(version: tuple[int, int, int], en: str) -> None:
    assert en in (missed("cores=4:NoSchedule", comparing("Gt", "3"), features=Features(version)) or "")


@pytest.mark.parametrize(
    ("taint", "key", "near"),
    [
        pytest.param("team:NoSchedule", "teams", True, id="a plural"),
        pytest.param("node_pool:NoSchedule", "node-pool", True, id="a dash for an underscore"),
        pytest.param("gpu:NoSchedule", "GPU", True, id="capitals"),
        pytest.param("dedicated:NoSchedule", "dedcated", True, id="a letter left out"),
        pytest.param("nvidia.com/gpu:NoSchedule", "gpu", True, id="a prefix that the toleration lacks"),
        pytest.param("gpu:NoSchedule", "nvidia.com/gpu", True, id="a prefix that the taint lacks"),
        pytest.param("nvidia.com/gpu:NoSchedule", "nvidea.com/gpu", True, id="a slip in the prefix"),
        pytest.param("example.com/team:NoSchedule", "Example.com/taem", True, id="a slip in both parts"),
        pytest.param("amd.com/gpu:NoSchedule", "nvidia.com/gpu", False, id="another prefix is another thing"),
        pytest.param("example.com/ab:NoSchedule", "example.com/cd", False, id="a prefix makes no key alike"),
        pytest.param("example.com/team:NoSchedule", "other.org/taem", False, id="a slip under another prefix"),
        pytest.param("pool-1:NoSchedule", "pool-2", False, id="another number is another thing"),
        pytest.param("team:NoSchedule", "database", False, id="another word"),
        pytest.param("a:NoSchedule", "b", False, id="single letters"),
    ],
)
def test_keys(taint: str, key: str, near: bool) -> None:
    assert (missed(taint, make.toleration(key)) is not None) is near


@pytest.mark.parametrize(
    ("taint", "tolerations"),
    [
        pytest.param(BLUE, [], id="no toleration"),
        pytest.param(BLUE, [make.toleration("gpu")], id="nothing alike"),
        pytest.param("team=blue:PreferNoSchedule", [make.toleration("team=red")], id="a taint that refuses nothing"),
        pytest.param(BLUE, [make.toleration("taem=red:NoExecute")], id="three differences"),
        pytest.param(BLUE, [{"value": "red"}], id="no key at all, with Equal"),
        pytest.param(BLUE, [make.toleration("team=red"), make.toleration("team")], id="one that tolerates it"),
    ],
)
def test_nothing_is_near(taint: str, tolerations: list[dict[str, Any]]) -> None:
    assert missed(taint, *tolerations) is None


@pytest.mark.parametrize(
    ("tolerations", "nearest"),
    [
        pytest.param(["taem=blue", "team=red"], "team=red", id="the same key before a slip in it"),
        pytest.param(["team=red:NoExecute", "taem=blue"], "taem=blue", id="one difference before two"),
        pytest.param(["team=red", "team=bleu"], "team=bleu", id="a slip in the value before another value"),
        pytest.param(["team=red", "team=green"], "team=red", id="of equals the first"),
    ],
)
def test_the_nearest_is_told(tolerations: list[str], nearest: str) -> None:
    assert f"the toleration {nearest} " in (missed(BLUE, *map(make.toleration, tolerations)) or "")


@pytest.mark.parametrize(
    ("toleration", "taints", "nearest"),
    [
        pytest.param("taem=blue", ["gpu:NoSchedule", BLUE], BLUE, id="a slip in the key"),
        pytest.param(
            "team=blue", ["taem=blue:NoSchedule", "team=red:NoSchedule"], "team=red:NoSchedule", id="the key first"
        ),
        pytest.param("team=blue", ["gpu:NoSchedule"], None, id="nothing alike"),
        pytest.param("team=blue", [], None, id="no taint at all"),
        pytest.param("*:NoExecute", [BLUE], None, id="a toleration of everything was for no taint"),
        pytest.param(
            "team=blue:NoExecute", ["team=blue:PreferNoSchedule"], "team=blue:PreferNoSchedule", id="any effect"
        ),
    ],
)
def test_the_taint_that_a_useless_toleration_was_for(toleration: str, taints: list[str], nearest: str | None) -> None:
    found = nearest_taint(make.toleration(toleration), [make.taint(each) for each in taints])
    assert found == (make.taint(nearest) if nearest else None)


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param({}, id="empty"),
        pytest.param({"key": [], "operator": {}, "value": 5, "effect": []}, id="ill-typed"),
        pytest.param({"key": "team", "operator": [], "effect": {}}, id="an operator that is a list"),
        pytest.param({"key": "x" * 5000, "operator": "Gt", "value": "9" * 5000}, id="endless texts"),
    ],
)
def test_odd_shapes_end_nothing(odd: dict[str, Any]) -> None:
    near_miss([odd], make.taint("cores=4:NoSchedule"), ON)
    near_miss([comparing("Gt", "3")], {**odd, "effect": "NoSchedule"}, ON)
    nearest_taint(odd, [odd, make.taint(BLUE)])
