"""From files, flags and environment to a target: what is chosen, what is refused, where each part came from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab.cluster.config import Flags, resolve
from kubectl_lab.cluster.target import Impersonation, Source
from kubectl_lab.errors import BadCredentials, BadKubeconfig, BadUsage, LabError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PEM = "-----BEGIN CERTIFICATE-----\n"
TOKEN = {"token": "t"}


def kubeconfig(
    cluster: dict[str, Any] | None = None, user: dict[str, Any] | None = None, **context: str
) -> dict[str, Any]:
    return {
        "current-context": "x",
        "clusters": [{"name": "c", "cluster": {"server": "https://h:6443", **(cluster or {})}}],
        "users": [{"name": "u", "user": TOKEN if user is None else user}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u", **context}}],
    }


class Place:
    """A folder with a kubeconfig."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "config"

    def resolve(self, content: Any = None, flags: Flags | None = None, environ: Mapping[str, str] | None = None) -> Any:
        if content is not None:
            self.file.write_text(json.dumps(content))
        given = {"KUBECONFIG": str(self.file), **(environ or {})}
        return resolve(flags or Flags(), given, in_pod_folder=self.folder / "account")

    def refused(self, content: Any, flags: Flags | None = None, environ: Mapping[str, str] | None = None) -> LabError:
        with pytest.raises(LabError) as caught:
            self.resolve(content, flags, environ)
        return caught.value

    def account(self) -> dict[str, str]:
        """Make this a pod; the variables that say so."""
        (self.folder / "account").mkdir()
        for name, text in (("token", "pod-token"), ("namespace", "pod-space\n"), ("ca.crt", PEM)):
            (self.folder / "account" / name).write_text(text)
        return {"KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_plain_kubeconfig_comes_to_one_target(place: Place) -> None:
    target = place.resolve(
        kubeconfig({"certificate-authority-data": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg=="}, namespace="n")
    )
    assert (target.server, target.namespace, target.identity.token, target.ca) == (
        "https://h:6443",
        "n",
        "t",
        PEM.encode(),
    )
    assert (target.context, target.cluster, target.user, target.proxy, target.request_timeout) == (
        "x",
        "c",
        "u",
        None,
        None,
    )


def test_every_part_says_where_it_came_from(place: Place) -> None:
    file = place.file
    assert dict(place.resolve(kubeconfig(namespace="n")).sources) == {
        "server": Source("https://h:6443", f"{file}: clusters[0].cluster.server"),
        "context": Source("x", f"{file}: current-context"),
        "user": Source("u", f"{file}: contexts[0].context.user"),
        "namespace": Source("n", f"{file}: contexts[0].context.namespace"),
    }
    flags = Flags(context="x", user="u", namespace="m", server="https://other")
    assert {name: source.source for name, source in place.resolve(None, flags).sources.items()} == {
        "server": "--server",
        "context": "--context",
        "user": "--user",
        "namespace": "--namespace",
    }
    assert place.resolve(None, Flags(token="f")).sources["user"] == Source("u", "--token")
    assert place.resolve(kubeconfig()).sources["namespace"] == Source("default", "default")


def test_flags_that_are_empty_were_not_given(place: Place) -> None:
    words = [name for name in Flags.__slots__ if name not in ("as_groups", "insecure_skip_tls_verify")]
    empty = Flags(**dict.fromkeys(words, ""))  # type: ignore[arg-type]  # only the words
    assert place.resolve(kubeconfig(), empty) == place.resolve(kubeconfig())


@pytest.mark.parametrize(("text", "seconds"), [("0", None), ("5", 5.0), ("1m30s", 90.0), ("-1s", None), ("", None)])
def test_the_request_timeout(place: Place, text: str, seconds: float | None) -> None:
    assert place.resolve(kubeconfig(), Flags(request_timeout=text)).request_timeout == seconds


@pytest.mark.parametrize(
    ("flags", "key"),
    [
        pytest.param(Flags(request_timeout="1x"), "bad-request-timeout", id="a malformed duration"),
        pytest.param(Flags(namespace="a/b"), "bad-namespace", id="a namespace with a slash"),
        pytest.param(Flags(namespace=".."), "bad-namespace", id="a namespace of dots"),
        pytest.param(Flags(namespace="\udcff"), "bad-namespace", id="a namespace that is no text"),
        pytest.param(Flags(server="ftp://h"), "bad-server", id="a server of another scheme"),
        pytest.param(Flags(kubeconfig="/nowhere/f"), "flag-file-unreadable", id="a kubeconfig that is missing"),
        pytest.param(Flags(certificate_authority="/nowhere/ca"), "flag-file-unreadable", id="an authority that is missing"),
        pytest.param(Flags(certificate_authority="/dev/null", insecure_skip_tls_verify=True), "insecure-and-authority", id="trust and distrust"),
        pytest.param(Flags(client_certificate="/nowhere/c", client_key="/nowhere/k"), "flag-file-unreadable", id="a certificate that is missing"),
        pytest.param(Flags(as_groups=("g",)), "impersonation-without-user", id="a group without user"),
        pytest.param(Flags(context="nope"), "unknown-context", id="an unknown context"),
        pytest.param(Flags(cluster="nope"), "unknown-cluster", id="an unknown cluster"),
        pytest.param(Flags(user="nope"), "unknown-user", id="an unknown user"),
    ],
)  # fmt: skip
def test_a_flags_own_value_is_a_usage_error_and_what_files_lack_is_not(place: Place, flags: Flags, key: str) -> None:
    error = place.refused(kubeconfig(), flags)
    in_files = key in ("unknown-context", "unknown-cluster", "unknown-user", "insecure-and-authority")
    assert (error.key, error.exit_code) == (key, 1 if in_files else 2)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        pytest.param({**kubeconfig(), "current-context": ""}, "no-current-context", id="no current context"),
        pytest.param({}, "kubeconfig-empty", id="a file of nothing"),
        pytest.param({**kubeconfig(), "clusters": []}, "context-cluster-missing", id="a cluster in no file"),
        pytest.param({**kubeconfig(), "contexts": [{"name": "x"}]}, "context-without-cluster", id="a context without cluster"),
        pytest.param(kubeconfig({"server": ""}), "cluster-without-server", id="a cluster without server"),
        pytest.param(kubeconfig({"server": "https://me:hunter2@h"}), "bad-server", id="a server with a password"),
        pytest.param(kubeconfig(namespace="a%2Fb"), "bad-namespace", id="a namespace that is no segment"),
        pytest.param(kubeconfig({"certificate-authority-data": "aGk="}), "authority-not-pem", id="an authority of no certificate"),
        pytest.param(kubeconfig({"certificate-authority": "none"}), "kubeconfig-file-unreadable", id="an authority that is missing"),
        pytest.param(kubeconfig({"certificate-authority": "a\0b"}), "kubeconfig-file-unreadable", id="an authority of an impossible name"),
        pytest.param(kubeconfig({"proxy-url": "socks5://p:1"}), "bad-proxy-scheme", id="a SOCKS proxy"),
        pytest.param(kubeconfig({"proxy-url": "me:hunter2@p"}), "bad-proxy", id="a proxy without scheme"),
        pytest.param(kubeconfig(user={"auth-provider": {"name": "gcp"}}), "auth-provider", id="an auth-provider"),
        pytest.param(kubeconfig(user={"client-certificate-data": "aGk="}), "certificate-without-key", id="half a pair"),
        pytest.param(kubeconfig(user={"token": "t", "username": "u"}), "user-two-methods", id="two methods"),
        pytest.param(kubeconfig(user={"as": "eve"}), "user-without-credentials", id="impersonation alone"),
        pytest.param(kubeconfig(user={"tokenFile": "a\0b"}), "token-file-unreadable", id="a token file of an impossible name"),
    ],
)  # fmt: skip
def test_what_files_lack_is_named(place: Place, content: Any, key: str) -> None:
    error = place.refused(content)
    assert (error.key, error.exit_code) == (key, 1)
    assert "hunter2" not in f"{error} {error!r} {error.__context__!r}"


def test_no_kubeconfig_at_all_names_the_file_that_was_looked_for(place: Place) -> None:
    error = place.refused(None)
    assert (error.key, error.values) == ("no-kubeconfig", {"files": str(place.file)})
    assert place.refused(None, environ={"KUBECONFIG": "::"}).values == {"files": "$KUBECONFIG"}


def _contexts(*names: str) -> dict[str, Any]:
    return {**kubeconfig(), "contexts": [{"name": name} for name in names], "current-context": "nope"}


@pytest.mark.parametrize(
    ("content", "key", "values"),
    [
        pytest.param(_contexts("b", "a", "c"), "unknown-context", {"contexts": "a, b, c"}, id="sorted"),
        pytest.param(_contexts(*(f"{n:02}" for n in range(20))), "unknown-context", {"contexts": ", ".join(f"{n:02}" for n in range(20))}, id="twenty at most"),
        pytest.param(_contexts(*(f"{n:02}" for n in range(25))), "unknown-context-of-many", {"contexts": ", ".join(f"{n:02}" for n in range(20)), "more": "5"}, id="then how many more"),
    ],
)  # fmt: skip
def test_an_unknown_context_lists_those_there_are(place: Place, content: Any, key: str, values: dict[str, str]) -> None:
    error = place.refused(content)
    assert (error.key, error.values) == (key, {"context": "nope", **values})


def test_an_unknown_context_where_there_is_none_names_the_files(place: Place) -> None:
    error = place.refused(_contexts())
    assert (error.key, error.values) == ("unknown-context-of-none", {"context": "nope", "files": str(place.file)})


def test_over_http_no_credential_is_even_held(place: Place) -> None:
    user = {**TOKEN, "as": "eve", "client-certificate-data": "aGk=", "client-key-data": "aGk="}
    target = place.resolve(kubeconfig({"server": "http://h", "insecure-skip-tls-verify": True}, user))
    assert (target.identity.token, target.identity.client_key, target.identity.exec_plugin) == ("", None, None)
    assert (target.identity.impersonation, target.ca, target.insecure) == (Impersonation("eve"), None, False)


def test_a_proxys_password_is_not_in_the_repr(place: Place) -> None:
    target = place.resolve(kubeconfig({"proxy-url": "http://me:hunter2@p:1"}))
    assert target.proxy == "http://me:hunter2@p:1"
    assert target.proxy_source.endswith("clusters[0].cluster.proxy-url")
    assert "hunter2" not in repr(target)


def test_no_credential_is_in_the_repr_of_flags_or_target(place: Place) -> None:
    flags = Flags(token="hunter2")
    held = kubeconfig(user={"client-certificate-data": "aHVudGVyMg==", "client-key-data": "aHVudGVyMg=="})
    assert "hunter2" not in repr(flags) + repr(place.resolve(held, flags))


def test_an_exec_plugin_is_anchored_and_told_only_what_it_asks_for(place: Place) -> None:
    exec_ = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "bin/p",
        "args": ["a"],
        "env": [{"name": "A"}],
    }
    plugin = place.resolve(kubeconfig(user={"exec": exec_})).identity.exec_plugin
    assert (plugin.command, plugin.args, plugin.env) == (str(place.folder / "bin/p"), ("a",), (("A", ""),))
    assert (plugin.interactive_mode, plugin.cluster) == ("IfAvailable", None)
    extension = {"name": "client.authentication.k8s.io/exec", "extension": {"n": 1}}
    cluster = {"extensions": [{"name": "other", "extension": 5}, extension], "disable-compression": True}
    asked = place.resolve(kubeconfig(cluster, {"exec": {**exec_, "provideClusterInfo": True}})).identity.exec_plugin
    assert asked.cluster == {"server": "https://h:6443", "disable-compression": True, "config": {"n": 1}}


