"""What a user entry and the identity flags come to, and what kubectl finds unusable in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kubectl_lab.cluster.flags import Flags
from kubectl_lab.cluster.identity import asker, identity
from kubectl_lab.cluster.kubeconfig import Entry
from kubectl_lab.cluster.target import Identity, Impersonation
from kubectl_lab.cluster.trust import check, trust
from kubectl_lab.errors import LabError

if TYPE_CHECKING:
    from pathlib import Path

V1 = "client.authentication.k8s.io/v1"
EXEC: dict[str, Any] = {"apiVersion": V1, "command": "p", "interactiveMode": "Never"}
PAIR = {"client-certificate-data": b"c", "client-key-data": b"k"}
FILES = {"/k/cert": b"file-c", "/k/key": b"file-k", "/k/token": b" in-file \n", "/k/blank": b"\n"}


def read(path: Path) -> bytes:
    if str(path) not in FILES:
        raise FileNotFoundError(2, "No such file or directory")
    return FILES[str(path)]


def who(values: dict[str, Any], flags: Flags | None = None) -> Identity:
    found = asker("u", Entry("/k/config", "users[0].user", values), flags or Flags(), read)
    return identity(found, read, {"server": "s"})


@pytest.mark.parametrize(
    ("values", "flags", "found"),
    [
        pytest.param({"token": "t"}, Flags(), Identity(token="t"), id="a token"),
        pytest.param({"token": "t"}, Flags(token="f"), Identity(token="f"), id="the flag's token"),
        pytest.param({"tokenFile": "token"}, Flags(token="f"), Identity(token="f", token_file="/k/token"), id="a token file beside it, which wins later"),
        pytest.param({"tokenFile": "none", "token": "t"}, Flags(), Identity(token="t", token_file="/k/none"), id="a missing file beside a token"),
        pytest.param({"username": "u", "password": "p"}, Flags(), Identity(username="u", password="p"), id="a password"),
        pytest.param(PAIR, Flags(), Identity(client_certificate=b"c", client_key=b"k"), id="a pair"),
        pytest.param({"client-certificate": "cert", "client-key": "key"}, Flags(), Identity(client_certificate=b"file-c", client_key=b"file-k"), id="a pair of files"),
        pytest.param(PAIR, Flags(client_key="/k/key"), Identity(client_certificate=b"c", client_key=b"file-k"), id="the flag's key with the entry's certificate"),
        pytest.param({"token": "t", "client-key-data": b"k"}, Flags(), Identity(token="t"), id="a key without certificate is nothing"),
        pytest.param({**PAIR, "exec": EXEC}, Flags(), Identity(client_certificate=b"c", client_key=b"k"), id="a pair goes before a plugin"),
        pytest.param({"tokenFile": "token", "exec": EXEC}, Flags(), Identity(token_file="/k/token"), id="so does a token file"),
        pytest.param({"username": "u", "exec": EXEC}, Flags(), Identity(username="u"), id="and a user name"),
        pytest.param({"password": "p", "exec": EXEC}, Flags(), Identity(password="p"), id="even a password alone"),
        pytest.param({"token": "t", "as": "a", "as-groups": ("g",), "as-uid": "1", "as-user-extra": {"k": ("v",)}}, Flags(as_user="b"), Identity(token="t", impersonation=Impersonation("b", ("g",), "1", (("k", ("v",)),))), id="--as keeps the rest"),
        pytest.param({"token": "t", "as": "a", "as-groups": ("g",)}, Flags(as_groups=("h", "i"), as_uid="2"), Identity(token="t", impersonation=Impersonation("a", ("h", "i"), "2")), id="--as-group and --as-uid keep the user"),
    ],
)  # fmt: skip
def test_an_identity(values: dict[str, Any], flags: Flags, found: Identity) -> None:
    assert who(values, flags) == found


@pytest.mark.parametrize(
    ("values", "flags", "key"),
    [
        pytest.param({}, Flags(), "user-without-credentials", id="nothing"),
        pytest.param({"password": "p"}, Flags(), "user-without-credentials", id="a password of nobody"),
        pytest.param({"token": "t", "password": "p"}, Flags(), "user-two-methods", id="token and password"),
        pytest.param({"username": "u"}, Flags(token="t"), "user-two-methods", id="--token and a user name"),
        pytest.param({"username": "u", "tokenFile": "token"}, Flags(), "user-two-methods", id="token file and user name"),
        pytest.param({"tokenFile": "none"}, Flags(), "token-file-unreadable", id="a token file that is missing"),
        pytest.param({"tokenFile": "blank"}, Flags(), "token-file-empty", id="a token file of nothing"),
        pytest.param({"client-certificate-data": b"c"}, Flags(), "certificate-without-key", id="a certificate alone"),
        pytest.param({}, Flags(client_certificate="/k/cert"), "certificate-without-key", id="the flag's certificate alone"),
        pytest.param({**PAIR, "client-certificate": "cert"}, Flags(), "kubeconfig-file-and-data", id="a certificate twice"),
        pytest.param({**PAIR, "client-key": "key"}, Flags(), "kubeconfig-file-and-data", id="a key twice"),
        pytest.param({**PAIR, "client-key-data": b"", "client-key": "none"}, Flags(), "kubeconfig-file-unreadable", id="a key that is missing"),
        pytest.param(PAIR, Flags(client_key="/k/none"), "flag-file-unreadable", id="the flag's key that is missing"),
        pytest.param({"token": "t", "as-uid": "1"}, Flags(), "impersonation-without-user", id="a uid of nobody"),
        pytest.param({"token": "t", "as-user-extra": {"k": ("v",)}}, Flags(), "impersonation-without-user", id="an extra of nobody"),
        pytest.param({"token": "t", "auth-provider": {"name": "gcp"}}, Flags(), "auth-provider", id="an auth-provider, token or not"),
        pytest.param({"auth-provider": {}, "exec": EXEC}, Flags(), "exec-and-auth-provider", id="an auth-provider and a plugin"),
        pytest.param({"exec": {**EXEC, "command": ""}}, Flags(), "exec-incomplete", id="a plugin without command"),
        pytest.param({"exec": {**EXEC, "apiVersion": ""}}, Flags(), "exec-incomplete", id="a plugin without version"),
        pytest.param({"exec": {**EXEC, "env": [{"value": "v"}]}}, Flags(), "exec-incomplete", id="a variable without name"),
        pytest.param({"exec": {**EXEC, "interactiveMode": ""}}, Flags(), "exec-mode", id="v1 without mode"),
        pytest.param({"exec": {**EXEC, "interactiveMode": "never"}}, Flags(), "exec-mode", id="a mode in lower case"),
        pytest.param({"token": "t", "exec": {**EXEC, "apiVersion": "v9"}}, Flags(), "exec-api-version", id="an unknown version, token or not"),
    ],
)  # fmt: skip
def test_what_is_unusable_is_refused(values: dict[str, Any], flags: Flags, key: str) -> None:
    with pytest.raises(LabError) as caught:
        who(values, flags)
    assert caught.value.key == key


def test_without_even_a_name_nobody_asks() -> None:
    with pytest.raises(LabError) as caught:
        identity(asker("", Entry("", ""), Flags(server="https://h"), read), read, {})
    assert caught.value.key == "no-user"


@pytest.mark.parametrize(
    ("command", "program"),
    [
        pytest.param("p", "p", id="a name is left to PATH"),
        pytest.param("./p", "/k/p", id="a path starts at the kubeconfig's folder"),
        pytest.param("../b/p", "/b/p", id="and may leave it"),
        pytest.param("/x/p", "/x/p", id="an absolute path stays"),
        pytest.param("a\\b", "a\\b", id="a backslash is a letter here"),
    ],
)
def test_where_a_plugin_is(command: str, program: str) -> None:
    plugin = who({"exec": {**EXEC, "command": command}}).exec_plugin
    assert plugin
    assert plugin.command == program


def test_a_plugins_mode_has_a_default_in_every_version_but_v1() -> None:
    plugin = who({"exec": {**EXEC, "interactiveMode": "", "apiVersion": f"{V1}beta1"}}).exec_plugin
    assert plugin
    assert plugin.interactive_mode == "IfAvailable"


PEM = b"-----BEGIN CERTIFICATE-----\n"
DATA = {"certificate-authority-data": PEM}


@pytest.mark.parametrize(
    ("values", "flags", "ca", "insecure", "name"),
    [
        pytest.param({}, Flags(), None, False, "", id="nothing said: the system's trust store"),
        pytest.param(DATA, Flags(), PEM, False, "", id="the entry's authority"),
        pytest.param({"certificate-authority": "cert"}, Flags(), b"file-c", False, "", id="or its file"),
        pytest.param({"certificate-authority": "blank"}, Flags(), b"\n", False, "", id="a file of blanks is no certificate, and not the system's either"),
        pytest.param(DATA, Flags(insecure_skip_tls_verify=True), None, True, "", id="the flag drops the authority"),
        pytest.param(DATA, Flags(insecure_skip_tls_verify=False), PEM, False, "", id="the flag as false changes nothing"),
        pytest.param({"insecure-skip-tls-verify": True}, Flags(insecure_skip_tls_verify=False), None, True, "", id="not even towards security"),
        pytest.param({"insecure-skip-tls-verify": True}, Flags(certificate_authority="/k/cert"), b"file-c", False, "", id="an authority's flag ends insecurity"),
        pytest.param({"tls-server-name": "n"}, Flags(), None, False, "n", id="the entry's name"),
        pytest.param({"tls-server-name": "n"}, Flags(server="https://h"), None, False, "", id="which --server drops"),
        pytest.param({"tls-server-name": "n"}, Flags(server="https://h", tls_server_name="m"), None, False, "m", id="unless a flag names one"),
    ],
)  # fmt: skip
def test_whom_to_believe(values: dict[str, Any], flags: Flags, ca: bytes | None, insecure: bool, name: str) -> None:
    found = trust(Entry("/k/config", "clusters[0].cluster", values), flags, read)
    assert (found.ca, found.insecure, found.server_name) == (ca, insecure, name)


@pytest.mark.parametrize(
    ("values", "flags", "key", "code"),
    [
        pytest.param({**DATA, "certificate-authority": "cert"}, Flags(), "kubeconfig-file-and-data", 1, id="an authority twice"),
        pytest.param({**DATA, "insecure-skip-tls-verify": True}, Flags(), "insecure-and-authority", 1, id="trust and distrust"),
        pytest.param({"certificate-authority": "blank"}, Flags(), "authority-not-pem", 1, id="an authority of no certificate"),
        pytest.param({}, Flags(certificate_authority="/k/blank"), "authority-not-pem", 2, id="the flag's authority of no certificate"),
    ],
)  # fmt: skip
def test_trust_that_contradicts_itself_is_refused(values: dict[str, Any], flags: Flags, key: str, code: int) -> None:
    with pytest.raises(LabError) as caught:
        check(trust(Entry("/k/config", "clusters[0].cluster", values), flags, read))
    assert (caught.value.key, caught.value.exit_code) == (key, code)
