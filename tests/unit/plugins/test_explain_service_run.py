"""The command on files: what goes to stdout, what to stderr, and the exit code; no cluster anywhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner

from kubectl_lab_plugins import explain_service_rbac
from kubectl_lab_plugins.main import lab
from unit.service.cases import pod, service, slices_of, workload

if TYPE_CHECKING:
    from click.testing import Result

Object = dict[str, Any]
APP = {"app": "web"}
WEB = service("web", APP)
HEALTHY = (WEB, pod("a"), *slices_of(WEB, pod("a")))
SETTINGS = {"KUBECONFIG": "/nonexistent", "LC_ALL": "C", "COLUMNS": "100", "NO_COLOR": "1"}


def run(*words: str, held: tuple[Object, ...] = HEALTHY, where: str = "shop", text: str | None = None) -> Result:
    given = text if text is not None else yaml.safe_dump_all(held)
    place = ["-n", where] if where else []
    return CliRunner().invoke(lab, ["explain-service", "-f", "-", *place, *words], input=given, env=SETTINGS)


def names(done: Result) -> list[str]:
    return [each["service"]["name"] for each in json.loads(done.stdout)["services"]]


def test_a_service_that_is_there_is_answered() -> None:
    done = run("web", "-o", "json")
    assert (done.exit_code, names(done), done.stderr) == (0, ["web"], "")
    assert json.loads(done.stdout)["services"][0]["verdict"] == "healthy"


def test_an_absent_name_is_1_and_the_others_are_answered() -> None:
    done = run("nope", "web", "-o", "json")
    assert (done.exit_code, names(done)) == (1, ["nope", "web"])


def test_an_absent_ingress_is_1_too() -> None:
    other = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "shop"}}
    done = run("ingress/nope", "-o", "json", held=(*HEALTHY, other))
    assert (done.exit_code, names(done)) == (1, ["nope"])


def test_a_selector_shows_those_it_chooses_as_an_overview() -> None:
    labelled = service("api", {"app": "api"})
    labelled["metadata"]["labels"] = {"tier": "back"}
    done = run("-l", "tier=back", "-o", "json", held=(*HEALTHY, labelled))
    assert names(done) == ["api"]


@pytest.mark.parametrize(
    ("words", "where", "said"),
    [
        pytest.param(
            [], "empty", "No services in namespace empty.\nThere are services in: shop", id="another namespace"
        ),
        pytest.param(["-l", "a=b"], "shop", "No services carry these labels.\n", id="a selector"),
        pytest.param([], "", "No services in namespace default.\n", id="files are of the namespace default"),
    ],
)
@pytest.mark.parametrize("form", ["text", "wide", "name", "json"])
def test_no_service_at_all_is_an_answer(words: list[str], where: str, said: str, form: str) -> None:
    done = run(*words, "-o", form, where=where)
    assert done.exit_code == 0
    assert done.stderr.startswith(said)
    assert json.loads(done.stdout)["services"] == [] if form == "json" else done.stdout == ""


def test_in_all_namespaces_too() -> None:
    done = run("-A", text='{"apiVersion": "v1", "kind": "ServiceList", "items": []}', where="")
    assert (done.exit_code, done.stderr) == (0, "No services in any namespace.\n")


@pytest.mark.parametrize(
    ("words", "held", "kind"),
    [
        pytest.param(["-A"], (pod("a"),), "Service", id="Services"),
        pytest.param(["web"], (pod("a"),), "Service", id="a Service by name"),
        pytest.param(["ingress/shop"], HEALTHY, "Ingress", id="an Ingress"),
        pytest.param(["httproute/shop"], HEALTHY, "HTTPRoute", id="a route"),
    ],
)
def test_what_the_files_do_not_hold_is_not_said_to_be_absent(
    words: list[str], held: tuple[Object, ...], kind: str
) -> None:
    done = run(*words, "-o", "json", held=held)
    assert (done.exit_code, done.stdout) == (1, "")
    assert f"hold no {kind}: whether there are any is not known" in done.stderr


def test_all_namespaces_of_files_are_those_of_the_objects() -> None:
    done = run("-A", "-o", "json", held=(*HEALTHY, service("db", {"app": "db"}, namespace="data")), where="")
    assert sorted(names(done)) == ["db", "web"]


def test_what_is_there_twice_is_a_warning_and_the_last_counts() -> None:
    done = run("web", "-o", "json", held=(*HEALTHY, service("web", {"app": "other"})))
    assert done.stderr == "warning: Service web (namespace shop) is there more than once; the last one counts\n"
    assert json.loads(done.stdout)["services"][0]["selector"] == {"app": "other"}


def widgets(count: int) -> tuple[Object, ...]:
    return tuple(
        {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": f"w{number}"}}
        for number in range(count)
    )


def test_what_plays_no_part_is_counted_and_quiet_says_nothing_of_it() -> None:
    held = (*HEALTHY, *widgets(3))
    assert run("web", held=held).stderr == "Skipped objects of kinds that play no part: 3 (Widget).\n"
    assert run("web", "-q", held=held).stderr == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "kind: Service\nmetadata: {name: web}\n---\na: [\n", "standard input:5 (document 2)", id="no YAML"
        ),
        pytest.param(
            "kind: Service\nmetadata: {name: web}\n---\nkind: Service\n", "standard input: item 2", id="no name"
        ),
        pytest.param("", "there are no objects", id="nothing"),
    ],
)
def test_input_that_cannot_be_used_is_1_and_says_where(text: str, said: str) -> None:
    done = run("web", text=text)
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr


def test_a_client_of_the_files_is_found_or_missed() -> None:
    assert run("web", "--from", "pod/a", "-o", "json").exit_code == 0
    done = run("web", "--from", "pod/nobody", "-o", "json")
    assert (done.exit_code, done.stdout) == (1, "")


def test_exit_code_3_is_for_a_bad_answer() -> None:
    held = (service("web", {"app": "wbe"}), workload("Deployment", "web", APP))
    assert run("web", "-o", "json", "--exit-code", held=held).exit_code == 3
    assert run("web", "-o", "json", held=held).exit_code == 0


# --- Roles


def roles(*words: str, form: str = "yaml") -> list[Object]:
    done = CliRunner().invoke(lab, ["explain-service", "--print-rbac", "-o", form, *words], env=SETTINGS)
    assert (done.exit_code, done.stderr) == (0, "")
    return list(yaml.safe_load_all(done.stdout)) if form == "yaml" else json.loads(done.stdout)["items"]


def test_roles_are_printed_without_any_kubeconfig() -> None:
    made = roles()
    levels = [each["metadata"]["name"].removeprefix("kubectl-lab-explain-service-") for each in made]
    assert levels == ["basic", "causes", "tls", "probe", "cluster", "gateway"]
    assert {each["metadata"].get("namespace") for each in made if each["kind"] == "Role"} == {"default"}


def test_roles_are_of_the_namespace_asked_about_and_the_same_as_json() -> None:
    assert roles("-n", "shop") == roles("-n", "shop", form="json")
    assert {each["metadata"].get("namespace") for each in roles("-n", "shop")} == {"shop", None}
    assert {each["kind"] for each in roles("-A")} == {"ClusterRole"}


def test_nothing_is_ever_written() -> None:
    verbs = {verb for each in roles() for rule in each["rules"] for verb in rule["verbs"]}
    assert verbs == {"get", "list", "watch"}


def test_roles_have_no_picture() -> None:
    done = CliRunner().invoke(lab, ["explain-service", "--print-rbac", "-o", "svg"], env=SETTINGS)
    assert (done.exit_code, done.stdout) == (2, "")


def test_every_level_is_explained_in_both_languages() -> None:
    for lang in ("en", "fr"):
        done = CliRunner().invoke(lab, ["explain-service", "--print-rbac", "--lang", lang], env=SETTINGS)
        comments = [line for line in done.stdout.splitlines() if line.startswith("# ")]
        assert len(comments) == len({*explain_service_rbac.OF_NAMESPACE, *explain_service_rbac.OF_CLUSTER})
