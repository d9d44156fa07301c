"""`kubectl lab version` through the real kubectl, against a real server."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sandbox import Sandbox

pytestmark = pytest.mark.live
ENGLISH = {"LC_ALL": "C.UTF-8", "COLUMNS": "500"}
CLOSED = "http://127.0.0.1:1"  # a reserved port on which nothing listens


def answer(sandbox: Sandbox, *words: str) -> dict[str, Any]:
    done = sandbox.kubectl("lab", "version", "-o", "json", *words, env=ENGLISH)
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def test_the_server_says_the_same_to_kubectl_and_to_us(sandbox: Sandbox) -> None:
    theirs = json.loads(sandbox.kubectl("version", "-o", "json").stdout)
    assert answer(sandbox)["server"] == {"version": theirs["serverVersion"]["gitVersion"]}


def test_without_verbose_no_source_is_named(sandbox: Sandbox) -> None:
    assert answer(sandbox)["target"] is None


def test_verbose_says_which_file_or_flag_gave_each_part(sandbox: Sandbox) -> None:
    target = answer(sandbox, "-v", "-n", "shop")["target"]
    assert target["namespace"] == {"value": "shop", "source": "--namespace"}
    assert str(sandbox.kubeconfig) in target["server"]["source"]
    assert (
        target["server"]["value"]
        == sandbox.kubectl("config", "view", "-o", "jsonpath={.clusters[0].cluster.server}").stdout
    )
    assert target["context"]["value"] == sandbox.kubectl("config", "current-context").stdout.strip()


def test_text_names_both_versions_and_in_verbose_the_sources(sandbox: Sandbox) -> None:
    shown = sandbox.kubectl("lab", "version", "-v", "--lang", "fr", env=ENGLISH).stdout
    assert f"serveur : Kubernetes {answer(sandbox)['server']['version']}\n" in shown
    assert str(sandbox.kubeconfig) in shown


def test_a_server_that_does_not_answer_leaves_the_clients_part_and_exits_1(sandbox: Sandbox) -> None:
    done = sandbox.kubectl("lab", "version", "-s", CLOSED, check=False, env=ENGLISH)
    assert done.returncode == 1
    assert done.stdout.startswith("client: kubectl lab ")
    assert done.stderr.startswith("error: ")
    assert "127.0.0.1:1" in done.stderr


def test_verbose_lists_the_requests_on_stderr(sandbox: Sandbox) -> None:
    quiet = sandbox.kubectl("lab", "version", env=ENGLISH)
    verbose = sandbox.kubectl("lab", "version", "-v", env=ENGLISH)
    assert quiet.stderr == ""
    assert re.fullmatch(r"GET /version 200 in \d+ ms\n", verbose.stderr)


def test_a_token_never_shows(sandbox: Sandbox) -> None:
    done = sandbox.kubectl("lab", "version", "-v", "--token", "s3cr3t-t0k3n", check=False, env=ENGLISH)
    assert "s3cr3t" not in done.stdout + done.stderr
