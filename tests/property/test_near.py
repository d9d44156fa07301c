"""What holds for all names that are compared."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kubectl_lab.domain.rules.near import distance, is_near, nearest

NAMES = st.text(alphabet="ab-_AS", max_size=8)


@given(NAMES, NAMES)
def test_as_far_there_as_back(left: str, right: str) -> None:
    assert distance(left, right) == distance(right, left)
    assert is_near(left, right) == is_near(right, left)


@given(NAMES, NAMES)
def test_only_equal_names_are_no_slip_apart(left: str, right: str) -> None:
    assert (distance(left, right) == 0) == (left == right)


@given(NAMES, NAMES)
def test_names_are_at_most_as_far_apart_as_the_longer_is_long(left: str, right: str) -> None:
    assert abs(len(left) - len(right)) <= distance(left, right) <= max(len(left), len(right))


@given(NAMES, NAMES, st.integers(0, 9))
def test_a_limit_changes_no_answer_within_it(left: str, right: str, most: int) -> None:
    whole = distance(left, right)
    limited = distance(left, right, most)
    assert limited == whole if whole <= most else limited > most


@given(NAMES, st.integers(0, 6), st.integers(0, 6))
def test_one_slip_is_one(name: str, at: int, other: int) -> None:
    assert distance(name, name[:at] + "x" + name[at:]) == 1
    swapped = name[:other] + name[other : other + 2][::-1] + name[other + 2 :]
    assert distance(name, swapped) <= 1


@given(NAMES, st.lists(NAMES, max_size=5))
def test_the_nearest_is_near_and_one_of_them(name: str, names: list[str]) -> None:
    found = nearest(name, names)
    near = [each for each in names if is_near(name, each)]
    assert found in near if near else found is None
