"""Services and EndpointSlices that a server refuses, with its words, and twins that it accepts.

Unit tests compare our findings with the words, a live test the words with the real API server: what is wrong here fails there.
"""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]
LABEL = "a lowercase RFC 1123 label must consist of"
SUBDOMAIN = "a lowercase RFC 1123 subdomain must consist of"
ONE_TO = "must be between 1 and 65535, inclusive"
IS_BALANCERS = "Forbidden: may only be used when `type` is 'LoadBalancer'"
NOT_IN_RANGE = "provided port is not in the valid range. The range of valid ports is 30000-32767"
CANNOT = "cannot unmarshal {} into Go struct field {} of type {}"


def service(*ports: Object, name: str = "web", **spec: Any) -> Object:
    """A manifest; `None` leaves a field out."""
    made = {"selector": {"app": "web"}, "ports": list(ports or ({"port": 80},)), **spec}
    body = {key: value for key, value in made.items() if value is not None}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": body}


def node_ports(*ports: Object, **spec: Any) -> Object:
    return service(*ports, type="NodePort", **spec)


def balancer(**spec: Any) -> Object:
    return service(type="LoadBalancer", **spec)


def alias(name: str | None, **spec: Any) -> Object:
    return service(type="ExternalName", externalName=name, selector=None, **{"ports": None, **spec})


def sticky(seconds: int) -> Object:
    return service(sessionAffinity="ClientIP", sessionAffinityConfig={"clientIP": {"timeoutSeconds": seconds}})


def named(name: str, **port: Any) -> Object:
    return {"port": 80, "name": name, **port}


# what SVC035 says: targetPort -> the server's words
TARGETS = {
    "9376": "must contain at least one letter (a-z)",
    "averylongportname": "must be no more than 15 characters",
    "Http": "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
    "my_port": "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
    "a--b": "must not contain consecutive hyphens",
    "-a": "must not begin or end with a hyphen",
    "a-": "must not begin or end with a hyphen",
}

