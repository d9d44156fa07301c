"""What the flags that pretend something say, and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import make
from kubectl_lab.domain.scheduling import what_if
from kubectl_lab.domain.scheduling.question import TaintChange, WhatIf
from kubectl_lab.errors import BadUsage, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

BLUE = {"key": "team", "value": "blue", "effect": "NoSchedule"}
RED = BLUE | {"value": "red"}
OUT = {"key": "out", "effect": "NoExecute"}


@pytest.mark.parametrize(
    ("text", "change"),
    [
        pytest.param("team:NoSchedule", TaintChange("team", "", "NoSchedule"), id="a taint without a value"),
        pytest.param("team=blue:NoExecute", TaintChange("team", "blue", "NoExecute"), id="a taint with a value"),
        pytest.param("team=:NoExecute", TaintChange("team", "", "NoExecute"), id="an empty value is none"),
        pytest.param(
            "a.io/b=1:PreferNoSchedule@n-1",
            TaintChange("a.io/b", "1", "PreferNoSchedule", "n-1"),
            id="of one node",
        ),
    ],
)
def test_a_taint_to_add_is_read(text: str, change: TaintChange) -> None:
    assert what_if.parse_added("--add-taint", text) == change


@pytest.mark.parametrize(
    ("text", "change"),
    [
        pytest.param("team", TaintChange("team"), id="a key alone means any value and effect"),
        pytest.param("team-", TaintChange("team"), id="kubectl's dash may stand behind"),
        pytest.param("team=blue", TaintChange("team", "blue"), id="a value without effect"),
        pytest.param("team=", TaintChange("team", ""), id="an empty value is asked for by name"),
        pytest.param("team:NoSchedule-", TaintChange("team", None, "NoSchedule"), id="an effect with kubectl's dash"),
        pytest.param(
            "team:NoSchedule-@n1", TaintChange("team", None, "NoSchedule", "n1"), id="the dash before the node"
        ),
        pytest.param(
            "team:NoSchedule@n1-", TaintChange("team", None, "NoSchedule", "n1"), id="the dash behind the node"
        ),
    ],
)
def test_a_taint_to_remove_is_read(text: str, change: TaintChange) -> None:
    assert what_if.parse_removed("--remove-taint", text) == change


@pytest.mark.parametrize(
    ("text", "toleration"),
    [
        pytest.param("team", {"key": "team", "operator": "Exists"}, id="a key alone is Exists, for every effect"),
        pytest.param("team=", {"key": "team", "operator": "Equal", "value": ""}, id="an empty value is Equal"),
        pytest.param("*", {"operator": "Exists"}, id="a star is every key"),
        pytest.param("*:NoExecute", {"operator": "Exists", "effect": "NoExecute"}, id="a star with one effect"),
        pytest.param("cores>4", {"key": "cores", "operator": "Gt", "value": "4"}, id="greater than"),
        pytest.param("cores<-4", {"key": "cores", "operator": "Lt", "value": "-4"}, id="less than a negative number"),
        pytest.param(
            "team=blue:NoExecute:300",
            {"key": "team", "operator": "Equal", "value": "blue", "effect": "NoExecute", "tolerationSeconds": 300},
            id="seconds stand behind the effect",
        ),
        pytest.param(
            "team:NoExecute:-1",
            {"key": "team", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": -1},
            id="negative seconds are what the server takes",
        ),
    ],
)
def test_a_toleration_is_read(text: str, toleration: dict[str, Any]) -> None:
    assert what_if.parse_toleration("--with-toleration", text) == toleration


@pytest.mark.parametrize(
    ("parse", "text", "key", "part"),
    [
        pytest.param(what_if.parse_added, "a:b", "taint-effect", "b", id="an effect that is none"),
        pytest.param(what_if.parse_added, "a:noschedule", "taint-effect", "noschedule", id="case counts"),
        pytest.param(what_if.parse_added, "a:", "taint-effect", "", id="a colon and no effect"),
        pytest.param(what_if.parse_added, "a:NoSchedule:NoExecute", "taint-effect", "NoSchedule:NoExecute", id="two"),
        pytest.param(what_if.parse_added, "a", "taint-no-effect", None, id="no effect to add"),
        pytest.param(what_if.parse_added, "", "taint-key", "", id="nothing at all"),
        pytest.param(what_if.parse_added, "-a:NoSchedule", "taint-key", "-a", id="a key that begins with a dash"),
        pytest.param(
            what_if.parse_added, "A_b.io/x:NoSchedule", "taint-key", "A_b.io/x", id="a prefix that is no domain"
        ),
        pytest.param(what_if.parse_added, f"{'k' * 64}:NoSchedule", "taint-key", "k" * 64, id="a key that is too long"),
        pytest.param(what_if.parse_added, "a=b c:NoSchedule", "taint-value", "b c", id="a blank in the value"),
        pytest.param(what_if.parse_added, "a=b=c:NoSchedule", "taint-value", "b=c", id="two equals signs"),
        pytest.param(what_if.parse_added, "a:NoSchedule@", "taint-no-node", None, id="an at and no node"),
        pytest.param(what_if.parse_removed, "a:b-", "taint-effect", "b", id="a removal with an effect that is none"),
        pytest.param(what_if.parse_removed, "-", "taint-key", "", id="a dash alone"),
        pytest.param(what_if.parse_toleration, "a:NoExecute:1:2", "toleration-form", None, id="too many parts"),
        pytest.param(what_if.parse_toleration, "a>x", "toleration-number", "x", id="greater than a word"),
        pytest.param(what_if.parse_toleration, "a>=5", "toleration-number", "=5", id="there is no greater or equal"),
        pytest.param(what_if.parse_toleration, "a<007", "toleration-number", "007", id="leading zeros"),
        pytest.param(what_if.parse_toleration, "a:NoExecute:soon", "toleration-seconds", "soon", id="seconds in words"),
        pytest.param(what_if.parse_toleration, f"a:NoExecute:{2**63}", "toleration-seconds", str(2**63), id="no int64"),
        pytest.param(
            what_if.parse_toleration, "a:NoSchedule:5", "toleration-seconds-effect", None, id="seconds with NoSchedule"
        ),
        pytest.param(what_if.parse_toleration, "*=x", "taint-key", "*", id="a star takes no value"),
        pytest.param(what_if.parse_toleration, "a=$:NoSchedule", "taint-value", "$", id="a value the server refuses"),
    ],
)
def test_the_wrong_part_is_named(parse: Callable[[str, str], object], text: str, key: str, part: str | None) -> None:
    with pytest.raises(BadUsage) as raised:
        parse("--flag", text)
    assert (raised.value.key, raised.value.values.get("part")) == (key, part)
    assert (raised.value.values["flag"], raised.value.values["value"]) == ("--flag", text)


def added(*texts: str) -> WhatIf:
    return WhatIf(add_taints=tuple(what_if.parse_added("", each) for each in texts))


def removed(*texts: str) -> WhatIf:
    return WhatIf(remove_taints=tuple(what_if.parse_removed("", each) for each in texts))


def taints(found: what_if.Tainted) -> list[list[dict[str, Any]]]:
    return [node["spec"].get("taints", []) for node in found.nodes]


def test_a_taint_without_a_node_comes_to_every_node_and_before_the_others() -> None:
    nodes = [make.node("n1", taints=(OUT,)), make.node("n2")]
    found = what_if.taints_applied(nodes, added("team=blue:NoSchedule"))
    assert taints(found) == [[BLUE, OUT], [BLUE]]
    assert found.replaced == ()
    assert nodes[0]["spec"]["taints"] == [OUT]


def test_a_taint_without_a_node_comes_only_to_the_nodes_that_are_meant() -> None:
    nodes = [make.node("n1"), make.node("n2")]
    found = what_if.taints_applied(nodes, added("team=blue:NoSchedule"), ["n2"])
    assert taints(found) == [[], [BLUE]]
    assert found.nodes[0] is nodes[0]


def test_a_named_node_gets_its_taint_even_where_others_are_meant() -> None:
    found = what_if.taints_applied([make.node("n1"), make.node("n2")], added("out:NoExecute@n1"), ["n2"])
    assert taints(found) == [[OUT], []]


def test_a_taint_of_the_same_key_and_effect_is_replaced_and_told() -> None:
    found = what_if.taints_applied([make.node("n1", taints=(RED, OUT))], added("team=blue:NoSchedule"))
    assert taints(found) == [[BLUE, OUT]]
    assert found.replaced == (what_if.Replaced("n1", RED, BLUE),)


def test_a_taint_with_another_effect_stays_beside_it() -> None:
    found = what_if.taints_applied([make.node("n1", taints=(BLUE,))], added("team=blue:NoExecute"))
    assert [each["effect"] for each in taints(found)[0]] == ["NoExecute", "NoSchedule"]
    assert found.replaced == ()


def test_a_taint_that_is_there_already_stays_as_it_is() -> None:
    nodes = [make.node("n1", taints=(OUT | {"timeAdded": "2026-01-01T00:00:00Z"},))]
    found = what_if.taints_applied(nodes, added("out:NoExecute"))
    assert (found.nodes[0] is nodes[0], found.replaced) == (True, ())


def test_of_two_added_taints_of_one_key_and_effect_the_later_counts() -> None:
    found = what_if.taints_applied([make.node("n1")], added("team=red:NoSchedule", "team=blue:NoSchedule"))
    assert taints(found) == [[BLUE]]


def test_what_is_removed_goes_before_what_is_added_comes() -> None:
    both = WhatIf(added("team=red:NoSchedule").add_taints, removed("team").remove_taints)
    found = what_if.taints_applied([make.node("n1", taints=(BLUE,))], both)
    assert (taints(found), found.replaced) == ([[RED]], ())


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param("team", [[OUT], []], id="a key alone takes all of it from all nodes"),
        pytest.param("team=blue", [[OUT], [RED]], id="another value stays"),
        pytest.param("team:NoSchedule@n2", [[BLUE, OUT], []], id="other nodes keep theirs"),
        pytest.param("out:NoExecute", [[BLUE], [RED]], id="one node that has it is enough"),
    ],
)
def test_a_removal_takes_what_it_names(text: str, left: list[list[dict[str, Any]]]) -> None:
    nodes = [make.node("n1", taints=(BLUE, OUT)), make.node("n2", taints=(RED,))]
    assert taints(what_if.taints_applied(nodes, removed(text))) == left


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        pytest.param("gone", "taint-not-there", "gone", id="no taint of that key"),
        pytest.param("teem=blue:NoSchedule", "taint-not-there-near", "teem=blue:NoSchedule", id="a slip in the key"),
        pytest.param("out:NoExecute@n2", "taint-not-there", "out:NoExecute@n2", id="only another node has it"),
    ],
)
def test_a_removal_that_matches_nothing_is_an_error(text: str, key: str, value: str) -> None:
    nodes = [make.node("n1", taints=(BLUE, OUT)), make.node("n2")]
    with pytest.raises(NotFound) as raised:
        what_if.taints_applied(nodes, removed(text))
    assert (raised.value.key, raised.value.values["taint"]) == (key, value)


def test_all_nodes_that_are_not_there_are_named_at_once() -> None:
    changes = WhatIf(added("a:NoSchedule@m1", "b:NoSchedule@n1").add_taints, removed("c@zzzz").remove_taints)
    with pytest.raises(NotFound) as raised:
        what_if.taints_applied([make.node("n1"), make.node("node-2")], changes)
    assert raised.value.values["missing"] == 'nodes "m1" not found, nodes "zzzz" not found'
    assert (raised.value.key, raised.value.values["near"]) == ("subject-absent-near", "n1")


def test_a_node_that_is_not_there_is_sought_in_no_namespace() -> None:
    with pytest.raises(NotFound) as raised:
        what_if.taints_applied([make.node("worker")], WhatIf(added("a:NoSchedule@zzzz").add_taints))
    assert (raised.value.key, raised.value.values["there"]) == ("node-absent", "worker")


def test_tolerations_come_behind_the_pods_own() -> None:
    pod = make.pod("web", spec={"tolerations": [{"key": "a", "operator": "Exists"}]})
    made = what_if.tolerating(pod, [{"operator": "Exists"}])
    assert made["spec"]["tolerations"] == [{"key": "a", "operator": "Exists"}, {"operator": "Exists"}]
    assert len(pod["spec"]["tolerations"]) == 1
    assert what_if.tolerating(pod, ()) is pod
