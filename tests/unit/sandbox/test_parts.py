from __future__ import annotations

import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import generate_modules, golang, parts
from sandbox.failure import SandboxError

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.parts import Part

MODULES = {
    "kubernetes": "k8s.io/kubernetes",
    "etcd": "go.etcd.io/etcd/server/v3",
    "kwok": "sigs.k8s.io/kwok",
    "krew": "sigs.k8s.io/krew",
}


def copied(part: Part, folder: Path) -> Part:
    shutil.copytree(part.folder, folder)
    return replace(part, folder=folder)


@pytest.mark.parametrize("part", parts.PARTS, ids=lambda part: part.name)
def test_the_table_and_go_mod_name_the_same_version(part: Part) -> None:
    text = (part.folder / "go.mod").read_text()
    assert re.search(rf"^(?:require|\t)\s*{MODULES[part.name]} v{part.version}(?: // indirect)?$", text, re.MULTILINE)


@pytest.mark.parametrize("part", parts.PARTS, ids=lambda part: part.name)
def test_go_mod_pins_the_tools_that_are_built(part: Part) -> None:
    text = "".join(file.read_text() for file in sorted(part.folder.glob("*")))
    assert [binary.package for binary in part.binaries if binary.package not in text] == []


@pytest.mark.parametrize("file", ["go.mod", "go.sum"])
def test_the_key_changes_with_the_sources(tmp_path: Path, file: str) -> None:
    part = copied(parts.part_of("kwok"), tmp_path / "kwok")
    before = part.key("go1.26.0 linux/amd64")
    (part.folder / file).write_text((part.folder / file).read_text() + "\n")
    assert part.key("go1.26.0 linux/amd64") != before


def test_the_key_is_of_the_part_alone(tmp_path: Path) -> None:
    """A new kwok does not build Kubernetes again."""
    kubernetes, kwok = (copied(parts.part_of(name), tmp_path / name) for name in ("kubernetes", "kwok"))
    before = kubernetes.key("go")
    (kwok.folder / "go.mod").write_text("other")
    assert kubernetes.key("go") == before


@pytest.mark.parametrize("other", ["go1.26.1 linux/amd64", "go1.26.0 linux/arm64"])
def test_the_key_changes_with_go_and_the_platform(other: str) -> None:
    part = parts.part_of("etcd")
    assert part.key("go1.26.0 linux/amd64") != part.key(other)


def test_the_key_changes_with_what_is_stamped() -> None:
    part = parts.part_of("krew")
    assert replace(part, stamps=()).key("go") != part.key("go")


def test_kubernetes_is_stamped_where_its_clients_look() -> None:
    flags = parts.part_of("kubectl").ldflags
    for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version"):
        for value in ("gitVersion=v1.36.3", "gitMajor=1", "gitMinor=36", "gitTreeState=clean"):
            assert f"-X {package}.{value}" in flags


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        ([], ["kubernetes", "etcd", "kwok", "krew", "gateway"]),
        (["kubectl", "kube-scheduler"], ["kubernetes"]),
        (["krew", "etcd"], ["krew", "etcd"]),
    ],
)
def test_parts_are_chosen_by_their_name_or_a_programs(names: list[str], chosen: list[str]) -> None:
    assert [part.name for part in parts.chosen(names)] == chosen


@given(st.text().filter(lambda name: name not in parts.known_names()))
def test_no_other_name_is_a_part(name: str) -> None:
    with pytest.raises(SandboxError, match="unknown part or program"):
        parts.part_of(name)


def test_an_older_server_has_its_own_module_stamps_and_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    older = parts.of_server("1.34")
    assert older.folder == tmp_path / "kubectl-lab/sandbox/modules/kubernetes-1.34.4"
    assert "gitVersion=v1.34.4" in older.ldflags
    assert "gitMinor=34" in older.ldflags
    assert older.key("go") != parts.part_of("kubernetes").key("go")
    assert parts.of_server("1.36") == parts.part_of("kubernetes")


def test_the_module_of_a_release_replaces_the_staging_modules_it_has() -> None:
    upstream = "module k8s.io/kubernetes\n\ngo 1.24.0\n\nreplace (\n\tk8s.io/api => ./staging/src/k8s.io/api\n)\n"
    text = generate_modules.go_mod("1.34.4", upstream)
    assert "require k8s.io/kubernetes v1.34.4" in text
    assert "\tk8s.io/api => k8s.io/api v0.34.4" in text
    assert "go 1.24.0" in text
    assert text.count("=>") == 1


@pytest.mark.parametrize(
    ("name", "answer", "version"),
    [
        ("kube-apiserver", "Kubernetes v1.36.3\n", "1.36.3"),
        ("kubectl", "Client Version: v1.36.3\nKustomize Version: v5.8.1\n", "1.36.3"),
        ("etcd", "etcd Version: 3.6.16\nGit SHA: x\nGo Version: go1.26.8\n", "3.6.16"),
        ("kwok", "kwok version v0.8.0 go1.26.8 (linux/amd64)\n", "0.8.0"),
        ("krew", "OPTION   VALUE\nGitTag    v0.4.4\nGitCommit unknown\n", "0.4.4"),
        ("kube-apiserver", "Kubernetes v0.0.0-master+$Format:%H$\n", "0.0.0-master+$Format:%H$"),
        ("etcd", "segmentation fault", "?"),
    ],
)
def test_the_version_is_read_from_what_the_program_says(name: str, answer: str, version: str) -> None:
    binary = next(binary for part in parts.PARTS for binary in part.binaries if binary.name == name)
    assert parts.version_in(binary, answer) == version


@pytest.mark.parametrize(("older", "newer"), [("1.9.9", "1.26.0"), ("1.26.0", "1.26.10"), ("1.26", "1.26.1")])
def test_go_versions_compare_as_numbers(older: str, newer: str) -> None:
    assert golang.numbers(older) < golang.numbers(newer)
