"""docs/install.md, typed line by line into a real bash; only the addresses lead to this machine instead of GitHub."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from contract import test_completion_docs
from contract.sources import ROOT
from contract.test_install_docs import TEXTS, commands
from kubectl_lab.version import __version__
from package.krew_ground import Krew, krew, newer, run
from release import manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from package.conftest import Built
    from sandbox.sandboxes import Sandbox

pytestmark = [pytest.mark.package, pytest.mark.machine]
INDEX = re.compile(r"https://\S+/krew-index-lab\.git")
SKIPPED = 'Skipping plugin "lab", it is already installed'
OUTDATED = ("This version of Krew is not supported anymore", "krew home outdated")
CURE = "rm ~/.krew/bin/kubectl_complete-lab"
WORDS = ["__complete", "lab", "drain", "--ignore-d"]
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
    typed(fresh, "index")
    assert [name for name in fresh.files() if "lab" in name] == []
    again = fresh.kubectl(*commands("index")[0].split()[1:])
    assert (again.returncode, again.stderr) == (1, 'index "lab" does not exist\n')


def test_a_completion_file_left_alone_stops_krew_as_the_pages_say_until_it_is_gone(fresh: Krew) -> None:
    typed(fresh, "krew")
    typed(fresh, "completion")
    fresh.done("krew", "uninstall", "lab")
    refused = fresh.kubectl("krew", "list")
    assert refused.returncode == 1
    for text in (*TEXTS.values(), *test_completion_docs.TEXTS.values()):
        plain = text.replace("\n", " ")
        assert [said for said in OUTDATED if said not in refused.stderr or said not in plain] == []
        assert f"`{CURE}`" in plain
    assert run(["sh", "-c", CURE.replace("~/.krew", str(fresh.root))], fresh.environment()).returncode == 0
    fresh.done("krew", "list")


def test_the_archive_runs_from_a_link_on_the_path_and_its_lines_again_upgrade(fresh: Krew, bundle: Built) -> None:
    folders = f"{fresh.folder}/home/.local/bin:{fresh.environment()['PATH']}"
    before = fresh.files()
    said = typed(fresh, "archive", PATH=folders)
    assert f"{bundle.archive.name}: OK" in said
    assert bundle.version in said
    assert not fresh.link.exists()
    typed(fresh, "completion", PATH=folders)
    old = fresh.folder / "home" / ".local" / "lib" / "lab" / "_internal" / "of-an-old-version"
    old.touch()
    typed(fresh, "archive", PATH=folders)
    assert not old.exists()
    typed(fresh, "discard", PATH=folders)
    assert fresh.files() - before == {f"home/.local{each}" for each in ("", "/bin", "/lib")}


def test_pips_environment_gives_the_path_one_program_by_a_link(fresh: Krew, installed: Path) -> None:
    make, install, *link = commands("pip")
    assert make == "python3 -m venv ~/.kubectl-lab"  # the fixture does both, with what needs no network
    assert install == "~/.kubectl-lab/bin/pip install ."
    home = fresh.folder / "home"
    (home / ".kubectl-lab").symlink_to(installed.parent)
    folders = f"{home}/.local/bin:{fresh.environment()['PATH']}"
    done = run(["bash", "-euc", "\n".join(link)], fresh.environment())
    assert done.returncode == 0, done.stderr
    assert [file.name for file in (home / ".local" / "bin").iterdir()] == ["kubectl-lab"]
    assert fresh.kubectl("lab", "--version", PATH=folders).stdout == f"{__version__}\n"
    typed(fresh, "completion", PATH=folders)
    assert "--ignore-daemonsets" in fresh.kubectl(*WORDS, PATH=folders).stdout


def test_of_two_on_one_path_the_first_counts_and_kubectl_complains(fresh: Krew, bundle: Built) -> None:
    typed(fresh, "krew")
    both = f"{fresh.environment()['PATH']}:{bundle.folder}"
    said = fresh.kubectl("plugin", "list", PATH=both)
    assert f"{bundle.folder}/kubectl-lab is overshadowed by a similarly named plugin: {fresh.link}" in said.stderr


def test_the_folder_on_the_path_completes_flags_only_after_completion_is_installed_there(
    fresh: Krew, bundle_copy: Callable[[], Built]
) -> None:
    bundle = bundle_copy()
    typed(fresh, "krew")
    typed(fresh, "completion")
    assert "--ignore-daemonsets" in fresh.kubectl(*WORDS).stdout
    folder = f"{bundle.folder}:{fresh.environment()['PATH']}"
    assert "--ignore-daemonsets" not in fresh.kubectl(*WORDS, PATH=folder).stdout
    assert fresh.kubectl("lab", "--version", PATH=folder).stdout == f"{bundle.version}\n"
    typed(fresh, "completion", PATH=folder)
    assert "--ignore-daemonsets" in fresh.kubectl(*WORDS, PATH=folder).stdout


def test_the_sources_install_with_krew_and_again_once_uninstalled(fresh: Krew, bundle: Built) -> None:
    build, *rest = commands("sources")
    assert build == "./scripts/build"  # tests/package/test_bundle.py
    shutil.copytree(fresh.archives, fresh.folder / "dist")
    render, install = (line.replace("dist", f"{fresh.folder}/dist") for line in rest)
    lines = ["bash", "-euc", f"cd {ROOT}\n{render} --dist {fresh.folder}/dist\n{install}"]
    done = run(lines, fresh.environment())
    assert done.returncode == 0, done.stderr
    assert fresh.done("lab", "--version") == f"{bundle.version}\n"
    again = run(lines, fresh.environment())
    assert (again.returncode, SKIPPED in again.stderr) == (0, True)
    assert [lang for lang, text in TEXTS.items() if f"`{SKIPPED}`" not in text] == []
    fresh.done("krew", "index", "add", "lab", fresh.index.as_uri())
    assert SKIPPED in fresh.done("krew", "install", "lab/lab")
    assert 'Skipping upgrade for "lab"' in fresh.done("krew", "upgrade", "lab")
    typed(fresh, "completion")
    typed(fresh, "uninstall")
    done = run(lines, fresh.environment())
    assert (done.returncode, SKIPPED in done.stderr) == (0, False)
    assert fresh.done("lab", "--version") == f"{bundle.version}\n"
