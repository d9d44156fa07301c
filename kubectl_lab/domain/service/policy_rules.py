"""Whom NetworkPolicies admit, as written; whether anyone enforces them is up to the network plugin.

Source: API reference of networking.k8s.io/v1 NetworkPolicy, its defaulting in kube-apiserver (`pkg/apis/networking/v1`),
KEP-2079 (endPort) and KEP-2161 (the label of a namespace's name). Answers are of three values, since labels of a namespace
or of "some pod of it" may not be known: what is not certainly refused is never called refused.
"""

from __future__ import annotations

import enum
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from kubectl_lab import objects
from kubectl_lab.domain.rules import label_selectors
from kubectl_lab.domain.service.endpoints import container_ports, protocol_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kubectl_lab.objects import Object

NAMESPACE_NAME = "kubernetes.io/metadata.name"


class Sure(enum.IntEnum):
    """No, perhaps, yes: `min` is "and", `max` is "or"."""

    NO = 0
    MAYBE = 1
    YES = 2


class Direction(NamedTuple):
    """Its word in `policyTypes`, the field of its rules, the field of their peers."""

    type: str
    rules: str
    peers: str


INGRESS = Direction("Ingress", "ingress", "from")
EGRESS = Direction("Egress", "egress", "to")


@dataclass(frozen=True, slots=True)
class Party:
    """One end of a connection, as policies see it.

    `labels` None: some pod of the namespace, which is not said. `namespace_labels` None: not known, but for the name.
    `outside`: an address that is no pod's. `on_host`: it has the address of its node (`hostNetwork`), so that no rule tells for
    certain whether it is meant.
    """

    namespace: str | None = None
    labels: Mapping[str, str] | None = None
    namespace_labels: Mapping[str, str] | None = None
    addresses: tuple[str, ...] = ()
    outside: bool = False
    on_host: bool = False


class Destination(NamedTuple):
    """A pod's port as it is after all translation.

    `pod_spec` None: not known, so that any name may be this port's. `number` None: any port (a headless Service without ports).
    """

    pod_spec: Object | None
    number: int | None
    protocol: str


class Rule(NamedTuple):
    """A rule with the policy that holds it, and which of its rules it is."""

    policy: Object
    place: int
    body: Object


# --- which policies isolate a pod


def has_type(policy: Object, direction: Direction) -> bool:
    """`policyTypes`; where nothing is said, Ingress always and Egress where the policy has egress rules."""
    types = objects.sequence(objects.spec(policy).get("policyTypes"))
    if types:
        return direction.type in types
    return direction is INGRESS or bool(objects.sequence(objects.spec(policy).get(direction.rules)))


def selected(policy: Object, party: Party) -> Sure:
    """Whether the policy is about this pod: of its own namespace, by `podSelector`; an empty one takes all."""
    if party.outside or party.on_host or objects.namespace(policy) != party.namespace:
        return Sure.NO
    return _selects(objects.mapping(objects.spec(policy).get("podSelector")), party.labels)


def isolating(policies: Iterable[Object], party: Party, direction: Direction = INGRESS) -> tuple[Object, ...]:
    """The policies that select the pod, perhaps at least, and speak of this direction: one is enough to isolate it."""
    return tuple(each for each in policies if has_type(each, direction) and selected(each, party))


def rules(policy: Object, direction: Direction = INGRESS) -> Iterator[Rule]:
    """The rules of a policy."""
    for place, body in enumerate(objects.sequence(objects.spec(policy).get(direction.rules))):
        yield Rule(policy, place, objects.mapping(body))


# --- what a rule opens


def opens(body: Object, to: Destination) -> bool:
    """Whether a rule names the port: by number, by a name that the pod has, by a range; a rule without ports opens all."""
    ports = objects.sequence(body.get("ports"))
    return not ports or any(_is_port(objects.mapping(each), to) for each in ports)


def _is_port(entry: Object, to: Destination) -> bool:
    if to.number is None:
        return True
    if protocol_of(entry) != to.protocol:
        return False
    port, last = entry.get("port"), entry.get("endPort")
    if isinstance(port, str):
        return to.pod_spec is None or to.number in numbers_of(port, to.protocol, to.pod_spec)
    if not isinstance(port, int):
        return port is None
    return port <= to.number <= (last if isinstance(last, int) else port)


