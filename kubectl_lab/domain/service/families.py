"""IPv4 and IPv6: families that the Service asks for and its pods lack (SVC050), or that it did not get (SVC051)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab.domain.service.endpoints import FAMILIES, addresses_of
from kubectl_lab.domain.service.model import Place
from kubectl_lab.domain.service.repairs import is_applied, spec_patch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Judged


def family_without_pods(case: Case) -> Iterator[Judged]:
    """A family of `ipFamilies` of which no pod has an address, though pods have others (SVC050).

    Error where no family of the Service has one. The first family of a Service is for ever: only the second can go.
    """
    if case.is_external_name:
        return
    if {each.family for each in case.endpoints}.issuperset(case.families):
        return
    had = {family for pod in case.live_pods for family in FAMILIES if addresses_of(pod, family)}
    lacking = [family for family in case.families if family not in had]
    if not had or not lacking:
        return
    told: dict[str, Any] = {"families": lacking, "had": sorted(had), "selector": case.selector_text}
    if len(lacking) == len(case.families):
        yield case.judge("SVC050", "breaks", Place("endpoints"), **told, patch=None)
        return
    kept = case.families[0]
    patch = spec_patch(case, ipFamilyPolicy="SingleStack", ipFamilies=[kept]) if kept in had else None
    yield case.judge("SVC050", "degrades", Place("endpoints"), severity="warning", **told, patch=patch)


def one_family_of_two(case: Case) -> Iterator[Judged]:
    """`PreferDualStack` where the cluster had one family to give (SVC051). Before a server answers nobody knows."""
    asks = case.spec.get("ipFamilyPolicy") == "PreferDualStack" and not case.is_external_name
    if asks and is_applied(case.service) and len(case.families) == 1:
        yield case.judge("SVC051", family=case.families[0])
