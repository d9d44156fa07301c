"""What stands behind a flag: the value, or a refusal that names the flag and what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kubectl_lab.errors import BadUsage
from kubectl_lab_plugins import flag_values

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_duration_is_seconds_and_a_blank_selector_an_empty_one() -> None:
    assert flag_values.seconds("--timeout", "1m30s") == 90
    assert flag_values.seconds("--timeout", "0") == 0
    assert flag_values.selector("-l", " ") == ()
    assert len(flag_values.selector("-l", "a=b,c")) == 2


@pytest.mark.parametrize(
    ("read", "flag", "value", "key"),
    [
        pytest.param(flag_values.seconds, "--timeout", "5", "bad-duration", id="a duration without unit"),
        pytest.param(flag_values.seconds, "--deadline", "-1s", "bad-duration", id="a duration before now"),
        pytest.param(flag_values.selector, "--selector", "a in", "bad-selector", id="half a selector"),
    ],
)
def test_a_value_that_is_none_is_refused_with_its_flag(
    read: Callable[[str, str], object], flag: str, value: str, key: str
) -> None:
    with pytest.raises(BadUsage) as refused:
        read(flag, value)
    assert (refused.value.key, refused.value.values) == (key, {"flag": flag, "value": value})
