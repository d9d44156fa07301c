"""The class of an Ingress: which controller takes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab.domain.service import ingresses
from kubectl_lab.domain.service.model import Place
from unit.service.cases import inventory, service
from unit.service.front_cases import FRESH, OLD, details, ingress, ingress_class, judged

if TYPE_CHECKING:
    from kubectl_lab.domain.service.fronts import Front

Object = dict[str, Any]
WEB = service("web", {"app": "web"})
NGINX = ingress_class("nginx")


def read(*objects: Object, **rest: Any) -> Front:
    """The first Ingress; the class nginx and the Service web are there."""
    return ingresses.read(inventory(NGINX, WEB, *objects, **rest))[0]


def codes(*objects: Object, **rest: Any) -> set[str]:
    return set(judged(read(*objects, **rest)))


def test_an_absent_class_breaks_the_whole_ingress() -> None:
    front = read(ingress_class("haproxy"), ingress(cls="ngnix"))
    found = judged(front)["SVC102"]
    assert (found.effect, found.place) == ("breaks", Place("entry", "ingress/shop/shop"))
    seen = found.finding.details
    assert (seen["name"], seen["classes"]) == ("ngnix", ["haproxy", "nginx"])
    assert json.loads(seen["patch"]) == {"spec": {"ingressClassName": "nginx"}}
    assert seen["hint"] == {"phrase": "service.front-classes", "values": {"classes": ["haproxy", "nginx"]}}
    assert front.is_shut()
    assert front.through == ("ingressclass/ngnix",)


@pytest.mark.parametrize(
    ("classes", "patch"),
    [
        pytest.param([], None, id="no class at all"),
        pytest.param(["traefik"], "traefik", id="the only class"),
        pytest.param(["traefik", "haproxy"], None, id="a choice that is not ours"),
    ],
)
@pytest.mark.parametrize(("named", "code"), [("nginx", "SVC102"), (None, "SVC103")])
def test_a_class_is_offered_where_no_choice_is_left(
    classes: list[str], patch: str | None, named: str, code: str
) -> None:
    made = inventory(WEB, ingress(cls=named), *map(ingress_class, classes))
    (front,) = ingresses.read(made)
    seen = details(front, code)
    assert seen["patch"] == (json.dumps({"spec": {"ingressClassName": patch}}) if patch else None)
    assert seen["hint"]["phrase"] == ("service.front-classes" if classes else "service.front-no-class")


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        pytest.param(ingress(cls=None), {"SVC103"}, id="no class at all"),
        pytest.param(ingress(cls=None, address=True), set(), id="none, and a controller has taken it all the same"),
        pytest.param(
            ingress(cls=None, annotations={"kubernetes.io/ingress.class": "haproxy"}), set(), id="a word of old"
        ),
        pytest.param(
            ingress(annotations={"kubernetes.io/ingress.class": "haproxy"}), {"SVC109"}, id="two words that differ"
        ),
        pytest.param(ingress(annotations={"kubernetes.io/ingress.class": "nginx"}), set(), id="two words that agree"),
    ],
)
def test_the_class_of_an_ingress(subject: Object, expected: set[str]) -> None:
    assert codes(subject) == expected


def test_no_class_named_goes_to_the_default_one_the_newest_of_several() -> None:
    older = ingress_class("older", default=True, created="2025-01-01T00:00:00Z")
    newer = ingress_class("newer", default=True, created="2025-06-01T00:00:00Z")
    front = read(older, newer, ingress(cls=None))
    assert (front.through, judged(front)) == (("ingressclass/newer",), {})


def test_without_any_class_nothing_stands_before_the_ingress() -> None:
    front = read(ingress(cls=None))
    assert front.through == ()
    assert front.is_shut()


def test_two_classes_are_a_warning_that_breaks_nothing() -> None:
    front = read(ingress(annotations={"kubernetes.io/ingress.class": "haproxy"}))
    assert judged(front)["SVC109"].effect == "none"
    assert details(front, "SVC109") == {
        "ingress": "shop",
        "namespace": "shop",
        "field": "nginx",
        "annotation": "haproxy",
    }


@pytest.mark.parametrize(
    "subject", [ingress(cls="none"), ingress(cls=None), ingress(created=OLD)], ids=["102", "103", "104"]
)
def test_classes_that_were_denied_are_not_judged(subject: Object) -> None:
    assert codes(subject, missing=["IngressClass"]) == set()


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        pytest.param(ingress(created=OLD), {"SVC104"}, id="61 s without an answer"),
        pytest.param(ingress(created=FRESH), set(), id="30 s are not long"),
        pytest.param(ingress(created=OLD, address=True), set(), id="an answer"),
        pytest.param(ingress(created=None), set(), id="a manifest has no age"),
        pytest.param(ingress(created=OLD, cls="none"), {"SVC102"}, id="no class, no controller to wait for"),
    ],
)
def test_a_controller_that_has_not_answered(subject: Object, expected: set[str]) -> None:
    assert codes(subject) == expected


def test_a_silent_controller_is_named_and_breaks_nothing() -> None:
    front = read(ingress(created=OLD))
    assert judged(front)["SVC104"].effect == "none"
    assert details(front, "SVC104")["controller"] == "example.com/nginx"
