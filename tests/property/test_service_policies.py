"""What holds for every set of NetworkPolicies."""

from __future__ import annotations

import ipaddress
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kubectl_lab.domain.service.case import Client
from kubectl_lab.domain.service.policies import RULES
from kubectl_lab.domain.service.policy_rules import (
    EGRESS,
    INGRESS,
    Destination,
    Direction,
    Party,
    Sure,
    admits,
    isolating,
)
from unit.service.cases import case, namespace, pod, policy, service

Object = dict[str, Any]
LABELS = st.dictionaries(st.sampled_from(("app", "role")), st.sampled_from(("web", "db", "front")), max_size=2)
SELECTORS = st.one_of(
    st.builds(lambda labels: {"matchLabels": labels}, LABELS),
    st.just({"matchExpressions": [{"key": "app", "operator": "Exists"}]}),
    st.just({}),
)
NAMES = ("shop", "edge")
SPACES = st.one_of(
    SELECTORS, st.builds(lambda n: {"matchLabels": {"kubernetes.io/metadata.name": n}}, st.sampled_from(NAMES))
)
BLOCKS = st.sampled_from(("10.1.0.0/16", "10.0.0.0/8", "192.0.2.0/24", "0.0.0.0/0"))
PEERS = st.one_of(
    st.fixed_dictionaries({}, optional={"podSelector": SELECTORS, "namespaceSelector": SPACES}),
    st.builds(lambda cidr: {"ipBlock": {"cidr": cidr, "except": ["10.1.0.0/24"]}}, BLOCKS),
)
PORTS = st.fixed_dictionaries(
    {},
    optional={
        "port": st.sampled_from((80, 8080, "http", "dns")),
        "protocol": st.sampled_from(("TCP", "UDP")),
        "endPort": st.sampled_from((80, 8080, 9000)),
    },
)
LISTS = st.lists(PEERS, max_size=2)
RULE = st.fixed_dictionaries({}, optional={"from": LISTS, "to": LISTS, "ports": st.lists(PORTS, max_size=2)})
POLICIES = st.lists(
    st.builds(
        lambda selector, spec, where: policy(namespace=where, podSelector=selector, **spec),
        SELECTORS,
        st.fixed_dictionaries(
            {},
            optional={
                "ingress": st.lists(RULE, max_size=2),
                "egress": st.lists(RULE, max_size=2),
                "policyTypes": st.lists(st.sampled_from(("Ingress", "Egress")), max_size=2),
            },
        ),
        st.sampled_from(NAMES),
    ),
    max_size=3,
)
SPEC: Object = {"containers": [{"ports": [{"name": "http", "containerPort": 8080}]}]}
WEB = Party("shop", {"app": "web"}, {"team": "a"}, ("10.1.2.3",))
TO = st.builds(Destination, st.just(SPEC), st.sampled_from((80, 8080, 53)), st.sampled_from(("TCP", "UDP")))
KNOWN = st.builds(Party, st.sampled_from(NAMES), LABELS, LABELS, st.just(("10.1.0.7",)))
CLIENTS = st.one_of(
    KNOWN,
    st.builds(Party, st.sampled_from(NAMES), st.none(), st.one_of(st.none(), LABELS)),
    st.just(Party(addresses=("192.0.2.7",), outside=True)),
    st.just(Party("shop", {"app": "web"}, {}, ("10.0.0.1",), on_host=True)),
)
DIRECTIONS = st.sampled_from((INGRESS, EGRESS))


@given(POLICIES, RULE, TO, CLIENTS, DIRECTIONS)
def test_a_rule_more_never_shuts_anything(
    policies: list[Object], rule: Object, to: Destination, client: Party, direction: Direction
) -> None:
    before = admits(policies, WEB, to, client, direction)
    for at in isolating(policies, WEB, direction):
        others = [each for each in policies if each is not at]
        spec = {**at["spec"], direction.rules: [*at["spec"].get(direction.rules, []), rule]}
        assert admits([*others, {**at, "spec": spec}], WEB, to, client, direction) >= before


