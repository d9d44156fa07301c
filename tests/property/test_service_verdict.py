"""Whatever a namespace holds, a verdict rests on what is told: no trouble without a reason, no alarm about what works."""

from __future__ import annotations

import copy
import json
import shlex
import string
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from kubectl_lab.catalogue import pages
from kubectl_lab.domain.service.explain import Question, entry, explain
from kubectl_lab.domain.service.inventory import Inventory
from kubectl_lab.domain.service.model import ServiceExplanation
from kubectl_lab.domain.service.rules import RULES
from kubectl_lab.render import data
from kubectl_lab.result import Reference
from property.service_worlds import World, worlds
from unit.service.cases import NOW
from unit.service.front_cases import backend, ingress, ingress_class

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Judged, ServiceEntry

# why a Service is empty: one of them, never two
EMPTY = {"SVC010", "SVC011", "SVC012", "SVC013", "SVC014", "SVC016", "SVC017", "SVC018"}
# what a verdict may not be had without, or what is only told besides
DENIED = [
    "EndpointSlice",
    "Pod",
    "Node",
    "Event",
    "Deployment",
    "StatefulSet",
    "ReplicaSet",
    "Namespace",
    "NetworkPolicy",
]
# without pods nobody can tell whether one that is not ready, or behind a gate, should be; `notChecked` says so
OF_PODS = {"SVC017", "SVC021", "SVC022", "SVC028", "SVC029", "SVC031", "SVC033", "SVC050", "SVC080"}
JUNK: list[Any] = [None, True, 3, -1, 1.5, "", "x", [], {}, [None], [{}], [[1]], {"a": 1}, "False", "10.0.0.1"]


def judged(case: Case) -> list[Judged]:
    return [each for rule in RULES for each in rule(case)]


def codes(entry: ServiceEntry, *severities: str) -> set[str]:
    return {each.code for each in entry.findings if each.severity in (severities or ("error", "warning", "info"))}


def is_whole(entry: ServiceEntry) -> bool:
    return entry.type == "ExternalName" or all(port.working for port in entry.ports)


@given(worlds(late=True), st.sampled_from(["", *DENIED]))
def test_what_is_broken_has_an_error_that_says_why(world: World, denied: str) -> None:
    found = entry(world.case(denied))
    assert found.verdict != "broken" or codes(found, "error")


@given(worlds(), st.sampled_from(["", *DENIED]))
def test_what_is_degraded_has_a_finding_with_an_effect(world: World, denied: str) -> None:
    case = world.case(denied)
    found = entry(case)
    assert found.verdict != "degraded" or any(each.effect != "none" for each in judged(case))
    assert found.verdict != "degraded" or codes(found, "error", "warning")


@given(worlds(late=True), st.sampled_from(["", *DENIED]))
def test_what_is_healthy_works_on_every_port_and_nothing_said_speaks_against_it(world: World, denied: str) -> None:
    case = world.case(denied)
    found = entry(case)
    if found.verdict == "healthy":
        assert is_whole(found)
        assert all(each.effect == "none" for each in judged(case))
        assert not codes(found, "error")


@given(worlds(), st.sampled_from(["", *DENIED]))
def test_only_slices_that_cannot_be_seen_leave_it_open(world: World, denied: str) -> None:
    found = entry(world.case(denied))
    assert found.verdict != "unknown" or denied == "EndpointSlice"
    assert found.verdict != "healthy" or denied != "EndpointSlice" or found.type == "ExternalName"


@given(worlds(), st.sampled_from(DENIED))
def test_what_may_not_be_read_never_mends_nor_adds_trouble(world: World, denied: str) -> None:
    """But for what only pods and policies can show, which is then said to be unchecked."""
    full, seen = entry(world.case()), entry(world.case(denied))
    if seen.verdict == "healthy" != full.verdict:
        assert denied in ("Pod", "NetworkPolicy", "Node")
        assert codes(full, "error", "warning") & (OF_PODS | {"SVC044", "SVC045"})
        assert denied in {each.what.removesuffix("s").replace("Policie", "Policy") for each in seen.not_checked}
    # a cause that cannot be seen leaves the next one to be told
    new = codes(seen, "error") - codes(full, "error")
    assert new <= (EMPTY if codes(full, "error") & EMPTY or denied == "Pod" else set())


