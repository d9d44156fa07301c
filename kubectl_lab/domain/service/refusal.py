"""One reason why an API server refuses an object, in its words (k8s.io/apimachinery `field.Error`), and syntax it checks."""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

LONGEST_LABEL, LONGEST_PREFIX = 63, 253
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?\Z")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
_LABEL_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?\Z")
_LABEL_KEY = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\Z")
_OF_LABELS = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """`field`: its path as the server writes it; `reason`: the server's words, without examples and patterns.

    `near`: what was most likely meant, as it is to be written.
    """

    field: str
    reason: str
    near: str | None = None


def invalid(field: str, value: object, why: str) -> Refusal:
    """`Invalid value: "Http": must …`."""
    return Refusal(field, f"Invalid value: {json.dumps(value, ensure_ascii=False)}: {why}")


def unsupported(field: str, value: str, supported: Iterable[str]) -> Refusal:
    """`Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"`; near: the same in other letters."""
    listed = tuple(supported)
    near = next((each for each in listed if each.lower() == value.lower()), None)
    quoted = ", ".join(f'"{each}"' for each in listed)
    return Refusal(field, f'Unsupported value: "{value}": supported values: {quoted}', near)


def required(field: str) -> Refusal:
    """`Required value`."""
    return Refusal(field, "Required value")


def duplicate(field: str, value: str | None = None) -> Refusal:
    """`Duplicate value: "a"`."""
    return Refusal(field, "Duplicate value" if value is None else f'Duplicate value: "{value}"')


def forbidden(field: str, why: str) -> Refusal:
    """`Forbidden: may only be …`."""
    return Refusal(field, f"Forbidden: {why}")


def checked(field: str, value: str, problem: Callable[[str], str | None]) -> Iterator[Refusal]:
    """The refusal of a text by one of the checks below."""
    why = problem(value)
    if why is not None:
        yield invalid(field, value, why)


def label_problem(value: str) -> str | None:
    """RFC 1123 label: names of Services and of their ports."""
    if len(value) > LONGEST_LABEL:
        return f"must be no more than {LONGEST_LABEL} characters"
    if _LABEL.match(value):
        return None
    return (
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
        "with an alphanumeric character"
    )


def service_name_problem(value: str) -> str | None:
    """A label; of dots the server says just that."""
    return "must not contain dots" if _SUBDOMAIN.match(value) and "." in value else label_problem(value)


def subdomain_problem(value: str) -> str | None:
    """RFC 1123 subdomain, which a DNS name is; a dot at its end is let pass."""
    if _SUBDOMAIN.match(value.removesuffix(".")):
        return None
    return (
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
        "and end with an alphanumeric character"
    )


def label_value_problem(value: str) -> str | None:
    """A label's value."""
    if _LABEL_VALUE.match(value) and len(value) <= LONGEST_LABEL:
        return None
    if len(value) > LONGEST_LABEL:
        return f"must be no more than {LONGEST_LABEL} bytes"
    return (
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
        "and end with an alphanumeric character"
    )


def label_key_problem(key: str) -> str | None:
    """A label's key: an optional DNS prefix, a slash, a name. Of several problems the one in front."""
    prefix, slash, name = key.partition("/")
    if "/" in name:
        return f"a valid label key {_OF_LABELS}"
    if slash and (why := _prefix_problem(prefix)):
        return f"prefix part {why}"
    name = name if slash else prefix
    if not name:
        return "name part must be non-empty"
    if len(name) > LONGEST_LABEL:
        return f"name part must be no more than {LONGEST_LABEL} bytes"
    return None if _LABEL_KEY.match(name) else f"name part {_OF_LABELS}"


def _prefix_problem(prefix: str) -> str | None:
    if not prefix:
        return "must be non-empty"
    return f"must be no more than {LONGEST_PREFIX} bytes" if len(prefix) > LONGEST_PREFIX else subdomain_problem(prefix)


def address_problem(value: str) -> str | None:
    """An IP address; None for one that is well written."""
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return "must be a valid IP address"
    return None


def backend_address_problem(value: str) -> str | None:
    """An address that traffic may be sent to: none of a node's own ones (validation.ValidateNonSpecialIP)."""
    problem = address_problem(value)
    if problem is not None:
        return problem
    address = ipaddress.ip_address(value)
    special = (
        (address.is_unspecified, f"may not be unspecified ({value})"),
        (address.is_loopback, "may not be in the loopback range (127.0.0.0/8, ::1/128)"),
        (_in(address, "169.254.0.0/16", "fe80::/10"), "may not be in the link-local range (169.254.0.0/16, fe80::/10)"),
        (_in(address, "224.0.0.0/24", "ff02::/16"), "may not be in the link-local multicast range"),
    )
    return next((why for applies, why in special if applies), None)


def _in(address: Any, *networks: str) -> bool:
    return any(address in ipaddress.ip_network(each) for each in networks)


def range_problem(value: str) -> str | None:
    """A CIDR without host bits; blanks around it are let pass, as the server does."""
    written = value.strip()
    try:
        ipaddress.ip_network(written if "/" in written else "none")
    except ValueError:
        try:
            ipaddress.ip_network(written if "/" in written else "none", strict=False)
        except ValueError:
            return "must be a valid CIDR value"
        return "must not have bits set beyond the prefix length"
    return None
