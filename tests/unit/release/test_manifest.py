"""The krew manifest: what krew would ignore, believe or refuse is found here, before it is published."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from contract.sources import ROOT
from kubectl_lab.version import __version__
from release import archive, bundle, manifest

if TYPE_CHECKING:
    from pathlib import Path

PLATFORMS = ["linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64", "windows-amd64"]
PLATFORM = pytest.mark.parametrize("platform", PLATFORMS)
HASH = "123456789" * 7 + "1"  # a hash without a letter must not become a number
# field -> its fields, None where there are none: krew 0.4.4, pkg/index/types.go; it ignores any other silently
FIELDS: dict[str, Any] = {
    "apiVersion": None,
    "kind": None,
    "metadata": {"name": None},
    "spec": {
        "version": None,
        "homepage": None,
        "shortDescription": None,
        "description": None,
        "caveats": None,
        "platforms": {
            "selector": {"matchLabels": {"os": None, "arch": None}},
            "uri": None,
            "sha256": None,
            "bin": None,
        },
    },
}


def rendered(*platforms: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(manifest.render("1.2.3", dict.fromkeys(platforms or PLATFORMS, HASH)))
    return found


def paths(value: Any, at: str = "") -> set[str]:
    """Every field: `spec.platforms.uri`; the items of a list count as one."""
    if isinstance(value, list):
        return set[str]().union(*(paths(each, at) for each in value))
    if not isinstance(value, dict):
        return {at}
    return set[str]().union(*(paths(each, f"{at}.{name}") for name, each in value.items()))


def archives(folder: Path, *platforms: str) -> dict[str, str]:
    """Archives where the real ones would be, each with a licence of its own; platform -> hash."""
    folder.mkdir()
    hashes = {}
    for platform in platforms:
        made, content = folder / manifest.platforms()[platform], folder / platform
        content.mkdir()
        (content / "LICENSE").write_text(platform)
        archive.pack(content, made, epoch=0)
        hashes[platform] = hashlib.sha256(made.read_bytes()).hexdigest()
    return hashes


def run(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    where = ["--dist", str(tmp_path / "dist"), "--out", str(tmp_path / "plugins" / "lab.yaml")]
    command = [sys.executable, "-m", "release", "manifest", *where, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def written(tmp_path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((tmp_path / "plugins" / "lab.yaml").read_text(encoding="utf-8"))
    return found


def test_every_field_is_one_that_krew_reads_and_none_is_missing() -> None:
    assert paths(rendered()) == paths(FIELDS)


def test_the_head_is_what_krew_wants() -> None:
    found = rendered()
    assert found["apiVersion"] == "krew.googlecontainertools.github.com/v1alpha2"
    assert (found["kind"], found["metadata"]["name"]) == ("Plugin", manifest.MANIFEST.stem)
    assert found["spec"]["version"] == "v1.2.3"
    assert found["spec"]["homepage"] == manifest.REPOSITORY


def test_krew_search_shows_the_short_description_to_its_end() -> None:
    text = rendered()["spec"]["shortDescription"]
    assert "\n" not in text
    assert 0 < len(text) <= 50  # limitString in krew's search.go
    assert not text.endswith(".")


def test_the_caveats_name_the_help_and_how_to_turn_completion_on_and_off() -> None:
    commands = re.findall(r"^  (kubectl .*)$", rendered()["spec"]["caveats"], re.MULTILINE)
    turn_on = "kubectl lab completion install"
    assert commands == ["kubectl lab --help", turn_on, f"{turn_on} --remove"]


def test_the_words_fit_a_terminal_that_krew_indents() -> None:
    spec = rendered()["spec"]
    assert max(map(len, (spec["description"] + spec["caveats"]).splitlines())) <= 80


@PLATFORM
def test_a_platform_is_selected_by_its_system_and_processor_and_nothing_else(platform: str) -> None:
    (entry,) = rendered(platform)["spec"]["platforms"]
    assert entry["selector"] == {"matchLabels": dict(zip(("os", "arch"), platform.split("-"), strict=True))}


@PLATFORM
def test_a_platform_fetches_the_archive_that_the_build_makes_for_it(platform: str) -> None:
    system, machine = platform.split("-")
    built = bundle.archive_name({"windows": "win32"}.get(system, system), machine)
    (entry,) = rendered(platform)["spec"]["platforms"]
    assert entry["uri"] == f"{manifest.REPOSITORY}/releases/download/v1.2.3/{built}"
    assert manifest.platforms()[platform] == built


@PLATFORM
def test_a_platform_starts_the_program_in_the_archives_one_folder(platform: str) -> None:
    (entry,) = rendered(platform)["spec"]["platforms"]
    assert entry["bin"] == "lab/kubectl-lab" + (".exe" if platform.startswith("windows") else "")


def test_the_template_holds_the_platforms_of_a_release() -> None:
    assert list(manifest.platforms()) == PLATFORMS


def test_a_hash_of_digits_stays_text() -> None:
    assert {entry["sha256"] for entry in rendered()["spec"]["platforms"]} == {HASH}


@pytest.mark.parametrize("asked", [["linux-amd64"], ["windows-amd64", "linux-arm64"], PLATFORMS], ids=",".join)
def test_exactly_the_platforms_asked_for_are_named_in_the_templates_order(tmp_path: Path, asked: list[str]) -> None:
    archives(tmp_path / "dist", *PLATFORMS)
    assert run(tmp_path, "--platforms", ",".join(asked)).returncode == 0
    named = ["-".join(each["selector"]["matchLabels"].values()) for each in written(tmp_path)["spec"]["platforms"]]
    assert named == [platform for platform in PLATFORMS if platform in asked]


def test_each_hash_is_that_of_the_platforms_own_archive(tmp_path: Path) -> None:
    hashes = archives(tmp_path / "dist", *PLATFORMS)
    assert run(tmp_path).returncode == 0
    named = {each["uri"].rpartition("/")[2]: each["sha256"] for each in written(tmp_path)["spec"]["platforms"]}
    assert named == {manifest.platforms()[platform]: digest for platform, digest in hashes.items()}


def test_without_a_word_the_version_is_the_programs_own(tmp_path: Path) -> None:
    archives(tmp_path / "dist", *PLATFORMS)
    done = run(tmp_path)
    assert written(tmp_path)["spec"]["version"] == f"v{__version__}"
    assert done.stdout == f"{tmp_path}/plugins/lab.yaml  v{__version__}  {' '.join(PLATFORMS)}\n"


def test_a_missing_archive_is_named_and_the_old_manifest_stays(tmp_path: Path) -> None:
    archives(tmp_path / "dist", "linux-amd64", "darwin-amd64", "darwin-arm64")
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "lab.yaml").write_text("old")
    done = run(tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 2
    assert re.findall(r"lab-[a-z0-9-]+\.(?:tar\.gz|zip)", done.stderr) == [
        "lab-linux-arm64.tar.gz",
        "lab-windows-amd64.zip",
    ]
    assert {path.name: path.read_text() for path in (tmp_path / "plugins").iterdir()} == {"lab.yaml": "old"}


def test_a_folder_in_an_archives_place_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "dist" / "lab-linux-amd64.tar.gz").mkdir(parents=True)
    assert run(tmp_path, "--platforms", "linux-amd64").returncode == 1
    assert not (tmp_path / "plugins").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["--platforms", "linux-amd64,linux-riscv64"],
        ["--platforms", ""],
        ["--version", "1.2"],
        ["--version", "v1.2.3"],
        ["--version", "1.2.3+build"],
        ["--version", "01.2.3"],
        ["--base-url", "ftp://archive"],
        ["--base-url", 'http://a"b'],
        ["--repository", "https://a b"],
    ],
    ids=" ".join,
)
def test_a_wrong_word_is_refused_and_writes_nothing(tmp_path: Path, words: list[str]) -> None:
    archives(tmp_path / "dist", *PLATFORMS)
    done = run(tmp_path, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"argument {words[0]}" in done.stderr
    assert not (tmp_path / "plugins").exists()


def test_a_prerelease_is_a_version(tmp_path: Path) -> None:
    archives(tmp_path / "dist", "linux-amd64")
    assert run(tmp_path, "--platforms", "linux-amd64", "--version", "1.0.0-rc.1").returncode == 0
    assert written(tmp_path)["spec"]["version"] == "v1.0.0-rc.1"


def test_a_server_of_ones_own_changes_only_where_the_archives_come_from(tmp_path: Path) -> None:
    archives(tmp_path / "dist", *PLATFORMS)
    run(tmp_path)
    before = written(tmp_path)
    assert run(tmp_path, "--base-url", "http://127.0.0.1:8000/").returncode == 0
    after = written(tmp_path)
    for one, other in zip(before["spec"]["platforms"], after["spec"]["platforms"], strict=True):
        assert other.pop("uri") == "http://127.0.0.1:8000/" + one.pop("uri").rpartition("/")[2]
    assert after == before


def test_another_repository_is_named_wherever_the_default_one_was(tmp_path: Path) -> None:
    archives(tmp_path / "dist", *PLATFORMS)
    assert run(tmp_path, "--repository", "https://git.example/team/lab").returncode == 0
    text = (tmp_path / "plugins" / "lab.yaml").read_text()
    assert manifest.REPOSITORY not in text
    assert text.count("https://git.example/team/lab") == len(PLATFORMS) + 1


def test_a_manifest_that_cannot_be_written_is_an_error_that_leaves_nothing(tmp_path: Path) -> None:
    archives(tmp_path / "dist", "linux-amd64")
    (tmp_path / "plugins" / "lab.yaml").mkdir(parents=True)
    done = run(tmp_path, "--platforms", "linux-amd64")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 2)
    assert [path.name for path in (tmp_path / "plugins").iterdir()] == ["lab.yaml"]


def test_nothing_but_the_manifest_is_left_beside_it(tmp_path: Path) -> None:
    archives(tmp_path / "dist", "linux-amd64")
    for _ in range(2):
        assert run(tmp_path, "--platforms", "linux-amd64").returncode == 0
    assert [path.name for path in (tmp_path / "plugins").iterdir()] == ["lab.yaml"]


@pytest.mark.parametrize(
    "content",
    [pytest.param(b"", id="nothing"), pytest.param(b"x" * 1000, id="anything"), pytest.param(b"\x1f\x8b", id="half")],
)
def test_an_archive_that_is_none_gets_no_manifest(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "lab-linux-amd64.tar.gz").write_bytes(content)
    done = run(tmp_path, "--platforms", "linux-amd64")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 2)
    assert "lab-linux-amd64.tar.gz is no whole archive" in done.stderr
    assert not (tmp_path / "plugins").exists()


def test_a_dash_is_stdout_and_nothing_is_replaced_that_is_no_file(tmp_path: Path) -> None:
    archives(tmp_path / "dist", "linux-amd64")
    shown = run(tmp_path, "--platforms", "linux-amd64", "--out", "-")
    assert yaml.safe_load(shown.stdout)["metadata"] == {"name": "lab"}
    (tmp_path / "kept").mkdir()
    refused = run(tmp_path, "--platforms", "linux-amd64", "--out", str(tmp_path / "kept"))
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 2)
    assert (tmp_path / "kept").is_dir()


@pytest.mark.parametrize("url", ["http://user:pass@127.0.0.1/x", "http:///x", "http://"])
def test_an_address_that_is_none_or_would_publish_a_password_is_refused(tmp_path: Path, url: str) -> None:
    done = run(tmp_path, "--base-url", url)
    assert done.returncode == 2
    assert "--base-url" in done.stderr