# claim, manifest, field, the server's words (their beginning)
REFUSED: list[tuple[str, Object, str, str]] = [
    ("a target port beyond 65535", service({"port": 80, "targetPort": 70000}), "spec.ports[0].targetPort", f"Invalid value: 70000: {ONE_TO}"),
    ("port 0", service({"port": 0}), "spec.ports[0].port", f"Invalid value: 0: {ONE_TO}"),
    ("a port beyond 65535", service({"port": 70000, "targetPort": 80}), "spec.ports[0].port", f"Invalid value: 70000: {ONE_TO}"),
    ("no port number", service({"targetPort": 80}), "spec.ports[0].port", f"Invalid value: 0: {ONE_TO}"),
    ("one of two ports unnamed", service({"port": 80}, named("a", port=81)), "spec.ports[0].name", "Required value"),
    ("a port name twice", service(named("a"), named("a", port=81)), "spec.ports[1].name", 'Duplicate value: "a"'),
    ("a port twice", service(named("a"), named("b")), "spec.ports[1]", "Duplicate value"),
    ("capitals in a port name", service(named("HTTP")), "spec.ports[0].name", f'Invalid value: "HTTP": {LABEL}'),
    ("a port name of 64 letters", service(named("a" * 64)), "spec.ports[0].name", f'Invalid value: "{"a" * 64}": must be no more than 63 characters'),
    ("no ports", service(ports=None), "spec.ports", "Required value"),
    ("an empty list of ports", service(ports=[]), "spec.ports", "Required value"),
    ("a protocol in small letters", service({"port": 80, "protocol": "tcp"}), "spec.ports[0].protocol", 'Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"'),
    ("a node port below the range", node_ports({"port": 80, "nodePort": 80}), "spec.ports[0].nodePort", f"Invalid value: 80: {NOT_IN_RANGE}"),
    ("a node port above the range", node_ports({"port": 80, "nodePort": 32768}), "spec.ports[0].nodePort", f"Invalid value: 32768: {NOT_IN_RANGE}"),
    ("a node port of a ClusterIP", service({"port": 80, "nodePort": 30080}), "spec.ports[0].nodePort", "Forbidden: may not be used when `type` is 'ClusterIP'"),
    ("one node port for two ports", node_ports(named("a", nodePort=30080), named("b", port=81, nodePort=30080)), "spec.ports[1].nodePort", "Invalid value: 30080: provided port is already allocated"),
    ("Local for a ClusterIP", service(externalTrafficPolicy="Local"), "spec.externalTrafficPolicy", 'Invalid value: "Local": may only be set for externally-accessible services'),
    ("local in small letters", node_ports(externalTrafficPolicy="local"), "spec.externalTrafficPolicy", 'Unsupported value: "local": supported values: "Cluster", "Local"'),
    ("an internal policy that is none", service(internalTrafficPolicy="Node"), "spec.internalTrafficPolicy", 'Unsupported value: "Node": supported values: "Cluster", "Local"'),
    ("an externalName with a scheme", alias("https://example.org"), "spec.externalName", f'Invalid value: "https://example.org": {SUBDOMAIN}'),
    ("an externalName with a path", alias("example.org/x"), "spec.externalName", f'Invalid value: "example.org/x": {SUBDOMAIN}'),
    ("an externalName with a port", alias("example.org:80"), "spec.externalName", f'Invalid value: "example.org:80": {SUBDOMAIN}'),
    ("no externalName", alias(None), "spec.externalName", "Required value"),
    ("an ExternalName with a cluster IP", alias("example.org", clusterIP="None"), "spec.clusterIP", "Forbidden: may not be set for ExternalName services"),
    ("a range with host bits", balancer(loadBalancerSourceRanges=["10.0.0.1/8"]), "spec.loadBalancerSourceRanges[0]", 'Invalid value: "10.0.0.1/8": must not have bits set beyond the prefix length'),
    ("a range without its length", balancer(loadBalancerSourceRanges=["10.0.0.0"]), "spec.loadBalancerSourceRanges[0]", 'Invalid value: "10.0.0.0": must be a valid CIDR value'),
    ("a range that is none", balancer(loadBalancerSourceRanges=["10.0.0/x"]), "spec.loadBalancerSourceRanges[0]", 'Invalid value: "10.0.0/x": must be a valid CIDR value'),
    ("ranges of a ClusterIP", service(loadBalancerSourceRanges=["10.0.0.0/8"]), "spec.loadBalancerSourceRanges", IS_BALANCERS),
    ("a class of a ClusterIP", service(loadBalancerClass="a/b"), "spec.loadBalancerClass", IS_BALANCERS),
    ("allocated node ports of a ClusterIP", service(allocateLoadBalancerNodePorts=False), "spec.allocateLoadBalancerNodePorts", IS_BALANCERS),
    ("a health check port under Cluster", balancer(healthCheckNodePort=30555), "spec.healthCheckNodePort", "Invalid value: 30555: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"),
    ("a type in other letters", service(type="Nodeport"), "spec.type", 'Unsupported value: "Nodeport": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"'),
    ("a headless NodePort", node_ports(clusterIP="None"), "spec.clusterIP", "Invalid value: \"None\": may not be set to 'None' for NodePort services"),
    ("a cluster IP that is none", service(clusterIP="none"), "spec.clusterIP", 'Invalid value: "none": must be a valid IP address'),
    ("a loopback external IP", service(externalIPs=["127.0.0.1"]), "spec.externalIPs[0]", 'Invalid value: "127.0.0.1": may not be in the loopback range'),
    ("no address as external IP", service(externalIPs=["0.0.0.0"]), "spec.externalIPs[0]", 'Invalid value: "0.0.0.0": may not be unspecified'),
    ("a name as external IP", service(externalIPs=["example.org"]), "spec.externalIPs[0]", 'Invalid value: "example.org": must be a valid IP address'),
    ("an affinity in other letters", service(sessionAffinity="clientIP"), "spec.sessionAffinity", 'Unsupported value: "clientIP": supported values: "ClientIP", "None"'),
    ("more than a day of affinity", sticky(90000), "spec.sessionAffinityConfig.clientIP.timeoutSeconds", "Invalid value: 90000: must be greater than 0 and less than 86400"),
    ("no affinity time", sticky(0), "spec.sessionAffinityConfig.clientIP.timeoutSeconds", "Invalid value: 0: must be greater than 0 and less than 86400"),
    ("a blank in a selector", service(selector={"app": "a b"}), "spec.selector", 'Invalid value: "a b": a valid label must be an empty string or consist of'),
    ("a value of 64 letters in a selector", service(selector={"app": "a" * 64}), "spec.selector", f'Invalid value: "{"a" * 64}": must be no more than 63 bytes'),
    ("a key with a blank", service(selector={"a b": "x"}), "spec.selector", "Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.'"),
    ("a key of 64 letters", service(selector={"a" * 64: "x"}), "spec.selector", f'Invalid value: "{"a" * 64}": name part must be no more than 63 bytes'),
    ("a key with a bad prefix", service(selector={"A_/b": "x"}), "spec.selector", f'Invalid value: "A_/b": prefix part {SUBDOMAIN}'),
    ("a key with an empty prefix", service(selector={"/b": "x"}), "spec.selector", 'Invalid value: "/b": prefix part must be non-empty'),
    ("a key with a prefix of 254 letters", service(selector={f"{'a' * 254}/b": "x"}), "spec.selector", f'Invalid value: "{"a" * 254}/b": prefix part must be no more than 253 bytes'),
    ("a key without a name", service(selector={"a/": "x"}), "spec.selector", 'Invalid value: "a/": name part must be non-empty'),
    ("a key of three parts", service(selector={"a/b/c": "x"}), "spec.selector", 'Invalid value: "a/b/c": a valid label key must consist of alphanumeric characters'),
    ("a family in small letters", service(ipFamilies=["ipv4"]), "spec.ipFamilies[0]", 'Unsupported value: "ipv4": supported values: "IPv4", "IPv6"'),
    ("a family twice", service(ipFamilies=["IPv4", "IPv4"]), "spec.ipFamilies[1]", 'Duplicate value: "IPv4"'),
    ("a policy of families that is none", service(ipFamilyPolicy="DualStack"), "spec.ipFamilyPolicy", 'Unsupported value: "DualStack": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"'),
    ("two families in a single stack", service(ipFamilyPolicy="SingleStack", ipFamilies=["IPv4", "IPv6"]), "spec.ipFamilyPolicy", "Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified"),
    ("a distribution that is none", service(trafficDistribution="Closest"), "spec.trafficDistribution", 'Unsupported value: "Closest": supported values: "PreferClose", "PreferSameZone", "PreferSameNode"'),
    ("an unknown field", service(selektor={"app": "web"}), "spec.selektor", 'unknown field "spec.selektor"'),
    ("an unknown field of a port", service({"port": 80, "targetport": 80}), "spec.ports[0].targetport", 'unknown field "spec.ports[0].targetport"'),
    ("a port in quotes", service({"port": "80"}), "spec.ports[0].port", CANNOT.format("string", "ServicePort.spec.ports.port", "int32")),
    ("a node port in quotes", node_ports({"port": 80, "nodePort": "30080"}), "spec.ports[0].nodePort", CANNOT.format("string", "ServicePort.spec.ports.nodePort", "int32")),
    ("a port name that is a number", service(named(80)), "spec.ports[0].name", CANNOT.format("number", "ServicePort.spec.ports.name", "string")),  # type: ignore[arg-type]  # the point
    ("a port that is a truth", service({"port": True}), "spec.ports[0].port", CANNOT.format("bool", "ServicePort.spec.ports.port", "int32")),
    ("a number in the selector", service(selector={"app": 1}), "spec.selector.app", CANNOT.format("number", "ServiceSpec.spec.selector", "string")),
    ("a truth in the selector", service(selector={"app": True}), "spec.selector.app", CANNOT.format("bool", "ServiceSpec.spec.selector", "string")),
    ("true in quotes", service(publishNotReadyAddresses="true"), "spec.publishNotReadyAddresses", CANNOT.format("string", "ServiceSpec.spec.publishNotReadyAddresses", "bool")),
    ("a list as cluster IP", service(clusterIP=["None"]), "spec.clusterIP", CANNOT.format("array", "ServiceSpec.spec.clusterIP", "string")),
    ("an object as external name", alias({}), "spec.externalName", CANNOT.format("object", "ServiceSpec.spec.externalName", "string")),  # type: ignore[arg-type]  # the point
    ("a capital in the name", service(name="Web"), "metadata.name", f'Invalid value: "Web": {LABEL}'),
    ("an underscore in the name", service(name="my_web"), "metadata.name", f'Invalid value: "my_web": {LABEL}'),
    ("a dot in the name", service(name="a.b"), "metadata.name", 'Invalid value: "a.b": must not contain dots'),
    ("a name of 64 letters", service(name="a" * 64), "metadata.name", f'Invalid value: "{"a" * 64}": must be no more than 63 characters'),
]  # fmt: skip

