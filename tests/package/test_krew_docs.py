"""docs/install.md, typed line by line into a real bash; only the addresses lead to this machine instead of GitHub."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from contract.sources import ROOT
from contract.test_install_docs import commands
from package.krew_ground import Krew, krew, newer, run
from release import manifest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from package.conftest import Built
    from sandbox.sandboxes import Sandbox

pytestmark = [pytest.mark.package, pytest.mark.machine]
INDEX = re.compile(r"https://\S+/krew-index-lab\.git")
RELEASE = re.compile(rf"{re.escape(manifest.REPOSITORY)}/releases/(?:latest/download|download/v[^\s/]+)")


@pytest.fixture
def fresh(bundle: Built, sandbox: Sandbox, tmp_path: Path) -> Iterator[Krew]:
    """A krew without anything, the files of a release on the server."""
    with krew(tmp_path, sandbox) as made:
        for file in (bundle.archive, bundle.sums):
            shutil.copy(file, made.archives)
        made.offer(bundle.version)
        yield made


def typed(made: Krew, name: str, **more: str) -> str:
    """What the lines of a block say, in a shell that ends at the first failure; both streams."""
    lines = "\n".join(commands(name))
    lines = INDEX.sub(made.index.as_uri(), RELEASE.sub(made.address, lines))
    assert "https://" not in lines
    done = run(["bash", "-euc", f"cd {made.folder}\n{lines}"], made.environment(**more))
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_krew_installs_completes_upgrades_and_leaves_nothing(fresh: Krew, bundle: Built, tmp_path: Path) -> None:
    assert bundle.version in typed(fresh, "krew")
    typed(fresh, "completion")
    (tmp_path / "newer").mkdir()
    shutil.copy(newer(bundle.folder, "99.0.0", tmp_path / "newer"), fresh.archives)
    fresh.offer("99.0.0")
    typed(fresh, "upgrade")
    assert fresh.done("lab", "--version") == "99.0.0\n"
    typed(fresh, "uninstall")
    assert [name for name in fresh.files() if "lab" in name] == []


def test_the_archive_runs_from_a_link_on_the_path(fresh: Krew, bundle: Built) -> None:
    folders = f"{fresh.folder}/home/.local/bin:{fresh.environment()['PATH']}"
    said = typed(fresh, "archive", PATH=folders)
    assert f"{bundle.archive.name}: OK" in said
    assert bundle.version in said
    assert not fresh.link.exists()


def test_of_two_on_one_path_the_first_counts_and_kubectl_complains(fresh: Krew, bundle: Built) -> None:
    typed(fresh, "krew")
    both = f"{fresh.environment()['PATH']}:{bundle.folder}"
    said = fresh.kubectl("plugin", "list", PATH=both)
    assert f"{bundle.folder}/kubectl-lab is overshadowed by a similarly named plugin: {fresh.link}" in said.stderr


def test_the_folder_on_the_path_runs_but_completes_no_flags(fresh: Krew, bundle: Built) -> None:
    typed(fresh, "krew")
    typed(fresh, "completion")
    words = ["__complete", "lab", "drain", "--ignore-d"]
    assert "--ignore-daemonsets" in fresh.kubectl(*words).stdout
    folder = f"{bundle.folder}:{fresh.environment()['PATH']}"
    assert "--ignore-daemonsets" not in fresh.kubectl(*words, PATH=folder).stdout
    assert fresh.kubectl("lab", "--version", PATH=folder).stdout == f"{bundle.version}\n"


def test_the_sources_install_with_krew_and_without_an_index(fresh: Krew, bundle: Built) -> None:
    build, *rest = commands("sources")
    assert build == "./scripts/build"  # tests/package/test_bundle.py
    shutil.copytree(fresh.archives, fresh.folder / "dist")
    render, install = (line.replace("dist", f"{fresh.folder}/dist") for line in rest)
    done = run(["bash", "-euc", f"cd {ROOT}\n{render} --dist {fresh.folder}/dist\n{install}"], fresh.environment())
    assert done.returncode == 0, done.stderr
    assert fresh.done("lab", "--version") == f"{bundle.version}\n"
