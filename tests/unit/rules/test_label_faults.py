"""The words of Kubernetes for keys and values that no label has, as the real `labels.NewRequirement` says them."""

from __future__ import annotations

import pytest

from kubectl_lab.domain.rules.label_faults import faults

NAME = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
    "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
VALUE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end "
    "with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
PREFIX = (
    "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
    "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
LONG = "x" * 64
FAR = "y" * 254


@pytest.mark.parametrize(
    ("key", "operator", "values", "said"),
    [
        pytest.param("a", "in", ["b", ""], "", id="nothing is wrong with an empty value"),
        pytest.param("example.com/a", "exists", [], "", id="nor with a prefix"),
        pytest.param("a b", "exists", [], f'key: Invalid value: "a b": name part {NAME}', id="a blank in a key"),
        pytest.param(
            "",
            "exists",
            [],
            f'key: Invalid value: "": name part must be non-empty; name part {NAME}',
            id="no key at all",
        ),
        pytest.param("p_q/a", "absent", [], f'key: Invalid value: "p_q/a": {PREFIX}', id="an illegal prefix"),
        pytest.param(
            "/a", "exists", [], 'key: Invalid value: "/a": prefix part must be non-empty', id="an empty prefix"
        ),
        pytest.param(
            "a/b/c",
            "exists",
            [],
            f"key: Invalid value: \"a/b/c\": a valid label key {NAME} with an optional DNS subdomain prefix and '/' "
            "(e.g. 'example.com/MyName')",
            id="two prefixes",
        ),
        pytest.param(
            LONG,
            "exists",
            [],
            f'key: Invalid value: "{LONG}": name part must be no more than 63 bytes',
            id="a name that is too long",
        ),
        pytest.param(
            f"{FAR}/a",
            "exists",
            [],
            f'key: Invalid value: "{FAR}/a": prefix part must be no more than 253 bytes',
            id="a prefix that is too long",
        ),
        pytest.param(
            "a",
            "in",
            [LONG, "!"],
            f'[values[0][a]: Invalid value: "{LONG}": must be no more than 63 bytes, '
            f'values[1][a]: Invalid value: "!": {VALUE}]',
            id="each value for itself",
        ),
        pytest.param(
            "/a",
            "notin",
            [],
            '[key: Invalid value: "/a": prefix part must be non-empty, '
            "values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty]",
            id="the key first, then the values",
        ),
    ],
)
def test_what_is_wrong_is_said_in_full(key: str, operator: str, values: list[str], said: str) -> None:
    assert faults(key, operator, values) == said


def test_half_a_surrogate_pair_does_not_raise() -> None:
    assert VALUE in faults("a", "in", ["\ud800"])
