"""What a targetPort may be: a number from 1 to 65535, or the name of a port.

Source: kube-apiserver `pkg/apis/core/validation` (validateServicePort) and k8s.io/apimachinery `IsValidPortName`.
"""

from __future__ import annotations

import re

MOST_LETTERS, LAST_PORT = 15, 65535
_LETTERS = re.compile(r"[-a-z0-9]+\Z")


def port_name_problem(name: str) -> str | None:
    """Why the server refuses a port's name, in its words; None where it does not (IANA service names)."""
    rules = (
        (len(name) > MOST_LETTERS, f"must be no more than {MOST_LETTERS} characters"),
        (not _LETTERS.match(name), "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"),
        (not re.search("[a-z]", name), "must contain at least one letter (a-z)"),
        ("--" in name, "must not contain consecutive hyphens"),
        (name.startswith("-") or name.endswith("-"), "must not begin or end with a hyphen"),
    )
    return next((words for applies, words in rules if applies), None)


def port_number_problem(number: int) -> str | None:
    """Why the server refuses a port number."""
    return None if 0 < number <= LAST_PORT else f"must be between 1 and {LAST_PORT}, inclusive"


def target_problem(target: int | str) -> str | None:
    """Why the server refuses a targetPort. Digits as text have no letter: to the server they are a bad name."""
    return port_name_problem(target) if isinstance(target, str) else port_number_problem(target)