@given(POLICIES, TO, CLIENTS, DIRECTIONS)
def test_a_policy_less_opens_unless_it_admitted_beside_others(
    policies: list[Object], to: Destination, client: Party, direction: Direction
) -> None:
    """A pod that is isolated stays so when one more policy comes: what it admits can only grow."""
    if not isolating(policies[1:], WEB, direction):
        return
    assert admits(policies, WEB, to, client, direction) >= admits(policies[1:], WEB, to, client, direction)


@given(POLICIES, TO, CLIENTS, DIRECTIONS)
def test_a_policy_without_rules_opens_nothing(
    policies: list[Object], to: Destination, client: Party, direction: Direction
) -> None:
    deny = policy("deny", policyTypes=[direction.type])
    after = admits([*policies, deny], WEB, to, client, direction)
    assert after <= admits(policies, WEB, to, client, direction)
    if not isolating(policies, WEB, direction):
        assert after is Sure.NO


@given(POLICIES, TO, CLIENTS, DIRECTIONS)
def test_the_order_of_policies_says_nothing(
    policies: list[Object], to: Destination, client: Party, direction: Direction
) -> None:
    assert admits(policies, WEB, to, client, direction) is admits(policies[::-1], WEB, to, client, direction)


@given(POLICIES, TO, KNOWN, DIRECTIONS)
def test_what_is_not_known_is_never_more_certain(
    policies: list[Object], to: Destination, client: Party, direction: Direction
) -> None:
    """Some pod of the namespace of a pod that is admitted may be admitted; of one that is refused, it may be refused."""
    known = admits(policies, WEB, to, client, direction)
    vague = admits(policies, WEB, to, Party(client.namespace), direction)
    assert vague is Sure.MAYBE or vague is known or (known is Sure.MAYBE and client.addresses)


@given(st.ip_addresses(v=4), st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_a_block_holds_the_addresses_that_share_its_first_bits(
    address: ipaddress.IPv4Address, start: int, length: int
) -> None:
    network = f"{ipaddress.IPv4Address(start)}/{length}"
    gate = policy(ingress=[{"from": [{"ipBlock": {"cidr": network}}]}])
    client = Party(addresses=(str(address),), outside=True)
    expected = Sure.YES if int(address) >> (32 - length) == start >> (32 - length) else Sure.NO
    assert admits([gate], WEB, Destination(SPEC, 80, "TCP"), client) is expected


SERVICE = service("web", {"app": "web"}, (80, 8080))
BACKENDS = (pod("web-1"), pod("web-2", {"app": "web", "role": "db"}))
ASKER = pod("front-1", {"role": "front"}, ip="10.1.0.7")


@settings(max_examples=40)
@given(POLICIES, st.booleans())
def test_what_is_printed_opens_the_gate_and_isolates_nobody_else(policies: list[Object], asks: bool) -> None:
    spaces = (namespace("shop"), namespace("edge"), namespace("kube-system"))
    named = [{**each, "metadata": {**each["metadata"], "name": f"p{n}"}} for n, each in enumerate(policies)]
    client = Client("pod/front-1", "shop", spaces[0]["metadata"]["labels"], pod=ASKER) if asks else None

    def shut(*more: Object) -> list[Object]:
        asked = case(SERVICE, *BACKENDS, ASKER, *spaces, *named, *more, client=client)
        found = {id(each.finding): each.finding for rule in RULES for each in rule(asked)}
        return [dict(each.details) for each in found.values() if each.code in ("SVC080", "SVC083")]

    before = shut()
    written = [json.loads(each["manifest"]) for each in before if each["manifest"]]
    made = [{**each, "metadata": {**each["metadata"], "uid": f"new-{n}"}} for n, each in enumerate(written)]
    for party in (Party("shop", each["metadata"]["labels"]) for each in (*BACKENDS, ASKER)):
        for direction in (INGRESS, EGRESS):
            assert bool(isolating([*named, *made], party, direction)) == bool(isolating(named, party, direction))
    if len(written) == len(before):
        assert shut(*made) == []