@given(worlds(), st.booleans())
def test_an_empty_service_has_one_cause(world: World, can_see: bool) -> None:
    case = world.case(*(() if can_see else ("Pod",)))
    told = [each for each in judged(case) if each.finding.code in EMPTY and each.finding.severity == "error"]
    if case.selector and not case.is_served and not case.live_pods:
        assert len({id(each.finding) for each in told}) == 1
    elif can_see:
        assert told == []


@given(worlds())
def test_templates_without_pods_are_judged_by_the_same_measure(world: World) -> None:
    found = entry(World(world.found, live=False).case("Pod", "EndpointSlice", manifests=True))
    assert found.verdict != "broken" or codes(found, "error")
    assert found.verdict != "healthy" or is_whole(found)
    assert len(codes(found, "error") & EMPTY) <= 1


BACKENDS = [("web", 80), ("web", 81), ("web", "c"), ("api", 80), ("none", 80)]


@given(worlds(), st.lists(st.sampled_from(BACKENDS), min_size=1, max_size=3), st.sampled_from(["", *DENIED]))
def test_a_front_has_a_finding_that_says_why_it_is_not_healthy(
    world: World, behind: list[tuple[str, int | str]], denied: str
) -> None:
    paths = [(f"/{number}", backend(name, port)) for number, (name, port) in enumerate(behind)]
    fronts = {"Ingress": [ingress("shop", *paths, address=True)], "IngressClass": [ingress_class()]}
    known = World(world.found | fronts, world.live).case(denied).inventory
    found, *_ = explain(known, Question((Reference("Ingress", "shop", "shop"),), "shop")).services
    assert found.verdict != "broken" or codes(found, "error")
    assert found.verdict != "degraded" or codes(found, "error", "warning")


@given(worlds(late=True), st.sampled_from(["", *DENIED]), st.sampled_from(["en", "fr"]))
def test_every_sentence_is_whole_and_every_command_can_be_pasted(world: World, denied: str, lang: str) -> None:
    document = data.document(ServiceExplanation((entry(world.case(denied)),)), lang)
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    for found in data.findings_in(document):
        written = pages.page(found["code"], lang).message
        asked = {name for _, name, _, _ in string.Formatter().parse(written) if name}
        assert asked <= found["details"].keys(), found["code"]
        assert all(shlex.split(command)[0] in ("kubectl", "curl", "printf") for command in found["fix"])


@given(worlds(late=True), st.data(), st.booleans())
def test_objects_of_any_shape_have_an_answer(world: World, draw: st.DataObject, manifests: bool) -> None:
    spoilt = {kind: [_spoilt(each, draw) for each in known] for kind, known in world.found.items()}
    known = Inventory(spoilt, now=NOW, live=world.live and not manifests, manifests=manifests)
    document = data.document(explain(known, Question(detailed=True)), "fr")
    json.dumps(document, allow_nan=False)
    assert len(document["services"]) == 2


def _spoilt(whole: dict[str, Any], draw: st.DataObject) -> dict[str, Any]:
    """The object with up to two of its parts replaced."""
    made = copy.deepcopy(whole)
    for _ in range(draw.draw(st.integers(0, 2))):
        *way, last = draw.draw(st.sampled_from(list(_places(made))))
        part: Any = made
        for key in way:
            part = part[key]
        part[last] = copy.deepcopy(draw.draw(st.sampled_from(JUNK)))
    return made


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in items:
        yield (*path, key)
        yield from _places(part, (*path, key))
