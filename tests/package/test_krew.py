"""The archive and its manifest with the real krew and the real kubectl, from an index to the last file gone."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from typing import TYPE_CHECKING

import pytest

from kubectl_lab.version import __version__
from live.conftest import ground_on
from package.krew_ground import INDEX, Krew, krew
from release import archive, manifest
from release.bundle import archive_name
from sandbox.sandboxes import SLOW_PODS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from package.conftest import Built
    from sandbox.sandboxes import Sandbox

pytestmark = [pytest.mark.package, pytest.mark.machine]
COMPLETION = "krew/bin/kubectl_complete-lab"


@pytest.fixture
def fresh(bundle: Built, sandbox: Sandbox, tmp_path: Path) -> Iterator[Krew]:
    """Nothing installed, the archive on the server."""
    with krew(tmp_path, sandbox) as made:
        shutil.copy(bundle.archive, made.archives)
        yield made


@pytest.fixture(scope="module")
def cluster(sandbox_factory: Callable[..., Sandbox]) -> Sandbox:
    """The one that the live drain tests use."""
    return sandbox_factory(nodes=1, stages=SLOW_PODS, audit=True)


@pytest.fixture(scope="module")
def installed(bundle: Built, cluster: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Krew]:
    """Installed from the index; tests leave it so."""
    with krew(tmp_path_factory.mktemp("installed"), cluster) as made:
        shutil.copy(bundle.archive, made.archives)
        made.install(bundle.version)
        yield made


def archive_with(target: Path, member: tarfile.TarInfo, source: Path) -> None:
    """A copy of an archive with one member more."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz", compresslevel=1) as new:
        for each in old:
            new.addfile(each, old.extractfile(each))
        new.addfile(member, io.BytesIO(bytes(member.size)))


def refused(fresh: Krew) -> str:
    """What krew says when it does not install; nothing of the plugin is there then."""
    answer = fresh.kubectl("krew", "install", f"{INDEX}/lab")
    assert answer.returncode == 1, answer.stderr
    assert not fresh.link.is_symlink()
    assert not list(fresh.root.glob("receipts/*"))
    return answer.stderr


def test_krews_own_validation_installs_every_platform_that_was_built(fresh: Krew, bundle: Built) -> None:
    for each in bundle.archive.parent.glob("lab-*-*"):
        shutil.copy(each, fresh.archives)
    built = [platform for platform, name in manifest.platforms().items() if (fresh.archives / name).exists()]
    fresh.offer(bundle.version, *built)
    answer = fresh.validate()
    assert answer.returncode == 0, answer.stderr
    assert f"all {len(built)} spec.platforms installed fine" in answer.stderr


def test_krews_own_validation_installs_an_archive_of_each_platform(fresh: Krew, tmp_path: Path) -> None:
    """Packed as a release packs them; what is in them cannot be built here."""
    folder = tmp_path / "lab"
    folder.mkdir()
    for name in ("kubectl-lab", "kubectl-lab.exe", "LICENSE"):
        (folder / name).write_text(name)
    for name in manifest.platforms().values():
        archive.pack(folder, fresh.archives / name, 0)
    fresh.offer("1.2.3", *manifest.platforms())
    answer = fresh.validate()
    assert answer.returncode == 0, answer.stderr
    assert "all 5 spec.platforms installed fine" in answer.stderr


def test_krews_own_validation_refuses_an_archive_without_a_licence(fresh: Krew, tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "kubectl-lab").write_text("")
    archive.pack(tmp_path / "lab", fresh.archives / archive_name(), 0)
    fresh.offer_unchecked("1.2.3")
    answer = fresh.validate()
    assert answer.returncode != 0
    assert "LICENSE (or alike) file is not extracted" in answer.stderr


def test_the_index_works_as_it_stands_in_this_repository(fresh: Krew) -> None:
    fresh.done("krew", "index", "add", INDEX, fresh.index.as_uri())
    (row,) = (line.split() for line in fresh.done("krew", "search").splitlines() if line.startswith(f"{INDEX}/"))
    assert row[0] == f"{INDEX}/lab"
    assert row[-1] == "no"  # not installed, and to be had for this platform
    assert f"VERSION: {fresh.spec()['version']}" in fresh.done("krew", "info", f"{INDEX}/lab")


def test_the_published_manifest_is_the_template_with_its_own_version_and_hashes() -> None:
    text = manifest.MANIFEST.read_text(encoding="utf-8")
    hashes = {
        platform: text.partition(name)[2].split('"')[2]
        for platform, name in manifest.platforms().items()
        if name in text
    }
    assert "linux-amd64" in hashes
    version = text.partition('version: "v')[2].partition('"')[0]
    homepage = text.partition("homepage: ")[2].partition("\n")[0]
    assert text == manifest.render(version, hashes, homepage)
    assert [int(part) for part in version.split(".")] <= [int(part) for part in __version__.split(".")]


