"""What was read, by kind, and how much of it: a kind that could not be read is a `Missing`, never an empty list."""

from __future__ import annotations

import functools
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.domain.rules.known_objects import KnownObjects

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from kubectl_lab.domain.rules.asks import Extent
    from kubectl_lab.objects import Missing, Object
    from kubectl_lab.result import Reference

SERVICE_NAME = "kubernetes.io/service-name"


class Inventory(KnownObjects):
    """The objects that an explanation is made from.

    `found`: kind -> objects of one or all namespaces, or why there are none to see; a kind that nobody asked for is not there:
    it reads as missing, and is not told as "not checked". `extents`: kind -> how much was read (default `namespace`). `manifests`: files that nobody has applied yet
    (`-f` without pods): pods are imagined from templates. `live`: a server was asked, so what was denied may exist.
    """

    def __init__(
        self,
        found: Mapping[str, Sequence[Object] | Missing],
        *,
        now: datetime,
        extents: Mapping[str, Extent] | None = None,
        manifests: bool = False,
        live: bool = True,
    ) -> None:
        super().__init__(found)
        self._extents = dict(extents or {})
        # the same, read two seconds before, where slices and pods did not fit together
        self.earlier: Inventory | None = None
        self._lacking: dict[Reference, list[Missing]] = {}
        self.now = now
        self.manifests = manifests
        self.live = live

    def lack(self, about: Reference, missing: Missing) -> None:
        """Note what could not be learned about one object alone: a probe of a Service."""
        self._lacking.setdefault(about, []).append(missing)

    def lacking(self, about: Reference) -> Sequence[tuple[str, Missing]]:
        """What was noted about it."""
        return [(missing.kind, missing) for missing in self._lacking.get(about, ())]

    def extent(self, kind: str) -> Extent:
        """How much of a kind that was read is here."""
        return self._extents.get(kind, "namespace")

    # --- pods, by label

    def pods(self, namespace: str | None, selector: Mapping[str, Any]) -> tuple[Object, ...]:
        """The known pods of the namespace that carry all pairs; an empty selector selects nothing (a Service's rule)."""
        pairs = [(namespace, key, value) for key, value in selector.items() if isinstance(value, str)]
        if not pairs or len(pairs) < len(selector):
            return ()  # what is no text, in a file, is on no pod
        sets = [self._pods_by_label.get(pair, {}) for pair in pairs]
        smallest = min(sets, key=len)
        return tuple(pod for index, pod in smallest.items() if all(index in each for each in sets))

    @functools.cached_property
    def _pods_by_label(self) -> Mapping[tuple[str | None, str, str], Mapping[int, Object]]:
        made: defaultdict[tuple[str | None, str, str], dict[int, Object]] = defaultdict(dict)
        for index, pod in enumerate(self.known("Pod")):
            for key, value in objects.labels(pod).items():
                made[objects.namespace(pod), key, objects.text(value)][index] = pod
        return made

    # --- slices and v1 Endpoints, by Service

    def slices(self, namespace: str | None, service: str) -> Sequence[Object]:
        """The EndpointSlices that carry the Service's name in their label: never by their own name."""
        return self._slices_by_service.get((namespace, service), ())

    @functools.cached_property
    def _slices_by_service(self) -> Mapping[tuple[str | None, str], Sequence[Object]]:
        made: defaultdict[tuple[str | None, str], list[Object]] = defaultdict(list)
        for each in self.known("EndpointSlice"):
            made[objects.namespace(each), objects.text(objects.labels(each).get(SERVICE_NAME))].append(each)
        return made

    # --- events

    def events(self, kind: str, namespace: str | None, name: str) -> Sequence[Object]:
        """The events about an object, oldest first."""
        return self._events_by_object.get((kind, namespace, name), ())

    @functools.cached_property
    def _events_by_object(self) -> Mapping[tuple[str, str | None, str], Sequence[Object]]:
        made: defaultdict[tuple[str, str | None, str], list[Object]] = defaultdict(list)
        for event in self.known("Event"):
            about = objects.mapping(event.get("involvedObject"))
            where = objects.text(about.get("namespace")) or None
            made[objects.text(about.get("kind")), where, objects.text(about.get("name"))].append(event)
        for events in made.values():
            events.sort(key=_seen)
        return made


def _seen(event: Object) -> str:
    """RFC 3339 in UTC sorts as text."""
    series = objects.mapping(event.get("series"))
    times: Iterable[object] = (event.get("lastTimestamp"), series.get("lastObservedTime"), event.get("eventTime"))
    return next(
        (objects.text(each) for each in times if each), objects.text(objects.metadata(event).get("creationTimestamp"))
    )
