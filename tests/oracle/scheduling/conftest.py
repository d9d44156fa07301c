"""The program on the real scheduler's packages, for as long as a module's tests run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from oracle.scheduling import program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oracle.scheduling.program import Oracle


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    """Asked a world at a time."""
    try:
        program.built()
    except program.NoGoError as error:
        pytest.skip(str(error))
    with program.running() as running:
        yield running
