"""What opens a gate: a port more in a rule, or a policy more. Neither may shut anything.

A new policy isolates whom it selects. So it selects only pods that are isolated already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.domain.service.policy_rules import EGRESS, INGRESS, NAMESPACE_NAME, keys_of
from kubectl_lab.domain.service.repairs import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.gates import Gate
    from kubectl_lab.domain.service.policy_rules import Direction, Party, Rule
    from kubectl_lab.objects import Object

# what controllers write on each pod anew: no policy should rest on it
_PASSING = ("pod-template-hash", "controller-revision-hash", "pod-template-generation", "controller-uid", "job-name")
_PASSING_PREFIXES = ("batch.kubernetes.io/", "statefulset.kubernetes.io/", "apps.kubernetes.io/")
_DNS_PORTS = [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]


def port_patch(rule: Rule, gates: Iterable[Gate]) -> str:
    """A JSON patch that adds the pods' ports to an ingress rule that lists ports."""
    path = f"/spec/ingress/{rule.place}/ports/-"
    return written([{"op": "add", "path": path, "value": each} for each in _ports(gates).get("ports", [])])


def name_patch(rule: Rule, place: int, name: str) -> str:
    """A JSON patch that gives an entry of an ingress rule another port name."""
    path = f"/spec/ingress/{rule.place}/ports/{place}/port"
    return written([{"op": "replace", "path": path, "value": name}])


def admitting(case: Case, policies: Sequence[Object], gates: Iterable[Gate], client: Party | None = None) -> str | None:
    """A policy that opens the pods' ports to a client; where none is named, to the pods of the Service's namespace.

    None for a client's pod without a lasting label: nothing but its name would tell it from others.
    """
    peer = {"podSelector": {}} if client is None else _peer(client)
    if peer is None:
        return None
    rule: dict[str, Any] = {"from": [peer], **_ports(gates)}
    return _policy(f"allow-to-{case.name}", case.namespace, _subject(policies, case.selector), INGRESS, [rule])


def letting_out(case: Case, policies: Sequence[Object], gates: Sequence[Gate], client: Party, *, dns: bool) -> str:
    """A policy of the client's namespace that lets it send to the Service's pods, and ask DNS."""
    pods = {"matchLabels": dict(case.selector)} if case.selector else {}
    rules = [{"to": [{**_namespace(case.namespace), "podSelector": pods}], **_ports(gates)}] if gates else []
    rules += [{"to": [_namespace("kube-system")], "ports": _DNS_PORTS}] if dns else []
    subject = _subject(policies, lasting(client.labels or {}))
    return _policy(f"allow-from-client-of-{case.name}", client.namespace, subject, EGRESS, rules)


def _subject(policies: Sequence[Object], labels: Mapping[str, str]) -> Object:
    """Pods with these labels where the whole namespace is isolated anyway, else those that a policy isolates now."""
    selectors = [objects.mapping(objects.spec(policy).get("podSelector")) for policy in policies]
    takes_all = any(not keys_of(selector) for selector in selectors)
    return {"matchLabels": dict(labels)} if labels and takes_all else selectors[0]


def _peer(client: Party) -> dict[str, Any] | None:
    """A client as a rule names it."""
    if client.outside:
        length = "128" if ":" in client.addresses[0] else "32"
        return {"ipBlock": {"cidr": f"{client.addresses[0]}/{length}"}}
    if client.labels is None:
        return _namespace(client.namespace)
    labels = lasting(client.labels)
    return {**_namespace(client.namespace), "podSelector": {"matchLabels": labels}} if labels else None


def lasting(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels that the next pod of the same kind will carry too."""
    return {
        key: objects.text(value)
        for key, value in labels.items()
        if objects.text(key) not in _PASSING and not objects.text(key).startswith(_PASSING_PREFIXES)
    }


def _namespace(name: str | None) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {NAMESPACE_NAME: name}}}


def _ports(gates: Iterable[Gate]) -> dict[str, Any]:
    """Each port once; no list at all, which means all ports, for a Service that has none."""
    listed = dict.fromkeys((gate.to.protocol, gate.to.number) for gate in gates)
    ports = [{"protocol": protocol, "port": number} for protocol, number in listed if number is not None]
    return {"ports": ports} if ports else {}


def _policy(name: str, namespace: str | None, selector: Object, direction: Direction, rules: list[Any]) -> str:
    spec = {"podSelector": dict(selector), "policyTypes": [direction.type], direction.rules: rules}
    metadata = {"name": name, "namespace": namespace}
    made = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}
    return written(made)
