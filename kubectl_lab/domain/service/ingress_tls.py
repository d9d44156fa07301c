"""The certificates that an Ingress shows to its clients (SVC105-SVC107).

Of a Secret only `tls.crt`, which everybody may see, is looked into; of `tls.key` only whether it is there. No value of either
goes into a finding. A Secret is read by its name: the inventory's kind `Secret` holds those of `secrets_wanted` that exist, so
that one of them that is not there is absent, unless the kind is missing (denied).
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, NamedTuple

from kubectl_lab import catalogue, objects
from kubectl_lab.domain.rules import certificates
from kubectl_lab.domain.service.fronts import node_of
from kubectl_lab.domain.service.model import Judged, Place
from kubectl_lab.result import reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_lab.domain.rules.certificates import Certificate
    from kubectl_lab.domain.service.inventory import Inventory
    from kubectl_lab.objects import Object

TLS = "kubernetes.io/tls"
CERTIFICATE, KEY = "tls.crt", "tls.key"
MOST_NAMES = 5


class SecretName(NamedTuple):
    """Which Secret to read."""

    namespace: str | None
    name: str


class _Entry(NamedTuple):
    """One of `spec.tls`: the hosts it says, the Secret with their certificate."""

    hosts: tuple[str, ...]
    secret: str


def secrets_wanted(inventory: Inventory) -> tuple[SecretName, ...]:
    """The Secrets that the known Ingresses name for TLS: to be read one by one, never listed."""
    named = (
        SecretName(objects.namespace(ingress), each.secret)
        for ingress in inventory.known("Ingress")
        for each in _entries(ingress)
    )
    return tuple(dict.fromkeys(named))


def findings(ingress: Object, inventory: Inventory) -> Iterator[Judged]:
    """What is wrong with the certificates of an Ingress; nothing where Secrets could not be read."""
    if not inventory.can_see("Secret"):
        return
    entries, good = _entries(ingress), dict[str, "Certificate"]()
    for name in dict.fromkeys(each.secret for each in entries):
        secret = inventory.get("Secret", objects.namespace(ingress), name)
        if secret is not None:
            found = _read(secret)
            if found is not None:
                good[name] = found
            yield from _unusable(ingress, inventory, secret, found)
        elif inventory.live:
            yield _judged("SVC105", ingress, secret=name, hosts=_hosts_of(name, entries, ingress))
    for name, hosts in _uncovered(ingress, entries, good).items():
        yield _judged("SVC107", ingress, secret=name, hosts=hosts, hint=_names(good[name]))


def _entries(ingress: Object) -> tuple[_Entry, ...]:
    """Those that name a Secret: without one the controller has a certificate of its own."""
    listed = map(objects.mapping, objects.sequence(objects.spec(ingress).get("tls")))
    made = (
        _Entry(
            tuple(filter(None, map(objects.text, objects.sequence(each.get("hosts"))))),
            objects.text(each.get("secretName")),
        )
        for each in listed
    )
    return tuple(each for each in made if each.secret)


def _rule_hosts(ingress: Object) -> tuple[str, ...]:
    rules = map(objects.mapping, objects.sequence(objects.spec(ingress).get("rules")))
    return tuple(dict.fromkeys(filter(None, (objects.text(each.get("host")) for each in rules))))


def _hosts_of(secret: str, entries: Sequence[_Entry], ingress: Object) -> list[str]:
    """The hosts that a Secret is named for; where none is said, those of the rules."""
    said = [host for each in entries if each.secret == secret for host in each.hosts]
    return list(dict.fromkeys(said)) or list(_rule_hosts(ingress)) or ["*"]


def _value(secret: Object, key: str) -> bytes | None:
    """The bytes of a key; `stringData` is what a manifest may hold instead. None where it is absent, empty or no base64."""
    plain = objects.mapping(secret.get("stringData")).get(key)
    if isinstance(plain, str) and plain:
        return plain.encode()
    try:
        return base64.b64decode(objects.text(objects.mapping(secret.get("data")).get(key)), validate=True) or None
    except (binascii.Error, ValueError):
        return None


def _read(secret: Object) -> Certificate | None:
    pem = _value(secret, CERTIFICATE)
    found = certificates.read(pem) if pem else None
    return found if isinstance(found, certificates.Certificate) else None


def _unusable(ingress: Object, inventory: Inventory, secret: Object, found: Certificate | None) -> Iterator[Judged]:
    """The first reason for which a controller does not take the Secret, or clients do not take its certificate (SVC106)."""
    kind = objects.text(secret.get("type"))
    lacking = [key for key in (CERTIFICATE, KEY) if _value(secret, key) is None]
    problem: dict[str, Any] | None = None
    if lacking:
        problem = catalogue.phrase("service.tls-lacks", keys=lacking)
    elif found is None:
        problem = catalogue.phrase("service.tls-unreadable")
    elif inventory.now >= found.not_after:
        problem = catalogue.phrase("service.tls-expired", date=f"{found.not_after:%Y-%m-%d}")
    elif inventory.now < found.not_before:
        problem = catalogue.phrase("service.tls-early", date=f"{found.not_before:%Y-%m-%d}")
    elif kind != TLS:
        problem = catalogue.phrase("service.tls-type", type=kind or "Opaque")
    if problem is not None:
        hosts = _hosts_of(objects.name(secret), _entries(ingress), ingress)
        yield _judged("SVC106", ingress, secret=objects.name(secret), hosts=hosts, problem=problem)


def _uncovered(ingress: Object, entries: Sequence[_Entry], good: dict[str, Certificate]) -> dict[str, list[str]]:
    """Secret -> the hosts that it is named for and its certificate does not cover.

    Entries without hosts serve all hosts of the rules together: a host needs one of them.
    """
    made: dict[str, list[str]] = {}
    for each in entries:
        if each.secret in good:
            bare = [host for host in each.hosts if not certificates.covers(good[each.secret], host)]
            made.setdefault(each.secret, []).extend(host for host in bare if host not in made.get(each.secret, ()))
    shared = [each.secret for each in entries if not each.hosts]
    if shared and all(name in good for name in shared):
        said = {host for each in entries for host in each.hosts}
        left = [host for host in _rule_hosts(ingress) if host not in said]
        bare = [host for host in left if not any(certificates.covers(good[name], host) for name in shared)]
        made.setdefault(shared[0], []).extend(bare)
    return {name: hosts for name, hosts in made.items() if hosts}


def _names(found: Certificate) -> dict[str, Any]:
    """What the certificate is for, as far as clients look."""
    if not found.names:
        return catalogue.phrase("service.tls-no-names", common=found.common_name)
    more = len(found.names) - MOST_NAMES
    key = "service.tls-names-more" if more > 0 else "service.tls-names"
    return catalogue.phrase(key, names=list(found.names[:MOST_NAMES]), more=max(more, 0))


def _judged(code: str, ingress: Object, **details: Any) -> Judged:
    about = reference(ingress, "Ingress")
    shared = {"ingress": about.name, "namespace": about.namespace}
    return Judged(catalogue.finding(code, about, **shared, **details), "degrades", Place("entry", node_of(about)))
