"""`--probe`: real requests to the asked Services and their pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab.cluster.service_probe import probe
from kubectl_lab.domain.service.explain import Question, case_of
from kubectl_lab.domain.service.known_fronts import services_of
from kubectl_lab.domain.service.probe import judge, unasked
from kubectl_lab.objects import Missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.model import Judged
    from kubectl_lab.result import Reference
    from kubectl_lab_plugins.explain_service_request import Request
    from kubectl_lab_plugins.session import Session


def run(session: Session, request: Request, inventory: Inventory) -> Mapping[Reference, tuple[Judged, ...]]:
    """What was found, by Service: those that were named, and those behind a named Ingress or route.

    What could not be asked is noted in the inventory.
    """
    question = Question(request.subjects, request.namespace)
    found: dict[Reference, tuple[Judged, ...]] = {}
    for asked in services_of(inventory, request.subjects):
        service = inventory.get("Service", asked.namespace, asked.name)
        if service is None:
            continue
        case = case_of(service, inventory, question)
        answers = probe(session.live().transport, case, request.probe_path)
        found[case.reference] = judge(case, answers)
        if why := unasked(case, answers):
            inventory.lack(case.reference, Missing("Probe", why))
    return found
