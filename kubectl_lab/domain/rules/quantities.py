"""Kubernetes quantities (`500m`, `1.5Gi`, `1e3`): read as the API reads them, added up exactly, printed for people.

An amount is a whole number of nano-units, the finest the API keeps (`0.1n` is `1n`): sums are exact. The scheduler counts
in units, CPU in milli-units, rounded up. Source: k8s.io/apimachinery `resource.Quantity` (ParseQuantity, Value, MilliValue).
"""

from __future__ import annotations

import functools
import re

from kubectl_lab.errors import BadInput

# no more digits than anybody writes: what comes from a file is not trusted
_QUANTITY = re.compile(r"([+-]?)([0-9]{0,2000})(?:\.([0-9]{0,2000}))?([eEinumkKMGTP]*[+-]?[0-9]{0,20})")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_EXPONENT = re.compile(r"[eE]([+-]?[0-9]+)")
_HUGE = (
    5000  # of a decimal exponent: beyond it the amount is too large, or as good as nothing, whatever stands before it
)
_INT64 = 2**63
_MOST_SHOWN = 60  # characters of what is no quantity
_UNIT, _MILLI = 10**9, 10**6
_BYTES = ("memory", "ephemeral-storage", "hugepages-", "storage")
_STEPS = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")


def parse(amount: object) -> int:
    """Nano-units of a quantity as an object holds it: text, or a number; absent it is nothing. Raises BadInput."""
    if isinstance(amount, str):
        return _parsed(amount)
    if amount is None:
        return 0
    return _parsed(repr(amount) if isinstance(amount, int | float) else str(type(amount)))


@functools.cache
def _parsed(text: str) -> int:
    """Tiny amounts count as 1n; one with a binary suffix is at most 2^63-1."""
    bare = text.strip(" ")
    found = _QUANTITY.fullmatch(bare)
    if not bare or found is None:
        raise _refused(text)
    sign, whole, fraction, suffix = found[1], found[2], found[3] or "", found[4]
    number, power = int(whole + fraction or "0"), 9 - len(fraction)
    if suffix in _BINARY:
        number <<= _BINARY[suffix]
        nano = min(_shifted(number, power), (_INT64 - 1) * _UNIT)
    else:
        nano = _shifted(number, power + _exponent(text, suffix))
    return -nano if sign == "-" else nano


def _refused(text: str) -> BadInput:
    return BadInput("quantity", value=text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…")


def _shifted(number: int, power: int) -> int:
    """`number` times ten to the power, rounded up."""
    scale: int = 10 ** abs(power)
    return number * scale if power >= 0 else -(-number // scale)


def _exponent(text: str, suffix: str) -> int:
    if suffix in _DECIMAL:
        return _DECIMAL[suffix]
    found = _EXPONENT.fullmatch(suffix)
    if found is None:
        raise _refused(text)
    return max(-_HUGE, min(int(found[1]), _HUGE))


def units(nano: int) -> int:
    """Units of an amount, rounded away from zero; 0 from 2^63 on, where the scheduler's own counter overflows."""
    return _rounded(nano, _UNIT)


def millis(nano: int) -> int:
    """Milli-units likewise."""
    return _rounded(nano, _MILLI)


def _rounded(nano: int, step: int) -> int:
    found = -(-abs(nano) // step)
    if found >= _INT64:
        return 0
    return -found if nano < 0 else found


def texts(resource: str, *amounts: int) -> tuple[str, ...]:
    """Amounts of one resource for people (`1.2` CPU, `512Mi`), in the scheduler's units: CPU in milli-units.

    Bytes are rounded, but never so far that two different amounts read the same.
    """
    if resource == "cpu":
        return tuple(_trimmed(f"{amount / 1000:.3f}") for amount in amounts)
    if not resource.startswith(_BYTES):
        return tuple(map(str, amounts))
    for decimals in (1, 2, 3):
        found = tuple(_bytes(amount, decimals) for amount in amounts)
        if len(set(found)) == len(set(amounts)):
            return found
    return tuple(map(str, amounts))


def _bytes(amount: int, decimals: int) -> str:
    step = min((abs(amount).bit_length() - 1) // 10, len(_STEPS) - 1) if amount else 0
    return _trimmed(f"{amount / 1024**step:.{decimals}f}") + _STEPS[step]


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".")
