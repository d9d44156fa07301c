"""Whether a toleration tolerates a taint, which one of several counts, and how long it lets a running pod stay.

Source: k8s.io/component-helpers `scheduling/corev1` (FindMatchingUntoleratedTaint), k8s.io/api `core/v1/toleration.go`
(ToleratesTaint), kube-controller-manager `tainteviction`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kubectl_lab import objects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kubectl_lab.objects import Object

NO_SCHEDULE = "NoSchedule"
NO_EXECUTE = "NoExecute"
PREFER_NO_SCHEDULE = "PreferNoSchedule"
REFUSING = (NO_SCHEDULE, NO_EXECUTE)  # the effects that keep a pod off a node
UNSCHEDULABLE = "node.kubernetes.io/unschedulable"
# decimal int64 without leading zeros or a plus (validation.IsDecimalInteger)
_DECIMAL = re.compile(r"0|-?[1-9][0-9]*")
_INT64 = range(-(2**63), 2**63)
_DIGITS = 20  # one more than an int64 has


def tolerates(toleration: Object, taint: Object, *, comparison: bool = False) -> bool:
    """Effect, key and value must all match; an empty key or effect of the toleration matches any.

    `comparison`: the operators Gt and Lt are known (gate TaintTolerationComparisonOperators), else they never match.
    """
    effect, key = objects.text(toleration.get("effect")), objects.text(toleration.get("key"))
    if effect and effect != objects.text(taint.get("effect")):
        return False
    if key and key != objects.text(taint.get("key")):
        return False
    rule = _OPERATORS.get(objects.text(toleration.get("operator")))
    if rule is None or (rule in _COMPARING and not comparison):
        return False
    return rule(objects.text(toleration.get("value")), objects.text(taint.get("value")))


def matching(tolerations: Iterable[Object], taint: Object, *, comparison: bool = False) -> Object | None:
    """The first toleration of the list that tolerates the taint: it is the one that counts, also where a later one is longer."""
    return next((each for each in tolerations if tolerates(each, taint, comparison=comparison)), None)


def untolerated(tolerations: Sequence[Object], taints: Iterable[Object], *, comparison: bool = False) -> list[Object]:
    """The taints that keep a pod off a node: NoSchedule or NoExecute, and no toleration for them."""
    return [
        taint
        for taint in taints
        if taint.get("effect") in REFUSING and matching(tolerations, taint, comparison=comparison) is None
    ]


def seconds(toleration: Object | None) -> int | None:
    """How long a NoExecute taint that this toleration matches lets a pod run: 0 without one, None for ever.

    Negative seconds count as 0.
    """
    if toleration is None:
        return 0
    found = toleration.get("tolerationSeconds")
    return max(found, 0) if isinstance(found, int) else None


def seconds_until_deletion(
    tolerations: Sequence[Object], taints: Iterable[Object], *, comparison: bool = False
) -> int | None:
    """The same over all taints of a node: 0 where a NoExecute one is not tolerated, else the least, None for never."""
    allowed = [
        seconds(matching(tolerations, taint, comparison=comparison))
        for taint in taints
        if taint.get("effect") == NO_EXECUTE
    ]
    return min((each for each in allowed if each is not None), default=None)


def of_pod(pod: Object) -> Sequence[Object]:
    """`spec.tolerations`."""
    return [objects.mapping(each) for each in objects.sequence(objects.spec(pod).get("tolerations"))]


def taint_text(taint: Object) -> str:
    """`team=blue:NoSchedule`, `gpu:NoExecute` without a value: as kubectl has them."""
    key, value, effect = _parts(taint)
    return f"{key}={value}:{effect}" if value else f"{key}:{effect}"


def toleration_text(toleration: Object) -> str:
    """`team=blue:NoSchedule`, `gpu` (Exists, every effect), `cores>4`, `*`: written like the taints it matches."""
    key, value, effect = _parts(toleration)
    operator = objects.text(toleration.get("operator"))
    made = {"Exists": key or "*", "Gt": f"{key}>{value}", "Lt": f"{key}<{value}"}.get(operator, f"{key}={value}")
    return f"{made}:{effect}" if effect else made


def _parts(obj: Object) -> tuple[str, str, str]:
    return objects.text(obj.get("key")), objects.text(obj.get("value")), objects.text(obj.get("effect"))


def integer(text: str) -> int | None:
    """A value that Gt and Lt can compare: `0`, `5`, `-4`; None for `007`, `+5`, `x` and what is no int64."""
    if len(text) > _DIGITS or not _DECIMAL.fullmatch(text):
        return None
    return int(text) if int(text) in _INT64 else None


def _equal(wanted: str, found: str) -> bool:
    return wanted == found


def _exists(_wanted: str, _found: str) -> bool:
    return True


def _greater(wanted: str, found: str) -> bool:
    left, right = integer(found), integer(wanted)
    return left is not None and right is not None and left > right


def _less(wanted: str, found: str) -> bool:
    left, right = integer(found), integer(wanted)
    return left is not None and right is not None and left < right


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "": _equal,
    "Equal": _equal,
    "Exists": _exists,
    "Gt": _greater,
    "Lt": _less,
}
_COMPARING = (_greater, _less)
