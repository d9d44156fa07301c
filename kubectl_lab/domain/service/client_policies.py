"""Whether the client of `--from` may connect (SVC083): the backends' ingress rules, its own egress rules, the way to DNS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.service import gates as gate_rules
from kubectl_lab.domain.service import policy_repairs, policy_words
from kubectl_lab.domain.service.gates import gates, party_of
from kubectl_lab.domain.service.model import Place
from kubectl_lab.domain.service.policy_rules import EGRESS, Destination, Party, Sure, admits, isolating, selected
from kubectl_lab.domain.service.repairs import is_applied
from kubectl_lab.result import reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kubectl_lab.domain.service.case import Case, Client
    from kubectl_lab.domain.service.gates import Gate
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.domain.service.model import Judged
    from kubectl_lab.objects import Object

DNS_NAMESPACE = "kube-system"
# pods with other policies never ask the cluster's DNS
_CLUSTER_DNS = ("", "ClusterFirst", "ClusterFirstWithHostNet")


def refused(case: Case) -> Iterable[Judged]:
    """SVC083: certainly refused, by the rules of the backends or by the client's own; what may be admitted is not told.

    A door that is shut for all (SVC080) is not told again for one client.
    """
    if case.client is None:
        return
    client = party_of_client(case.inventory, case.client)
    found = gates(case)
    yield from _at_the_door(case, client, found)
    if not client.outside and not client.on_host:
        yield from _on_the_way_out(case, client, found)


def party_of_client(inventory: Inventory, client: Client) -> Party:
    """The client as policies see it; an address of a node, and a pod that shares one, is the node's."""
    if client.pod is not None:
        return party_of(inventory, client.pod)
    if client.address is None:
        return Party(client.namespace, None, client.namespace_labels)
    is_node = any(client.address in _addresses(node) for node in inventory.known("Node"))
    return Party(addresses=(client.address,), outside=not is_node, on_host=is_node)


def _addresses(node: Object) -> Iterator[str]:
    for each in map(objects.mapping, objects.sequence(objects.status(node).get("addresses"))):
        yield objects.text(each.get("address"))


def _is_own(case: Case, gate: Gate) -> bool:
    """No policy keeps a pod from itself."""
    asked = case.client.pod if case.client else None
    return asked is not None and gate.endpoint.pod == reference(asked, "Pod")


def _at_the_door(case: Case, client: Party, found: Sequence[Gate]) -> Iterator[Judged]:
    """The ingress rules of the policies that isolate the backends."""
    shut = [
        gate
        for gate in found
        if gate.party and gate.rules and not (_is_own(case, gate) or admits(gate.policies, gate.party, gate.to, client))
    ]
    if not shut:
        return
    policies = _distinct(policy for gate in shut for policy in gate.policies)
    rules = [rule for gate in shut for rule in gate.rules]
    told = policy_words.told(shut)
    why = catalogue.phrase("service.policy-refuses", sources=policy_words.sources(rules), **told)
    manifest = policy_repairs.admitting(case, policies, shut, client)
    yield from _judge(case, found, shut, policies, why, manifest)


def _on_the_way_out(case: Case, client: Party, found: Sequence[Gate]) -> Iterator[Judged]:
    """The egress rules of the policies that isolate the client; together with DNS, which comes before all else."""
    policies = isolating(case.inventory.known("NetworkPolicy", client.namespace), client, EGRESS)
    certain = [policy for policy in policies if selected(policy, client) is Sure.YES]
    if not certain:
        return
    shut = [gate for gate in found if _is_kept_in(case, policies, client, gate)]
    no_dns = _has_no_dns(case, policies, client)
    if not shut and not no_dns:
        return
    key = "nowhere" if shut and no_dns else "keeps-in" if shut else "no-dns"
    told = {**policy_words.told(shut), "policies": list(policy_words.names(certain))}
    why = catalogue.phrase(f"service.policy-{key}", **told)
    manifest = policy_repairs.letting_out(case, certain, shut, client, dns=no_dns)
    if shut and not no_dns:
        yield from _judge(case, found, shut, certain, why, manifest)
    else:
        yield _at_the_entry(case, certain, why, manifest)


def _is_kept_in(case: Case, policies: Sequence[Object], client: Party, gate: Gate) -> bool:
    """Whether no rule lets the client send to this backend; of a pod that is not known nothing is said."""
    if _is_own(case, gate) or (gate.party is None and gate.endpoint.pod is not None):
        return False
    other = gate.party or Party(addresses=(gate.endpoint.address or "",), outside=True)
    return not admits(policies, client, gate.to, other, EGRESS)


def _has_no_dns(case: Case, policies: Sequence[Object], client: Party) -> bool:
    """Whether the client cannot send to UDP 53 of any pod of kube-system: a name is asked for by UDP first.

    Which pods answer there is not known, so that any label may be theirs.
    """
    client_pod = case.client.pod if case.client else None
    if client_pod is not None and objects.text(objects.spec(client_pod).get("dnsPolicy")) not in _CLUSTER_DNS:
        return False
    home = case.inventory.get("Namespace", None, DNS_NAMESPACE)
    servers = Party(DNS_NAMESPACE, None, None if home is None else objects.labels(home))
    return not admits(policies, client, Destination(None, 53, "UDP"), servers, EGRESS)


def _judge(
    case: Case,
    found: Sequence[Gate],
    shut: Sequence[Gate],
    policies: Sequence[Object],
    why: dict[str, Any],
    manifest: str | None,
) -> Iterator[Judged]:
    """Ports that are shut for everyone else count too: for this client nothing is left of them."""
    closed = [*shut, *(gate for gate in found if gate.is_shut)]
    mine = {gate.port.port for gate in shut if gate.port}
    dead = [port for port in gate_rules.dead_ports(found, closed) if port in mine]
    is_error = bool(dead) or (not case.ports and len(closed) == len(found))
    yield from gate_rules.judge(
        case,
        "SVC083",
        found,
        shut,
        severity="error" if is_error else "warning",
        ports=dead,
        **_details(case, policies, why, manifest),
    )


def _at_the_entry(case: Case, policies: Sequence[Object], why: dict[str, Any], manifest: str | None) -> Judged:
    """Without DNS the client does not even learn where to send."""
    way_in = "dns" if case.is_headless else "cluster"
    place = Place("entry", way_in) if case.ports and not case.is_external_name else Place("service")
    ports = [port.port for port in case.ports]
    return case.judge("SVC083", "breaks", place, ports=ports, **_details(case, policies, why, manifest))


def _details(case: Case, policies: Sequence[Object], why: dict[str, Any], manifest: str | None) -> dict[str, Any]:
    names, applied = list(policy_words.names(policies)), all(is_applied(policy) for policy in policies)
    return {
        "client": case.client.word if case.client else "",
        "policies": names,
        "policyNamespace": objects.namespace(policies[0]),
        "why": why,
        "see": names if applied else None,
        "manifest": manifest if applied else None,
    }


def _distinct(policies: Iterable[Object]) -> list[Object]:
    return list({id(policy): policy for policy in policies}.values())
