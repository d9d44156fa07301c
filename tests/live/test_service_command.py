"""`kubectl lab explain-service` as it is typed, on a real cluster: what is asked, what is answered, with which exit code."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
import yaml

from bench.server import within
from kubectl_lab.cluster.kinds import KINDS
from live.service_ground import deployment, service
from recording import Answer, Recorder

if TYPE_CHECKING:
    from pathlib import Path

    from bench.server import Json
    from live.service_ground import Ground

pytestmark = pytest.mark.live
APP = {"app": "web"}
ENGLISH = {"LC_ALL": "C.UTF-8", "COLUMNS": "100"}


@pytest.fixture(scope="module")
def shop(services: Ground) -> str:
    where = services.namespace("command", {"team": "red"})
    labelled = service("web", APP)
    labelled["metadata"]["labels"] = {"tier": "front"}
    services.add(where, deployment("web"), labelled, service("wbe", {"app": "wbe"}))
    services.available(where, "web")
    services.endpoints(where, "web", 2, ready=2)
    return where


def names(document: Json) -> list[str]:
    return [each["service"]["name"] for each in document["services"]]


def test_the_real_kubectl_finds_it_and_it_answers(services: Ground, shop: str) -> None:
    done = services.sandbox.kubectl("lab", "explain-service", "web", "-n", shop, "-o", "json", env=ENGLISH)
    entry = json.loads(done.stdout)["services"][0]
    assert (entry["service"]["name"], entry["verdict"], done.stderr) == ("web", "healthy", "")


def test_the_program_of_its_own_is_found_by_kubectls_rule_for_dashes(
    services: Ground, shop: str, tmp_path: Path
) -> None:
    """kubectl looks `lab explain-service` up as `kubectl-lab-explain_service`, and nothing else is on PATH here."""
    own = tmp_path / "kubectl-lab-explain_service"
    program = "import sys; from kubectl_lab_plugins.__main__ import run; sys.argv[0] = sys.argv.pop(1); run()"
    own.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{program}" "$0" "$@"\n')
    own.chmod(0o755)
    environment = {**ENGLISH, "PATH": f"{tmp_path}:/usr/bin:/bin"}
    done = services.sandbox.kubectl("lab", "explain-service", "web", "-n", shop, "-o", "name", env=environment)
    assert done.stdout == "service/web\n"


@pytest.mark.parametrize("word", ["web", "service/web", "svc/web", "services/web", "Service/web"])
def test_a_service_has_several_names(services: Ground, shop: str, word: str) -> None:
    assert names(services.explain(shop, word)) == ["web"]


def test_without_a_name_all_are_answered_worst_first(services: Ground, shop: str) -> None:
    said = services.run(shop, "-o", "json")
    assert (said.code, names(said.document), said.err) == (0, ["wbe", "web"], "")


def test_a_selector_chooses_among_them(services: Ground, shop: str) -> None:
    assert names(services.explain(shop, "-l", "tier=front")) == ["web"]
    assert names(services.explain(shop, "-l", "tier!=front")) == ["wbe"]
    assert names(services.explain(shop, "-l", "tier in (front, back)")) == ["web"]


def test_a_selector_that_chooses_nothing_says_so(services: Ground, shop: str) -> None:
    said = services.run(shop, "-l", "tier=none", "-o", "json")
    assert (said.code, said.document["services"]) == (0, [])
    assert said.err == "No services carry these labels.\n"


def test_all_namespaces_hold_those_of_each(services: Ground, shop: str) -> None:
    said = services.run(None, "-A", "-o", "json")
    assert {"web", "wbe", "kubernetes"} <= set(names(said.document))


def test_a_name_that_is_not_there_has_an_entry_and_the_others_are_answered(services: Ground, shop: str) -> None:
    said = services.run(shop, "nothing", "web", "-o", "json")
    assert (said.code, names(said.document)) == (1, ["nothing", "web"])
    entry = said.document["services"][0]
    assert (entry["verdict"], [each["code"] for each in entry["findings"]]) == ("broken", ["SVC001"])


def test_a_bad_answer_is_3_and_an_absent_name_is_1(services: Ground, shop: str) -> None:
    asked = (("wbe", "--exit-code"), ("wbe",), ("web", "--exit-code"), ("wbe", "nothing", "--exit-code"))
    said = [services.run(shop, *words, "-o", "name") for words in asked]
    assert [(each.code, each.err) for each in said] == [(3, ""), (0, ""), (0, ""), (1, "")]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_an_empty_namespace_is_an_answer_without_services(services: Ground, lang: str) -> None:
    where = services.namespace("empty")
    said = services.run(where, "-o", "json", "--lang", lang)
    assert (said.code, said.document["services"]) == (0, [])
    assert said.err == (
        f"No services in namespace {where}.\n" if lang == "en" else f"Aucun Service dans le namespace {where}.\n"
    )
    assert services.run(where).out == ""


def test_a_query_picks_from_the_document(services: Ground, shop: str) -> None:
    assert services.run(shop, "web", "--query", "services[].verdict").out == '[\n  "healthy"\n]\n'


def test_a_caller_that_is_not_there_ends_it(services: Ground, shop: str) -> None:
    said = services.run(shop, "web", "--from", "pod/nobody")
    assert (said.code, said.out) == (1, "")
    assert "nobody" in said.err


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_what_kubectl_saved_is_explained_as_the_cluster_itself(
    services: Ground, shop: str, tmp_path: Path, form: str
) -> None:
    kinds = (
        "services,endpointslices,pods,deployments,replicasets,statefulsets,daemonsets,jobs,networkpolicies,ingresses"
    )
    saved = tmp_path / "saved"
    saved.write_text(services.sandbox.kubectl("get", kinds, "-n", shop, "-o", form).stdout)
    live = services.explain(shop)["services"]
    for here, there in zip(live, services.explain(shop, "-f", str(saved))["services"], strict=True):
        parts = ("service", "verdict", "ports", "endpoints", "selector", "predicted")
        assert {part: here[part] for part in parts} == {part: there[part] for part in parts}
        assert {each["code"] for each in here["findings"]} == {each["code"] for each in there["findings"]}


def test_pods_that_were_saved_without_slices_predict_them(services: Ground, shop: str, tmp_path: Path) -> None:
    saved = tmp_path / "saved.yaml"
    saved.write_text(services.sandbox.kubectl("get", "services,pods", "-n", shop, "-o", "yaml").stdout)
    here = services.entry(shop, "web")
    there = services.entry(shop, "web", "-f", str(saved))
    assert (there["predicted"], there["verdict"]) == (True, "unknown")
    assert {(each["address"], each["ready"]) for each in there["endpoints"]} == {
        (each["address"], each["ready"]) for each in here["endpoints"]
    }


def test_a_service_that_goes_while_it_is_read_is_answered_as_absent(services: Ground) -> None:
    where = services.namespace("gone")
    services.add(where, service("web", APP))
    services.server.delete(f"{KINDS['Service'].path(where)}/web")
    said = services.run(where, "web", "-o", "json")
    assert (said.code, said.document["services"][0]["findings"][0]["code"]) == (1, "SVC001")


def test_a_server_that_is_not_there_is_one_sentence(services: Ground) -> None:
    said = services.run("shop", "web", "-s", "http://127.0.0.1:1")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("error: the server 127.0.0.1:1 refused the connection")


def test_yaml_is_the_same_document(services: Ground, shop: str) -> None:
    assert yaml.safe_load(services.run(shop, "web", "-o", "yaml").out) == services.explain(shop, "web")


def test_ctrl_c_while_a_server_does_not_answer_ends_it_at_once(tmp_path: Path) -> None:
    with Recorder() as mute:
        mute.answers = {}
        mute.default = lambda _: Answer(delay=60)
        command = [sys.executable, "-m", "kubectl_lab_plugins", "explain-service", "web", "-s", mute.url]
        settings = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=settings)
        for _ in within(20, "the first requests"):
            if len(mute.requests) >= 4:
                break
        began = time.monotonic()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=20)
    assert (running.returncode, out, err) == (130, b"", b"")
    assert time.monotonic() - began < 3
