"""A release job that cannot be done, and what to do about it."""

from __future__ import annotations


class ReleaseError(Exception):
    """`message`: what failed; `cure`: what to do, in a line."""

    def __init__(self, message: str, cure: str) -> None:
        super().__init__(message)
        self.message, self.cure = message, cure
