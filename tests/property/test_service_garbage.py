"""Objects of any shape in the place of policies, aliases and pods: no rule about gates and names raises."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kubectl_lab.domain.service import dns, policies
from kubectl_lab.domain.service.case import Client
from unit.service.cases import case, endpoint, endpoint_slice, namespace, pod, policy, service, workload

Object = dict[str, Any]
WORDS = st.sampled_from(
    [
        "podSelector",
        "matchLabels",
        "matchExpressions",
        "ingress",
        "egress",
        "from",
        "to",
        "ports",
        "port",
        "endPort",
        "policyTypes",
        "Ingress",
        "Egress",
        "ipBlock",
        "cidr",
        "except",
        "namespaceSelector",
        "key",
        "operator",
        "values",
        "app",
        "web",
        "10.0.0.0/8",
        "protocol",
        "TCP",
        "name",
        "backend",
        "service",
        "selector",
    ]
)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-1, 70000), WORDS)
GARBAGE = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(WORDS, st.integers()), inner, max_size=4)
    ),
    max_leaves=12,
)
BACKEND = endpoint_slice("web-1", "web", endpoint("10.1.0.1", pod="web-1"))


def shaped(spec: Any) -> Any:
    """Garbage inside of the shapes that are looked into first."""
    return st.one_of(
        spec,
        st.fixed_dictionaries({}, optional=dict.fromkeys(("podSelector", "ingress", "egress", "policyTypes"), spec)),
        st.fixed_dictionaries(
            {"ingress": st.lists(st.fixed_dictionaries({}, optional={"from": spec, "ports": spec}), max_size=2)},
            optional={"egress": st.lists(st.fixed_dictionaries({}, optional={"to": spec, "ports": spec}), max_size=2)},
        ),
        st.builds(
            lambda port, peer: {"ingress": [{"ports": [port], "from": [peer]}]},
            spec,
            st.fixed_dictionaries({}, optional=dict.fromkeys(("podSelector", "namespaceSelector", "ipBlock"), spec)),
        ),
    )


@settings(max_examples=150)
@given(shaped(GARBAGE), GARBAGE, GARBAGE, GARBAGE)
def test_no_rule_raises(gate: Any, labels: Any, spec: Any, serves: Any) -> None:
    asker = pod("batch", ip="10.1.0.7")
    asker["metadata"]["labels"], asker["spec"] = labels, spec
    backend = pod("web-1")
    backend["spec"] = {"containers": spec, "hostname": spec}
    ingress = {"kind": "Ingress", "metadata": {"name": "i", "namespace": "shop"}, "spec": spec}
    stateful = workload("StatefulSet", "web", {"app": "web"}) | {"spec": {"serviceName": spec, "template": serves}}
    around = (backend, asker, policy() | {"spec": gate}, BACKEND, ingress, stateful, namespace("shop"))
    for client in (None, Client("pod/batch", "shop", {}, pod=asker), Client("192.0.2.7", address="192.0.2.7")):
        for type_ in ("ClusterIP", "ExternalName"):
            made = service("web", None, (80, 8080), type=type_)
            made["spec"] |= {"externalName": serves, "selector": labels}
            asked = case(made, *around, client=client)
            for rule in (*policies.RULES, *dns.RULES):
                list(rule(asked))