def numbers_of(name: str, protocol: str, pod_spec: Object) -> frozenset[int]:
    """The numbers that a port name means in a pod."""
    return frozenset(
        port["containerPort"]
        for _, port in container_ports(pod_spec)
        if port.get("name") == name and protocol_of(port) == protocol and isinstance(port.get("containerPort"), int)
    )


# --- whom a rule means


def peers(body: Object, direction: Direction = INGRESS) -> Sequence[Object]:
    """The peers of a rule; none at all means everyone."""
    return tuple(map(objects.mapping, objects.sequence(body.get(direction.peers))))


def is_everywhere(peer: Object) -> bool:
    """An address block that leaves out nobody of its family."""
    block = objects.mapping(peer.get("ipBlock"))
    return block.get("cidr") in ("0.0.0.0/0", "::/0") and not block.get("except")


def means(rule: Rule, other: Party, direction: Direction = INGRESS) -> Sure:
    """Whether the rule's peers include the other end: no peers everyone, several are "or"."""
    listed = peers(rule.body, direction)
    if not listed:
        return Sure.YES
    return max(_is_peer(objects.namespace(rule.policy), each, other) for each in listed)


def _is_peer(home: str | None, peer: Object, other: Party) -> Sure:
    """`namespaceSelector` and `podSelector` in one peer are "and"; a `podSelector` alone means the policy's namespace.

    Whether an `ipBlock` also takes the addresses of pods differs between network plugins.
    """
    block = objects.mapping(peer.get("ipBlock"))
    if block:
        found = _in_block(block, other)
        return found if other.outside else min(found, Sure.MAYBE)
    if other.on_host:
        return Sure.MAYBE
    spaces = peer.get("namespaceSelector")
    if other.outside or (spaces is None and peer.get("podSelector") is None):
        return Sure.NO
    there = Sure.YES if home == other.namespace else Sure.NO
    if spaces is not None:
        there = _selects_namespace(objects.mapping(spaces), other)
    return min(there, _selects(objects.mapping(peer.get("podSelector")), other.labels))


def _in_block(block: Object, other: Party) -> Sure:
    if not other.addresses:
        return Sure.MAYBE
    excepted = [objects.text(each) for each in objects.sequence(block.get("except"))]
    cidr = objects.text(block.get("cidr"))
    inside = (_contains(cidr, each) and not any(_contains(no, each) for no in excepted) for each in other.addresses)
    return Sure.YES if any(inside) else Sure.NO


def _contains(cidr: str, address: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        return False


def _selects(selector: Object, labels: Mapping[str, str] | None) -> Sure:
    if not keys_of(selector):
        return Sure.YES
    if labels is None:
        return Sure.MAYBE
    if not objects.sequence(selector.get("matchExpressions")):  # nearly all are of this kind, and there are many
        return Sure.YES if objects.mapping(selector.get("matchLabels")).items() <= labels.items() else Sure.NO
    return Sure.YES if label_selectors.selects(selector, labels) else Sure.NO


def _selects_namespace(selector: Object, other: Party) -> Sure:
    """The server gives every namespace a label with its name, so that much is always known."""
    name = {NAMESPACE_NAME: other.namespace or ""}
    if other.namespace_labels is None and keys_of(selector) - {NAMESPACE_NAME}:
        return Sure.MAYBE
    return _selects(selector, {**(other.namespace_labels or {}), **name})


def keys_of(selector: Object) -> frozenset[str]:
    """The label keys that a selector looks at; without any it takes everything."""
    entries = map(objects.mapping, objects.sequence(selector.get("matchExpressions")))
    return frozenset(objects.mapping(selector.get("matchLabels"))) | {objects.text(each.get("key")) for each in entries}


# --- the answer


def admits(
    policies: Iterable[Object], subject: Party, to: Destination, other: Party, direction: Direction = INGRESS
) -> Sure:
    """Whether `subject`'s policies let it speak with `other` on the port `to`, which is always the one that is connected to.

    A pod that no policy isolates speaks with everyone. The rules of all policies that isolate it add up.
    """
    bearing = isolating(policies, subject, direction)
    open_rules = [rule for each in bearing for rule in rules(each, direction) if opens(rule.body, to)]
    free = Sure(Sure.YES - max((selected(each, subject) for each in bearing), default=Sure.NO))
    let = max(
        (min(selected(rule.policy, subject), means(rule, other, direction)) for rule in open_rules), default=Sure.NO
    )
    return max(free, let)
