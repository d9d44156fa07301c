"""What a command imports before it has to: modules, not time, so that the count is exact."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from kubectl_lab_plugins.main import COMMANDS

HEAVY = ("kubernetes", "urllib3", "rich", "yaml", "jmespath", "cryptography")
SCRIPT = """
import atexit, sys
atexit.register(lambda: sys.stderr.write("\\nmodules " + " ".join(sys.modules)))
from kubectl_lab_plugins.__main__ import run
sys.argv = {argv!r}
run()
"""


def modules(*words: str, program: str = "kubectl-lab") -> set[str]:
    """The modules in memory when the program ends."""
    script = SCRIPT.format(argv=[program, *words])
    environ = {**os.environ, "KUBECONFIG": "/nonexistent", "HOME": "/nonexistent"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environ)
    assert "Traceback" not in done.stderr, done.stderr
    return set(done.stderr.rpartition("\nmodules ")[2].split())


def packages(found: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in found}


def ours(found: set[str]) -> set[str]:
    return {name for name in found if name.partition(".")[0] in ("kubectl_lab", "kubectl_lab_plugins")}


@pytest.mark.parametrize("program", ["kubectl-lab", "kubectl-lab-drain"])
def test_the_version_is_said_before_anything_is_imported(program: str) -> None:
    """Of Python too: no more than the start of the interpreter and of this very script has."""
    found = modules("--version", program=program)
    assert ours(found) == {"kubectl_lab", "kubectl_lab.version", "kubectl_lab_plugins", "kubectl_lab_plugins.__main__"}
    assert found & {"click", "typing", "re", "inspect", "dataclasses", "pathlib", "json", "gettext"} == set()


def test_the_list_of_commands_knows_no_finding_and_no_view() -> None:
    found = modules("--help")
    assert {name for name in ours(found) if name.startswith("kubectl_lab.catalogue.")} <= {
        "kubectl_lab.catalogue.language",
        "kubectl_lab.catalogue.words",
    }
    assert {name for name in ours(found) if name.startswith("kubectl_lab.render.")} == {"kubectl_lab.render.terminal"}
    assert found & {"kubectl_lab.result", "json", "difflib", "pathlib", "subprocess", "tomllib"} == set()


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["--help"], id="the list of commands"),
        pytest.param(["--help", "--lang", "fr"], id="the same in French"),
        *(pytest.param([name, "--help"], id=f"help of {name}") for name in COMMANDS),
        pytest.param(["drain", "--help", "--lang", "fr"], id="help in French"),
        pytest.param(["why", "DRN010"], id="an explanation"),
        pytest.param(["why"], id="the list of codes"),
        pytest.param(["version", "--client"], id="a view of a few lines"),
        pytest.param(["version", "--client", "-o", "json"], id="json"),
        pytest.param(["explain-service", "pod/web"], id="a type that is none"),
        pytest.param(["explain-service", "-l", " "], id="a blank selector"),
        pytest.param(["nothing"], id="a usage error"),
    ],
)
def test_nothing_heavy_is_imported_for(words: list[str]) -> None:
    assert packages(modules(*words)) & set(HEAVY) == set()


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        pytest.param(["version", "--client", "-o", "yaml"], {"yaml"}, id="yaml output needs yaml only"),
        pytest.param(["version", "--client", "--query", "@"], {"jmespath"}, id="a query needs jmespath only"),
        pytest.param(["explain-service", "--print-rbac"], {"yaml"}, id="Roles are YAML"),
        pytest.param(["explain-service", "-f", "/dev/null"], {"yaml"}, id="files need no client"),
        pytest.param(["explain-tolerations", "-f", "/dev/null"], {"yaml"}, id="nor do files with pods"),
        pytest.param(["explain-taints", "-f", "/dev/null"], {"yaml"}, id="nor do files with nodes"),
    ],
)
def test_a_format_imports_what_it_needs_and_no_more(words: list[str], needed: set[str]) -> None:
    assert packages(modules(*words)) & set(HEAVY) == needed


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        pytest.param([], set(), id="lines"),
        pytest.param(["-v"], {"rich"}, id="a table"),
        pytest.param(["-o", "json"], set(), id="json"),
        pytest.param(["-v", "-o", "json"], set(), id="json of what would be a table"),
        pytest.param(["-o", "yaml"], {"yaml"}, id="yaml"),
    ],
)
def test_a_request_imports_the_client_and_its_format(words: list[str], needed: set[str]) -> None:
    """To a port on which nothing listens: all is imported before that is known."""
    found = modules("version", "-s", "http://127.0.0.1:1", *words)
    assert packages(found) & set(HEAVY) == {"kubernetes", "urllib3"} | needed
    assert "kubectl_lab.catalogue.findings" not in found, "a version has no findings"


@pytest.mark.parametrize("output", ["text", "wide", "json", "name", "mermaid", "svg"])
def test_a_question_about_services_needs_no_more_than_the_client(output: str) -> None:
    found = modules("explain-service", "web", "-s", "http://127.0.0.1:1", "-o", output)
    assert packages(found) & set(HEAVY) == {"kubernetes", "urllib3"}


@pytest.mark.parametrize("command", ["explain-tolerations", "explain-taints"])
@pytest.mark.parametrize("output", ["text", "wide", "json", "name"])
def test_a_question_about_scheduling_needs_no_more_than_the_client(command: str, output: str) -> None:
    found = modules(command, "web", "-s", "http://127.0.0.1:1", "-o", output)
    assert packages(found) & set(HEAVY) == {"kubernetes", "urllib3"}


@pytest.mark.parametrize("output", ["text", "json"])
def test_a_drain_has_its_tables_before_it_asks(output: str) -> None:
    """They go to stderr, whatever the format."""
    found = modules("drain", "n1", "-s", "http://127.0.0.1:1", "-o", output)
    assert packages(found) & set(HEAVY) == {"kubernetes", "urllib3", "rich"}


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_imports_no_other_command(name: str) -> None:
    own = {f"kubectl_lab_plugins.{each.replace('-', '_')}" for each in COMMANDS}
    assert own & modules(name, "--help") == {f"kubectl_lab_plugins.{name.replace('-', '_')}"}


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_needs_neither_the_domain_nor_a_cluster(name: str) -> None:
    assert not {
        each for each in modules(name, "--help") if each.startswith(("kubectl_lab.domain.", "kubectl_lab.cluster."))
    }
