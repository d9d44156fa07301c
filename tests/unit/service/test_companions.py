"""Other Services that lead to the same pods."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_lab.domain.service import companions
from unit.service.cases import case, pod, service, workload

WEB = {"app": "web"}
HTTP = [{"containerPort": 8080, "name": "http"}]
NAMED = {"port": 80, "targetPort": "http"}


def others(subject: Any) -> list[Any]:
    return [each.finding.details["others"] for each in companions.same_backends(subject)]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param(service("twin", WEB, (8080, 8080)), [["twin"]], id="same pods and target port"),
        pytest.param(service("twin", {"tier": "front"}, (81, 8080)), [["twin"]], id="the same pods by other labels"),
        pytest.param(service("twin", WEB, NAMED), [["twin"]], id="the same number by its name"),
        pytest.param(service("twin", WEB, (81, 9090)), [], id="another port of the same pods"),
        pytest.param(service("twin", WEB, {"port": 8080, "protocol": "UDP"}), [], id="another protocol"),
        pytest.param(service("twin", WEB, {"port": 80, "targetPort": "none"}), [], id="a name that leads nowhere"),
        pytest.param(service("twin", {"app": "api"}, 8080), [], id="other pods"),
        pytest.param(service("twin", None, 8080), [], id="no selector"),
        pytest.param(service("twin", WEB, 8080, namespace="other"), [], id="another namespace"),
        pytest.param(
            service("twin", WEB, 8080, type="ExternalName", externalName="example.org"), [], id="an ExternalName"
        ),
    ],
)
def test_a_service_in_front_of_the_same_pods(other: Any, expected: Any) -> None:
    pods = [pod("a", WEB | {"tier": "front"}, ports=HTTP), pod("bb", {"app": "api"}, ports=HTTP)]
    web = service("web", WEB, (80, 8080))
    assert others(case(web, web, other, *pods)) == expected


def test_a_service_without_pods_has_no_companions() -> None:
    web, twin = service("web", WEB), service("twin", WEB)
    assert others(case(web, web, twin)) == []


def test_templates_count_before_anything_is_applied() -> None:
    web, twin = service("web", WEB), service("twin", WEB)
    subject = case(web, web, twin, workload("Deployment", "web", WEB), manifests=True, slices=None)
    assert others(subject) == [["twin"]]
