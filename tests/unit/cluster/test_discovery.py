"""Kinds that are not built in: asked once, kept with care, named nearly when unknown."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import peers
from kubectl_lab import errors
from kubectl_lab.cluster import discovery
from kubectl_lab.cluster.kinds import KINDS, Resource
from kubectl_lab.cluster.live import LiveCluster
from recording import Answer, Recorder, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDGET = Resource("Widget", "example.com", "v1", "widgets", namespaced=True, short_names=("wg",))


def entry(resource: Resource) -> dict[str, Any]:
    return {
        "resource": resource.plural,
        "responseKind": {"kind": resource.kind, "group": "", "version": ""},
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "shortNames": list(resource.short_names),
    }


def aggregated(*groups: dict[str, Any]) -> Answer:
    return answer({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": list(groups)})


def group(*resources: Resource) -> dict[str, Any]:
    versions = [{"version": resources[0].version, "resources": [entry(each) for each in resources]}]
    return {"metadata": {"name": resources[0].group}, "versions": versions}


DEAD = {"metadata": {"name": "metrics.k8s.io"}, "versions": [{"version": "v1beta1", "freshness": "Stale"}]}


@pytest.fixture
def server() -> Iterator[Recorder]:
    with Recorder() as made:
        made.answers["/api"] = aggregated(group(KINDS["Pod"]))
        made.answers["/apis"] = aggregated(DEAD, group(WIDGET))
        yield made


def find(word: str, server: Recorder, folder: Path | None = None, now: float | None = None) -> Resource:
    made = peers.transport(server)
    return discovery.find(word, made, folder) if now is None else discovery.find(word, made, folder, lambda: now)


@pytest.mark.parametrize("word", ["po", "deploy", "sts.apps", "Node"])
def test_a_built_in_kind_costs_no_request(server: Recorder, word: str) -> None:
    find(word, server)
    assert server.requests == []


@pytest.mark.parametrize("word", ["widgets", "widget", "wg", "Widget.example.com", "widgets.v1.example.com"])
def test_another_kind_costs_two_and_a_dead_group_harms_none(server: Recorder, word: str) -> None:
    assert find(word, server) == WIDGET
    assert [request.path for request in server.requests] == ["/api", "/apis"]
    assert "apidiscovery.k8s.io" in (server.requests[0].value("Accept") or "")


def test_an_older_server_is_asked_group_by_group_and_a_dead_one_is_left_out(server: Recorder) -> None:
    def version(name: str) -> dict[str, str]:
        return {"groupVersion": name, "version": name.rpartition("/")[2]}

    groups = [
        {"name": "metrics.k8s.io", "versions": [version("metrics.k8s.io/v1beta1")]},
        {
            "name": "example.com",
            "versions": [version("example.com/v1beta1"), version("example.com/v1")],
            "preferredVersion": version("example.com/v1"),
        },
    ]
    row = {"name": "widgets", "kind": "Widget", "namespaced": True, "shortNames": ["wg"]}
    rows = [row, {**row, "name": "widgets/status"}]
    server.answers["/api"] = answer({"kind": "APIVersions", "versions": ["v1"]})
    server.answers["/apis"] = answer({"kind": "APIGroupList", "groups": groups})
    server.answers["/apis/metrics.k8s.io/v1beta1"] = answer({"kind": "Status"}, 503)
    for name in ("v1", "v1beta1"):
        server.answers[f"/apis/example.com/{name}"] = answer({"groupVersion": f"example.com/{name}", "resources": rows})
    assert find("wg", server) == WIDGET
    assert find("widgets.v1beta1.example.com", server).version == "v1beta1"
    assert all("/status" not in each.plural for each in discovery.ask(peers.transport(server)))


def test_an_unknown_type_names_the_nearest(server: Recorder) -> None:
    with pytest.raises(errors.BadUsage) as caught:
        find("widgest", server)
    assert caught.value.key == "unknown-type"
    assert caught.value.values["near"].split(", ")[0] == "widgets"
    with pytest.raises(errors.BadUsage) as caught:
        find("deploiment", server)
    assert "deployments" in caught.value.values["near"]


def test_an_answer_is_kept_for_six_hours(server: Recorder, tmp_path: Path) -> None:
    folder = tmp_path / "kubectl-lab" / "discovery" / "h"
    find("widgets", server, folder)
    written = (folder / "resources.json").stat().st_mtime
    assert find("wg", server, folder, now=written + 6 * 3600 - 1) == WIDGET
    assert len(server.requests) == 2
    find("wg", server, folder, now=written + 6 * 3600 + 1)
    assert len(server.requests) == 4


def test_an_unknown_type_asks_once_more_and_finds_what_is_new(server: Recorder, tmp_path: Path) -> None:
    find("widgets", server, tmp_path)
    new = Resource("Gadget", "example.com", "v1", "gadgets", namespaced=False)
    server.answers["/apis"] = aggregated(group(WIDGET, new))
    assert find("gadgets", server, tmp_path) == new
    assert len(server.requests) == 4


@pytest.mark.skipif(sys.platform == "win32", reason="modes of folders are POSIX")
def test_the_folders_are_ours_alone_and_nothing_half_written_stays(server: Recorder, tmp_path: Path) -> None:
    folder = tmp_path / "kubectl-lab" / "discovery" / "h"
    find("widgets", server, folder)
    for each in (folder, folder.parent, folder.parent.parent):
        assert stat.S_IMODE(each.stat().st_mode) == 0o700
    assert [entry.name for entry in folder.iterdir()] == ["resources.json"]


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[1]", b'[["Widget"]]', b"[[1, 2, 3, 4, 5, 6]]", b'{"a": 1}', b"\xff", b"[" * 100_000],
)
def test_a_damaged_cache_is_asked_for_anew(server: Recorder, tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "resources.json").write_bytes(damage)
    assert find("widgets", server, tmp_path) == WIDGET
    assert json.loads((tmp_path / "resources.json").read_bytes())


def test_a_cache_that_cannot_be_written_is_no_failure(server: Recorder, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert find("widgets", server, tmp_path / "file" / "discovery" / "h") == WIDGET


@pytest.mark.parametrize(
    ("environ", "platform", "folder"),
    [
        ({"XDG_CACHE_HOME": "/c", "HOME": "/h"}, "linux", "/c/kubectl-lab/discovery/a_6443"),
        ({"HOME": "/h"}, "linux", "/h/.cache/kubectl-lab/discovery/a_6443"),
        ({"HOME": "/h"}, "darwin", "/h/Library/Caches/kubectl-lab/discovery/a_6443"),
        ({"LOCALAPPDATA": "/l"}, "win32", "/l/kubectl-lab/discovery/a_6443"),
        ({"HOME": ""}, "linux", None),
        pytest.param(
            {"XDG_CACHE_HOME": "relative"}, "linux", None, id="a relative folder would depend on where we are"
        ),
    ],
)
def test_where_it_is_kept(environ: dict[str, str], platform: str, folder: str | None) -> None:
    assert discovery.cache_folder("https://a:6443", environ, platform) == (Path(folder) if folder else None)


def test_a_server_cannot_choose_the_folder() -> None:
    found = discovery.cache_folder("https://[::1]:6443/../../x", {"HOME": "/h"}, "linux")
    assert found is not None
    assert found.name == "___1__6443_.._.._x"


def test_a_found_kind_can_be_listed(server: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = peers.transport(server)
    cluster = LiveCluster(made, made.target)
    kind = cluster.find("wg")
    cluster.list(kind, "shop")
    assert kind == "Widget.example.com"
    assert server.requests[-1].path == "/apis/example.com/v1/namespaces/shop/widgets?limit=500"
    assert cluster.find("po") == "Pod"
