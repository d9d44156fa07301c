"""NetworkPolicies, the gate before the pod (SVC080-SVC082): what is written, whoever enforces it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import near
from kubectl_lab.domain.service import client_policies, policy_repairs, policy_words
from kubectl_lab.domain.service import gates as gate_rules
from kubectl_lab.domain.service import workloads as workload_rules
from kubectl_lab.domain.service.endpoints import container_ports, protocol_of
from kubectl_lab.domain.service.gates import gates, party
from kubectl_lab.domain.service.model import Place
from kubectl_lab.domain.service.policy_rules import is_everywhere, numbers_of, opens, peers, rules, selected
from kubectl_lab.domain.service.repairs import is_applied
from kubectl_lab.domain.service.wordings import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.gates import Gate
    from kubectl_lab.domain.service.model import Judged
    from kubectl_lab.domain.service.policy_rules import Rule as PolicyRule
    from kubectl_lab.domain.service.rules import Rule
    from kubectl_lab.objects import Object


def shut(case: Case) -> Iterable[Judged]:
    """SVC080: policies isolate backends and no rule of any opens their port to anyone.

    The port is the pod's, after translation. One finding for the pods that the same policies isolate; it breaks the Service's
    ports whose backends are all shut. Source: NetworkPolicy, "isolation" and "additive" in the concepts.
    """
    found = _gates(case)
    closed = [gate for gate in found if gate.is_shut]
    dead = gate_rules.dead_ports(found, closed)
    groups: defaultdict[tuple[str, ...], list[Gate]] = defaultdict(list)
    for gate in closed:
        groups[policy_words.names(gate.policies)].append(gate)
    for group in groups.values():
        mine = [port for port in dead if any(gate.port and gate.port.port == port for gate in group)]
        is_error = bool(mine) or (not case.ports and len(group) == len(found))
        details = {**policy_words.told(group), "hint": _opened(group), **_opening(case, group)}
        yield from gate_rules.judge(
            case, "SVC080", found, group, severity="error" if is_error else "warning", ports=mine, **details
        )


def _gates(case: Case) -> Sequence[Gate]:
    return gates(case) if case.inventory.known("NetworkPolicy", case.namespace) else ()


def _opened(group: Sequence[Gate]) -> dict[str, Any]:
    """What the policies open instead."""
    beside = _beside(group)
    if beside:
        opened: Iterable[Any] = dict.fromkeys(gate.port.port for gate in beside[1] if gate.port)
        return catalogue.phrase("service.policy-opens-service-port", port=shortened(map(str, opened)))
    opened = [each for policy in group[0].policies for rule in rules(policy) for each in policy_words.ports(rule.body)]
    if opened:
        return catalogue.phrase("service.policy-opens", ports=shortened(opened))
    return catalogue.phrase("service.policy-opens-nothing")


def _beside(group: Sequence[Gate]) -> tuple[PolicyRule, Sequence[Gate]] | None:
    """The first rule that opens a port of the Service where the pod's is another, and the gates that it was meant for."""
    for rule in (rule for policy in group[0].policies for rule in rules(policy)):
        meant = [gate for gate in group if gate.port and opens(rule.body, gate.to._replace(number=gate.port.port))]
        if meant:
            return rule, meant
    return None


def _opening(case: Case, group: Sequence[Gate]) -> dict[str, Any]:
    """The command that opens it; none for policies that nobody has applied."""
    policies, beside = group[0].policies, _beside(group)
    made: dict[str, Any] = {"see": None, "policy": None, "patch": None, "manifest": None}
    if not all(is_applied(policy) for policy in policies):
        return made
    made["see"] = list(policy_words.names(policies))
    if beside:
        rule, meant = beside
        return {**made, "policy": objects.name(rule.policy), "patch": policy_repairs.port_patch(rule, meant)}
    if any(each.finding.details["patch"] for each in unknown_names(case)):
        return made  # the name is what was meant (SVC082)
    return {**made, "manifest": policy_repairs.admitting(case, policies, group)}


def narrow(case: Case) -> Iterable[Judged]:
    """SVC081: the port is open to some sources only."""
    groups: list[tuple[list[Any], list[Gate]]] = []
    for gate in _gates(case):
        if not gate.rules or any(_is_open(rule) for rule in gate.rules):
            continue
        told = policy_words.sources(gate.rules)
        group = next((found for same, found in groups if same == told), None)
        if group is None:
            groups.append((told, group := []))
        group.append(gate)
    for told, group in groups:
        yield case.judge("SVC081", "none", Place("pod"), sources=told, **policy_words.told(group))


def _is_open(rule: PolicyRule) -> bool:
    """To everyone, as it is written: no peers, or all addresses."""
    return not peers(rule.body) or any(map(is_everywhere, peers(rule.body)))


def unknown_names(case: Case) -> Iterable[Judged]:
    """SVC082: a rule opens a port by a name that none of the pods that its policy selects has under that protocol."""
    policies = {id(policy): policy for gate in _gates(case) for policy in gate.policies}
    for policy in policies.values():
        named = [each for rule in rules(policy) for each in _named(rule)]
        specs = _selected(case, policy) if named else ()
        for rule, place, name, protocol in named:
            if specs and not any(numbers_of(name, protocol, spec) for spec in specs):
                yield _unknown_name(case, rule, place, name, protocol, specs)


def _named(rule: PolicyRule) -> Iterator[tuple[PolicyRule, int, str, str]]:
    for place, entry in enumerate(map(objects.mapping, objects.sequence(rule.body.get("ports")))):
        if isinstance(entry.get("port"), str):
            yield rule, place, entry["port"], protocol_of(entry)


def _selected(case: Case, policy: Object) -> Sequence[Object]:
    """The specs of all pods that the policy isolates; none where they may not all be known."""
    around = case.inventory
    own = objects.mapping(objects.mapping(objects.spec(policy).get("podSelector")).get("matchLabels"))
    is_whole = around.extent("Pod") != "some" or case.selects(own)
    if not is_whole:
        return ()
    known = around.pods(case.namespace, own) if own else around.known("Pod", case.namespace)
    pods = [(objects.labels(pod), objects.spec(pod)) for pod in known]
    if around.manifests:
        pods += [(each.labels, each.pod_spec) for each in workload_rules.workloads(around, case.namespace)]
    return [spec for labels, spec in pods if selected(policy, party(around, case.namespace, labels, spec))]


def _unknown_name(
    case: Case, rule: PolicyRule, place: int, name: str, protocol: str, specs: Sequence[Object]
) -> Judged:
    names = [
        objects.text(port.get("name"))
        for spec in specs
        for _, port in container_ports(spec)
        if port.get("name") and protocol_of(port) == protocol
    ]
    nearest = near.nearest(name, names)
    known = catalogue.phrase("service.policy-port-names", names=shortened(names)) if names else _nameless()
    return case.judge(
        "SVC082",
        "none",
        Place("pod"),
        policy=objects.name(rule.policy),
        portName=name,
        protocol=protocol,
        names=sorted(set(names)),
        hint=known,
        see=objects.name(rule.policy) if is_applied(rule.policy) else None,
        patch=policy_repairs.name_patch(rule, place, nearest) if nearest and is_applied(rule.policy) else None,
    )


def _nameless() -> dict[str, Any]:
    return catalogue.phrase("service.policy-port-names-none")


RULES: tuple[Rule, ...] = (shut, client_policies.refused, narrow, unknown_names)
