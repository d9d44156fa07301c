"""Whatever shape nodes, pods and budgets have, the answer about taints is made; it never raises."""

from __future__ import annotations

import copy
import io
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

import make
from kubectl_lab.domain.rules.tolerations import NO_EXECUTE, seconds_until_deletion
from kubectl_lab.errors import BadInput
from kubectl_lab.render import data, show
from property.test_service_garbage import damaged, places
from unit.taints.asking import CORDON, MINUTE_AGO, Object, ask, node, pending, pod, question, taint, tolerates

if TYPE_CHECKING:
    from kubectl_lab.domain.taints.model import TaintExplanation

GARBAGE: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        7,
        True,
        "",
        "web",
        [],
        [None, 3, "x"],
        {},
        {"a": []},
        [{}],
        {"name": 5},
        -1.5,
        2**70,
        "9999-12-31T23:59:59Z",
    ]
)


def objects() -> list[Object]:
    """One of each kind that the rules look at."""
    owner, above = make.owner("ReplicaSet", "web-1"), make.owner("Deployment", "web")
    fields = [{"manager": "kubectl-taint", "fieldsV1": {"f:spec": {"f:taints": {}}}}]
    limited = tolerates("maint", effect="NoExecute", seconds=60)
    return [
        node("n1", "maint:NoExecute", "team=blue:NoSchedule", added=MINUTE_AGO, managedFields=fields),
        node("n2", CORDON, unschedulable=True),
        pod("a", limited, tolerates("team"), owned_by=owner, labels={"app": "web"}, creationTimestamp=MINUTE_AGO),
        pod("b", owned_by=make.owner("DaemonSet", "agent")),
        pending("c", spec={"priority": 5, "nodeSelector": {"pool": "x"}}),
        make.budget("budget"),
        make.replicaset("web-1", ownerReferences=[above]),
        make.deployment("web"),
    ]


@given(st.data(), st.integers(0, 7))
def test_no_damage_to_any_object_stops_the_answer(draw: Any, which: int) -> None:
    around = objects()
    path = draw.draw(st.sampled_from(places(around[which])))
    around[which] = damaged(around[which], path, draw.draw(GARBAGE))
    for about in (question(), question(add=["maint:NoExecute", "x:NoSchedule"])):
        # an amount that is none ends the answer, and names its object
        with suppress(BadInput):
            written(ask(*around, about=about))


def written(found: TaintExplanation) -> None:
    """In every form."""
    for form in ("text", "wide", "json", "name"):
        show(found, form, io.StringIO(), lang="fr", width=80)
    assert data.document(found, "en")["kind"] == "TaintExplanation"


KEYS, EFFECTS = st.sampled_from("abc"), st.sampled_from(["NoExecute", "NoSchedule", "PreferNoSchedule"])
TAINTS = st.lists(st.tuples(KEYS, EFFECTS), max_size=4, unique=True)
TOLERATIONS = st.lists(
    st.builds(tolerates, st.sampled_from(["", "a", "b"]), seconds=st.sampled_from([None, -3, 0, 5, 60])), max_size=4
)


@given(TAINTS, TOLERATIONS)
def test_who_is_deleted_is_who_does_not_tolerate_for_ever(
    taints: list[tuple[str, str]], tolerations: list[Object]
) -> None:
    listed = [taint(f"{key}:{effect}", MINUTE_AGO) for key, effect in taints]
    made = {**node("n1"), "spec": {"taints": listed}}
    (entry,) = ask(made, pod("web", *tolerations), about=question("n1")).nodes
    expected = seconds_until_deletion(tolerations, listed)
    assert [each.seconds for each in entry.evicts] == ([] if expected is None else [expected])
    for each in entry.taints:
        assert not each.evicts or each.taint["effect"] == NO_EXECUTE


@given(TAINTS, TOLERATIONS, TOLERATIONS)
def test_one_toleration_more_at_the_end_deletes_nobody_that_stayed(
    taints: list[tuple[str, str]], tolerations: list[Object], more: list[Object]
) -> None:
    made = node("n1", *(f"{key}:{effect}" for key, effect in taints))
    before = ask(made, pod("web", *tolerations), about=question("n1")).nodes[0].evicts
    after = ask(made, pod("web", *tolerations, *copy.deepcopy(more)), about=question("n1")).nodes[0].evicts
    assert before or not after
