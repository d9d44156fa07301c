"""The flags that the commands about scheduling share: what to pretend, and whose rules to apply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

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
