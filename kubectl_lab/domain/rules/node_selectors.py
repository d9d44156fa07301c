"""Which nodes a NodeSelector matches: `nodeSelectorTerms` of a pod's required node affinity or of a PersistentVolume.

Terms are ORed; the requirements of a term (`matchExpressions` on labels, `matchFields` on the node's name) are ANDed. A term
without any matches nothing, and neither does a list without terms. One malformed requirement makes its whole term match
nothing, while the other terms still count.

Source: k8s.io/component-helpers `scheduling/corev1/nodeaffinity`, k8s.io/apimachinery `labels.NewRequirement`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.domain.rules.label_selectors import Requirement, is_key, is_value, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubectl_lab.domain.rules.label_selectors import Labels
    from kubectl_lab.objects import Object

NAME_FIELD = "metadata.name"


@dataclass(frozen=True, slots=True)
class Condition:
    """One requirement as it was written; `of_field`: on a field of the node, else on a label."""

    key: str
    operator: str
    values: tuple[str, ...]
    of_field: bool = False
    # None: malformed
    _test: Requirement | None = field(default=None, compare=False, repr=False)

    @property
    def malformed(self) -> bool:
        """The whole term matches nothing because of it."""
        return self._test is None

    def holds(self, labels: Labels, name: str) -> bool:
        """Whether the node satisfies it; a field that there is not reads as empty, and a node without a name has no fields."""
        if self._test is None:
            return False
        if not self.of_field:
            return self._test.matches(labels)
        return not name or self._test.matches({self.key: self.found(labels, name) or ""})

    def found(self, labels: Labels, name: str) -> str | None:
        """The label's value (or the field's) on that node, None where it has none."""
        found = labels.get(self.key) if not self.of_field else name if self.key == NAME_FIELD else None
        return found if isinstance(found, str) else None

    @property
    def text(self) -> str:
        """`zone In [a, b]`, `gpu Exists`, `cores Gt 4`: in the words of the API."""
        single = self.operator in {"Gt", "Lt"} and len(self.values) == 1
        values = self.values[0] if single else f"[{', '.join(self.values)}]" if self.values else ""
        return f"{self.key} {self.operator} {values}".rstrip()

    def to_dict(self) -> dict[str, Any]:
        """The JSON form: as in the API."""
        return {"key": self.key, "operator": self.operator, "values": list(self.values)}


@dataclass(frozen=True, slots=True)
class Term:
    """The requirements of one term, expressions before fields. `at`: its place in the list as written, from 0."""

    at: int
    conditions: tuple[Condition, ...]

    def matches(self, labels: Labels, name: str) -> bool:
        """All hold, and there is at least one."""
        return bool(self.conditions) and all(each.holds(labels, name) for each in self.conditions)

    @property
    def malformed(self) -> tuple[Condition, ...]:
        """Those that make it match nothing on any node."""
        return tuple(each for each in self.conditions if each.malformed)

    def failing(self, labels: Labels, name: str) -> tuple[Condition, ...]:
        """Those that keep this node out: the malformed ones where there are any; none of an empty term."""
        return self.malformed or tuple(each for each in self.conditions if not each.holds(labels, name))

    @property
    def names(self) -> frozenset[str] | None:
        """The only nodes that its `metadata.name In` leave, None where it has no such field (malformed ones count too)."""
        lists = [
            frozenset(each.values)
            for each in self.conditions
            if each.of_field and (each.key, each.operator) == (NAME_FIELD, "In")
        ]
        return frozenset.intersection(*lists) if lists else None


@dataclass(frozen=True, slots=True)
class NodeSelector:
    """A NodeSelector, parsed once."""

    terms: tuple[Term, ...]

    def matches(self, labels: Labels, name: str) -> bool:
        """Any term matches."""
        return any(term.matches(labels, name) for term in self.terms)

    @property
    def names(self) -> frozenset[str] | None:
        """The only nodes that are looked at when every term names some, None for all (PreFilter of NodeAffinity)."""
        lists = [term.names for term in self.terms]
        known = [each for each in lists if each is not None]
        return frozenset().union(*known) if known and len(known) == len(lists) else None


@dataclass(frozen=True, slots=True)
class Required:
    """What a pod demands of its node: the labels of `nodeSelector`, and the required node affinity (None: none)."""

    labels: tuple[tuple[str, str], ...]
    affinity: NodeSelector | None

    def __bool__(self) -> bool:
        return bool(self.labels) or self.affinity is not None

    def matches(self, labels: Labels, name: str) -> bool:
        """Every label of the selector has its value, and the affinity matches."""
        if any(labels.get(key) != value for key, value in self.labels):
            return False
        return self.affinity is None or self.affinity.matches(labels, name)

    def missing(self, labels: Labels) -> tuple[tuple[str, str], ...]:
        """The labels of `nodeSelector` that this node lacks, or has with another value."""
        return tuple((key, value) for key, value in self.labels if labels.get(key) != value)


def parsed(node_selector: object) -> NodeSelector | None:
    """A NodeSelector object made ready for many nodes; None for what is not there: it demands nothing."""
    if not isinstance(node_selector, Mapping):
        return None
    terms = map(objects.mapping, objects.sequence(node_selector.get("nodeSelectorTerms")))
    return NodeSelector(tuple(Term(at, _conditions(term)) for at, term in enumerate(terms)))


def required(pod: Object) -> Required:
    """`spec.nodeSelector` and the required node affinity, made ready for many nodes (GetRequiredNodeAffinity).

    The labels of `nodeSelector` are not checked for being legal: what no node can have, none has.
    """
    spec = objects.spec(pod)
    affinity = objects.mapping(objects.mapping(spec.get("affinity")).get("nodeAffinity"))
    labels = objects.mapping(spec.get("nodeSelector"))
    wanted = tuple((str(key), value if isinstance(value, str) else str(value)) for key, value in labels.items())
    return Required(wanted, parsed(affinity.get("requiredDuringSchedulingIgnoredDuringExecution")))


def selects(pod: Object, labels: Labels, name: str) -> bool:
    """Whether the pod's nodeSelector and required node affinity accept this node; for many nodes ask `required` once."""
    return required(pod).matches(labels, name)


