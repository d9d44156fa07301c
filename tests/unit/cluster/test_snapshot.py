"""Objects from files: every form kubectl writes, every form it refuses, and what is not known."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab import errors, objects
from kubectl_lab.cluster.snapshot import SnapshotCluster

if TYPE_CHECKING:
    from pathlib import Path


def pod(name: str, namespace: str | None = "shop", **metadata: Any) -> dict[str, Any]:
    where = {"namespace": namespace} if namespace else {}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, **where, **metadata}}


def listed(*items: Any, kind: str = "List", **rest: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "items": list(items), **rest}


def head(**fields: Any) -> dict[str, Any]:
    return {"apiVersion": "kubectl-lab/v1", "kind": "Snapshot", **fields}


def read(text: str | bytes | dict[str, Any], default_namespace: str = "default") -> SnapshotCluster:
    data = json.dumps(text) if isinstance(text, dict) else text
    encoded = data.encode() if isinstance(data, str) else data
    return SnapshotCluster.read(["-"], lambda: encoded, default_namespace)


def names(found: SnapshotCluster, *args: Any, **selectors: Any) -> list[str]:
    return [objects.name(obj) for obj in found.list(*args, **selectors).items]


YAML_POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\n  namespace: shop\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(YAML_POD.format(name="a") + "---\n" + YAML_POD.format(name="b"), id="documents of one YAML file"),
        pytest.param(
            "---\n\n---\n" + YAML_POD.format(name="a") + "---\n# nothing\n---\n" + YAML_POD.format(name="b"),
            id="empty documents between",
        ),
        pytest.param(json.dumps(listed(pod("a"), pod("b"))), id="a v1 List"),
        pytest.param(json.dumps(pod("a")) + "\n" + json.dumps(pod("b")), id="JSON objects one after another"),
        pytest.param(json.dumps(pod("a")) + "\n---\n" + json.dumps(pod("b")), id="JSON documents in YAML"),
        pytest.param(
            json.dumps(listed({"metadata": {"name": "a", "namespace": "shop"}}, pod("b"), kind="PodList")),
            id="a typed list whose items say no kind",
        ),
        pytest.param("\n \n" + json.dumps(listed(pod("a"), pod("b"))) + "\n\n", id="blank lines around it"),
        pytest.param("\ufeff" + json.dumps(listed(pod("a"), pod("b"))), id="a byte order mark"),
    ],
)
def test_what_kubectl_writes_is_read(text: str) -> None:
    assert names(read(text), "Pod") == ["a", "b"]
    assert read(text).get("Pod", "a", "shop")["apiVersion"] == "v1"


def test_times_stay_the_text_they_are() -> None:
    found = read(YAML_POD.format(name="a") + "  creationTimestamp: 2026-01-02T03:04:05Z\n")
    assert found.get("Pod", "a", "shop")["metadata"]["creationTimestamp"] == "2026-01-02T03:04:05Z"


def test_a_folder_is_its_manifests_in_order_and_not_those_below(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.json", "c.yml", "d.txt", "sub/e.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps(pod(name[0] if "/" not in name else "e")))
    assert names(SnapshotCluster.read([str(tmp_path)], bytes, "default"), "Pod") == ["a", "b", "c"]


def test_of_two_of_one_name_the_later_counts(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"{number}.json").write_text(json.dumps(pod("a", labels={"from": str(number)})))
    paths = [str(tmp_path / f"{number}.json") for number in (2, 1)]
    assert objects.labels(SnapshotCluster.read(paths, bytes, "default").get("Pod", "a", "shop")) == {"from": "1"}


def test_objects_without_a_namespace_take_the_default_and_cluster_wide_ones_lose_it() -> None:
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1", "namespace": "odd"}}
    found = read(listed(pod("a", None), node), default_namespace="team")
    assert objects.namespace(found.get("Pod", "a", "team")) == "team"
    assert objects.namespace(found.get("Node", "n1", "whatever")) is None


def test_selectors_and_namespaces_choose() -> None:
    running = {"status": {"phase": "Running"}, "spec": {"nodeName": "n1", "hostNetwork": True}}
    found = read(
        listed(
            pod("a", labels={"app": "web"}) | running,
            pod("b", labels={"app": "db"}),
            pod("c", "other", labels={"app": "web"}),
        )
    )
    assert names(found, "Pod") == ["a", "b", "c"]
    assert names(found, "Pod", "shop") == ["a", "b"]
    assert names(found, "Pod", label_selector="app in (web)") == ["a", "c"]
    assert names(found, "Pod", field_selector="spec.nodeName=n1,status.phase!=Failed") == ["a"]
    assert names(found, "Pod", field_selector="spec.nodeName==n1") == ["a"]
    assert names(found, "Pod", field_selector="spec.hostNetwork=true") == ["a"]
    assert names(found, "Pod", field_selector="metadata.name!=a") == ["b", "c"]
    with pytest.raises(errors.BadInput):
        found.list("Pod", field_selector="nonsense")


def test_a_kind_that_is_not_held_is_not_captured_rather_than_absent() -> None:
    found = read(pod("a"))
    for ask in (lambda: found.list("Service"), lambda: found.get("Service", "x", "shop")):
        with pytest.raises(errors.NotCaptured) as caught:
            ask()
        assert caught.value.values == {"kind": "Service", "held": "Pod"}


def test_an_empty_typed_list_is_known_to_be_empty() -> None:
    assert read(listed(kind="ServiceList")).list("Service").items == ()


def test_an_absent_object_of_a_held_kind_is_not_found() -> None:
    found = read(listed(pod("a"), pod("a", "other")))
    with pytest.raises(errors.NotFound) as caught:
        found.get("Pod", "b", "shop")
    assert caught.value.key == "input-not-found"
    with pytest.raises(errors.NotFound) as caught:
        found.get("Pod", "a", "third")
    assert (caught.value.key, caught.value.values["others"]) == ("input-elsewhere", "-n other, -n shop")


def test_the_head_of_a_snapshot_says_when_what_and_what_not() -> None:
    found = read(
        listed(
            head(
                capturedAt="2026-05-04T03:02:01Z",
                captured=[{"kind": "Pod", "count": 1}, {"kind": "Service", "count": 0}],
                notCaptured=[{"kind": "Secret", "why": "forbidden"}],
            ),
            pod("a"),
        )
    )
    assert found.captured_at == datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
    assert found.list("Service").items == ()
    with pytest.raises(errors.NotCaptured) as caught:
        found.list("Secret")
    assert caught.value.values == {"kind": "Secret", "why": "forbidden"}


def test_a_snapshot_of_one_namespace_knows_pods_everywhere_and_nothing_else() -> None:
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s", "namespace": "shop"}}
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}}
    extra = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x", "namespace": "mine"}}
    kinds = [{"kind": kind, "count": 1} for kind in ("Pod", "Service", "Node")]
    found = read(listed(head(namespace="shop", captured=kinds), service, node, pod("a", "other"), extra))
    assert names(found, "Pod") == ["a"]
    assert names(found, "Node") == ["n1"]
    assert names(found, "Service", "shop") == ["s"]
    assert found.get("Service", "x", "mine")["metadata"]["name"] == "x"
    for namespace in (None, "other", "mine"):
        with pytest.raises(errors.NotCaptured):
            found.list("Service", namespace)


BAD = [
    pytest.param("a: [1\nb: 2\n", "input-not-yaml", "standard input:2", id="broken YAML names its line"),
    pytest.param(
        "---\nkind: Pod\nmetadata: {name: a}\n---\nb: [1\nc: 2\n",
        "input-not-yaml",
        "standard input:6 (document 2)",
        id="of several documents the broken one is counted",
    ),
    pytest.param("{", "input-not-yaml", "standard input", id="broken JSON"),
    pytest.param(b"\xff\xfe\x00", "input-not-text", "standard input", id="a binary file"),
    pytest.param("", "input-no-objects", "-", id="an empty file"),
    pytest.param("just words", "input-item-not-object", "item 1", id="a text is no object"),
    pytest.param("[1]", "input-item-not-object", "array", id="a list is no object"),
    pytest.param(json.dumps(listed(pod("a"), None)), "input-item-not-object", "item 2", id="a null item"),
    pytest.param(json.dumps(listed("x")), "input-item-not-object", "string", id="a text among the items"),
    pytest.param('{"kind": "List", "items": {}}', "input-items-not-list", "object", id="items that are a map"),
    pytest.param('{"metadata": {"name": "a"}}', "input-no-kind", "item 1", id="no kind"),
    pytest.param('{"kind": ["Pod"], "metadata": {"name": "a"}}', "input-no-kind", "item 1", id="a kind that is a list"),
    pytest.param('{"kind": "Pod"}', "input-no-name", "item 1 (Pod)", id="no metadata"),
    pytest.param('{"kind": "Pod", "metadata": []}', "input-wrong-type", "metadata", id="metadata that is a list"),
    pytest.param(
        '{"kind": "Pod", "metadata": {"name": 5}}', "input-wrong-type", "metadata.name", id="a name that is a number"
    ),
    pytest.param(json.dumps(pod("a") | {"spec": []}), "input-wrong-type", "item 1 (Pod a)", id="a spec that is a list"),
    pytest.param(json.dumps(pod("a", labels=[])), "input-wrong-type", "metadata.labels", id="labels that are a list"),
    pytest.param(
        json.dumps(pod("a", labels={"v": 1})), "input-wrong-type", "metadata.labels.v", id="a label that is a number"
    ),
    pytest.param(
        json.dumps(listed(head(capturedAt="soon"))), "input-wrong-type", "capturedAt", id="a time that is none"
    ),
    pytest.param("[" * 100000, "input-not-yaml", "standard input", id="nesting without end"),
    pytest.param("{" + '"a":{' * 100000, "input-not-yaml", "standard input", id="JSON nested without end"),
    pytest.param("a: &a [*a]", "input-not-yaml", "standard input:1", id="an anchor that holds itself"),
    pytest.param("a: \x01", "input-not-yaml", "standard input", id="control characters"),
]


@pytest.mark.parametrize(("text", "key", "shown"), BAD)
def test_bad_input_names_file_and_item(text: str | bytes, key: str, shown: str) -> None:
    with pytest.raises(errors.BadInput) as caught:
        read(text)
    assert caught.value.key == key
    assert shown in " ".join(caught.value.values.values())
    assert caught.value.exit_code == 1


def test_a_null_where_a_map_belongs_is_an_absent_one() -> None:
    found = read(pod("a") | {"spec": None, "status": None})
    assert objects.spec(found.get("Pod", "a", "shop")) == {}


@pytest.mark.parametrize("path", ["missing.yaml", "nul\0byte"])
def test_a_path_that_cannot_be_opened_is_wrong_usage(tmp_path: Path, path: str) -> None:
    with pytest.raises(errors.BadUsage) as caught:
        SnapshotCluster.read([str(tmp_path / path)], bytes, "default")
    assert caught.value.exit_code == 2
    assert path in caught.value.values["file"]


def test_nothing_is_not_the_folder_one_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pod.yaml").write_text(YAML_POD.format(name="a"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(errors.BadUsage):
        SnapshotCluster.read([""], bytes, "default")
    assert len(SnapshotCluster.read(["."], bytes, "default").list("Pod").items) == 1


def test_a_folder_without_manifests_says_what_it_looked_for(tmp_path: Path) -> None:
    with pytest.raises(errors.BadInput) as caught:
        SnapshotCluster.read([str(tmp_path)], bytes, "default")
    assert ".yaml" in caught.value.values["extensions"]


def test_files_are_read_without_the_kubernetes_client(tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").write_text(YAML_POD.format(name="a"))
    script = (
        "import sys; from kubectl_lab.cluster import snapshot;"
        f"snapshot.load([{str(tmp_path)!r}], namespace='x').list('Pod');"
        "print(sorted({'kubernetes', 'urllib3', 'rich', 'click', 'http.client'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.strip() == "[]"
