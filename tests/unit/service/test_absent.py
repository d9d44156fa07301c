"""SVC001: what was asked for is not there, and what is like it."""

from __future__ import annotations

import pytest

import make
from kubectl_lab.domain.service import absent
from kubectl_lab.domain.service.fronts import Branch, Front
from kubectl_lab.render import data
from kubectl_lab.result import Reference
from unit.service.cases import Object, inventory, service

API = Reference("Service", "shop", "api-service")


def front(leads_to: Reference) -> Front:
    return Front(Reference("Ingress", "shop", "shop"), (), (Branch("/api", leads_to, 80),))


def told(*objects: Object, subject: Reference = API, fronts: tuple[Front, ...] = ()) -> tuple[str, list[str]]:
    found = absent.entry(inventory(*objects), subject, fronts).findings[0].to_dict()
    return data.message(found, "en"), data.fixes(found)


LIST = "kubectl get service --all-namespaces"


@pytest.mark.parametrize(
    ("objects", "fronts", "hint", "fixes"),
    [
        pytest.param([], (), "", [LIST], id="without anything alike there is no hint"),
        pytest.param(
            [service("api-servce")],
            (),
            "; the nearest name is api-servce",
            ["kubectl lab explain-service -n shop api-servce", LIST],
            id="a slip is named, and what to ask instead",
        ),
        pytest.param(
            [service("api")],
            (front(API),),
            "; the nearest name is api, wanted by Ingress shop",
            ["kubectl lab explain-service -n shop api", LIST],
            id="the Ingress that wants it is named beside the nearest Service",
        ),
        pytest.param(
            [service("api-service", namespace="test"), service("api-service", namespace="prod")],
            (),
            "; there is one of this name in namespace prod, test",
            ["kubectl lab explain-service -n prod api-service", LIST],
            id="other namespaces that have it are named",
        ),
        pytest.param(
            [], (front(Reference("Service", "shop", "web")),), "", [LIST], id="an Ingress to another Service is no hint"
        ),
    ],
)
def test_a_service_that_does_not_exist(
    objects: list[Object], fronts: tuple[Front, ...], hint: str, fixes: list[str]
) -> None:
    message = f"Service api-service does not exist in namespace shop{hint}"
    assert told(*objects, fronts=fronts) == (message, fixes)


def test_an_ingress_is_asked_for_with_its_kind() -> None:
    near = make.obj("Ingress", "shop", "shop")
    message, fixes = told(near, subject=Reference("Ingress", "shop", "shpo"))
    assert message == "Ingress shpo does not exist in namespace shop; the nearest name is shop"
    assert fixes == ["kubectl lab explain-service -n shop ingress/shop", "kubectl get ingress --all-namespaces"]


def test_the_entry_of_what_is_absent_is_broken_at_its_first_hop() -> None:
    entry = absent.entry(inventory(missing=["Pod"]), API, ())
    assert (entry.verdict, entry.type, [each.code for each in entry.findings]) == ("broken", "Service", ["SVC001"])
    assert [(hop.target, hop.state, hop.finding) for hop in entry.hops] == [
        ("service/shop/api-service", "broken", "SVC001")
    ]
    assert [each.what for each in entry.not_checked] == ["Pods"]
