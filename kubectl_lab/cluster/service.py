"""What `explain-service` reads of a cluster, as an `Inventory`: independent lists at once, more only where a case calls for it.

First what every answer needs, then the pods of the Services that were named and the routes, then what `domain.service.needs`
names, then once more, two seconds later, what does not fit together yet.
"""

from __future__ import annotations

import functools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.cluster.at_once import at_once
from kubectl_lab.cluster.service_asks import ROUTES, Asker
from kubectl_lab.domain.rules.asks import Ask, merged
from kubectl_lab.domain.service import ingresses, slices
from kubectl_lab.domain.service.case import plain
from kubectl_lab.domain.service.inventory import SERVICE_NAME, Inventory
from kubectl_lab.domain.service.known_fronts import known_fronts, services_of
from kubectl_lab.domain.service.needs import Scope, needs, owners, selected_pods
from kubectl_lab.objects import Missing
from kubectl_lab.result import Reference, reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from kubectl_lab.cluster.asks import Answer, Found
    from kubectl_lab.cluster.live import LiveCluster
    from kubectl_lab.domain.rules.asks import Extent
    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.objects import Object

FEW_SUBJECTS = 3
LONGEST_NAME = 63  # of a Service, and of the label value that names it
MOST_SECRETS = 3  # of an overview
SETTLING = 2.0  # seconds that the endpoint-slice controller is given


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reading is for. `subjects` empty: all Services of `namespace` (None: of all).

    `client`: who asks (`--from`): a Pod, a Namespace, or an address.
    """

    subjects: tuple[Reference, ...]
    namespace: str | None
    client: Reference | str | None = None

    @property
    def needed(self) -> frozenset[str]:
        """The kinds without which there is no answer: "it does not exist" is only for what was looked at."""
        return frozenset({"Service", *(subject.kind for subject in self.subjects)})

    @property
    def scope(self) -> Scope:
        """Few Services by name are read for themselves, anything else with its whole namespace."""
        services = [each for each in self.subjects if each.kind == "Service" and len(each.name) <= LONGEST_NAME]
        return Scope(self.namespace, narrow=0 < len(self.subjects) == len(services) <= FEW_SUBJECTS)


def read(
    cluster: LiveCluster,
    wanted: Wanted,
    now: datetime,
    *,
    workers: int = 4,
    sleep: Callable[[float], None] = time.sleep,
) -> Inventory:
    """Raises Forbidden where Services may not be listed, and whatever else ends a request of a decisive kind."""
    reading = _Reading(cluster, wanted, now, workers)
    reading.first()
    reading.second()
    reading.rest()
    if any(slices.differs(case) for case in reading.cases()):
        earlier = reading.inventory
        sleep(SETTLING)
        reading.again("Service", "EndpointSlice", "Pod")
        reading.inventory.earlier = earlier
    return reading.inventory


class _Reading:
    """What was asked and answered so far."""

    def __init__(self, cluster: LiveCluster, wanted: Wanted, now: datetime, workers: int) -> None:
        self._asker = Asker(cluster, wanted.namespace, wanted.needed)
        self._wanted, self._now, self._workers = wanted, now, workers
        self._scope = wanted.scope
        self._answered: list[Answer] = []
        self._served: tuple[str, ...] | Missing = ()
        self._known: Inventory | None = None

    def first(self) -> None:
        """What every answer needs."""
        where = self._wanted.namespace
        names = ",".join(sorted(subject.name for subject in self._wanted.subjects))
        mine = f"{SERVICE_NAME} in ({names})" if self._scope.narrow else ""
        asks = [Ask("Service", where), Ask("EndpointSlice", where, labels=mine), Ask("NetworkPolicy", where)]
        asks += [Ask("Ingress", where), Ask("IngressClass", None), Ask("Node", None)]
        asks += [] if self._scope.narrow else [Ask("Pod", where)]
        self._take([*asks, *self._of_client()], self._discover)

    def _of_client(self) -> Iterator[Ask]:
        """Who it is (an address may be a pod's), and the labels of all namespaces, by which policies choose."""
        client = self._wanted.client
        if isinstance(client, Reference) and client.kind == "Pod":
            yield Ask("Pod", client.namespace, name=client.name)
        elif isinstance(client, str):
            yield Ask("Pod", None, fields=f"status.podIP={client}", optional=True)
        if client is not None:
            yield Ask("Namespace", None)

    def _policies_of_client(self) -> list[Ask]:
        """Its own rules of going out."""
        client, home = self._wanted.client, self._wanted.namespace
        where = {
            objects.namespace(pod)
            for pod in self.inventory.known("Pod")
            if isinstance(client, str) and _has(pod, client)
        }
        if isinstance(client, Reference):
            where.add(client.namespace or client.name)
        return [Ask("NetworkPolicy", each) for each in sorted(each for each in where if each) if home and each != home]

    def second(self) -> None:
        """The pods of the Services that were named, or the owners of all; routes, since they may come from any namespace.

        Where all works nothing more is asked after this, so that what was worked out up to here holds for the answer.
        """
        asks = [*selected_pods(self.cases(), self._scope), *owners(self.cases(), self._scope)]
        served = {*(() if isinstance(self._served, Missing) else self._served), *self._wanted.needed}
        asks += [Ask(kind, None, known="cluster") for kind in (*ROUTES, "Gateway") if kind in served]
        asks += [Ask("ReferenceGrant", None), Ask("Namespace", None)] if "Gateway" in served else []
        self._take([*asks, *self._policies_of_client()])

    def rest(self) -> None:
        """What the cases call for; the backends of a route in other namespaces first."""
        self._take(self._beyond())
        self._take([*needs(self.cases(), self._scope), *self._absent(), *self._secrets()])

    def _beyond(self) -> list[Ask]:
        behind = {each.namespace for each in self._services() if each.namespace}
        others = sorted(behind - {self._wanted.namespace}) if self._wanted.namespace else []
        kinds = ("Service", "EndpointSlice", "Pod", "NetworkPolicy")
        return [Ask(kind, where, optional=kind == "Service") for where in others for kind in kinds]

    def _absent(self) -> list[Ask]:
        """A Service of that name in another namespace may be what was meant."""
        inventory = self.inventory
        services = [subject for subject in self._wanted.subjects if subject.kind == "Service"]
        is_here = all(inventory.get("Service", each.namespace, each.name) for each in services)
        return [] if is_here else [Ask("Service", None, optional=True)]

    def _secrets(self) -> list[Ask]:
        """Those that an Ingress names for TLS, by name: nobody should have to allow a list of Secrets."""
        concerned = Inventory({"Ingress": self._ingresses()}, now=self._now)
        asks = [Ask("Secret", each.namespace, name=each.name) for each in ingresses.secrets_wanted(concerned)]
        if not self._wanted.subjects and len(asks) > MOST_SECRETS:
            why = f"not read: {len(asks)} are named, ask about one Ingress"
            self._keep((asks[0], Missing("Secret", why)))
            return []
        return asks

    def _ingresses(self) -> list[Object]:
        """The Ingresses that the answer speaks of: those that were asked about, or that lead to a Service that was."""
        known = self.inventory.known("Ingress")
        if not self._wanted.subjects:
            return list(known)
        fronts = known_fronts(self.inventory)
        leading = (each.reference for service in self._services() for each in fronts.leading_to(service))
        spoken = {*self._wanted.subjects, *leading}
        return [each for each in known if reference(each, "Ingress") in spoken]

    def again(self, *kinds: str) -> None:
        """The same lists once more."""
        asks = [ask for ask, _ in self._answered if ask.kind in kinds]
        self._answered = [each for each in self._answered if each[0].kind not in kinds]
        self._known = None
        self._take(asks)

    # --- what is known

    def cases(self) -> list[Case]:
        """The Services that the answer is about, as far as they are there."""
        inventory, subjects = self.inventory, self._wanted.subjects
        if not subjects:
            found: Iterable[Object | None] = inventory.known("Service", self._wanted.namespace)
        else:
            found = (inventory.get("Service", each.namespace, each.name) for each in self._services())
        return [plain(service, inventory) for service in found if service is not None]

    def _services(self) -> tuple[Reference, ...]:
        """The Services that were asked about, or that stand behind the fronts that were."""
        return services_of(self.inventory, self._wanted.subjects)

    @property
    def inventory(self) -> Inventory:
        """All that was answered so far."""
        if self._known is None:
            kinds = dict.fromkeys(ask.kind for ask, _ in self._answered)
            found = {kind: self._found(kind) for kind in kinds}
            if isinstance(self._served, Missing):
                found |= {kind: Missing(kind, self._served.why) for kind in ROUTES}
            extents = {kind: self._extent(kind) for kind in kinds}
            self._known = Inventory(found, now=self._now, extents=extents)
        return self._known

    def _found(self, kind: str) -> Found:
        """Denied where any part that matters was; never the part alone, or "there is none" would be said of the rest."""
        answers = [answer for ask, answer in self._answered if ask.kind == kind]
        denied = [answer for answer in answers if isinstance(answer, Missing)]
        return denied[0] if denied else merged(answer for answer in answers if not isinstance(answer, Missing))

    def _extent(self, kind: str) -> Extent:
        known = {ask.extent for ask, _ in self._answered if ask.kind == kind}
        return next(each for each in _WIDEST_FIRST if each in known)

    # --- asking

    def _take(self, asks: Iterable[Ask], *more: Callable[[], None]) -> None:
        """Ask at once, each list once."""
        known = {ask for ask, _ in self._answered}
        calls: list[Callable[[], Answer | None]] = [
            functools.partial(self._asker.answer, ask) for ask in dict.fromkeys(asks) if ask not in known
        ]
        for answer in at_once([*calls, *more], self._workers):
            if answer is not None:
                self._keep(answer)

    def _keep(self, answer: Answer) -> None:
        self._answered.append(answer)
        self._known = None

    def _discover(self) -> None:
        self._served = self._asker.gateway_kinds()


def _has(pod: Object, address: str) -> bool:
    listed = map(objects.mapping, objects.sequence(objects.status(pod).get("podIPs")))
    return any(each.get("ip") == address for each in listed)


_WIDEST_FIRST: tuple[Extent, ...] = ("cluster", "namespace", "some")
