"""The command line of explain-tolerations: what it comes to, and what is refused before any cluster is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import make
from kubectl_lab.domain.scheduling.question import TaintChange
from kubectl_lab.errors import BadUsage
from kubectl_lab.result import Reference
from kubectl_lab_plugins.explain_tolerations import FORMATS
from kubectl_lab_plugins.explain_tolerations_request import Request, request_of
from kubectl_lab_plugins.main import lab
from kubectl_lab_plugins.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from click.testing import Result

FLAGS: Mapping[str, Any] = {
    "selector": None,
    "with_toleration": (),
    "shown": (),
    "node_selector": None,
    "add_taint": (),
    "remove_taint": (),
    "server_version": None,
    "feature_gates": None,
}
SHARED = {"quiet": False, "verbose": False, "color": "never", "namespace": "shop", "server": "http://127.0.0.1:1"}
SETTINGS = {"LC_ALL": "C", "COLUMNS": "100", "KUBECONFIG": "/nonexistent"}


def request(*words: str, everywhere: bool = False, **flags: Any) -> Request:
    values = {**SHARED, "output": "text", "filename": (), "all_namespaces": everywhere}
    return request_of(Session(values, lang="en", formats=FORMATS), words, {**FLAGS, **flags})


@pytest.mark.parametrize(
    ("word", "kind", "name"),
    [
        pytest.param("web", "Pod", "web", id="a name alone is a pod"),
        pytest.param("po/web", "Pod", "web", id="its short name"),
        pytest.param("deploy/web", "Deployment", "web", id="a workload by its short name"),
        pytest.param("statefulsets.apps/db", "StatefulSet", "db", id="with its group"),
        pytest.param("DS/agent", "DaemonSet", "agent", id="case does not matter for a type"),
        pytest.param("rs/web-1", "ReplicaSet", "web-1", id="a ReplicaSet"),
        pytest.param("rc/old", "ReplicationController", "old", id="a ReplicationController"),
        pytest.param("job/once", "Job", "once", id="a Job"),
        pytest.param("cj/nightly", "CronJob", "nightly", id="a CronJob"),
    ],
)
def test_what_a_word_names(word: str, kind: str, name: str) -> None:
    assert request(word).question.subjects == (Reference(kind, "shop", name),)


def test_a_name_that_is_typed_twice_is_one_question() -> None:
    assert request("web", "pod/web").question.subjects == (Reference("Pod", "shop", "web"),)


def test_without_a_name_all_pending_pods_are_meant() -> None:
    assert request().question.subjects == ()
    assert (request().question.namespace, request(everywhere=True).question.namespace) == ("shop", None)


@pytest.mark.parametrize(
    ("words", "flags", "key"),
    [
        pytest.param(["svc/web"], {}, "scheduling-type", id="a kind that makes no pods"),
        pytest.param(["widget/web"], {}, "scheduling-type", id="a kind that is not known"),
        pytest.param(["/web"], {}, "scheduling-not-a-name", id="no type before the slash"),
        pytest.param([""], {}, "scheduling-not-a-name", id="nothing"),
        pytest.param(["pod/"], {}, "scheduling-not-a-name", id="a type alone"),
        pytest.param(["a/b/c"], {}, "scheduling-type", id="two slashes"),
        pytest.param(["web"], {"selector": "a=b"}, "name-and-selector", id="a name and a selector"),
        pytest.param(["web"], {"everywhere": True}, "name-and-all-namespaces", id="a name in all namespaces"),
        pytest.param([], {"selector": " "}, "bad-selector", id="a blank selector"),
        pytest.param([], {"node_selector": ""}, "bad-selector", id="a blank selector of nodes"),
        pytest.param([], {"add_taint": ("a:b",)}, "taint-effect", id="an effect that there is not"),
        pytest.param([], {"server_version": "new"}, "server-version", id="a version that is none"),
        pytest.param([], {"feature_gates": "X"}, "feature-gate", id="a gate without a value"),
    ],
)
def test_what_cannot_be_meant_is_refused(words: list[str], flags: dict[str, Any], key: str) -> None:
    with pytest.raises(BadUsage) as caught:
        request(*words, **flags)
    assert caught.value.key == key


def test_what_is_pretended_and_whose_rules_count() -> None:
    asked = request(
        with_toleration=("a=b:NoExecute:5",),
        add_taint=("x=y:NoSchedule@n1",),
        remove_taint=("z-",),
        server_version="v1.34.1",
        feature_gates="TaintTolerationComparisonOperators=true",
        shown=("n1", "n1"),
    )
    changes = asked.question.what_if
    assert changes.add_taints == (TaintChange("x", "y", "NoSchedule", "n1"),)
    assert changes.remove_taints == (TaintChange("z"),)
    assert changes.tolerations[0]["tolerationSeconds"] == 5
    assert (asked.version, asked.gates, asked.nodes) == (
        (1, 34, 1),
        {"TaintTolerationComparisonOperators": True},
        ("n1",),
    )


# --- the whole command, on files


def run(folder: Path, *words: str, objects: tuple[Any, ...] = (), lang: str = "en") -> Result:
    file = folder / "cluster.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}))
    return CliRunner().invoke(
        lab, ["explain-tolerations", *words, "-f", str(file), "--lang", lang], env=SETTINGS, prog_name="kubectl lab"
    )


def pending(name: str = "web") -> dict[str, Any]:
    return make.pod(name, node="", phase="Pending", ready=False)


NODES = tuple(
    make.node(name, labels={"pool": pool}) | {"status": {"allocatable": {"cpu": "1", "memory": "1Gi", "pods": "9"}}}
    for name, pool in (("n1", "blue"), ("n2", "red"))
)


def test_only_the_nodes_that_were_asked_for_are_listed_and_all_are_counted(tmp_path: Path) -> None:
    objects = (*NODES, pending())
    by_label = json.loads(run(tmp_path, "web", "--node-selector", "pool=red", "-o", "json", objects=objects).stdout)
    by_name = json.loads(run(tmp_path, "web", "--node", "n1", "-o", "json", objects=objects).stdout)
    assert [[each["name"] for each in made["pods"][0]["nodes"]] for made in (by_label, by_name)] == [["n2"], ["n1"]]
    assert by_label["pods"][0]["feasible"] == ["n1", "n2"]


def test_a_node_to_list_that_is_not_there_is_named_with_what_is_near(tmp_path: Path) -> None:
    done = run(tmp_path, "web", "--node", "m1", objects=(*NODES, pending()))
    assert (done.exit_code, done.stdout) == (1, "")
    assert 'nodes "m1" not found' in done.stderr
    assert "n1" in done.stderr


@pytest.mark.parametrize(
    ("words", "lang", "said"),
    [
        (
            (),
            "en",
            "No pod is pending in namespace default: name one to see where it could land, or ask about all namespaces with -A.\n",
        ),
        (("-A",), "en", "No pod is pending in any namespace: name one to see where it could land.\n"),
        (("-l", "a=b"), "en", "No pending pod has these labels.\n"),
        (("-l", "a=b"), "fr", "Aucun pod en attente ne porte ces labels.\n"),
    ],
)
def test_where_nothing_is_pending_that_is_said_and_the_answer_is_empty(
    tmp_path: Path, words: tuple[str, ...], lang: str, said: str
) -> None:
    objects = (*NODES, make.pod("runs"))
    done = run(tmp_path, *words, objects=objects, lang=lang)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", said)
    assert json.loads(run(tmp_path, *words, "-o", "json", objects=objects).stdout)["pods"] == []


def test_with_exit_code_a_pod_that_no_node_takes_is_3(tmp_path: Path) -> None:
    full = {"requests": {"cpu": "5"}}
    stuck = pending("stuck")
    stuck["spec"]["containers"][0]["resources"] = full
    assert run(tmp_path, "stuck", "--exit-code", objects=(*NODES, stuck)).exit_code == 3
    assert run(tmp_path, "stuck", objects=(*NODES, stuck)).exit_code == 0
    assert run(tmp_path, "web", "--exit-code", objects=(*NODES, pending())).exit_code == 0


@pytest.mark.parametrize(
    "odd",
    [
        {"kind": "Pod", "metadata": {"name": "odd"}},
        {"kind": "Pod", "metadata": {"name": "odd"}, "spec": {"containers": [None, 5], "tolerations": {"a": 1}}},
        {"kind": "Pod", "metadata": {"name": "odd"}, "spec": {"affinity": [], "volumes": [None], "nodeSelector": []}},
        {"kind": "Node", "metadata": {"name": "odd"}, "spec": {"taints": [None, 1, {}]}},
    ],
)
def test_garbage_ends_in_no_traceback(tmp_path: Path, odd: dict[str, Any]) -> None:
    done = run(tmp_path, objects=(*NODES, pending(), odd))
    assert done.exit_code in (0, 1)
    assert "bug" not in done.stderr
