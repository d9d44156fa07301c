"""The flags that the commands about scheduling share: what to pretend, and whose rules to apply.

They are declared without the domain, which is imported when they are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kubectl_lab.domain.scheduling.question import WhatIf

Function = TypeVar("Function", bound="Callable[..., Any]")
OPTIONS = (
    click.option(
        "--add-taint",
        metavar="TAINT",
        multiple=True,
        help="Pretend this taint is there: KEY[=VALUE]:EFFECT[@NODE], without a node on all; repeatable",
    ),
    click.option(
        "--remove-taint",
        metavar="TAINT",
        multiple=True,
        help="Pretend this taint is gone: KEY[=VALUE][:EFFECT][@NODE]; repeatable",
    ),
    click.option(
        "--server-version", metavar="VERSION", help="Whose rules and texts: 1.34.2 (default: the server's own)"
    ),
    click.option(
        "--feature-gates",
        metavar="NAME=true|false,…",
        help="The server's feature gates, where they are not the defaults",
    ),
)


def what_if_options(function: Function) -> Function:
    """Give a command these flags."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


def what_if_of(flags: Mapping[str, Any]) -> WhatIf:
    """What is to be pretended. Raises BadUsage, which names the part of a flag that is wrong."""
    from kubectl_lab.domain.scheduling import what_if
    from kubectl_lab.domain.scheduling.question import WhatIf

    return WhatIf(
        add_taints=tuple(what_if.parse_added("--add-taint", text) for text in flags["add_taint"]),
        remove_taints=tuple(what_if.parse_removed("--remove-taint", text) for text in flags["remove_taint"]),
        tolerations=tuple(
            what_if.parse_toleration("--with-toleration", text) for text in flags.get("with_toleration", ())
        ),
    )


def version_of(flags: Mapping[str, Any]) -> tuple[int, int, int] | None:
    """The server's version that was named, None where the server itself is to say it. Raises BadUsage."""
    from kubectl_lab.domain.scheduling import feature_flags

    text = flags["server_version"]
    return None if text is None else feature_flags.parse_version("--server-version", text)


def gates_of(flags: Mapping[str, Any]) -> Mapping[str, bool]:
    """The feature gates that were named. Raises BadUsage."""
    from kubectl_lab.domain.scheduling import feature_flags

    return feature_flags.parse_gates("--feature-gates", flags["feature_gates"] or "")
