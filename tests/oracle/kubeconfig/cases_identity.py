"""Who asks: tokens, certificates, passwords, impersonation."""

from __future__ import annotations

from typing import Any

from oracle.kubeconfig.case import CLUSTER, HOME, USER, Case, config

CERTIFICATE = {"client-certificate-data": "@CERT@", "client-key-data": "@KEY@"}
PAIR = {"cert.pem": "@CERTPEM@", "key.pem": "@KEYPEM@", "cert2.pem": "@CERT2PEM@", "key2.pem": "@KEY2PEM@"}
AS = {**USER, "as": "eve", "as-uid": "7", "as-groups": ["g1", "g2"]}
AS_HEADERS = [
    ("impersonate-group", "g1"),
    ("impersonate-group", "g2"),
    ("impersonate-uid", "7"),
    ("impersonate-user", "eve"),
]


def _user(user: dict[str, Any], **files: Any) -> dict[str, Any]:
    return {HOME: config(user=user), **PAIR, "token": "in-file", **files}


IDENTITIES = (
    Case("a token is sent", _user(USER), sends={"authorization": ["Bearer token-one"]}),
    Case("a tokenFile is sent", _user({"tokenFile": "../token"}), sends={"authorization": ["Bearer in-file"]}),
    Case("a tokenFile is trimmed", _user({"tokenFile": "../token"}, token=" \n in-file \n"), sends={"authorization": ["Bearer in-file"]}),
    Case("a tokenFile wins over token", _user({**USER, "tokenFile": "../token"}), sends={"authorization": ["Bearer in-file"]}),
    Case("a tokenFile that is missing leaves it to token", _user({**USER, "tokenFile": "../none"}), sends={"authorization": ["Bearer token-one"]}),
    Case("an empty tokenFile leaves it to token", _user({**USER, "tokenFile": "../token"}, token="\n"), sends={"authorization": ["Bearer token-one"]}),
    Case("a missing tokenFile alone is refused", _user({"tokenFile": "../none"}), error="token-file-unreadable"),
    Case("an empty tokenFile alone is refused", _user({"tokenFile": "../token"}, token=""), error="token-file-empty"),
    Case("a tokenFile of blanks alone is refused", _user({"tokenFile": "../token"}, token=" \n"), error="token-file-empty"),
    Case("--token replaces the file's token", _user(USER), ("--token", "flag"), sends={"authorization": ["Bearer flag"]}),
    Case("a tokenFile wins over --token", _user({"tokenFile": "../token"}), ("--token", "flag"), sends={"authorization": ["Bearer in-file"]}),
    Case("--token with a password is refused", _user({"username": "u", "password": "p"}), ("--token", "flag"), error="user-two-methods"),
    Case("token and password together are refused", _user({**USER, "password": "p"}), error="user-two-methods"),
    Case("tokenFile and password together are refused", _user({"tokenFile": "../token", "username": "u"}), error="user-two-methods"),
    Case("a password is sent as UTF-8", _user({"username": "zoé", "password": "pé:ss"}), sends={"authorization": ["Basic em/DqTpww6k6c3M="]}),
    Case("a user name without password is sent", _user({"username": "u"}), sends={"authorization": ["Basic dTo="]}),
    Case("a password without user name is refused", _user({"password": "p"}), error="user-without-credentials"),
    Case("a client certificate is presented", _user(CERTIFICATE), sends={"certificate": "@CERT@", "authorization": []}),
    Case("a client certificate from files is presented", _user({"client-certificate": "../cert.pem", "client-key": "../key.pem"}), sends={"certificate": "@CERT@"}),
    Case("a certificate's file goes with a key's data", _user({"client-certificate": "../cert.pem", "client-key-data": "@KEY@"}), sends={"certificate": "@CERT@"}),
    Case("token and client certificate are both sent", _user({**USER, **CERTIFICATE}), sends={"certificate": "@CERT@", "authorization": ["Bearer token-one"]}),
    Case("password and client certificate are both sent", _user({"username": "u", **CERTIFICATE}), sends={"certificate": "@CERT@", "authorization": ["Basic dTo="]}),
    Case("a client certificate without key is refused", _user({"client-certificate-data": "@CERT@"}), error="certificate-without-key"),
    Case("a key without certificate is not used", _user({**USER, "client-key-data": "@KEY@"}), sends={"certificate": None}),
    Case("a certificate's file and data together are refused", _user({**CERTIFICATE, "client-certificate": "../cert.pem"}), error="kubeconfig-file-and-data"),
    Case("a key's file and data together are refused", _user({**CERTIFICATE, "client-key": "../key.pem"}), error="kubeconfig-file-and-data"),
    Case("a certificate's file that is missing is refused", _user({"client-certificate": "none", "client-key-data": "@KEY@"}), error="kubeconfig-file-unreadable"),
    Case("a key of another certificate is refused", _user({**CERTIFICATE, "client-key-data": "@KEY2@"}), error="client-key-mismatch"),
    Case("--client-certificate and --client-key replace the entry's", _user(CERTIFICATE), ("--client-certificate", "cert2.pem", "--client-key", "key2.pem"), sends={"certificate": "@CERT2@"}),
    Case("a missing --client-key is refused", _user(CERTIFICATE), ("--client-key", "none"), error="flag-file-unreadable"),
    Case("a token with a newline is refused", _user({"token": "a\nb"}), error="credential-control-character"),
    Case("a token with an escape is refused", _user({"token": "a\x1bb"}), error="credential-control-character"),
    Case("a token with a tab passes", _user({"token": "a\tb"}), sends={"authorization": ["Bearer a\tb"]}),
    Case("a tokenFile of two lines is refused", _user({"tokenFile": "../token"}, token="a\nb\n"), error="credential-control-character"),
    Case("an auth-provider is refused", _user({"auth-provider": {"name": "gcp"}}), error="auth-provider"),
    Case("an auth-provider beside a token is refused", _user({**USER, "auth-provider": {"name": "gcp"}}), error="auth-provider"),
    Case("as: is sent with its groups and uid", _user(AS), sends={"impersonation": AS_HEADERS}),
    Case("as-user-extra is sent, escaped", _user({**USER, "as": "eve", "as-user-extra": {"Acme.com/Project é%": ["p1", "p2"]}}), sends={"impersonation": [("impersonate-extra-acme.com%2fproject%20%c3%a9%25", "p1"), ("impersonate-extra-acme.com%2fproject%20%c3%a9%25", "p2"), ("impersonate-user", "eve")]}),
    Case("--as keeps the file's groups and uid", _user(AS), ("--as", "mallory"), sends={"impersonation": [*AS_HEADERS[:3], ("impersonate-user", "mallory")]}),
    Case("--as-group keeps the file's user and replaces its groups", _user(AS), ("--as-group", "g9"), sends={"impersonation": [("impersonate-group", "g9"), *AS_HEADERS[2:]]}),
    Case("--as-uid keeps the rest", _user(AS), ("--as-uid", "9"), sends={"impersonation": [*AS_HEADERS[:2], ("impersonate-uid", "9"), AS_HEADERS[3]]}),
    Case("--as-group repeats", _user(USER), ("--as", "eve", "--as-group", "g1", "--as-group=g2"), sends={"impersonation": [*AS_HEADERS[:2], AS_HEADERS[3]]}),
    Case("a user of other letters is impersonated", _user(USER), ("--as", "zoé"), sends={"impersonation": [("impersonate-user", "zo\xc3\xa9")]}),
    Case("a group without user is refused", _user(USER), ("--as-group", "g"), error="impersonation-without-user"),
    Case("a uid without user is refused", _user(USER), ("--as-uid", "7"), error="impersonation-without-user"),
    Case("an extra without user is refused", _user({**USER, "as-user-extra": {"k": ["v"]}}), error="impersonation-without-user"),
    Case("impersonation does not stand in for a credential", _user({}), ("--as", "eve"), error="user-without-credentials"),
    Case("a newline in --as is refused", _user(USER), ("--as", "eve\nroot"), error="credential-control-character"),
    Case("--user brings its own impersonation", {HOME: config(users=[{"name": "u", "user": AS}, {"name": "v", "user": {"token": "tv"}}], clusters=[{"name": "c", "cluster": CLUSTER}])}, ("--user", "v"), sends={"authorization": ["Bearer tv"], "impersonation": []}),
)  # fmt: skip
