"""What we say the API server would refuse, it refuses, in these words; what we say nothing of, it takes."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from bench.server import RefusedError
from kubectl_lab.cluster.kinds import KINDS
from live.service_ground import service as applied
from unit.service.manifest_table import (
    ACCEPTED,
    ACCEPTED_SLICES,
    REFUSED,
    REFUSED_SLICES,
    TARGETS,
    node_ports,
    service,
)

if TYPE_CHECKING:
    from pathlib import Path

    from bench.server import Json
    from live.service_ground import Ground

pytestmark = pytest.mark.live
BAD_TARGETS = [
    (f"target {target}", service({"port": 80, "targetPort": target}), "spec.ports[0].targetPort", words)
    for target, words in TARGETS.items()
]
ALL_REFUSED = [*REFUSED, *BAD_TARGETS]
# a dry run allocates nothing, so only a real request finds these
ALLOCATED = {"a node port below the range", "a node port above the range"}


def renamed(manifests: list[Json]) -> dict[str, Json]:
    """The same as one input: each by a name of its own, unless its name is the point."""
    made: dict[str, Json] = {}
    for number, each in enumerate(manifests):
        metadata = each["metadata"]
        name = f"c{number}" if metadata.get("name") in ("web", None) else metadata["name"]
        made[name] = {**each, "metadata": {**metadata, "name": name}}
    return made


def written(path: Path, manifests: list[Json]) -> str:
    """A file with these objects."""
    path.write_text("\n---\n".join(map(json.dumps, manifests)))
    return str(path)


def ours(services: Ground, path: Path, manifests: list[Json]) -> dict[str, list[Json]]:
    """What we find in a file with all these Services: name -> findings about manifests."""
    document = services.run(None, "-f", written(path, manifests), "-o", "json").document
    codes = ("SVC035", "SVC140", "SVC141")
    return {
        entry["service"]["name"]: [each for each in entry["findings"] if each["code"] in codes]
        for entry in document["services"]
    }


@pytest.fixture(scope="module")
def where(services: Ground) -> str:
    return services.namespace("manifests")


@pytest.fixture(scope="module")
def said(services: Ground, tmp_path_factory: pytest.TempPathFactory) -> list[list[Json]]:
    """Our findings of each refused manifest, in their order."""
    path = tmp_path_factory.mktemp("refused") / "services.yaml"
    listed = renamed([each[1] for each in ALL_REFUSED])
    found = ours(services, path, list(listed.values()))
    return [found[name] for name in listed]


@pytest.mark.parametrize("number", range(len(ALL_REFUSED)), ids=[each[0] for each in ALL_REFUSED])
def test_the_server_refuses_it_in_the_words_that_we_foretold(
    services: Ground, where: str, said: list[list[Json]], number: int
) -> None:
    _, manifest, field, _ = ALL_REFUSED[number]
    with pytest.raises(RefusedError) as refused:
        services.server.create(f"{KINDS['Service'].path(where)}?fieldValidation=Strict", manifest)
    answer = str(refused.value.body["message"]).lower()
    (finding,) = said[number]
    details = finding["details"]
    assert finding["code"] == ("SVC140" if number < len(REFUSED) else "SVC035")
    assert details["reason"].lower() in answer
    if "unmarshal" not in answer:
        assert field.lower().removesuffix("[0]") in answer


def test_kubectl_applies_none_of_them(services: Ground, where: str, tmp_path: Path) -> None:
    """A dry run of the server, as the page of SVC140 recommends it."""
    listed = renamed([each[1] for each in ALL_REFUSED])
    file = written(tmp_path / "refused.yaml", list(listed.values()))
    done = apply(services, where, file)
    let_pass = {name for name, each in zip(listed, ALL_REFUSED, strict=True) if each[0] in ALLOCATED}
    assert done.returncode == 1
    assert {line.split()[0].partition("/")[2] for line in done.stdout.splitlines()} == let_pass


def apply(services: Ground, where: str, file: str) -> subprocess.CompletedProcess[str]:
    words = ["kubectl", "-n", where, "apply", "--dry-run=server", "-f", file]
    return subprocess.run(words, capture_output=True, text=True, check=False, env=services.sandbox.environment())


def test_what_the_server_accepts_we_do_not_blame(services: Ground, where: str, tmp_path: Path) -> None:
    listed = renamed([each for _, each in ACCEPTED])
    found = ours(services, tmp_path / "accepted.yaml", list(listed.values()))
    assert {name: findings for name, findings in found.items() if findings} == {}
    assert set(found) == set(listed)
    done = apply(services, where, str(tmp_path / "accepted.yaml"))
    assert (done.returncode, len(done.stdout.splitlines())) == (0, len(listed))


@pytest.mark.parametrize("made", [pytest.param(each, id=each[0]) for each in REFUSED_SLICES])
def test_a_slice_that_we_blame_is_refused(
    services: Ground, where: str, tmp_path: Path, made: tuple[str, Json, str, str]
) -> None:
    _, manifest, field, _ = made
    with pytest.raises(RefusedError) as refused:
        services.server.create(f"{KINDS['EndpointSlice'].path(where)}?dryRun=All&fieldValidation=Strict", manifest)
    (finding,) = ours(services, tmp_path / "slice.yaml", [service(selector=None), manifest])["web"]
    assert finding["object"]["kind"] == "EndpointSlice"
    assert f"{field}: {finding['details']['reason']}" in refused.value.body["message"]


@pytest.mark.parametrize("made", [pytest.param(each, id=claim) for claim, each in ACCEPTED_SLICES])
def test_a_slice_that_the_server_takes_we_do_not_blame(
    services: Ground, where: str, tmp_path: Path, made: Json
) -> None:
    services.server.create(f"{KINDS['EndpointSlice'].path(where)}?dryRun=All&fieldValidation=Strict", made)
    assert ours(services, tmp_path / "slice.yaml", [service(selector=None), made])["web"] == []


# --- node ports of others


@pytest.mark.parametrize("protocol", ["TCP", "UDP"])
def test_a_node_port_is_given_once_whatever_the_protocol(
    services: Ground, where: str, tmp_path: Path, protocol: str
) -> None:
    number = 30501 if protocol == "TCP" else 30502
    path = KINDS["Service"].path(where)
    holder = applied(f"holder-{protocol.lower()}", {"app": "web"}, {"port": 80, "nodePort": number}, type="NodePort")
    (captured,) = services.add(where, holder)
    wanted = node_ports({"port": 80, "nodePort": number, "protocol": protocol})
    with pytest.raises(RefusedError) as refused:
        services.server.create(path, wanted)
    assert "provided port is already allocated" in refused.value.body["message"]
    captured |= {"apiVersion": "v1", "kind": "Service"}
    captured["metadata"]["namespace"] = "default"
    found = ours(services, tmp_path / "both.yaml", [captured, wanted])
    assert [each["code"] for each in found["web"]] == ["SVC141"]
    assert found["web"][0]["details"]["others"] == [f"default/holder-{protocol.lower()}"]
    assert found[f"holder-{protocol.lower()}"] == []


def test_a_free_node_port_is_accepted(services: Ground, where: str, tmp_path: Path) -> None:
    pair = [node_ports({"port": 80, "nodePort": 30503}), node_ports({"port": 80, "nodePort": 30504}, name="api")]
    services.add(where, *pair)
    assert ours(services, tmp_path / "pair.yaml", pair) == {"web": [], "api": []}