ACCEPTED: list[tuple[str, Object]] = [
    ("nothing special", service()),
    ("a target by name", service({"port": 80, "targetPort": "http-1"})),
    ("a target of 0, which is none", service({"port": 80, "targetPort": 0})),
    ("an empty target, which is none", service({"port": 80, "targetPort": ""})),
    ("a port name of 23 letters", service(named("averylongportnameindeed"))),
    ("one number, two protocols", service(named("a"), named("b", protocol="UDP"))),
    ("one node port, two protocols", node_ports(named("a", nodePort=30081), named("b", protocol="UDP", nodePort=30081))),
    ("the first node port", node_ports({"port": 80, "nodePort": 30000})),
    ("the last node port", node_ports({"port": 80, "nodePort": 32767})),
    ("headless without ports", service(ports=None, clusterIP="None")),
    ("headless with ports", service(clusterIP="None")),
    ("Local for external addresses", service(externalTrafficPolicy="Local", externalIPs=["192.0.2.4"])),
    ("Local for node ports", node_ports(externalTrafficPolicy="Local")),
    ("a health check port under Local", balancer(healthCheckNodePort=30556, externalTrafficPolicy="Local")),
    ("an externalName", alias("example.org")),
    ("an externalName with a dot at its end", alias("example.org.")),
    ("an address as externalName, which is SVC055's", alias("10.0.0.1")),
    ("an externalName with a selector, which is SVC056's", service(type="ExternalName", externalName="example.org")),
    ("an externalName of a ClusterIP", service(externalName="example.org")),
    ("a range", balancer(loadBalancerSourceRanges=["10.0.0.0/8", " 192.0.2.0/24"])),
    ("a class", balancer(loadBalancerClass="example.org/lb", allocateLoadBalancerNodePorts=False)),
    ("an hour of affinity", sticky(3600)),
    ("a time without affinity", service(sessionAffinityConfig={"clientIP": {"timeoutSeconds": 90}})),
    ("labels with a prefix and dots", service(selector={"app.kubernetes.io/name": "web.1_a", "x": ""})),
    ("both families preferred", service(ipFamilyPolicy="PreferDualStack")),
    ("zones", service(trafficDistribution="PreferSameZone")),
    ("a name that begins with a digit", service(name="1web")),
    ("no name yet", service() | {"metadata": {"generateName": "web-"}}),
    ("nulls", service(loadBalancerClass=None, selector={"app": "web"}) | {"metadata": {"name": "web", "labels": None}}),
]  # fmt: skip


