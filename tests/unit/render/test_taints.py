"""How the answer about taints reads: at five nodes and at five thousand."""

from __future__ import annotations

import functools
import io
from typing import TYPE_CHECKING, Any

import pytest

import make
from kubectl_lab.objects import Missing
from kubectl_lab.render import data, show
from kubectl_lab.render.taints import names
from unit.taints.asking import (
    CORDON,
    HOUR_AGO,
    MINUTE_AGO,
    Object,
    ask,
    node,
    pending,
    pod,
    question,
    taint,
    tolerates,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubectl_lab.domain.taints.model import TaintExplanation

MAINT = "maint:NoExecute"
WEB = make.owner("ReplicaSet", "web")


def lines(*objects: Object, form: str = "text", lang: str = "en", **rest: Any) -> list[str]:
    out = io.StringIO()
    show(ask(*objects, **rest), form, out, lang=lang, width=100)
    return out.getvalue().splitlines()


def test_a_taint_its_meaning_its_author_its_age_and_its_numbers() -> None:
    objects = [
        node("n1", MAINT, added=HOUR_AGO),
        pod("a", tolerates("maint")),
        pod("b", tolerates("maint", seconds=7200)),
    ]
    assert lines(*objects)[:6] == [
        "n1",
        "  maint:NoExecute  deletes pods without a toleration, and keeps new ones off the node",
        "    set by an administrator or a controller, 60m ago",
        "    pods here that tolerate it: 2, of these for a while only: 1",
        "    pods here that it deletes: 1",
        "  DELETED  default/b  in 60m",
    ]


def test_a_node_without_a_taint_says_so_and_a_cordon_is_seen_at_once() -> None:
    objects = node("n1"), node("n2", unschedulable=True)
    assert lines(*objects, about=question("n1", "n2"))[:4] == ["n1", "  no taint", "n2  cordoned", "  no taint"]


def test_what_is_pretended_is_marked() -> None:
    told = lines(node("n1", "a:NoSchedule"), about=question("n1", add=[MAINT], remove=["a"]))
    assert told[1].startswith("  maint:NoExecute  what-if  deletes")
    assert told[2] == "  a:NoSchedule: gone  what-if"
    assert not any("set by" in line for line in told)


def test_nodes_with_the_same_taints_are_one_group_with_the_numbers_of_all() -> None:
    objects = [node(f"n{number}", MAINT) for number in range(1, 6)]
    told = lines(*objects, pod("a"), pod("b", node="n2"))
    assert told[0] == "5 nodes: n1, n2, n3, …"
    assert "    pods here that it deletes: 2" in told
    assert "  DELETED  default/a  at once, on n1" in told
    assert "           default/b  at once, on n2" in told


def test_a_pending_pod_that_many_nodes_keep_out_is_one_pod() -> None:
    objects = [node(f"n{number}", "a:NoSchedule") for number in range(3)]
    assert "    pending pods that nothing else keeps out: 1" in lines(*objects, pending("web"))


def test_what_may_be_kept_out_and_what_was_not_evaluated_are_told() -> None:
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}
    told = lines(node("n1", "a:NoSchedule"), pending("web", volumes=(volume,)))
    assert "    pending pods that perhaps nothing else keeps out: 1" in told
    assert any(line.startswith("NOT EVALUATED  persistentvolumeclaims") for line in told)
    assert any("not captured" in line for line in told)


def test_other_reasons_are_told_as_they_are() -> None:
    told = lines(node("n1", MAINT), pod("a"), missing=[Missing("PodDisruptionBudget", "forbidden")])
    assert "NOT EVALUATED  poddisruptionbudgets: forbidden" in told


def test_what_goes_first_is_told_first_and_the_others_are_counted() -> None:
    pods = [pod(f"p{number}", tolerates("maint", seconds=number * 100)) for number in range(1, 7)]
    told = lines(node("n1", MAINT, added=MINUTE_AGO), *reversed(pods))
    at = next(index for index, line in enumerate(told) if "DELETED" in line)
    assert told[at : at + 4] == [
        "  DELETED  default/p1  in 40s",
        "           default/p2  in 2m20s",
        "           default/p3  in 4m",
        "  … and more pods: 3 (all of them with -o wide)",
    ]


