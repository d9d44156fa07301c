"""Kubeconfig files of any content: decoded or refused by name, and merged without loss."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from kubectl_lab.cluster import kubeconfig, kubeyaml
from kubectl_lab.errors import LabError

if TYPE_CHECKING:
    from pathlib import Path


def load(names: str, contents: dict[str, Any]) -> kubeconfig.Merged:
    def read(path: Path) -> bytes:
        return json.dumps(contents[path.name]).encode()

    return kubeconfig.load(None, {"KUBECONFIG": names}, read)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)
)
ENTRY = st.dictionaries(st.sampled_from(["name", "user", "cluster", "context", "token", "exec", "server"]), VALUES | st.dictionaries(st.sampled_from(["token", "exec", "as-groups", "server"]), VALUES))  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from(["users", "clusters", "contexts", "current-context", "kind"]),
        VALUES | st.lists(ENTRY, max_size=3),
    )
)
def test_any_document_is_decoded_or_refused_by_name(document: dict[str, Any]) -> None:
    try:
        merged = load("/k/file", {"file": document})
    except LabError as error:
        assert error.values["file"] == "/k/file"  # noqa: PT017 - any other exception is the failure
        return
    assert all(isinstance(name, str) for name in (*merged.users, *merged.clusters, *merged.contexts))


NAMES = st.lists(st.sampled_from("abcd"), unique=True, max_size=4)


@given(st.lists(NAMES, max_size=4))
def test_every_entry_of_every_file_is_there_and_belongs_to_the_first_that_has_it(layers: list[list[str]]) -> None:
    contents = {
        str(at): {"users": [{"name": name, "user": {"token": f"{at}{name}"}} for name in names]}
        for at, names in enumerate(layers)
    }
    merged = load(":".join(contents) or ":", contents)
    expected = {name: f"{at}{name}" for at, names in reversed(list(enumerate(layers))) for name in names}
    assert {name: entry.text("token") for name, entry in merged.users.items()} == expected


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        found = kubeyaml.load(data)
    except kubeyaml.NotYaml:
        return
    assert isinstance(found, dict | list | str | int | float | None)


# libyaml knows no surrogate pairs and no keys of more than 1024 characters
TEXT = st.text(st.characters(max_codepoint=0xD7FF), max_size=20)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | TEXT,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    )
)
def test_json_is_read_as_it_is(value: Any) -> None:
    assert kubeyaml.load(json.dumps(value).encode()) == value
