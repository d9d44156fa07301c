"""Whom the peers of a NetworkPolicy mean, as phrases: `pods with role=front of namespace shop`, `addresses in 10.0.0.0/8`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.service.endpoints import protocol_of
from kubectl_lab.domain.service.policy_rules import NAMESPACE_NAME, keys_of, peers
from kubectl_lab.domain.service.wordings import MOST, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kubectl_lab.domain.service.gates import Gate
    from kubectl_lab.domain.service.policy_rules import Destination, Rule
    from kubectl_lab.objects import Object

_OPERATORS = {
    "Exists": "{key}",
    "DoesNotExist": "!{key}",
    "In": "{key} in ({values})",
    "NotIn": "{key} notin ({values})",
}


def selector_text(selector: Object) -> str:
    """A label selector as `kubectl -l` takes it: `app=web,tier in (a,b),!old`."""
    made = [f"{key}={objects.text(value)}" for key, value in objects.mapping(selector.get("matchLabels")).items()]
    for entry in map(objects.mapping, objects.sequence(selector.get("matchExpressions"))):
        values = ",".join(map(objects.text, objects.sequence(entry.get("values"))))
        template = _OPERATORS.get(objects.text(entry.get("operator")), "{key}")
        made.append(template.format(key=objects.text(entry.get("key")), values=values))
    return ",".join(made)


def names(policies: Iterable[Object]) -> tuple[str, ...]:
    """The names of policies."""
    return tuple(objects.name(policy) for policy in policies)


def told(group: Sequence[Gate]) -> dict[str, Any]:
    """The details that say which pods and ports gates guard, and which policies make them."""
    pods = list(dict.fromkeys(gate.short_name for gate in group))
    numbers = [_target(gate.to) for gate in group]
    policies = dict.fromkeys(name for gate in group for name in names(gate.policies))
    return {
        "policies": list(policies),
        "targets": list(dict.fromkeys(numbers)) if None not in numbers else catalogue.phrase("service.policy-any-port"),
        "pods": pods,
        "shown": shortened(pods),
    }


def _target(to: Destination) -> int | str | None:
    return to.number if to.protocol in ("TCP", "") else f"{to.number}/{to.protocol}"


def ports(body: Object) -> Iterable[str]:
    """What a rule opens: `80`, `http`, `8000-8010`, `53/UDP`; `any/UDP` where only a protocol is named."""
    for entry in map(objects.mapping, objects.sequence(body.get("ports"))):
        port, last, protocol = entry.get("port"), entry.get("endPort"), protocol_of(entry)
        words = "any" if port is None else f"{port}-{last}" if last is not None else str(port)
        yield words if protocol == "TCP" and port is not None else f"{words}/{protocol}"


def sources(rules: Iterable[Rule]) -> list[Any]:
    """The peers of all rules, each told once, beyond the first few their number."""
    found: list[Any] = []
    for rule in rules:
        for peer in peers(rule.body):
            phrase = _peer(objects.namespace(rule.policy) or "", peer)
            found += [] if phrase in found else [phrase]
    left = len(found) - MOST
    return [*found[:MOST], catalogue.phrase("service.and-more", count=left)] if left > 0 else found


def _peer(home: str, peer: Object) -> dict[str, Any]:
    block = objects.mapping(peer.get("ipBlock"))
    if block:
        return _block(block)
    pods, spaces = objects.mapping(peer.get("podSelector")), peer.get("namespaceSelector")
    key = "labelled" if keys_of(pods) else "all"
    return catalogue.phrase(f"service.policy-pods-{key}", labels=selector_text(pods), where=_where(home, spaces))


def _block(block: Object) -> dict[str, Any]:
    cidr, excepted = objects.text(block.get("cidr")), objects.sequence(block.get("except"))
    if excepted:
        return catalogue.phrase(
            "service.policy-block-except", cidr=cidr, excepted=[objects.text(no) for no in excepted]
        )
    return catalogue.phrase("service.policy-block", cidr=cidr)


def _where(home: str, spaces: object) -> dict[str, Any]:
    """Which namespaces: the policy's own where none is said."""
    if spaces is None:
        return catalogue.phrase("service.policy-namespace", namespace=home)
    selector = objects.mapping(spaces)
    named = objects.mapping(selector.get("matchLabels")).get(NAMESPACE_NAME)
    if named and keys_of(selector) == {NAMESPACE_NAME}:
        return catalogue.phrase("service.policy-namespace", namespace=objects.text(named))
    if keys_of(selector):
        return catalogue.phrase("service.policy-namespaces-labelled", labels=selector_text(selector))
    return catalogue.phrase("service.policy-namespaces-all")
