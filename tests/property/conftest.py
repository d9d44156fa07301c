"""Drawn examples prove claims, not speed: no deadline, so that a busy machine is no counterexample."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("lab", deadline=None, print_blob=True)
settings.load_profile("lab")
