"""Kubeconfig files: which, their types, their merge. What kubectl makes of the same files: tests/oracle/kubeconfig."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab.cluster import kubeconfig
from kubectl_lab.errors import BadKubeconfig, BadUsage

if TYPE_CHECKING:
    from pathlib import Path


def files(**contents: Any) -> Any:
    """A reader of files held in memory: text, bytes, an exception to raise, or anything else as JSON."""

    def read(path: Path) -> bytes:
        content = contents.get(path.name, FileNotFoundError(2, "No such file or directory"))
        if isinstance(content, Exception):
            raise content
        if isinstance(content, bytes | str):
            return content if isinstance(content, bytes) else content.encode()
        return json.dumps(content).encode()

    return read


def one(content: Any) -> kubeconfig.Merged:
    return kubeconfig.load(None, {"KUBECONFIG": "/k/file"}, files(file=content))


def users(**named: dict[str, Any]) -> dict[str, Any]:
    return {"users": [{"name": name, "user": user} for name, user in named.items()]}


@pytest.mark.parametrize(
    ("explicit", "environ", "names"),
    [
        pytest.param(None, {"HOME": "/h"}, ["/h/.kube/config"], id="the home folder's"),
        pytest.param(None, {"HOME": "/h", "KUBECONFIG": ""}, ["/h/.kube/config"], id="an empty variable is none"),
        pytest.param(None, {}, [".kube/config"], id="without HOME the working folder's, as in client-go"),
        pytest.param(None, {"HOME": "/h", "KUBECONFIG": "a"}, ["a"], id="the variable"),
        pytest.param(None, {"KUBECONFIG": "b:a:b"}, ["b", "a"], id="a list without duplicates"),
        pytest.param(None, {"KUBECONFIG": ":a:"}, ["a"], id="without empty names"),
        pytest.param(None, {"HOME": "/h", "KUBECONFIG": "::"}, [], id="a list of nothing is no fall-back"),
        pytest.param(None, {"HOME": "/h", "KUBECONFIG": "~/x"}, ["~/x"], id="a tilde is a letter"),
        pytest.param("f:g", {"KUBECONFIG": "a"}, ["f:g"], id="the flag alone, one path"),
        pytest.param("", {"KUBECONFIG": "a"}, ["a"], id="an empty flag is none"),
    ],
)
def test_which_files(explicit: str | None, environ: dict[str, str], names: list[str]) -> None:
    asked: list[str] = []

    def read(path: Path) -> bytes:
        asked.append(str(path))
        return b""

    assert (kubeconfig.load(explicit, environ, read).files, asked) == (tuple(names), names)


@pytest.mark.parametrize(
    ("environ", "home"),
    [
        ({"HOME": "H", "USERPROFILE": "U"}, "H"),
        ({"HOMEDRIVE": "C:", "HOMEPATH": "\\me", "USERPROFILE": "U"}, "C:\\me"),
        ({"USERPROFILE": "U"}, "U"),
        ({}, ""),
    ],
)
def test_the_home_folder_on_windows(environ: dict[str, str], home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", "nt")
        found = kubeconfig._home(environ)
    assert found == home


def test_windows_separates_by_semicolons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "pathsep", ";")
    asked = kubeconfig.load(None, {"KUBECONFIG": "a;b"}, files(a="", b=""))
    assert asked.files == ("a", "b")


def test_missing_files_are_passed_over_and_remembered() -> None:
    merged = kubeconfig.load(None, {"KUBECONFIG": "/k/no:/k/a"}, files(a=""))
    assert (merged.files, merged.missing) == (("/k/a",), ("/k/no",))


@pytest.mark.parametrize("error", [IsADirectoryError(21, "Is a directory"), PermissionError(13, "Permission denied")])
def test_a_file_that_is_there_and_cannot_be_read_is_an_error(error: OSError) -> None:
    with pytest.raises(BadKubeconfig) as caught:
        one(error)
    assert (caught.value.key, caught.value.values) == (
        "kubeconfig-unreadable",
        {"file": "/k/file", "why": error.strerror},
    )


@pytest.mark.parametrize("error", [FileNotFoundError(2, "none"), IsADirectoryError(21, "Is a directory")])
def test_the_file_of_the_flag_must_open_or_the_command_line_is_wrong(error: OSError) -> None:
    with pytest.raises(BadUsage) as caught:
        kubeconfig.load("/k/f", {}, files(f=error))
    assert (caught.value.key, caught.value.values["flag"]) == ("flag-file-unreadable", "--kubeconfig")


def test_the_first_whole_entry_wins_and_is_anchored_in_its_own_file() -> None:
    first, second = (
        users(u={"token": "1", "tokenFile": "t"}),
        users(u={"token": "2", "as": "root"}, v={"client-key": "../k"}),
    )
    merged = kubeconfig.load(None, {"KUBECONFIG": "/a/one:/b/c/two"}, files(one=first, two=second))
    assert dict(merged.users["u"].values) == {"token": "1", "tokenFile": "t"}
    assert merged.users["u"].path("tokenFile") == "/a/t"
    assert merged.users["v"].path("client-key") == "/b/k"
    assert merged.users["v"].source("token") == "/b/c/two: users[1].user.token"


def test_relative_names_start_at_the_kubeconfigs_folder_and_absolute_ones_stay() -> None:
    entry = one(users(u={"tokenFile": "/x/../t", "client-key": ""})).users["u"]
    assert (entry.path("tokenFile"), entry.path("client-key"), entry.path("absent")) == ("/t", "", "")


def test_the_first_current_context_that_is_not_empty_counts() -> None:
    contents = {"a": {"current-context": ""}, "b": {"current-context": "x"}, "c": {"current-context": "y"}}
    merged = kubeconfig.load(None, {"KUBECONFIG": "/k/a:/k/b:/k/c"}, files(**contents))
    assert (merged.current_context, merged.current_source) == ("x", "/k/b: current-context")


@pytest.mark.parametrize(
    ("content", "key", "values"),
    [
        pytest.param("a: [\n", "kubeconfig-not-yaml", {"line": "2"}, id="broken YAML names its line"),
        pytest.param(b"\x00", "kubeconfig-not-text", {}, id="a binary file"),
        pytest.param("[]", "kubeconfig-not-mapping", {}, id="a list"),
        pytest.param("word", "kubeconfig-not-mapping", {}, id="a word"),
        pytest.param("5", "kubeconfig-not-mapping", {}, id="a number"),
        pytest.param({"kind": "Pod"}, "kubeconfig-other-kind", {"kind": "Pod", "api": "-"}, id="a pod"),
        pytest.param({"apiVersion": "v2"}, "kubeconfig-other-kind", {"kind": "-", "api": "v2"}, id="a version to come"),
        pytest.param({"users": [{"name": "a"}, {"name": "a"}]}, "kubeconfig-duplicate", {"field": "users[1].name", "name": "a"}, id="a name twice"),
        *(
            pytest.param(content, "kubeconfig-wrong-type", {"field": field, "expected": expected}, id=f"{field} of another type")
            for content, field, expected in (
                ({"users": {}}, "users", "list"),
                ({"users": [5]}, "users[0]", "mapping"),
                ({"users": [{"name": "a"}, {"name": 5}]}, "users[1].name", "string (in quotes)"),
                ({"users": [{"name": "a", "user": []}]}, "users[0].user", "mapping"),
                (users(a={}, b={}, c={"token": 5}), "users[2].user.token", "string (in quotes)"),
                (users(a={"client-key-data": "!"}), "users[0].user.client-key-data", "base64"),
                (users(a={"client-key-data": "YQ"}), "users[0].user.client-key-data", "base64"),
                (users(a={"client-key-data": 5}), "users[0].user.client-key-data", "string (in quotes)"),
                (users(a={"as-groups": "g"}), "users[0].user.as-groups", "list of strings"),
                (users(a={"as-groups": ["g", 5]}), "users[0].user.as-groups[1]", "string (in quotes)"),
                (users(a={"as-user-extra": {"k": "v"}}), "users[0].user.as-user-extra.k", "list of strings"),
                (users(a={"exec": []}), "users[0].user.exec", "mapping"),
                (users(a={"exec": {"args": [1]}}), "users[0].user.exec.args[0]", "string (in quotes)"),
                (users(a={"exec": {"env": [{"name": "A", "value": 1}]}}), "users[0].user.exec.env[0].value", "string (in quotes)"),
                (users(a={"auth-provider": {"config": {"k": 1}}}), "users[0].user.auth-provider.config.k", "string (in quotes)"),
                ({"clusters": [{"cluster": {"insecure-skip-tls-verify": "true"}}]}, "clusters[0].cluster.insecure-skip-tls-verify", "boolean"),
                ({"preferences": {"colors": 3}}, "preferences.colors", "boolean"),
                ({"extensions": 3}, "extensions", "list"),
                ({"current-context": True}, "current-context", "string (in quotes)"),
            )
        ),
    ],
)  # fmt: skip
def test_what_kubectl_cannot_decode_names_file_and_field(content: Any, key: str, values: dict[str, str]) -> None:
    with pytest.raises(BadKubeconfig) as caught:
        one(content)
    assert (caught.value.key, caught.value.values) == (key, {"file": "/k/file", **values})


@pytest.mark.parametrize(
    "content", ["", "# words", "---", "{}", "null", {"kind": "", "apiVersion": None}, {"users": None}]
)
def test_an_empty_file_is_a_kubeconfig_without_entries(content: Any) -> None:
    assert one(content) == kubeconfig.Merged(files=("/k/file",))


def test_null_is_the_empty_value_of_every_type() -> None:
    content = {
        "users": [
            None,
            {"name": "u", "user": {"token": None, "exec": None, "as-groups": [None], "client-key-data": None}},
        ],
        "clusters": [{"name": "c", "cluster": None}],
    }
    merged = one(content)
    held = {"token": "", "exec": None, "as-groups": ("",), "client-key-data": b""}
    assert (dict(merged.users["u"].values), dict(merged.clusters["c"].values)) == (held, {})


def test_unknown_fields_are_passed_over_and_case_matters() -> None:
    assert dict(one(users(u={"Token": "no", "new": [1], "token": "t"})).users["u"].values) == {"token": "t"}


def test_base64_may_be_broken_into_lines() -> None:
    assert one(users(u={"client-key-data": "Y\nQ=\r\n=\n"})).users["u"].values["client-key-data"] == b"a"


def test_nothing_secret_is_in_the_repr_or_in_an_error() -> None:
    held = {"token": "hunter2", "password": "hunter2", "client-key-data": "aHVudGVyMg=="}
    assert "hunter2" not in repr(one(users(u=held)))
    with pytest.raises(BadKubeconfig) as caught:
        one(users(u={**held, "client-key-data": "hunter2!"}))
    assert "hunter2" not in repr(caught.value) + str(caught.value) + repr(caught.value.__context__)
