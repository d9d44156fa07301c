"""What keeps a file of 150,000 objects cheap to read: nothing is copied, nothing looked for in vain."""

from __future__ import annotations

import gc
import json
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab import objects
from kubectl_lab.cluster import documents
from kubectl_lab.cluster.snapshot import SnapshotCluster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """The search for garbage as every other test has it."""
    was_on = gc.isenabled()
    yield
    gc.unfreeze()
    (gc.enable if was_on else gc.disable)()


def pods(count: int, length: int = 2000) -> bytes:
    text = [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": f"p{number}", "namespace": "shop", "annotations": {"text": "x" * length}},
        }
        for number in range(count)
    ]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": text}).encode()


def reading(data: bytes) -> Callable[[], bytes]:
    return lambda: data


def test_an_object_that_needs_nothing_is_the_one_that_was_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = json.loads(pods(1))
    monkeypatch.setattr(documents, "_parsed", lambda _file, _text: [parsed])
    found = SnapshotCluster.read(["-"], reading(b""), "default")
    assert found.get("Pod", "p0", "shop") is parsed["items"][0]


@pytest.mark.parametrize("was_on", [True, False])
def test_the_search_for_garbage_is_as_it_was_afterwards(was_on: bool) -> None:
    (gc.enable if was_on else gc.disable)()
    list(documents.read(["-"], reading(pods(1))))
    assert gc.isenabled() is was_on


def test_nor_does_a_broken_file_leave_it_off() -> None:
    gc.enable()
    list(documents.read(["-"], reading(b'{"a": 1, b: 2}')))
    assert gc.isenabled()


def test_no_garbage_is_looked_for_while_json_is_read_and_never_in_what_was_read() -> None:
    generations: list[int] = []
    data = pods(20_000, length=1)

    def note(phase: str, info: dict[str, Any]) -> None:
        if phase == "start":
            generations.append(info["generation"])

    gc.callbacks.append(note)
    try:
        read = iter(documents.read(["-"], reading(data)))
        first = next(read)
    finally:
        gc.callbacks.remove(note)
    assert isinstance(first, documents.Document)
    assert generations == []
    assert gc.get_freeze_count() > 20_000


def test_neither_bytes_nor_text_of_a_file_stay_while_its_objects_are_looked_at(tmp_path: Path) -> None:
    data = pods(5000)
    size = len(data)
    file = tmp_path / "pods.json"
    file.write_bytes(data)
    del data
    tracemalloc.start()
    try:
        read = iter(documents.read([str(file)], bytes))
        next(read)
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # the annotations are nearly all of the text, and live in the objects
    assert held < size * 1.5
    assert peak < size * 2.5


def test_a_cluster_wide_object_without_a_namespace_is_not_copied_either() -> None:
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}}
    custom = {"apiVersion": "a.example/v1", "kind": "Widget", "metadata": {"name": "w"}}
    text = json.dumps({"kind": "List", "items": [node, custom]}).encode()
    found = SnapshotCluster.read(["-"], reading(text), "default")
    assert found.get("Node", "n1") == node
    assert objects.namespace(found.list("Widget").items[0]) is None
    assert found.unknown_kinds() == {"Widget": 1}