def test_an_install_links_the_program_and_says_what_to_do_next(fresh: Krew, bundle: Built) -> None:
    said = fresh.install(bundle.version)
    assert "kubectl lab completion install" in said
    assert "kubectl lab --help" in said
    assert fresh.link.resolve() == fresh.store / f"v{bundle.version}" / "lab" / "kubectl-lab"
    assert fresh.done("lab", "--version") == f"{bundle.version}\n"


def test_kubectl_lists_the_plugin_once_and_warns_of_nothing(installed: Krew) -> None:
    answer = installed.kubectl("plugin", "list")
    ours = [line for line in answer.stdout.splitlines() if "/kubectl-lab" in line]
    assert ours == [str(installed.link)]
    assert "warning" not in (answer.stdout + answer.stderr).lower()


def test_a_drain_by_label_runs_through_the_link(installed: Krew, cluster: Sandbox) -> None:
    with ground_on(cluster) as ground:
        nodes = [ground.node(which, statusnode="maintenance") for which in "ab"]
        other = ground.node("c")
        pods = {ground.pod(f"pod-{number}", node) for number, node in enumerate([*nodes, other])}
        said = installed.kubectl("lab", "drain", "--selector", "statusnode=maintenance", "-o", "json")
        assert (said.returncode, len(pods)) == (0, 3), said.stderr
        found = json.loads(said.stdout)
        assert {node["name"]: node["outcome"] for node in found["nodes"]} == dict.fromkeys(nodes, "drained")
        assert set(ground.pods()) == {"pod-2"}
        assert not ground.is_cordoned(other)


def test_explain_service_runs_through_the_link(installed: Krew, cluster: Sandbox) -> None:
    with ground_on(cluster) as ground:
        cluster.kubectl("-n", ground.name, "create", "service", "clusterip", "shop", "--tcp=80")
        said = installed.kubectl("-n", ground.name, "lab", "explain-service", "shop")
        assert said.returncode != 0  # kubectl takes no flags before a plugin's name
        said = installed.kubectl("lab", "explain-service", "shop", "-n", ground.name, "-o", "json")
        assert said.returncode == 0, said.stderr
        (service,) = json.loads(said.stdout)["services"]
        assert (service["service"]["name"], service["verdict"]) == ("shop", "broken")
        french = installed.kubectl("lab", "explain-service", "shop", "-n", ground.name, "--lang", "fr")
        assert "aucun pod" in french.stdout


def test_krew_refuses_an_archive_that_is_not_the_one_of_the_hash(fresh: Krew, bundle: Built) -> None:
    fresh.offer(bundle.version)
    with (fresh.archives / bundle.archive.name).open("ab") as file:
        file.write(b"\0")
    fresh.done("krew", "index", "add", INDEX, fresh.index.as_uri())
    assert "checksum does not match" in refused(fresh)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE], ids=["symbolic", "hard"])
def test_krew_refuses_an_archive_with_a_link(fresh: Krew, bundle: Built, kind: bytes) -> None:
    link = tarfile.TarInfo("lab/again")
    link.type, link.linkname = kind, "lab/LICENSE"
    archive_with(fresh.archives / bundle.archive.name, link, bundle.archive)
    fresh.offer_unchecked(bundle.version)
    fresh.done("krew", "index", "add", INDEX, fresh.index.as_uri())
    assert "unable to handle file type" in refused(fresh)


def test_an_uninstall_leaves_nothing(fresh: Krew, bundle: Built) -> None:
    fresh.offer(bundle.version)
    fresh.done("krew", "index", "add", INDEX, fresh.index.as_uri())
    before = fresh.files()
    fresh.done("krew", "install", f"{INDEX}/lab")
    fresh.done("lab", "version")
    assert fresh.files() > before
    fresh.done("krew", "uninstall", "lab")
    assert fresh.files() == before
    assert not any((fresh.folder / "tmp").iterdir())


def test_an_uninstall_leaves_the_completion_file_and_nothing_else(fresh: Krew, bundle: Built) -> None:
    fresh.offer(bundle.version)
    fresh.done("krew", "index", "add", INDEX, fresh.index.as_uri())
    before = fresh.files()
    fresh.done("krew", "install", f"{INDEX}/lab")
    assert str(fresh.folder / COMPLETION) in fresh.done("lab", "completion", "install")
    assert "drain" in fresh.done("__complete", "lab", "dr")
    fresh.done("krew", "uninstall", "lab")
    assert fresh.files() - before == {COMPLETION}


def test_completion_removed_first_leaves_nothing(fresh: Krew, bundle: Built) -> None:
    fresh.offer(bundle.version)
    fresh.done("krew", "index", "add", INDEX, fresh.index.as_uri())
    before = fresh.files()
    fresh.done("krew", "install", f"{INDEX}/lab")
    fresh.done("lab", "completion", "install")
    fresh.done("lab", "completion", "install", "--remove")
    fresh.done("krew", "uninstall", "lab")
    assert fresh.files() == before