def endpoint_slice(*addresses: str, family: str | None = "IPv4", ports: Any = None) -> Object:
    made: Object = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice"}
    made["metadata"] = {"name": "web-1", "labels": {"kubernetes.io/service-name": "web"}}
    made |= {"addressType": family} if family else {}
    return made | {"ports": ports or [{"port": 80}], "endpoints": [{"addresses": list(addresses)}]}


REFUSED_SLICES: list[tuple[str, Object, str, str]] = [
    ("loopback", endpoint_slice("127.0.0.1"), "endpoints[0].addresses[0]", 'Invalid value: "127.0.0.1": may not be in the loopback range'),
    ("IPv6 loopback", endpoint_slice("::1", family="IPv6"), "endpoints[0].addresses[0]", 'Invalid value: "::1": may not be in the loopback range'),
    ("link-local", endpoint_slice("169.254.1.1"), "endpoints[0].addresses[0]", 'Invalid value: "169.254.1.1": may not be in the link-local range'),
    ("IPv6 link-local", endpoint_slice("fe80::1", family="IPv6"), "endpoints[0].addresses[0]", 'Invalid value: "fe80::1": may not be in the link-local range'),
    ("multicast", endpoint_slice("224.0.0.1"), "endpoints[0].addresses[0]", 'Invalid value: "224.0.0.1": may not be in the link-local multicast range'),
    ("a name", endpoint_slice("example.org"), "endpoints[0].addresses[0]", 'Invalid value: "example.org": must be a valid IP address'),
    ("the other family", endpoint_slice("2001:db8::1"), "endpoints[0].addresses", 'Invalid value: "2001:db8::1": must be an IPv4 address'),
    ("no address", endpoint_slice(), "endpoints[0].addresses", "Required value: must contain at least 1 address"),
    ("no family", endpoint_slice("192.0.2.1", family=None), "addressType", "Required value"),
    ("an unknown family", endpoint_slice("192.0.2.1", family="ipv4"), "addressType", 'Unsupported value: "ipv4": supported values: "FQDN", "IPv4", "IPv6"'),
    ("two unnamed ports", endpoint_slice("192.0.2.1", ports=[{"port": 80}, {"port": 81}]), "ports[1].name", 'Duplicate value: ""'),
    ("capitals in a port name", endpoint_slice("192.0.2.1", ports=[{"port": 80, "name": "Http"}]), "ports[0].name", f'Invalid value: "Http": {LABEL}'),
]  # fmt: skip

ACCEPTED_SLICES: list[tuple[str, Object]] = [
    ("an address", endpoint_slice("192.0.2.1")),
    ("two addresses", endpoint_slice("192.0.2.1", "192.0.2.2")),
    ("IPv6", endpoint_slice("2001:db8::1", family="IPv6")),
    ("a DNS name", endpoint_slice("example.org", family="FQDN")),
    ("named ports", endpoint_slice("192.0.2.1", ports=[{"port": 80, "name": "http"}, {"port": 81, "name": "b"}])),
]
