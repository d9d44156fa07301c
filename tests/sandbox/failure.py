"""The one error of the sandbox: a line for the developer, and often a second one with the cure."""

from __future__ import annotations


class SandboxError(Exception):
    """Shown as `error: MESSAGE`, then the cure indented. A subclass only where a caller tells it apart."""

    def __init__(self, message: str, cure: str = "") -> None:
        super().__init__(message if not cure else f"{message}\n  {cure}")
        self.message = message
        self.cure = cure


class NotBuiltError(SandboxError):
    """The programs are not in the cache: tests do not build on the quiet, they say so."""


class PortClashError(SandboxError):
    """Somebody else took one of our ports between the look and the start: delete, try again."""
