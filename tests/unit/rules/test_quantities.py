"""Quantities; every value here was given to resource.Quantity of Kubernetes 1.36 (tests/oracle/test_quantities.py)."""

from __future__ import annotations

import pytest

from kubectl_lab.domain.rules import quantities
from kubectl_lab.errors import BadInput

LARGEST = 2**63 - 1


@pytest.mark.parametrize(
    ("amount", "units", "milli"),
    [
        pytest.param("0", 0, 0, id="nothing"),
        pytest.param("2", 2, 2000, id="a plain number"),
        pytest.param(2, 2, 2000, id="a number of YAML"),
        pytest.param(0.5, 1, 500, id="a fraction of YAML"),
        pytest.param(1e22, 0, 0, id="a number that Python prints with an exponent"),
        pytest.param(None, 0, 0, id="null is nothing"),
        pytest.param(" 7 ", 7, 7000, id="blanks around it are no part of it"),
        pytest.param("500m", 1, 500, id="units round up"),
        pytest.param("1001m", 2, 1001, id="units round up, not to the nearest"),
        pytest.param("0.1m", 1, 1, id="milli-units round up"),
        pytest.param("1n", 1, 1, id="nano"),
        pytest.param("1u", 1, 1, id="micro"),
        pytest.param("0.1n", 1, 1, id="finer than nano counts as one"),
        pytest.param("0e-30", 0, 0, id="nothing stays nothing"),
        pytest.param("1e-6000", 1, 1, id="an exponent beyond all bounds downwards"),
        pytest.param("3k", 3000, 3_000_000, id="kilo"),
        pytest.param("1.5M", 1_500_000, 1_500_000_000, id="mega with a fraction"),
        pytest.param("2G", 2 * 10**9, 2 * 10**12, id="giga"),
        pytest.param("1T", 10**12, 10**15, id="tera"),
        pytest.param("1P", 10**15, 10**18, id="peta"),
        pytest.param("1E", 10**18, 0, id="a capital E alone is exa, and too large in milli-units"),
        pytest.param("1E3", 1000, 10**6, id="with digits behind it it is an exponent"),
        pytest.param("12e6", 12 * 10**6, 12 * 10**9, id="a small e"),
        pytest.param("1e+2", 100, 10**5, id="an exponent with its sign"),
        pytest.param("15e-1", 2, 1500, id="a negative exponent"),
        pytest.param("1Ki", 1024, 1024 * 1000, id="binary kilo"),
        pytest.param("1.5Gi", 3 * 2**29, 3 * 2**29 * 1000, id="binary with a fraction"),
        pytest.param("0.1Ki", 103, 102_400, id="binary that is no whole number"),
        pytest.param("7Ei", 7 * 2**60, 0, id="binary exa"),
        pytest.param("9Ei", LARGEST, 0, id="binary beyond int64 is the largest int64"),
        pytest.param("9223372036854775808", 0, 0, id="decimal beyond int64 overflows to nothing"),
        pytest.param("1e6000", 0, 0, id="an exponent beyond all bounds"),
        pytest.param("+3", 3, 3000, id="a plus"),
        pytest.param("-3", -3, -3000, id="a minus"),
        pytest.param("-1500m", -2, -1500, id="what is negative rounds away from zero"),
        pytest.param("007", 7, 7000, id="leading zeros"),
        pytest.param(".5", 1, 500, id="no digit before the point"),
        pytest.param("5.", 5, 5000, id="no digit behind it"),
        pytest.param("1.Gi", 2**30, 2**30 * 1000, id="a point right before the suffix"),
        pytest.param(".", 0, 0, id="a point alone is nothing"),
        pytest.param("m", 0, 0, id="a suffix alone too"),
        pytest.param("+", 0, 0, id="and a sign alone"),
    ],
)
def test_a_quantity_is_read_as_the_api_reads_it(amount: object, units: int, milli: int) -> None:
    nano = quantities.parse(amount)
    assert (quantities.units(nano), quantities.millis(nano)) == (units, milli)


@pytest.mark.parametrize(
    "amount",
    [
        *(
            "",
            " ",
            "abc",
            "1 Gi",
            "1gi",
            "1K",
            "1kb",
            "1GiB",
            "1e",
            "1e3e3",
            "1e--3",
            "1.2.3",
            "1,5",
            "--1",
            "+-5",
            "5-3",
        ),
        *("\t1", "1\n", "1Ee3", "1mi", "0x10", "1_000", "\u0663", "½", "NaN", "inf", "9" * 2001, "k1"),
        *(True, float("nan"), float("inf"), [], {}, ["1"]),
    ],
    ids=lambda amount: repr(amount)[:20],
)
def test_what_is_no_quantity_is_refused(amount: object) -> None:
    with pytest.raises(BadInput, match="quantity"):
        quantities.parse(amount)


def test_a_refused_text_is_quoted() -> None:
    with pytest.raises(BadInput) as refused:
        quantities.parse("4 GB")
    assert refused.value.values == {"value": "4 GB"}


def test_of_a_refused_text_without_end_the_beginning_is_quoted() -> None:
    with pytest.raises(BadInput) as refused:
        quantities.parse("9" * 10**6)
    assert refused.value.values == {"value": "9" * 60 + "…"}


def test_amounts_are_added_before_they_are_rounded() -> None:
    assert quantities.units(quantities.parse("0.4") + quantities.parse("0.4")) == 1
    assert quantities.millis(3 * quantities.parse("0.1m")) == 1


@pytest.mark.parametrize(
    ("resource", "amounts", "texts"),
    [
        pytest.param("cpu", (1200, 4000, 250, 0), ("1.2", "4", "0.25", "0"), id="CPU comes in milli-units"),
        pytest.param("cpu", (100_000,), ("100",), id="zeros before the point stay"),
        pytest.param("memory", (2**29, 0, 1, 1024), ("512Mi", "0", "1", "1Ki"), id="memory in the largest unit"),
        pytest.param("memory", (3 * 2**29,), ("1.5Gi",), id="with one decimal"),
        pytest.param("memory", (16_265_564 * 1024,), ("15.5Gi",), id="rounded"),
        pytest.param("memory", (-(2**30),), ("-1Gi",), id="more used than there is"),
        pytest.param("memory", (2**30, 2**30 - 2**20), ("1Gi", "1023Mi"), id="under the next unit"),
        pytest.param(
            "memory", (4 * 2**30, 4 * 2**30 + 2**24), ("4Gi", "4.02Gi"), id="different amounts never read the same"
        ),
        pytest.param(
            "memory", (4 * 2**30, 4 * 2**30 + 1), ("4294967296", "4294967297"), id="to the byte where that is needed"
        ),
        pytest.param("memory", (2**30, 2**30), ("1Gi", "1Gi"), id="equal amounts do"),
        pytest.param("memory", (2**75,), ("32768Ei",), id="beyond the largest unit"),
        pytest.param("hugepages-2Mi", (2**22,), ("4Mi",), id="huge pages are bytes"),
        pytest.param("ephemeral-storage", (2**30,), ("1Gi",), id="so is ephemeral storage"),
        pytest.param("example.com/gpu", (2, 10_000), ("2", "10000"), id="extended resources are counted"),
        pytest.param("pods", (110,), ("110",), id="so are pods"),
    ],
)
def test_amounts_are_printed_for_people(resource: str, amounts: tuple[int, ...], texts: tuple[str, ...]) -> None:
    assert quantities.texts(resource, *amounts) == texts
