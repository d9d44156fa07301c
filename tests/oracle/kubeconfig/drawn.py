"""Random kubeconfigs: two or three files with entries of the same names, relative paths, a current context in any of them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oracle.kubeconfig.case import part

if TYPE_CHECKING:
    from random import Random

NAMES = ("a", "b", "c", "1e3", "on", "é x")
CERTIFICATES = ("@CAPEM@", "@OTHERCAPEM@")


@dataclass(frozen=True, slots=True)
class Draw:
    """Files by name, in the order of KUBECONFIG, and the flags."""

    files: dict[str, Any]
    order: tuple[str, ...]
    args: tuple[str, ...]


def draw(random: Random) -> Draw:
    """One set of files. Most are usable, some are not."""
    folders = random.sample(["one", "two/deep", "three"], random.randint(2, 3))
    files: dict[str, Any] = {}
    for folder in folders:
        files[f"{folder}/config"] = _file(random)
        files |= {f"{folder}/pki/{name}.pem": certificate for name, certificate in zip("xy", CERTIFICATES, strict=True)}
        files |= {f"{folder}/pki/{name}.key": f"key {folder} {name}" for name in "xy"}
    order = [f"{folder}/config" for folder in folders]
    if random.random() < 0.2:
        order.insert(random.randrange(len(order)), "missing/config")
    if random.random() < 0.2:
        order.append(order[0])
    return Draw(files, tuple(order), tuple(_flags(random)))


def _flags(random: Random) -> list[str]:
    args: list[str] = []
    for flag, chance in (("--context", 0.3), ("--cluster", 0.2), ("--user", 0.2)):
        if random.random() < chance:
            args += [flag, random.choice((*NAMES, "unknown"))]
    if random.random() < 0.2:
        args += ["-n", "flagged"]
    return args


def _file(random: Random) -> dict[str, Any]:
    held: dict[str, Any] = {}
    if random.random() < 0.5:
        held["current"] = random.choice(("", *NAMES))
    held["clusters"] = {name: _cluster(random) for name in _some(random)}
    held["users"] = {name: _user(random) for name in _some(random)}
    spaces = ("n1", "n2", "")
    held["contexts"] = {name: tuple(random.choice(names) for names in (NAMES, NAMES, spaces)) for name in _some(random)}
    return part(**held)


def _some(random: Random) -> list[str]:
    return random.sample(NAMES, random.randint(2, len(NAMES)))


def _packed(random: Random) -> str:
    return base64.b64encode(str(random.random()).encode()).decode()


def _cluster(random: Random) -> dict[str, Any]:
    held: dict[str, Any] = {"server": f"https://h{random.randrange(1000)}:6443{random.choice(('', '/', '/k8s/x'))}"}
    held |= random.choice(
        (
            {},
            {"insecure-skip-tls-verify": True},
            {"certificate-authority": f"pki/{random.choice('xy')}.pem"},
            {"certificate-authority-data": random.choice(("@CA@", "@OTHERCA@"))},
        )
    )
    return held | random.choice(({}, {"tls-server-name": "other.example"}, {"disable-compression": True}))


def _user(random: Random) -> dict[str, Any]:
    held: dict[str, Any] = random.choice(
        (
            {"token": f"token{random.random()}"},
            {"username": "zoé", "password": f"p{random.random()}"},
            {"client-certificate-data": _packed(random), "client-key": f"pki/{random.choice('xy')}.key"},
            {
                "client-certificate": f"pki/{random.choice('xy')}.pem",
                "client-key-data": _packed(random),
                "token": "both",
            },
            {},
        )
    )
    groups = [f"g{number}" for number in range(random.randrange(3))]
    return held | random.choice(({}, {}, {"as": f"as{random.randrange(1000)}", "as-groups": groups, "as-uid": "7"}))