def test_a_token_keeps_the_plugin_from_running(place: Place) -> None:
    user = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "p", "interactiveMode": "Never"}}
    assert place.resolve(kubeconfig(user=user)).identity.exec_plugin
    assert place.resolve(None, Flags(token="t")).identity.exec_plugin is None


def test_in_a_pod_without_kubeconfig_the_account_is_used(place: Place) -> None:
    target = place.resolve(None, environ=place.account())
    assert (target.server, target.namespace, target.ca) == ("https://[fd00::1]:443", "pod-space", PEM.encode())
    assert (target.identity.token, target.identity.token_file) == ("", str(place.folder / "account/token"))
    assert {name: source.source for name, source in target.sources.items()} == {
        "server": "KUBERNETES_SERVICE_HOST",
        "context": "",
        "user": str(place.folder / "account/token"),
        "namespace": str(place.folder / "account/namespace"),
    }


def test_in_a_pod_as_and_a_timeout_keep_the_accounts_identity(place: Place) -> None:
    # kubectl 1.36 drops to http://localhost:8080 with either of them
    target = place.resolve(None, Flags(as_user="eve", request_timeout="5"), environ=place.account())
    assert (target.server, target.request_timeout) == ("https://[fd00::1]:443", 5.0)
    assert (target.identity.impersonation.user, bool(target.identity.token_file)) == ("eve", True)