def matches(node_selector: object, labels: Labels, name: str) -> bool:
    """Whether a NodeSelector object matches; what is no object (null) demands nothing. For many nodes ask `parsed` once.

    An empty `name` leaves fields out of account, which is how the nodeAffinity of a PersistentVolume is read: by labels alone.
    """
    found = parsed(node_selector)
    return found is None or found.matches(labels, name)


def _conditions(term: Object) -> tuple[Condition, ...]:
    expressions = map(objects.mapping, objects.sequence(term.get("matchExpressions")))
    fields = map(objects.mapping, objects.sequence(term.get("matchFields")))
    return (
        *(_condition(each, _expression) for each in expressions),
        *(_condition(each, _field, of_field=True) for each in fields),
    )


def _condition(
    entry: Object, read: Callable[[str, str, tuple[str, ...]], Requirement | None], *, of_field: bool = False
) -> Condition:
    key, operator = objects.text(entry.get("key")), objects.text(entry.get("operator"))
    written = objects.sequence(entry.get("values"))
    values = tuple(value if isinstance(value, str) else str(value) for value in written)
    test = read(key, operator, values) if all(isinstance(value, str) for value in written) else None
    return Condition(key, operator, values, of_field, test)


def _expression(key: str, operator: str, values: tuple[str, ...]) -> Requirement | None:
    """On a label; None where it is malformed (labels.NewRequirement)."""
    known, rule = _OPERATORS.get(operator, ("", _never))
    if not rule(values) or not is_key(key) or not all(map(is_value, values)):
        return None
    return Requirement(key, known, values)


def _field(key: str, operator: str, values: tuple[str, ...]) -> Requirement | None:
    """On a field: In or NotIn, of exactly one value (nodeSelectorRequirementsAsFieldSelector)."""
    known = {"In": "in", "NotIn": "notin"}.get(operator)
    return Requirement(key, known, values) if known and len(values) == 1 else None


def _some(values: tuple[str, ...]) -> bool:
    return bool(values)


def _none(values: tuple[str, ...]) -> bool:
    return not values


def _one_number(values: tuple[str, ...]) -> bool:
    return len(values) == 1 and whole(values[0]) is not None


def _never(_values: tuple[str, ...]) -> bool:
    return False


# as written -> as label selectors have it, and what values it takes
_OPERATORS: Mapping[str, tuple[str, Callable[[tuple[str, ...]], bool]]] = {
    "In": ("in", _some),
    "NotIn": ("notin", _some),
    "Exists": ("exists", _none),
    "DoesNotExist": ("absent", _none),
    "Gt": ("gt", _one_number),
    "Lt": ("lt", _one_number),
}
