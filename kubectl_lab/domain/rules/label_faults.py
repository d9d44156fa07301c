"""What is wrong with a requirement of a label selector, in Kubernetes' own words.

Source: k8s.io/apimachinery `labels.NewRequirement`, `util/validation` (IsQualifiedName, IsValidLabelValue), `field.Error`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?")
PREFIX = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
NAME_LENGTH = 63
PREFIX_LENGTH = 253
_PARTS = 2  # prefix and name
_NAME_RULE = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
    "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_VALUE_RULE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end "
    "with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
_PREFIX_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end "
    "with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_MISSING = "for 'in', 'notin' operators, values set can't be empty"
_SURPLUS = "values set must be empty for exists and does not exist"


def faults(key: str, operator: str, values: Sequence[str]) -> str:
    """All that is wrong with it, "" where nothing is; `operator`: in, notin, exists or absent."""
    said = list(dict.fromkeys(_faults(key, operator, values)))
    return f"[{', '.join(said)}]" if len(said) > 1 else "".join(said)


def _faults(key: str, operator: str, values: Sequence[str]) -> Iterator[str]:
    of_key = "; ".join(_of_key(key))
    if of_key:
        yield _invalid("key", key, of_key)
    if operator in {"in", "notin"} and not values:
        yield _invalid("values", None, _MISSING)
    if operator in {"exists", "absent"} and values:
        yield _invalid("values", list(values), _SURPLUS)
    for at, value in enumerate(values):
        of_value = "; ".join(_of_value(value))
        if of_value:
            yield _invalid(f"values[{at}][{key}]", value, of_value)


def _invalid(field: str, value: object, why: str) -> str:
    return f"{field}: Invalid value: {json.dumps(value, ensure_ascii=False, separators=(',', ':'))}: {why}"


def _of_key(key: str) -> Iterator[str]:
    """IsQualifiedName."""
    *prefix, name = key.split("/")
    if len(prefix) >= _PARTS:
        yield f"a valid label key {_NAME_RULE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        return
    if prefix == [""]:
        yield "prefix part must be non-empty"
    elif prefix:
        yield from (f"prefix part {each}" for each in _of_prefix(prefix[0]))
    if not name:
        yield "name part must be non-empty"
    elif _bytes(name) > NAME_LENGTH:
        yield f"name part must be no more than {NAME_LENGTH} bytes"
    if not NAME.fullmatch(name):
        yield f"name part {_NAME_RULE}"


def _of_prefix(prefix: str) -> Iterator[str]:
    """IsDNS1123Subdomain."""
    if _bytes(prefix) > PREFIX_LENGTH:
        yield f"must be no more than {PREFIX_LENGTH} bytes"
    if not PREFIX.fullmatch(prefix):
        yield _PREFIX_RULE


def _of_value(value: str) -> Iterator[str]:
    """IsValidLabelValue."""
    if _bytes(value) > NAME_LENGTH:
        yield f"must be no more than {NAME_LENGTH} bytes"
    if value and not NAME.fullmatch(value):
        yield _VALUE_RULE


def _bytes(text: str) -> int:
    """Its length as Go counts it; JSON may hold halves of surrogate pairs."""
    return len(text.encode(errors="surrogatepass"))