def test_in_a_pod_a_certificate_authority_may_be_given(place: Place) -> None:
    (place.folder / "own.pem").write_text(f"{PEM}own")
    flags = Flags(certificate_authority=str(place.folder / "own.pem"))
    assert place.resolve(None, flags, environ=place.account()).ca == f"{PEM}own".encode()


def test_in_a_pod_the_token_flag_replaces_the_accounts(place: Place) -> None:
    identity = place.resolve(None, Flags(token="f"), environ=place.account()).identity
    assert (identity.token, identity.token_file) == ("f", "")


@pytest.mark.parametrize("missing", ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "token"])
def test_a_pod_has_both_variables_and_a_token(place: Place, missing: str) -> None:
    environ = place.account()
    if missing == "token":
        (place.folder / "account/token").unlink()
    else:
        environ[missing] = ""
    assert place.refused(None, environ=environ).key == "no-kubeconfig"


def test_a_pods_authority_that_is_no_certificate_leaves_it_to_the_system(place: Place) -> None:
    environ = place.account()
    (place.folder / "account/ca.crt").write_text("nothing")
    assert place.resolve(None, environ=environ).ca is None
    (place.folder / "account/ca.crt").unlink()
    assert place.resolve(None, environ=environ).ca is None


def test_a_pods_empty_token_is_refused(place: Place) -> None:
    environ = place.account()
    (place.folder / "account/token").write_text(" \n")
    assert isinstance(place.refused(None, environ=environ), BadCredentials)
    (place.folder / "account/namespace").unlink()
    assert place.resolve(kubeconfig(), environ=environ).namespace == "default"


def test_what_is_refused_is_refused_before_any_plugin_runs_or_file_is_written(place: Place) -> None:
    before = {path: path.read_bytes() for path in place.folder.rglob("*") if path.is_file()}
    assert isinstance(place.refused(None, Flags(context="x")), BadKubeconfig)
    assert isinstance(place.refused(None, Flags(as_uid="1")), BadUsage)
    assert {path: path.read_bytes() for path in place.folder.rglob("*") if path.is_file()} == before
