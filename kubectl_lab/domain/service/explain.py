"""The whole answer: each Service's case, its rules, its verdict; Ingresses and routes with the Services behind them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.service import absent, front_entry
from kubectl_lab.domain.service.case import Case, plain
from kubectl_lab.domain.service.hops import hops, load_balancer_addresses
from kubectl_lab.domain.service.known_fronts import known_fronts
from kubectl_lab.domain.service.model import WORST_FIRST, ServiceEntry, ServiceExplanation
from kubectl_lab.domain.service.not_checked import not_checked
from kubectl_lab.domain.service.reasons import with_reasons
from kubectl_lab.domain.service.rules import RULES
from kubectl_lab.domain.service.verdict import in_order, verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kubectl_lab.domain.service.case import Client
    from kubectl_lab.domain.service.fronts import Front
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.model import Judged
    from kubectl_lab.result import Reference


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `subjects`: Services, Ingresses, routes, in the order of the command line; empty: every Service.

    `namespace`: None for all. `client`: who asks (`--from`). `detailed`: also what only `-o wide` shows. `probed`: what a
    probe found, by Service.
    """

    subjects: tuple[Reference, ...] = ()
    namespace: str | None = None
    client: Client | None = None
    detailed: bool = False
    probed: Mapping[Reference, tuple[Judged, ...]] = field(default_factory=dict)


def explain(inventory: Inventory, question: Question) -> ServiceExplanation:
    """The answer. A subject that does not exist has an entry too (SVC001, SVC100's own kind), its verdict broken."""
    asker = _Asker(inventory, question)
    if question.subjects:
        entries = [entry for subject in question.subjects for entry in asker.about(subject)]
        unique = {entry.service: entry for entry in entries}
        return ServiceExplanation(tuple(unique.values()), namespace=question.namespace)
    services = (asker.service(service) for service in inventory.known("Service", question.namespace))
    in_order = sorted(
        services, key=lambda each: (WORST_FIRST.index(each.verdict), each.service.namespace or "", each.service.name)
    )
    return ServiceExplanation(tuple(in_order), overview=True, namespace=question.namespace)


class _Asker:
    """Answers about one subject after another from the same inventory."""

    def __init__(self, inventory: Inventory, question: Question) -> None:
        self._inventory = inventory
        self._question = question
        self._fronts = known_fronts(inventory)

    def about(self, subject: Reference) -> Iterable[ServiceEntry]:
        """The entry of a Service, or of a front and then of each Service behind it that exists."""
        if subject.kind == "Service":
            return [self._named(subject)]
        front = self._fronts.by_reference.get(subject)
        if front is None:
            return [self._absent(subject)]
        # the client of `--from` meets the front, and not what the front's controller connects to
        asker = _Asker(self._inventory, replace(self._question, client=None))
        entries = {each: asker.service(found) for each in front.services if (found := self._find(each)) is not None}
        return [front_entry.entry(self._inventory, front, entries), *entries.values()]

    def _named(self, subject: Reference) -> ServiceEntry:
        service = self._find(subject)
        return self.service(service) if service else self._absent(subject)

    def _absent(self, subject: Reference) -> ServiceEntry:
        return absent.entry(self._inventory, subject, self._fronts.by_reference.values())

    def _find(self, subject: Reference) -> objects.Object | None:
        return self._inventory.get("Service", subject.namespace, subject.name)

    def service(self, service: objects.Object) -> ServiceEntry:
        """The entry of a Service that exists."""
        case = case_of(service, self._inventory, self._question)
        return entry(case, self._fronts.leading_to(case.reference), self._question.probed.get(case.reference, ()))


def case_of(service: objects.Object, inventory: Inventory, question: Question) -> Case:
    """The case of a Service as the question puts it."""
    if question.client is None and not question.detailed:
        return plain(service, inventory)
    return Case(service, inventory, client=question.client, detailed=question.detailed)


def entry(case: Case, fronts: Sequence[Front] = (), more: Iterable[Judged] = ()) -> ServiceEntry:
    """The answer about one Service; `fronts`: those that lead to it; `more`: what was found by other means (a probe)."""
    judged = tuple(each for rule in RULES for each in rule(case)) + _of_fronts(case, fronts) + tuple(more)
    return ServiceEntry(
        service=case.reference,
        type=case.type,
        verdict=verdict(case, judged),
        ports=case.ports,
        endpoints=with_reasons(case),
        hops=hops(case, judged, fronts),
        not_checked=not_checked(case),
        predicted=case.is_predicted,
        # a finding that marks several hops was judged once for each
        findings=tuple({id(each.finding): each.finding for each in in_order(judged)}.values()),
        cluster_ip=objects.text(case.spec.get("clusterIP")),
        external=load_balancer_addresses(case),
        selector=dict(case.selector),
    )


def _of_fronts(case: Case, fronts: Iterable[Front]) -> tuple[Judged, ...]:
    """What is wrong with the fronts as a whole or with their branches to this Service."""
    return tuple(judged for front in fronts for judged in front.judged(case.reference))
