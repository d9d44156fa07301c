"""In a pod: a service account's folder, and the two variables that name the API server."""

from __future__ import annotations

from oracle.kubeconfig.case import HOME, Case, config

B = {"server": "@B@", "certificate-authority-data": "@CA@"}
IN_POD = {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": "@APORT@"}
ACCOUNT = {"account/token": "pod-token\n", "account/namespace": "pod-space\n", "account/ca.crt": "@CAPEM@"}
INSIDE = {"server": "a", "authorization": ["Bearer pod-token"]}


def _pod(claim: str, *args: str, files: dict[str, object] | None = None, error: str = "", **known: object) -> Case:
    env = {**IN_POD, **{key: str(known.pop(key)) for key in list(known) if key.isupper()}}
    return Case(claim, {**ACCOUNT, **(files or {})}, args, env, {} if error else {**INSIDE, **known}, error)


POD = (
    _pod("without kubeconfig the service account is used", namespace="pod-space"),
    _pod("POD_NAMESPACE beats the account's namespace", POD_NAMESPACE="named", namespace="named"),
    _pod("-n beats POD_NAMESPACE", "-n", "mine", POD_NAMESPACE="named", namespace="mine"),
    _pod("an account without namespace leaves default", files={"account/namespace": ""}, namespace="default"),
    _pod("--token replaces the account's", "--token", "flag", authorization=["Bearer flag"]),
    _pod("an IPv6 API server is reached", KUBERNETES_SERVICE_HOST="::1", KUBERNETES_SERVICE_PORT="@SIXPORT@", server="six"),
    _pod("--certificate-authority replaces the account's", "--certificate-authority", "account/ca.crt"),
    _pod("another --certificate-authority is heeded", "--certificate-authority", "o", files={"o": "@OTHERCAPEM@"}, error="server-certificate-authority"),
    _pod("a missing --certificate-authority is refused", "--certificate-authority", "none", error="flag-file-unreadable"),
    _pod("--insecure-skip-tls-verify changes nothing", "--insecure-skip-tls-verify", files={"account/ca.crt": "@OTHERCAPEM@"}, error="server-certificate-authority"),
    _pod("--tls-server-name changes nothing", "--tls-server-name", "wrong.example", sni=None),
    _pod("--server does not take the account's identity along", "-s", "@B@", "--insecure-skip-tls-verify", error="no-user"),
    _pod("--server with --token goes there", "-s", "@B@", "--insecure-skip-tls-verify", "--token", "t", server="b", authorization=["Bearer t"], namespace="pod-space"),
    _pod("--server over http carries nothing", "-s", "@HTTP@", server="http", authorization=[]),
    _pod("a kubeconfig wins, in the pod's namespace", files={HOME: config(B)}, server="b", authorization=["Bearer token-one"], namespace="pod-space"),
    _pod("a context's own namespace wins", files={HOME: config(B, context={"namespace": "default"})}, server="b", authorization=["Bearer token-one"], namespace="default"),
    _pod("a kubeconfig without current-context leaves it to the account", files={HOME: {**config(B), "current-context": ""}}),
    _pod("a context without cluster leaves it to the account, in its namespace", files={HOME: config(clusters=[], context={"namespace": "own"})}, namespace="own"),
    _pod("a cluster without server leaves it to the account", files={HOME: config({"certificate-authority-data": "@CA@"})}),
    _pod("localhost:8080 counts as nothing configured", files={HOME: config({"server": "http://localhost:8080"})}),
    _pod("KUBERNETES_MASTER over http counts as nothing configured", KUBERNETES_MASTER="@HTTP@"),
    _pod("KUBERNETES_MASTER over https does not", KUBERNETES_MASTER="@B@", error="no-user"),
    _pod("a user of two methods is refused all the same", files={HOME: config(clusters=[], user={"token": "t", "username": "u"})}, error="user-two-methods"),
    _pod("a group without user is refused all the same", "--as-group", "g", error="impersonation-without-user"),
    _pod("a missing client certificate is refused all the same", "--client-certificate", "none", "--client-key", "none", error="flag-file-unreadable"),
)  # fmt: skip
