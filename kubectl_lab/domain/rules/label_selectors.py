"""Label selectors, as text (`-l app=web,tier in (a,b)`) and as objects (`matchLabels`, `matchExpressions`).

Source: k8s.io/apimachinery `labels.Parse` and metav1 `LabelSelectorAsSelector`; the differential test runs the former.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules.label_faults import NAME, NAME_LENGTH, PREFIX, PREFIX_LENGTH, faults
from kubectl_lab.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Labels = Mapping[str, str]

_TOKEN = re.compile(r"[ \t\r\n]*(==|!=|[=!(),<>]|[^ \t\r\n=!(),<>]+)")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_INT64 = range(-(2**63), 2**63)
_DIGITS = 20  # one more than an int64 has
_SYMBOLS = frozenset({"=", "==", "!=", "!", "(", ")", ",", "<", ">"})
_WORDS = {"in": "in", "notin": "notin", "=": "in", "==": "in", "!=": "notin", ">": "gt", "<": "lt"}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition on labels; `operator` is in, notin, exists, absent, gt or lt."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Labels) -> bool:
        """`notin` also holds when the key is absent; `gt` and `lt` compare whole numbers."""
        return _OPERATORS[self.operator](labels.get(self.key), self.values)


Selector = tuple[Requirement, ...]


def matches(selector: Selector, labels: Labels) -> bool:
    """All requirements hold; an empty selector matches everything."""
    return all(requirement.matches(labels) for requirement in selector)


def parse(text: str) -> Selector:
    """A selector from its text, as `labels.Parse` reads it. Raises BadInput."""
    tokens = _tokens(text)
    selector: list[Requirement] = []
    while tokens:
        selector.append(_requirement(text, tokens))
        if tokens and tokens.pop(0) != ",":
            raise _bad(text)
        if not tokens and text.rstrip().endswith(","):
            raise _bad(text)
    return tuple(selector)


class MalformedSelectorError(ValueError):
    """A `LabelSelector` object that the server would refuse; the text is metav1's own."""


def requirements(selector: object) -> Selector | None:
    """The requirements of a `LabelSelector` object, to be tried on many labels; `{}` has none, null gives None: it selects nothing.

    Raises MalformedSelectorError (LabelSelectorAsSelector).
    """
    if not isinstance(selector, Mapping):
        return None
    expressions = map(objects.mapping, objects.sequence(selector.get("matchExpressions")))
    return (
        *(_required(key, "In", (value,)) for key, value in objects.mapping(selector.get("matchLabels")).items()),
        *(
            _required(each.get("key"), each.get("operator"), objects.sequence(each.get("values")))
            for each in expressions
        ),
    )


def selects(selector: object, labels: Labels) -> bool:
    """Whether a `LabelSelector` object matches: null selects nothing, `{}` everything.

    A selector the server would refuse (unknown operator) selects nothing. For many labels ask `requirements` once.
    """
    try:
        found = requirements(selector)
    except MalformedSelectorError:
        return False
    return found is not None and matches(found, labels)


def _required(key: object, operator: object, values: Sequence[object]) -> Requirement:
    """A requirement as metav1 NewRequirement takes it: In and NotIn need values, the others none."""
    known = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "absent"}.get(objects.text(operator))
    if known is None:
        raise MalformedSelectorError(f'"{objects.text(operator)}" is not a valid label selector operator')
    name, texts = objects.text(key), tuple(objects.text(value) for value in values)
    # what is wrong is worked out only where something is: selectors are read for many objects
    if (known in {"in", "notin"}) != bool(texts) or not is_key(name) or not all(map(is_value, texts)):
        raise MalformedSelectorError(faults(name, known, texts))
    return Requirement(name, known, texts)


def whole(text: object) -> int | None:
    """A whole number as Go's ParseInt reads it to base 10: `4`, `+4`, `08`, `-1`; None for what is none, or no int64."""
    if not isinstance(text, str) or not _INTEGER.fullmatch(text):
        return None
    digits = text.lstrip("+-").lstrip("0")
    if len(digits) >= _DIGITS:  # Python itself reads no more than 4,300 of them
        return None
    number = int(digits or "0") * (-1 if text[0] == "-" else 1)
    return number if number in _INT64 else None


def _compares(holds: Callable[[int, int], bool]) -> Callable[[str | None, tuple[str, ...]], bool]:
    def rule(found: str | None, values: tuple[str, ...]) -> bool:
        left, right = whole(found), whole(values[0])
        return left is not None and right is not None and holds(left, right)

    return rule


_OPERATORS: Mapping[str, Callable[[str | None, tuple[str, ...]], bool]] = {
    "in": lambda found, values: found in values,
    "notin": lambda found, values: found not in values,
    "exists": lambda found, _: found is not None,
    "absent": lambda found, _: found is None,
    "gt": _compares(lambda left, right: left > right),
    "lt": _compares(lambda left, right: left < right),
}


def _tokens(text: str) -> list[str]:
    return [match.group(1) for match in _TOKEN.finditer(text)]


def _bad(text: str) -> BadInput:
    return BadInput("label-selector", selector=text)


def _requirement(text: str, tokens: list[str]) -> Requirement:
    negated = tokens[0] == "!"
    if negated:
        tokens.pop(0)
    key = _key(text, tokens)
    if negated or not tokens or tokens[0] == ",":
        return Requirement(key, "absent" if negated else "exists")
    word = tokens.pop(0)
    operator = _WORDS.get(word)
    if operator is None:
        raise _bad(text)
    values = _set(text, tokens) if word in {"in", "notin"} else (_exact(tokens),)
    if not all(is_value(value) for value in values):
        raise _bad(text)
    if operator in {"gt", "lt"} and whole(values[0]) is None:
        raise _bad(text)
    return Requirement(key, operator, values)


def _key(text: str, tokens: list[str]) -> str:
    key = tokens.pop(0) if tokens else ""
    if not is_key(key):
        raise _bad(text)
    return key


def is_key(key: str) -> bool:
    """A legal key of a label: an optional DNS prefix and `/`, and a name of at most 63 letters."""
    prefix, slash, name = key.rpartition("/")
    good_prefix = not slash or (len(prefix) <= PREFIX_LENGTH and PREFIX.fullmatch(prefix))
    return bool(good_prefix and NAME.fullmatch(name) and len(name) <= NAME_LENGTH)


def _exact(tokens: list[str]) -> str:
    """The value after `=`: nothing there means the empty string."""
    return tokens.pop(0) if tokens and tokens[0] not in _SYMBOLS else ""


def _set(text: str, tokens: list[str]) -> tuple[str, ...]:
    """`(a, b)`; an empty place beside a comma is the empty string, and so is `()`."""
    if ")" not in tokens or tokens.pop(0) != "(":
        raise _bad(text)
    end = tokens.index(")")
    inside, tokens[: end + 1] = tokens[:end], []
    places = [""]
    for word in inside:
        if word == ",":
            places.append("")
        elif word in _SYMBOLS or places[-1]:
            raise _bad(text)
        else:
            places[-1] = word
    return tuple(sorted(set(places)))


def is_value(value: str) -> bool:
    """A legal value of a label: empty, or a name of at most 63 letters."""
    return value == "" or (len(value) <= NAME_LENGTH and NAME.fullmatch(value) is not None)
