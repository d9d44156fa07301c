"""What is said where a pod would make its kind too uneven over the domains.

Source of the texts: kube-scheduler plugin PodTopologySpread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue
from kubectl_lab.domain.scheduling.model import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_lab.domain.scheduling.spread_constraints import Constraint, Spread

TEXT = "node(s) didn't match pod topology spread constraints"
NO_LABEL_TEXT = f"{TEXT} (missing required label)"
SHOWN = 6  # domains that a sentence names


def no_label(constraint: Constraint) -> Refusal:
    """The node is in no domain."""
    message = catalogue.phrase("scheduling-pods.spread-no-key", key=constraint.key)
    return Refusal((Reason(NO_LABEL_TEXT, message, {"constraint": constraint.at, "topologyKey": constraint.key}),))


def too_uneven(constraint: Constraint, spread: Spread, value: str) -> Refusal:
    """The node's domain would be too far ahead of the emptiest one."""
    minimum = spread.minimum(constraint.min_domains)
    skew = spread[value] + constraint.own - minimum
    facts = {"key": constraint.key, "value": value, "skew": skew, "allowed": constraint.max_skew}
    told = facts | {"counts": _counts(spread, value), "wanted": constraint.min_domains}
    message = catalogue.phrase(_key(constraint, spread), **told)
    return Refusal((Reason(TEXT, message, _details(constraint, spread, value, skew)),), preemption_may_help=True)


def _key(constraint: Constraint, spread: Spread) -> str:
    if len(spread.counts) < constraint.min_domains:
        return "scheduling-pods.spread-few-domains"
    return "scheduling-pods.spread" if constraint.own else "scheduling-pods.spread-of-others"


def _counts(spread: Spread, value: str) -> list[Mapping[str, Any]]:
    """The domains a sentence names: all where they are few, else this one and the emptiest."""
    few = len(spread.counts) <= SHOWN
    named = sorted(spread.counts) if few else [value, *filter(None, [spread.emptiest()])]
    said: list[Mapping[str, Any]] = [
        catalogue.phrase("scheduling-pods.domain", value=each, count=spread[each]) for each in named
    ]
    return said if few else [*said, catalogue.phrase("scheduling-pods.domains", count=len(spread.counts))]


def _details(constraint: Constraint, spread: Spread, value: str, skew: int) -> dict[str, Any]:
    return {
        "constraint": constraint.at,
        "topologyKey": constraint.key,
        "topologyValue": value,
        "count": spread[value],
        "self": bool(constraint.own),
        "minimum": spread.minimum(constraint.min_domains),
        "domains": len(spread.counts),
        "minDomains": constraint.min_domains,
        "skew": skew,
        "maxSkew": constraint.max_skew,
    }
