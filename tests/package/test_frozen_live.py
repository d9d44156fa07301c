"""The frozen programs against a real server: requests, certificates, and the environment that their children get."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from kubectl_lab.version import __version__
from unit.service.cases import service as make_service
from unit.service.front_cases import ingress, tls_secret

if TYPE_CHECKING:
    from pathlib import Path

    from package.conftest import Built
    from sandbox.sandboxes import Sandbox

pytestmark = pytest.mark.package
Json = dict[str, Any]

# notes the environment it was given and answers with the certificate that stands beside it
PLUGIN = """#!/bin/sh
env -0 >"$0.environment"
printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":'
cat "$0.status"
printf '}'
"""


def environment_of(sandbox: Sandbox, bundle: Built, **settings: str | None) -> dict[str, str]:
    """With the bundle's programs on PATH; a setting of None is taken away."""
    environment = sandbox.environment()
    environment["PATH"] = os.pathsep.join([str(sandbox.bin), str(bundle.folder), os.environ["PATH"]])
    environment |= {name: value for name, value in settings.items() if value is not None}
    for name in [name for name, value in settings.items() if value is None]:
        environment.pop(name, None)
    return environment


def ask(sandbox: Sandbox, bundle: Built, *words: str, **settings: str | None) -> subprocess.CompletedProcess[str]:
    """Through the real kubectl."""
    environment = environment_of(sandbox, bundle, **settings)
    command = [str(sandbox.bin / "kubectl"), "lab", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_one_request_through_kubectl(sandbox: Sandbox, bundle: Built) -> None:
    told = json.loads(sandbox.kubectl("version", "-o", "json").stdout)["serverVersion"]["gitVersion"]
    done = ask(sandbox, bundle, "version", "-o", "json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["client"]["version"], answer["server"]["version"]) == (__version__, told)


@pytest.mark.parametrize("form", ["text", "wide", "json", "yaml", "mermaid", "svg", "dot", "name"])
def test_every_format_of_an_answer(sandbox: Sandbox, bundle: Built, namespace: str, form: str) -> None:
    sandbox.kubectl("create", "service", "clusterip", "web", "--tcp=80:8080", "-n", namespace)
    done = ask(sandbox, bundle, "explain-service", "web", "-n", namespace, "-o", form)
    assert done.returncode == 0, done.stderr
    assert "web" in done.stdout


def test_a_query_and_a_selector(sandbox: Sandbox, bundle: Built, namespace: str) -> None:
    sandbox.kubectl("create", "service", "clusterip", "web", "--tcp=80:8080", "-n", namespace)
    done = ask(
        sandbox, bundle, "explain-service", "-l", "app=web", "-n", namespace, "--query", "services[].service.name"
    )
    assert json.loads(done.stdout) == ["web"], done.stderr


def test_a_program_of_its_own_asks_the_server(sandbox: Sandbox, bundle: Built) -> None:
    node = sandbox.kubectl("get", "nodes", "-o", "name").stdout.split()[0].removeprefix("node/")
    command = [
        str(bundle.program("kubectl-lab-drain")),
        node,
        "--ignore-daemonsets",
        "--dry-run=server",
        "-q",
        "-o",
        "name",
    ]
    done = subprocess.run(command, env=sandbox.environment(), capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, f"node/{node}\n"), done.stderr


def test_a_server_that_is_not_there_costs_two_lines(sandbox: Sandbox, bundle: Built) -> None:
    done = ask(sandbox, bundle, "explain-service", "web", "--server", "https://127.0.0.1:9")
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 2, done.stderr
    assert "127.0.0.1:9" in done.stderr


def test_a_certificate_is_read(bundle: Built, tmp_path: Path) -> None:
    front = ingress(host="shop.example", tls=[{"hosts": ["shop.example"], "secretName": "shop-tls"}])
    manifests = tmp_path / "shop.yaml"
    objects = [make_service("web"), front, tls_secret("shop-tls", "other.example")]
    manifests.write_text(yaml.safe_dump_all(objects), encoding="utf-8")
    command = [
        str(bundle.program()),
        "explain-service",
        "ingress/shop",
        "-n",
        "shop",
        "-f",
        str(manifests),
        "-o",
        "json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout, done.stderr
    codes = {each["code"] for entry in json.loads(done.stdout)["services"] for each in entry["findings"]}
    assert "SVC107" in codes, done.stdout


@pytest.fixture
def exec_kubeconfig(sandbox: Sandbox, tmp_path: Path) -> Path:
    """The administrator's, who shows the certificate by way of an exec plugin."""
    config: Json = yaml.safe_load(sandbox.kubeconfig.read_text(encoding="utf-8"))
    user: Json = config["users"][0]["user"]
    pair = {
        "clientCertificateData": pem(user, "client-certificate"),
        "clientKeyData": pem(user, "client-key"),
    }
    plugin = tmp_path / "plugin"
    plugin.write_text(PLUGIN, encoding="utf-8")
    plugin.chmod(0o755)
    (tmp_path / "plugin.status").write_text(json.dumps(pair), encoding="utf-8")
    asks = {"apiVersion": "client.authentication.k8s.io/v1", "command": str(plugin), "interactiveMode": "Never"}
    config["users"][0]["user"] = {"exec": asks}
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text(json.dumps(config), encoding="utf-8")
    return kubeconfig


def pem(user: Json, name: str) -> str:
    """What a kubeconfig holds, or names."""
    data = user.get(f"{name}-data")
    if data is not None:
        return base64.b64decode(data).decode()
    with open(user[name], encoding="utf-8") as file:  # noqa: PTH123 - a name from a kubeconfig
        return file.read()


@pytest.mark.parametrize(
    "given",
    [
        pytest.param("/opt/of-the-caller/lib", id="the caller's LD_LIBRARY_PATH"),
        pytest.param(None, id="no LD_LIBRARY_PATH where the caller has none"),
    ],
)
def test_a_credential_plugin_gets_the_environment_of_the_caller(
    sandbox: Sandbox, bundle: Built, exec_kubeconfig: Path, given: str | None
) -> None:
    settings = {"KUBECONFIG": str(exec_kubeconfig), "LD_LIBRARY_PATH": given, "LANGUAGE": given and "fr:en"}
    done = ask(sandbox, bundle, "version", "-o", "json", **settings)
    assert done.returncode == 0, done.stderr
    noted = exec_kubeconfig.with_name("plugin.environment").read_text(encoding="utf-8")
    got = dict(line.partition("=")[::2] for line in noted.split("\0") if line)
    assert got.get("LD_LIBRARY_PATH") == given
    callers = environment_of(sandbox, bundle, **settings)
    shells = {"PWD", "OLDPWD", "SHLVL", "_"}
    assert {name for name in got.keys() - shells if got[name] != callers.get(name)} == {"KUBERNETES_EXEC_INFO"}
    assert callers.keys() - got.keys() - shells == set()
