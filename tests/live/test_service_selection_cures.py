"""The commands that an empty Service prints, run as they stand: afterwards it is healthy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.server import within
from live.service_ground import service
from live.service_selections import COURSE, course, lay

if TYPE_CHECKING:
    from live.service_ground import Ground

pytestmark = pytest.mark.live

CURES = [
    pytest.param("slip", 0, id="mend the slip"),
    pytest.param("course", 0, id="ask for fewer labels"),
    pytest.param("created", -1, id="expose in place of create service"),
    pytest.param("scaled", 0, id="scale up"),
    pytest.param("two_things", 0, id="name one of two things"),
    pytest.param("pinned", 0, id="drop the hash"),
]


@pytest.fixture(scope="module")
def laid(services: Ground) -> dict[str, str]:
    return lay(services, ("slip", "course", "created", "scaled", "two_things", "pinned", "elsewhere"))


@pytest.mark.parametrize(("name", "which"), CURES)
def test_the_printed_command_cures(services: Ground, laid: dict[str, str], name: str, which: int) -> None:
    codes = ("SVC011", "SVC013", "SVC015", "SVC017")
    (found,) = [each for each in services.entry(laid[name], "web")["findings"] if each["code"] in codes]
    services.paste(found["fix"][which])
    for _ in within(30, "a healthy Service"):
        entry = services.entry(laid[name], "web")
        if entry["verdict"] == "healthy":
            break
    assert not any(each["code"].startswith("SVC01") for each in services.entry(laid[name], "web")["findings"])


def test_a_missing_label_can_be_given_to_the_template(services: Ground) -> None:
    where = services.namespace("labels")
    course(services, where)
    found = services.findings(where, "web")["SVC011"]
    services.paste(found["fix"][1])
    services.endpoints(where, "web", 2, ready=2)


def test_a_bare_pod_is_given_the_missing_label(services: Ground) -> None:
    where = services.namespace("bare")
    services.pod(where, "front", {"tier": "frontend"})
    services.add(where, service("web", COURSE))
    services.paste(services.findings(where, "web")["SVC011"]["fix"][1])
    services.endpoints(where, "web", 1, ready=1)


def test_pods_elsewhere_get_a_service_there_and_this_one_becomes_its_name(
    services: Ground, laid: dict[str, str]
) -> None:
    found = services.findings(laid["elsewhere"], "web")["SVC012"]
    for command in found["fix"]:
        services.paste(command)
    services.endpoints(found["details"]["other"], "web", 1, ready=1)
    entry = services.entry(laid["elsewhere"], "web")
    assert (entry["type"], entry["verdict"]) == ("ExternalName", "healthy")
