"""Server, TLS, proxies."""

from __future__ import annotations

from typing import Any

from oracle.kubeconfig.case import CLUSTER, HOME, USER, Case, config

FLAG_A = ("-s", "@A@", "--certificate-authority", "ca.pem", "--token", "flag")
PEM = {"ca.pem": "@CAPEM@", "other.pem": "@OTHERCAPEM@"}
NAMED = {**CLUSTER, "server": "https://kube.example:6443"}
TO_PROXY = {"HTTPS_PROXY": "@PROXY@"}


def _cluster(**more: Any) -> dict[str, Any]:
    return {HOME: config({**CLUSTER, **{key.replace("_", "-"): value for key, value in more.items()}}), **PEM}


def _flagged(*args: str, **more: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    return _cluster(**more), args


SERVERS = (
    Case("--server replaces the server and keeps authority and user", *_flagged("-s", "@B@"), sends={"server": "b", "authorization": ["Bearer token-one"]}),
    Case("--server drops the file's tls-server-name", *_flagged("-s", "@A@", tls_server_name="kube.example"), sends={"sni": None}),
    Case("--server works without any kubeconfig", PEM, FLAG_A, sends={"server": "a", "authorization": ["Bearer flag"], "namespace": "default"}),
    Case("--server without a credential is refused", PEM, FLAG_A[:4], error="no-user"),
    Case("a server without scheme is plain http", {HOME: config({"server": "127.0.0.1:@HTTPPORT@"})}, sends={"server": "http", "authorization": []}),
    Case("over http no credential is sent, impersonation is", {HOME: config({"server": "@HTTP@"}, {**USER, "as": "root", "as-groups": ["g"]})}, sends={"server": "http", "authorization": [], "impersonation": [("impersonate-group", "g"), ("impersonate-user", "root")]}),
    Case("over http --token is not sent, --as is", {HOME: config({"server": "@HTTP@"})}, ("--token", "t", "--as", "root"), sends={"authorization": [], "impersonation": [("impersonate-user", "root")]}),
    Case("over http no user is needed", {HOME: config({"server": "@HTTP@"}, users=[])}, sends={"server": "http"}),
    Case("over http a plugin is not run", {HOME: config({"server": "@HTTP@"}, {"exec": {"command": "nowhere", "apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never"}})}, sends={"server": "http"}),
    Case("over http two methods are refused all the same", {HOME: config({"server": "@HTTP@"}, {**USER, "username": "x"})}, error="user-two-methods"),
    Case("over http a missing authority is refused all the same", {HOME: config({"server": "@HTTP@", "certificate-authority": "none"})}, error="kubeconfig-file-unreadable"),
    Case("over http insecure with an authority passes", {HOME: config({**CLUSTER, "server": "@HTTP@", "insecure-skip-tls-verify": True})}, sends={"server": "http"}),
    Case("a path prefix stays before the API's paths", _cluster(server="@B@"), sends={"server": "b", "path": "/k8s/clusters/c-1/api/v1/namespaces/default/pods"}),
    Case("a slash after the prefix is ignored", _cluster(server="@B@/"), sends={"path": "/k8s/clusters/c-1/api/v1/namespaces/default/pods"}),
    Case("a slash after the port is ignored", _cluster(server="@A@/"), sends={"path": "/api/v1/namespaces/default/pods"}),
    Case("query and fragment of a server are dropped", _cluster(server="@B@?a=b#c"), sends={"path": "/k8s/clusters/c-1/api/v1/namespaces/default/pods"}),
    Case("an upper-case scheme is understood", _cluster(server="HTTPS://127.0.0.1:@APORT@"), sends={"server": "a"}),
    Case("an upper-case host is reached", _cluster(server="https://LOCALHOST:@APORT@"), env={"NO_PROXY": "*"}, sends={"host": "localhost:@APORT@"}),
    Case("an IPv6 server is reached", _cluster(server="@SIX@"), sends={"server": "six", "sni": None}),
    Case("another scheme is refused", _cluster(server="ftp://127.0.0.1:@APORT@"), error="bad-server"),
    Case("a host without scheme cannot have a path", _cluster(server="127.0.0.1/k8s"), error="bad-server"),
    Case("a port that is no number is refused", _cluster(server="https://127.0.0.1:http"), error="bad-server"),
    Case("a malformed --server is refused", *_flagged("-s", "https://"), error="bad-server"),
    Case("an authority's file and data together are refused", _cluster(certificate_authority="../ca.pem"), error="kubeconfig-file-and-data"),
    Case("an authority's file is used", {HOME: config({"server": "@A@", "certificate-authority": "../ca.pem"}), **PEM}, sends={"server": "a"}),
    Case("an authority's file that is missing is refused", {HOME: config({"server": "@A@", "certificate-authority": "none"})}, error="kubeconfig-file-unreadable"),
    Case("an authority that is no PEM is refused", _cluster(certificate_authority_data="aGVsbG8="), error="authority-not-pem"),
    Case("insecure-skip-tls-verify with an authority is refused", _cluster(insecure_skip_tls_verify=True), error="insecure-and-authority"),
    Case("--insecure-skip-tls-verify drops the file's authority", *_flagged("--insecure-skip-tls-verify", server="@STRANGER@"), sends={"server": "stranger", "authorization": ["Bearer token-one"]}),
    Case("--insecure-skip-tls-verify=false changes nothing", *_flagged("--insecure-skip-tls-verify=false"), sends={"server": "a"}),
    Case("both flags of trust together are refused", *_flagged("--insecure-skip-tls-verify", "--certificate-authority", "ca.pem"), error="insecure-and-authority"),
    Case("--certificate-authority replaces the file's data", *_flagged("--certificate-authority", "ca.pem", certificate_authority_data="@OTHERCA@"), sends={"server": "a"}),
    Case("--certificate-authority makes an insecure cluster secure", {HOME: config({"server": "@A@", "insecure-skip-tls-verify": True}), **PEM}, ("--certificate-authority", "other.pem"), error="server-certificate-authority"),
    Case("a missing --certificate-authority is refused", *_flagged("--certificate-authority", "none.pem"), error="flag-file-unreadable"),
    Case("a server of an unknown authority is not believed", _cluster(server="@STRANGER@"), error="server-certificate-authority"),
    Case("without authority the system's trust store decides", {HOME: config({"server": "@A@"})}, error="server-certificate-authority"),
    Case("an authority without key usage, its constraints not critical, is believed", _cluster(server="@SLOPPY@", certificate_authority_data="@SLOPPYCA@"), sends={"server": "sloppy"}),
    Case("an expired server certificate is not believed", _cluster(server="@EXPIRED@"), error="server-certificate-dates"),
    Case("--insecure-skip-tls-verify passes over an expired certificate", *_flagged("--insecure-skip-tls-verify", server="@EXPIRED@"), sends={"server": "expired"}),
    Case("tls-server-name is asked for, the host stays", _cluster(tls_server_name="kube.example"), sends={"sni": "kube.example", "host": "127.0.0.1:@APORT@"}),
    Case("--tls-server-name beats the file's", *_flagged("--tls-server-name", "localhost", tls_server_name="kube.example"), sends={"sni": "localhost"}),
    Case("a tls-server-name that the certificate lacks is not believed", _cluster(tls_server_name="wrong.example"), error="server-certificate-name"),
    Case("a host name is asked for", _cluster(server="https://localhost:@APORT@"), sends={"sni": "localhost"}),
    Case("gzip is asked for", _cluster(), sends={"gzip": True}),
    Case("disable-compression asks for none", _cluster(disable_compression=True), sends={"gzip": False}),
    Case("a malformed --request-timeout is refused", *_flagged("--request-timeout", "1x"), error="bad-request-timeout"),
    Case("a negative number of seconds is refused", *_flagged("--request-timeout", "-5"), error="bad-request-timeout"),
    Case("a negative duration bounds nothing", *_flagged("--request-timeout", "-5s"), sends={"server": "a"}),
    Case("a duration of several units is understood", *_flagged("--request-timeout", "1m30.5s"), sends={"server": "a"}),
    Case("a timeout of 0 bounds nothing", *_flagged("--request-timeout", "0"), sends={"server": "a"}),
)  # fmt: skip


def _proxied(claim: str, through: str | None, cluster: dict[str, Any], env: dict[str, str], **sends: Any) -> Case:
    known = {"server": "a", **({"proxy": through} if through else {}), **sends}
    return Case(claim, {HOME: config({**NAMED, **cluster})}, env=env, sends=known)


PROXIES = (
    _proxied("proxy-url is used", "proxy", {"proxy-url": "@PROXY@"}, {}, connect="kube.example:6443", sni="kube.example"),
    _proxied("proxy-url is used for loopback too", "proxy", {"proxy-url": "@PROXY@", "server": "@A@"}, {}, connect="127.0.0.1:@APORT@"),
    _proxied("proxy-url beats the environment and its exceptions", "proxy", {"proxy-url": "@PROXY@"}, {"HTTPS_PROXY": "@PROXY2@", "NO_PROXY": "*"}),
    _proxied("credentials in proxy-url reach the proxy, decoded", "proxy", {"proxy-url": "http://me:p%40ss@127.0.0.1:@PROXYPORT@"}, {}, **{"proxy-authorization": ["Basic bWU6cEBzcw=="]}),
    _proxied("HTTPS_PROXY is used", "proxy", {}, TO_PROXY, connect="kube.example:6443"),
    _proxied("https_proxy is used", "proxy", {}, {"https_proxy": "@PROXY@"}),
    _proxied("upper case comes first", "proxy", {}, {**TO_PROXY, "https_proxy": "@PROXY2@"}),
    _proxied("an empty upper-case variable leaves it to the lower-case one", "proxy2", {}, {"HTTPS_PROXY": "", "https_proxy": "@PROXY2@"}),
    _proxied("a proxy without scheme is an http proxy", "proxy", {}, {"HTTPS_PROXY": "127.0.0.1:@PROXYPORT@"}),
    _proxied("credentials in HTTPS_PROXY reach the proxy", "proxy", {}, {"HTTPS_PROXY": "http://me:pw@127.0.0.1:@PROXYPORT@"}, **{"proxy-authorization": ["Basic bWU6cHc="]}),
    _proxied("NO_PROXY of another host changes nothing", "proxy", {}, {**TO_PROXY, "NO_PROXY": "cube.example,ample,10.0.0.0/8"}),
    _proxied("NO_PROXY of another port changes nothing", "proxy", {}, {**TO_PROXY, "NO_PROXY": "kube.example:443"}),
    Case("loopback never goes through HTTPS_PROXY", _cluster(), env=TO_PROXY, sends={"server": "a"}),
    Case("localhost never goes through HTTPS_PROXY", _cluster(server="https://localhost:@APORT@"), env=TO_PROXY, sends={"server": "a"}),
    Case("ALL_PROXY is ignored", _cluster(server="https://LOCALHOST:@APORT@"), env={"ALL_PROXY": "@PROXY@"}, sends={"server": "a"}),
    Case("LOCALHOST in capitals does go through HTTPS_PROXY", _cluster(server="https://LOCALHOST:@APORT@"), env=TO_PROXY, sends={"proxy": "proxy"}),
    *(
        Case(f"NO_PROXY={rule} holds for LOCALHOST", _cluster(server="https://LOCALHOST:@APORT@"), env={**TO_PROXY, "NO_PROXY": rule}, sends={"server": "a"})
        for rule in ("*", "localhost", "other, localhost", "localhost:@APORT@", "LocalHost")
    ),
    Case("no_proxy in lower case holds", _cluster(server="https://LOCALHOST:@APORT@"), env={**TO_PROXY, "no_proxy": "localhost"}, sends={"server": "a"}),
    *(
        Case(f"NO_PROXY={rule} does not hold for LOCALHOST", _cluster(server="https://LOCALHOST:@APORT@"), env={**TO_PROXY, "NO_PROXY": rule}, sends={"proxy": "proxy"})
        for rule in (".localhost", "*.localhost", "localhost:1", "calhost", "127.0.0.1", "127.0.0.0/8")
    ),
    Case("HTTP_PROXY is used for http", {HOME: config({"server": "http://kube.example:81"})}, env={"HTTP_PROXY": "@PROXY@", "HTTPS_PROXY": "@PROXY2@"}, sends={"proxy": "proxy", "path": "http://kube.example:81/api/v1/namespaces/default/pods"}),
    Case("a proxy-url of an unknown scheme is refused", _cluster(proxy_url="ftp://127.0.0.1:@PROXYPORT@"), error="bad-proxy-scheme"),
    Case("a proxy-url without scheme is refused", _cluster(proxy_url="127.0.0.1:@PROXYPORT@"), error="bad-proxy"),
)  # fmt: skip