def test_a_pod_whose_deletion_costs_nothing_says_why() -> None:
    told = lines(node("n1", MAINT), pod("job", phase="Succeeded"), make.terminating(pod("old")))
    assert any(line.endswith("default/job  at once, has finished") for line in told)
    assert any(line.endswith("default/old  at once, is being deleted already") for line in told)


def test_wide_names_every_pod_and_every_node() -> None:
    objects = [node(f"n{number}", "a:NoSchedule") for number in range(1, 4)]
    told = lines(*objects, pod("x", tolerates("a")), pending("web"), form="wide")
    assert [line for line in told if line in ("n1", "n2", "n3")] == ["n1", "n2", "n3"]
    assert "    TOLERATED BY  default/x  for ever" in told
    assert told.count("    KEPT OUT  default/web") == 3


def test_wide_says_for_how_long_it_is_tolerated() -> None:
    told = lines(node("n1", MAINT), pod("x", tolerates("maint", seconds=90)), form="wide")
    assert "    TOLERATED BY  default/x  for 90s" in told


def test_many_taints_of_a_node_are_cut_but_not_with_wide() -> None:
    made = node("n1", *(f"k{number}:NoSchedule" for number in range(8)))
    assert "  … and more taints: 3 (all of them with -o wide)" in lines(made)
    assert not any("with -o wide" in line for line in lines(made, form="wide"))


BIG: dict[str, Callable[[int], tuple[str, ...]]] = {
    "all alike": lambda _: (MAINT,),
    "all different": lambda number: (f"own={number}:NoExecute",),
    "much trouble": lambda number: (
        MAINT,
        CORDON,
        f"own={number}:NoSchedule",
        "node.kubernetes.io/unreachable:NoExecute",
    ),
}


@functools.cache
def big(which: str) -> TaintExplanation:
    """5,000 nodes, pods on a hundred of them."""
    nodes = [node(f"n{number}", *BIG[which](number)) for number in range(5000)]
    pods = [pod(f"p{number}", node=f"n{number}", owned_by=WEB, labels={"app": "web"}) for number in range(100)]
    return ask(*nodes, *pods, make.budget("b"), pending("web"))


@pytest.mark.parametrize("which", BIG)
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_five_thousand_nodes_fit_on_a_screen(which: str, lang: str) -> None:
    out = io.StringIO()
    show(big(which), "text", out, lang=lang, width=100)
    assert out.getvalue().count("\n") < 60
    assert "5000" in out.getvalue()


def test_many_findings_of_a_kind_are_counted() -> None:
    told = lines(*(node(f"n{number}", CORDON, unschedulable=True) for number in range(20)))
    assert "    … and 19 more TNT003 (all of them with -o wide)" in told
    assert sum("TNT003" in line for line in told) == 2


def test_errors_come_before_warnings_and_infos() -> None:
    objects = [node("n0", CORDON, unschedulable=True), node("n1", MAINT), pod("web", owned_by=WEB)]
    found = [line.split()[:2] for line in lines(*objects) if line.startswith(("error ", "warning ", "info "))]
    assert found == [["error", "TNT001"], ["warning", "TNT007"], ["info", "TNT003"]]


def test_without_a_node_nothing_is_shown() -> None:
    assert lines(node("n1")) == []


def test_names_are_nodes() -> None:
    document = data.document(ask(node("n1", MAINT), node("n2"), about=question("n2", "n1")), "en")
    assert list(names(document)) == ["node/n2", "node/n1"]


def test_what_comes_from_the_cluster_cannot_repaint_a_terminal() -> None:
    made = {**node("n1"), "spec": {"taints": [taint("a=\x1b[31m:NoSchedule")]}}
    assert not any("\x1b" in line for line in lines(made))
