"""Slices that do not follow the pods: a cluster of its own, whose controller manager is halted once all is laid out.

Nothing is written in the controller's name. What it would have done is simply not done, as on a night when it is down.
"""

from __future__ import annotations

import os
import signal
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bench.server import Server, within
from kubectl_lab.cluster.kinds import KINDS
from live.service_ground import Ground, service
from sandbox.sandboxes import running
from sandbox.states import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.server import Json
    from sandbox.builds import Built
    from sandbox.sandboxes import Sandbox

pytestmark = pytest.mark.live
WEB = service("web", {"app": "web"})
LABELS = {"app": "web"}
SERVICE_NAME = "kubernetes.io/service-name"
ALONE = ("good", "gone", "fresh")
SLICES = {"SVC070", "SVC071", "SVC072", "SVC073", "SVC074"}
MANY = 1001  # more than v1 Endpoints may hold

# namespace -> its codes with a part of their sentence; `good` is the healthy twin, `fresh` has no slice to go by
BROKEN: dict[str, dict[str, str]] = {
    "good": {},
    "late": {"SVC070": "b should be an endpoint and is not (differences: 1)"},
    "unready": {"SVC070": "what they say of b is out of date"},
    "strayed": {"SVC070": "b is an endpoint and should not be"},
    "gone": {"SVC072": "belonged to pod b, which is gone (stale endpoints: 1)"},
    "fresh": {"SVC074": "though pods carry app=web (pods: 2)"},
}
FOREIGN: dict[str, dict[str, str]] = {
    "foreign": {"SVC071": "EndpointSlice web-extra (managed by staff) adds 192.0.2.10 to Service web"},
    "nameless": {"SVC071": "EndpointSlice web-extra (nobody says who manages it)"},
    "crowd": {"SVC071": "498 more to Service web", "SVC073": f"endpoints in the slices: {MANY + 2}"},
}


@contextmanager
def halted(sandbox: Sandbox, component: str) -> Iterator[None]:
    """A component of the control plane that does nothing for a while."""
    process = State(sandbox.name).component(component)
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)


def extra(*addresses: str, manager: str = "", name: str = "web-extra") -> Json:
    """Somebody's slice for `web`."""
    labels = {SERVICE_NAME: "web"} | ({"endpointslice.kubernetes.io/managed-by": manager} if manager else {})
    return {
        "kind": "EndpointSlice",
        "apiVersion": "discovery.k8s.io/v1",
        "metadata": {"name": name, "labels": labels},
        "addressType": "IPv4",
        "ports": [{"port": 80}],
        "endpoints": [{"addresses": [each]} for each in addresses],
    }


class Field:
    """A namespace for each case, with Service `web` in front of pods `a` and `b`."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.spaces = {name: ground.namespace(name) for name in (*BROKEN, *FOREIGN)}
        for name, space in self.spaces.items():
            if name != "fresh":
                ground.add(space, WEB)
            for pod in ("a",) if name == "late" else ("a", "b"):
                ground.pod(space, pod, LABELS)
        for name, space in self.spaces.items():
            if name != "fresh":
                ground.endpoints(space, "web", 1 if name == "late" else 2, ready=1 if name == "late" else 2)
        self._foreign()

    def _foreign(self) -> None:
        self.ground.add(self.spaces["foreign"], extra("192.0.2.10", manager="staff"))
        self.ground.add(self.spaces["nameless"], extra("192.0.2.10"))
        half = MANY // 2
        many = [f"10.66.{number // 200}.{number % 200}" for number in range(MANY)]
        slices = [extra(*part, name=f"web-{index}") for index, part in enumerate((many[:half], many[half:]))]
        self.ground.add(self.spaces["crowd"], *slices)
        path = f"{KINDS['Endpoints'].path(self.spaces['crowd'])}/web"
        mark = {"metadata": {"annotations": {"endpoints.kubernetes.io/over-capacity": "truncated"}}}
        for _ in within(20, "v1 Endpoints", 0.1):
            if self.ground.server.get(path).get("subsets"):
                break
        self.ground.server.patch(path, mark)

    def change(self) -> None:
        """What happens while nobody follows."""
        ground = self.ground
        ground.add(self.spaces["fresh"], WEB)
        ground.pod(self.spaces["late"], "b", LABELS)
        conditions = [{"type": "Ready", "status": "False"}]
        ground.status("Pod", self.spaces["unready"], "b", {"conditions": conditions})
        ground.server.patch(self._pod("strayed"), {"metadata": {"labels": {"app": "other"}}})
        ground.server.delete(self._pod("gone"), gracePeriodSeconds=0)

    def _pod(self, name: str) -> str:
        return f"{KINDS['Pod'].path(self.spaces[name])}/b"


@dataclass(frozen=True, slots=True)
class Answers:
    """Of each case: as the overview has it, asked by name (few: each costs two seconds), and with the controller back."""

    overview: dict[str, Json]
    alone: dict[str, Json]
    after: dict[str, Json]


@pytest.fixture(scope="module")
def answers(sandbox_programs: tuple[Built, ...], worker: str) -> Iterator[Answers]:
    """Halted for less than the ten seconds after which a controller manager gives up its lease, and itself."""
    with running(f"slices-{worker}", nodes=1) as sandbox, closing(Server(sandbox.kubeconfig)) as server:
        field = Field(Ground(sandbox, server))
        ground, spaces = field.ground, field.spaces
        with halted(sandbox, "kube-controller-manager"):
            field.change()
            listed = ground.run(None, "-A", "-o", "json").document["services"]
            alone = {name: ground.entry(spaces[name], "web") for name in ALONE}
        by_space = {each["service"]["namespace"]: each for each in listed}
        for name in BROKEN:
            ground.endpoints(spaces[name], "web", 1 if name in ("strayed", "gone") else 2)
        after = {name: ground.entry(spaces[name], "web") for name in BROKEN}
        yield Answers({name: by_space[space] for name, space in spaces.items()}, alone, after)


def said(entry: Json) -> dict[str, str]:
    """The sentence of each code about slices."""
    return {each["code"]: each["message"] for each in entry["findings"] if each["code"] in SLICES}


@pytest.mark.parametrize("name", [*BROKEN, *FOREIGN])
def test_slices_that_do_not_follow_the_pods_are_told_and_no_others(answers: Answers, name: str) -> None:
    expected = {**BROKEN, **FOREIGN}[name]
    told = said(answers.overview[name])
    assert set(told) == set(expected), told
    for code, words in expected.items():
        assert words in told[code]


@pytest.mark.parametrize("name", ALONE)
def test_asked_by_its_name_a_service_has_the_same_answer(answers: Answers, name: str) -> None:
    assert said(answers.alone[name]) == said(answers.overview[name])
    assert answers.alone[name]["verdict"] == answers.overview[name]["verdict"]


@pytest.mark.parametrize("name", BROKEN)
def test_nothing_is_left_of_it_once_the_controller_is_back(answers: Answers, name: str) -> None:
    assert said(answers.after[name]) == {}


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("good", "healthy"),
        ("late", "degraded"),
        ("unready", "degraded"),
        ("strayed", "degraded"),
        ("gone", "degraded"),
        ("fresh", "broken"),
        ("foreign", "healthy"),
        ("crowd", "healthy"),
    ],
)
def test_verdicts(answers: Answers, name: str, verdict: str) -> None:
    assert answers.overview[name]["verdict"] == verdict
