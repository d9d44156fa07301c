"""The world of the session, and a folder that a case calls its home."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from oracle.kubeconfig.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.builds import Built


@pytest.fixture(scope="session")
def world(sandbox_programs: tuple[Built, ...]) -> Iterator[World]:
    folder = next(built.folder for built in sandbox_programs if built.part.name == "kubernetes")
    with World(folder / "kubectl") as made:
        yield made
