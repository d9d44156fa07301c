"""Repairs of a request: the largest amount with which the pod fits on some node that only lacks room."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import requests
from kubectl_lab.domain.scheduling import patches
from kubectl_lab.domain.scheduling.repair_model import RESOURCES, Repair, plugins, taking

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kubectl_lab.domain.scheduling.case import Case
    from kubectl_lab.domain.scheduling.evaluation import NodeVerdict
    from kubectl_lab.objects import Object

    Room = dict[str, int]  # what is free of each resource that is short, in the scheduler's units

# what may be requested in parts; of others (GPUs, huge pages) the request must be the limit
DIVISIBLE = (requests.CPU, "memory", "ephemeral-storage")
MOST_TRIED = 2  # sets of resources that are short together
_MEBI = 2**20


def repairs(case: Case, alike: Iterable[Sequence[NodeVerdict]]) -> Iterator[Repair]:
    """One for each set of resources that is short on a node, the smallest sets first."""
    short = [(verdict, _room(verdict)) for group in alike if plugins(group) == {RESOURCES} for verdict in group]
    rooms: dict[frozenset[str], list[Room]] = {}
    for _, room in short:
        if room:
            rooms.setdefault(frozenset(room), []).append(room)
    wanted = requests.of_pod(case.pod)
    for names in sorted(rooms, key=lambda each: (len(each), sorted(each)))[:MOST_TRIED]:
        target = max(rooms[names], key=lambda room: [room[name] for name in DIVISIBLE if name in room])
        lowered = _lowered(case.pod, {name: wanted[name] - free for name, free in target.items()})
        if lowered is None:
            continue
        container, amounts = lowered
        roomy = [[verdict] for verdict, room in short if room and _has(room, target)]
        nodes = taking(case, _with_requests(case.pod, container, amounts), roomy)
        if nodes:
            yield _repair(case, container, amounts, nodes)


def _room(verdict: NodeVerdict) -> Room | None:
    """What is free of all that is short on a node; None where one of these cannot be asked for in parts."""
    details = [reason.details for each in verdict.refusals for reason in each.refusal.reasons]
    if any(each["resource"] not in DIVISIBLE for each in details):
        return None
    return {each["resource"]: each["allocatable"] - each["used"] for each in details}


def _has(room: Room, target: Room) -> bool:
    """Cheap, before all plugins are asked: it lacks nothing that stays as it is, and has enough of the rest."""
    return room.keys() <= target.keys() and all(free >= target[name] for name, free in room.items())


def _lowered(pod: Object, excess: Mapping[str, int]) -> tuple[str, dict[str, str]] | None:
    """The container that requests most of what is short, and its new requests; None where that one has not enough to give."""
    able = [
        (objects.text(each.get("name")), amounts)
        for each in map(objects.mapping, objects.sequence(objects.spec(pod).get("containers")))
        if all((amounts := _requests(each)).get(name, 0) > less for name, less in excess.items())
    ]
    if not able:
        return None
    first = next(name for name in DIVISIBLE if name in excess)
    name, amounts = max(able, key=lambda pair: pair[1][first])
    return name, {resource: _written(resource, amounts[resource] - less) for resource, less in excess.items()}


def _requests(container: Object) -> Mapping[str, int]:
    """Of one container alone, limits standing in for requests that are absent."""
    return requests.of_pod({"spec": {"containers": [container]}})


def _written(resource: str, amount: int) -> str:
    """A quantity of at most that amount, for people: `1200m`, `512Mi`."""
    if resource == requests.CPU:
        return f"{amount}m"
    return f"{amount // _MEBI}Mi" if amount >= _MEBI else str(amount)


def _with_requests(pod: Object, container: str, amounts: Mapping[str, str]) -> Object:
    containers = [
        each if each.get("name") != container else _requesting(each, amounts)
        for each in map(objects.mapping, objects.sequence(objects.spec(pod).get("containers")))
    ]
    return {**pod, "spec": {**objects.spec(pod), "containers": containers}}


def _requesting(container: Object, amounts: Mapping[str, str]) -> Object:
    resources = objects.mapping(container.get("resources"))
    asked = {**objects.mapping(resources.get("requests")), **amounts}
    return {**container, "resources": {**resources, "requests": asked}}


def _repair(case: Case, container: str, amounts: Mapping[str, str], nodes: tuple[str, ...]) -> Repair:
    what = [
        catalogue.phrase("scheduling.lowered", resource=name, container=container, amount=amount)
        for name, amount in amounts.items()
    ]
    message = catalogue.phrase("scheduling.lower", what=what, count=len(nodes))
    return Repair(("lower",) * len(amounts), nodes, message, _command(case, container, amounts))


def _command(case: Case, container: str, amounts: Mapping[str, str]) -> str | None:
    """Of a template in place; a pod itself cannot change, but it can be made anew."""
    subject = case.subject
    asked = ",".join(f"{name}={amount}" for name, amount in amounts.items())
    flags = f"-c {shlex.quote(container)} --requests={asked}"
    kubectl = patches.in_namespace(subject)
    word = shlex.quote(patches.word(subject))
    if patches.is_changeable(subject):
        return f"{kubectl} set resources {word} {flags}{patches.anew(subject)}"
    if patches.is_bare_pod(subject):
        local = f"kubectl set resources --local -f - {flags} -o yaml"
        return f"{kubectl} get {word} -o yaml | {local} | {kubectl} replace --force -f -"
    return None
