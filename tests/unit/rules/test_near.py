"""Names that were most likely meant, and names that merely look alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_lab.domain.rules.near import LONGEST, akin, distance, is_near, nearest


@pytest.mark.parametrize(
    ("left", "right", "slips"),
    [
        pytest.param("web", "web", 0, id="equal names are no slip apart"),
        pytest.param("web", "wbe", 1, id="two neighbours that changed places are one slip"),
        pytest.param("web", "weeb", 1, id="a letter too many is one slip"),
        pytest.param("web", "wb", 1, id="a letter too few is one slip"),
        pytest.param("web", "wob", 1, id="another letter is one slip"),
        pytest.param("frontend", "fornetnds", 3, id="slips add up"),
        pytest.param("", "web", 3, id="nothing is as far as the name is long"),
        pytest.param(
            "a" * LONGEST, "b" * (LONGEST + 1), LONGEST + 1, id="what is longer than any name is not compared"
        ),
    ],
)
def test_distance_counts_slips(left: str, right: str, slips: int) -> None:
    assert distance(left, right) == distance(right, left) == slips


@given(st.text("abc", max_size=8), st.text("abc", max_size=8), st.integers(0, 3))
def test_a_distance_that_is_cut_short_is_right_as_far_as_it_counts(left: str, right: str, most: int) -> None:
    assert min(distance(left, right, most), most + 1) == min(distance(left, right), most + 1)


@pytest.mark.parametrize(
    ("left", "right", "most", "slips"),
    [
        pytest.param("web", "wbe", 1, 1, id="within the limit the slips are counted"),
        pytest.param("x", "y", 0, 1, id="beyond it one more than allowed is said"),
        pytest.param("abcdef", "uvwxyz", 2, 3, id="and no more is looked at"),
        pytest.param("abxy", "bayx", 2, 2, id="two swaps side by side are two"),
    ],
)
def test_distance_can_be_limited(left: str, right: str, most: int, slips: int) -> None:
    assert distance(left, right, most) == slips


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        pytest.param("web", "web", False, id="the same name is not a near one"),
        pytest.param("web", "wbe", True, id="a transposition is near"),
        pytest.param("frontend", "fronted", True, id="a letter lost is near"),
        pytest.param("frontend", "frnted", True, id="two slips are near"),
        pytest.param("frontend", "frted", False, id="three slips are not near"),
        pytest.param("web", "db", False, id="two slips in a name of three letters say nothing"),
        pytest.param("a", "b", False, id="single letters are never near"),
        pytest.param("v1", "v2", True, id="one slip in two letters is near"),
        pytest.param("Web", "wEB", True, id="case alone is near"),
        pytest.param("my-web_app", "mywebapp", True, id="dashes and underscores alone are near"),
        pytest.param("pod", "pods", True, id="singular and plural are near"),
        pytest.param("web", "web-server", False, id="a name with a word more is not near"),
        pytest.param("x" * 400, "x" * 399 + "y", False, id="names longer than any name are not near"),
    ],
)
def test_near_is_at_most_two_slips_or_only_spelling(left: str, right: str, expected: bool) -> None:
    assert is_near(left, right) is is_near(right, left) is expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param([], None, id="of no names none"),
        pytest.param(["db", "cache"], None, id="of far ones none"),
        pytest.param(["webbb", "wbe"], "wbe", id="fewer slips win"),
        pytest.param(["webx", "webs"], "webs", id="mere spelling wins over a slip"),
        pytest.param(["wob", "wib"], "wob", id="of equals the first"),
        pytest.param(["web"], None, id="the name itself does not count"),
    ],
)
def test_the_nearest_of_some_names(names: list[str], expected: str | None) -> None:
    assert nearest("web", names) == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(["api-service", "apj"], "apj", id="a slip wins over a shared word"),
        pytest.param(["web", "api-service", "api-v2-service"], "api-service", id="the shortest that holds the word"),
        pytest.param(["web", "db"], None, id="without a shared word none"),
        pytest.param(["api"], None, id="the name itself does not count"),
    ],
)
def test_akin_also_takes_names_that_share_their_words(names: list[str], expected: str | None) -> None:
    assert akin("api", names) == expected


def test_akin_also_takes_a_name_whose_words_it_has() -> None:
    assert akin("api-service", ["web", "api"]) == "api"
