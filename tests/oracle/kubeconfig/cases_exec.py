"""Exec credential plugins."""

from __future__ import annotations

from typing import Any

from oracle.kubeconfig.case import CLUSTER, HOME, Case, config, plugin, prints

V1BETA1 = "client.authentication.k8s.io/v1beta1"
TOKEN = prints('{"token":"from-plugin"}')
BOTH = '{"clientCertificateData":%s,"clientKeyData":%s,"token":"both"}'
EXTENSION = {"extensions": [{"name": "client.authentication.k8s.io/exec", "extension": {"audience": "x", "n": 1}}]}


def _exec(
    script: str = TOKEN, *, more: dict[str, Any] | None = None, cluster: dict[str, Any] | None = None, **changes: Any
) -> dict[str, Any]:
    return {HOME: config(cluster, {**plugin(**changes), **(more or {})}), ".kube/plugin.sh": script}


PLUGINS = (
    Case("a plugin's token is sent", _exec(), sends={"authorization": ["Bearer from-plugin"]}),
    Case("a plugin's certificate is presented", _exec("#!/bin/sh\nexec python3 @DIR@/answer.py\n") | {"answer.py": 'import json\nprint(json.dumps({"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1", "status": {"clientCertificateData": """@CERTPEM@""", "clientKeyData": """@KEYPEM@""", "token": "both"}}))\n'}, sends={"certificate": "@CERT@", "authorization": ["Bearer both"]}),
    Case("v1beta1 needs no interactiveMode", _exec(prints('{"token":"beta"}', "v1beta1"), apiVersion=V1BETA1, interactiveMode=None), sends={"authorization": ["Bearer beta"]}),
    Case("v1 needs an interactiveMode", _exec(interactiveMode=None), error="exec-mode"),
    Case("an unknown interactiveMode is refused", _exec(interactiveMode="Sometimes"), error="exec-mode"),
    Case("Always without a terminal is refused", _exec(interactiveMode="Always"), error="exec-needs-terminal"),
    Case("IfAvailable without a terminal runs", _exec(interactiveMode="IfAvailable"), sends={"authorization": ["Bearer from-plugin"]}),
    Case("an unknown apiVersion is refused", _exec(apiVersion="client.authentication.k8s.io/v1alpha1", interactiveMode="Never"), error="exec-api-version"),
    Case("an unknown apiVersion is refused though a token would do", _exec(apiVersion="v1", more={"token": "t"}), error="exec-api-version"),
    Case("a plugin without command is refused", _exec(command=""), error="exec-incomplete"),
    Case("a plugin without apiVersion is refused", _exec(apiVersion=""), error="exec-incomplete"),
    Case("a variable without name is refused", _exec(env=[{"value": "x"}]), error="exec-incomplete"),
    Case("args are given as they are, without a shell", _exec('#!/bin/sh\n[ "$1" = "a b" ] && [ "$2" = "\\$HOME" ] || exit 9\n' + TOKEN.partition("\n")[2], args=["a b", "$HOME"]), sends={"authorization": ["Bearer from-plugin"]}),
    Case("env entries win over the caller's", _exec('#!/bin/sh\n[ "$ONE$TWO" = "12" ] || exit 9\n' + TOKEN.partition("\n")[2], env=[{"name": "ONE", "value": "1"}]), env={"ONE": "9", "TWO": "2"}, sends={"authorization": ["Bearer from-plugin"]}),
    Case("a command without slash is looked up on PATH", _exec(command="lab-test-plugin") | {"bin/lab-test-plugin.sh": "", "bin/lab-test-plugin": TOKEN}, env={"PATH": "@DIR@/bin:/usr/bin:/bin"}, error="exec-not-found"),
    Case("PATH among the env entries does not find the command", _exec(command="plugin.sh", env=[{"name": "PATH", "value": "@DIR@/.kube:/bin"}]), error="exec-not-found"),
    Case("PATH of the caller finds the command", _exec(command="plugin.sh"), env={"PATH": "@DIR@/.kube:/usr/bin:/bin"}, sends={"authorization": ["Bearer from-plugin"]}),
    Case("a missing command is refused", _exec(command="./nowhere.sh"), error="exec-not-found"),
    Case("a failing plugin is refused, never anonymous", _exec("#!/bin/sh\nexit 3\n"), error="exec-failed"),
    Case("a plugin that fails after an answer is refused", _exec(TOKEN + "exit 1\n"), error="exec-failed"),
    Case("an answer that is no JSON is refused", _exec("#!/bin/sh\necho hello\n"), error="exec-answer-kind"),
    Case("an empty answer is refused", _exec("#!/bin/sh\n"), error="exec-answer-kind"),
    Case("an answer of another kind is refused", _exec(prints('{"token":"t"}', kind="Secret")), error="exec-answer-kind"),
    Case("an answer of another version is refused", _exec(prints('{"token":"t"}', "v1beta1")), error="exec-answer-version"),
    Case("an answer without status is refused", _exec(prints("null")), error="exec-answer-empty"),
    Case("an answer with an empty status is refused", _exec(prints("{}")), error="exec-answer-empty"),
    Case("an answer with half a pair is refused", _exec(prints('{"token":"t","clientKeyData":"k"}')), error="exec-answer-half"),
    Case("a token that is a number is refused", _exec(prints('{"token":5}')), error="exec-answer-empty"),
    Case("an expiry that is no time is refused", _exec(prints('{"token":"t","expirationTimestamp":"soon"}')), error="exec-answer-expiry"),
    Case("an answer that has already expired is used all the same", _exec(prints('{"token":"old","expirationTimestamp":"2020-01-01T00:00:00Z"}')), sends={"authorization": ["Bearer old"]}),
    Case("a plugin's token with a newline is refused", _exec(prints('{"token":"a\\nb"}')), error="credential-control-character"),
    Case("a token goes before the plugin, which is not run", _exec("#!/bin/sh\nexit 3\n", more={"token": "t"}), sends={"authorization": ["Bearer t"]}),
    Case("--token goes before the plugin", _exec("#!/bin/sh\nexit 3\n"), ("--token", "flag"), sends={"authorization": ["Bearer flag"]}),
    Case("a client certificate goes before the plugin", _exec("#!/bin/sh\nexit 3\n", more={"client-certificate-data": "@CERT@", "client-key-data": "@KEY@"}), sends={"certificate": "@CERT@", "authorization": []}),
    Case("a password goes before the plugin", _exec("#!/bin/sh\nexit 3\n", more={"username": "u", "password": "p"}), sends={"authorization": ["Basic dTpw"]}),
    Case("a plugin beside an auth-provider is refused", _exec(more={"auth-provider": {"name": "gcp"}}), error="exec-and-auth-provider"),
    Case("impersonation goes with a plugin's token", _exec(more={"as": "eve"}), sends={"authorization": ["Bearer from-plugin"], "impersonation": [("impersonate-user", "eve")]}),
    Case("a plugin is told about the cluster when it asks", _exec(provideClusterInfo=True, cluster={**CLUSTER, **EXTENSION}), sends={"authorization": ["Bearer from-plugin"]}),
    Case("a plugin is told server name, proxy and compression", _exec(provideClusterInfo=True, cluster={**CLUSTER, "tls-server-name": "localhost", "disable-compression": True, "proxy-url": "@PROXY@"}), sends={"sni": "localhost", "proxy": "proxy"}),
    Case("a plugin that does not ask is told nothing about the cluster", _exec(cluster={**CLUSTER, **EXTENSION}), sends={"authorization": ["Bearer from-plugin"]}),
    Case("a plugin is told about an insecure cluster", _exec(provideClusterInfo=True, cluster={"server": "@B@/", "insecure-skip-tls-verify": True}), sends={"server": "b"}),
)  # fmt: skip
