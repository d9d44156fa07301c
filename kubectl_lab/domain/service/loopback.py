"""Does a container ask to listen on 127.0.0.1, where only its own pod can reach it (SVC036)?

A reading of its command, arguments and environment, hence a hint: only options and variables that mean "listen here", never
addresses that a program may be a client of.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.service.endpoints import resolve
from kubectl_lab.domain.service.manifests import sound_ports
from kubectl_lab.domain.service.model import Place
from kubectl_lab.domain.service.shapes import shapes
from kubectl_lab.domain.service.wordings import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Judged
    from kubectl_lab.domain.service.shapes import Shape
    from kubectl_lab.objects import Object

# as options (less their dashes) and variables are spelt, dots and dashes read as underscores, in small letters
_OPTIONS = frozenset(
    [
        "b",
        "bind",
        "bind_addr",
        "bind_address",
        "bind_host",
        "bind_ip",
        "listen",
        "listen_addr",
        "listen_address",
        "listen_host",
        "host",
        "hostname",
        "ip",
        "s",
        "address",
        "addr",
        "http_addr",
        "http_address",
        "http_host",
        "server_host",
        "server_address",
        "web_listen_address",
        "urls",
        "l",
    ]
)
_VARIABLES = frozenset(
    [
        "host",
        "bind",
        "listen",
        "app_host",
        "http_host",
        "server_host",
        "server_address",
        "flask_run_host",
        "uvicorn_host",
        "gradio_server_name",
        "aspnetcore_urls",
        "rocket_address",
    ]
)
_PARTS = frozenset(("bind", "listen"))  # of a variable: PROXY_LISTEN, GUNICORN_BIND, BIND_ADDRESS
_BARE = frozenset(("runserver",))  # words whose address follows without a dash: manage.py runserver 127.0.0.1:8000
_LOOPBACK = re.compile(
    r"(?:[a-z]+://)?(?P<host>127(?:\.\d{1,3}){3}|localhost|\[::1\]|::1)(?::(?P<port>\d{1,5}))?/?\Z", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Where a container asks to listen: `value` as written, its port where one is said."""

    value: str
    port: int | None


def listens_to_itself(case: Case) -> Iterator[Judged]:
    """One finding a container and target port, whatever the number of its pods."""
    found: dict[tuple[int, str, str, int], list[str]] = {}
    for shape in shapes(case):
        asking = list(_askers(shape))
        for port in sound_ports(case) if asking else ():
            number = resolve(shape.spec, port.target, port.protocol)
            if number is None:
                continue
            for container, value in _listeners(shape, asking, number, port.protocol):
                found.setdefault((port.port, container, value, number), []).append(shape.word)
    for (number, container, value, target), pods in found.items():
        yield case.judge(
            "SVC036",
            place=Place("port", str(target)),
            port=number,
            container=container,
            address=value,
            target=target,
            pods=shortened(pods),
        )


def _askers(shape: Shape) -> Iterator[tuple[str, _Asked]]:
    """(container, where it asks to listen) of all that ask for loopback."""
    for container in map(objects.mapping, objects.sequence(shape.spec.get("containers"))):
        for asked in _asked(container):
            yield objects.text(container.get("name")), asked


def _listeners(
    shape: Shape, asking: Sequence[tuple[str, _Asked]], number: int, protocol: str
) -> Iterator[tuple[str, str]]:
    """The containers that serve the port on loopback only, each once.

    Where no port is said: the container that declares it, or the only container there is.
    """
    alone = len(objects.sequence(shape.spec.get("containers"))) == 1
    declaring = {each.container for each in shape.ports if (each.number, each.protocol) == (number, protocol)}
    serving = {
        container: asked.value
        for container, asked in reversed(asking)
        if asked.port == number or (asked.port is None and (alone or container in declaring))
    }
    yield from serving.items()


def _asked(container: Object) -> Iterator[_Asked]:
    words = [
        word
        for field in ("command", "args")
        for text in objects.sequence(container.get(field))
        for word in objects.text(text).split()
    ]
    for word, after in itertools.pairwise([*words, ""]):
        option, _, value = word.partition("=")
        if option.startswith("-") and _plain(option.lstrip("-")) in _OPTIONS:
            yield from _loopback(value or after)
        elif word in _BARE:
            yield from _loopback(after)
    for variable in map(objects.mapping, objects.sequence(container.get("env"))):
        name = _plain(objects.text(variable.get("name")))
        if name in _VARIABLES or _PARTS & set(name.split("_")):
            yield from _loopback(objects.text(variable.get("value")))


def _plain(name: str) -> str:
    return name.lower().replace("-", "_").replace(".", "_")


def _loopback(value: str) -> Iterator[_Asked]:
    found = _LOOPBACK.match(value.strip("'\""))
    if found:
        yield _Asked(found["host"], int(found["port"]) if found["port"] else None)
