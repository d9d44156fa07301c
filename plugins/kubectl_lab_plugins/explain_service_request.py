"""What the command line of `explain-service` asks for, checked as far as no cluster is needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote

from kubectl_lab.cluster import kinds
from kubectl_lab.domain.service import client
from kubectl_lab.errors import BadUsage
from kubectl_lab.result import Reference
from kubectl_lab_plugins import flag_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kubectl_lab.domain.rules import label_selectors
    from kubectl_lab_plugins.session import Session

# the kinds that can be asked about, by their names on a command line
TYPES = {
    **dict.fromkeys(("", "service", "services", "svc"), "Service"),
    **dict.fromkeys(("ingress", "ingresses", "ing"), "Ingress"),
    **dict.fromkeys(("httproute", "httproutes"), "HTTPRoute"),
    **dict.fromkeys(("grpcroute", "grpcroutes"), "GRPCRoute"),
}
GROUPS = {
    "Ingress": "networking.k8s.io",
    "HTTPRoute": "gateway.networking.k8s.io",
    "GRPCRoute": "gateway.networking.k8s.io",
}
ACCEPTED = ("service", "ingress", "httproute", "grpcroute")
WATCHED = ("text", "jsonl")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. `subjects` empty: all Services of `namespace` (None: of all) that `selector` matches.

    `home`: where a pod of `client` is looked for that names no namespace. `until`: the verdict that ends a watch; `timeout`: its seconds, 0 without end. `detailed`: also what only `wide` shows.
    """

    subjects: tuple[Reference, ...]
    namespace: str | None
    selector: label_selectors.Selector = ()
    home: str = "default"
    client: str = ""
    detailed: bool = False
    probe: bool = False
    probe_path: str = "/"
    watch: bool = False
    until: Literal["healthy", "degraded"] | None = None
    timeout: float = 0.0


def request_of(session: Session, words: Sequence[str], flags: Mapping[str, Any]) -> Request:
    """Raises BadUsage for what cannot be meant."""
    _fits_together(session, words, flags)
    selector = flag_values.chosen("--selector", flags["selector"])
    if flags["client"] is not None:
        client.asked(flags["client"], "any")
    parts = [_type_and_name(word) for word in words]
    namespace = session.namespace
    return Request(
        home=session.home,
        subjects=tuple(dict.fromkeys(Reference(kind, namespace, name) for kind, name in parts)),
        namespace=namespace,
        selector=selector,
        client=flags["client"] or "",
        detailed=session.output == "wide" or session.verbose,
        probe=flags["probe"],
        probe_path=flags["probe_path"],
        watch=flags["watch"],
        until=flags["until"],
        timeout=flag_values.seconds("--timeout", flags["timeout"]),
    )


def _fits_together(session: Session, words: Sequence[str], flags: Mapping[str, Any]) -> None:
    if words and flags["selector"] is not None:
        raise BadUsage("name-and-selector")
    if words and session.all_namespaces:
        raise BadUsage("name-and-all-namespaces")
    for flag in ("probe", "watch"):
        if flags[flag] and session.filenames:
            raise BadUsage("service-needs-cluster", flag=f"--{flag}")
    if flags["watch"] and session.output not in WATCHED:
        raise BadUsage("service-watch-format", format=session.output, formats=", ".join(WATCHED))
    # never in the overview: a probe is for Services that somebody means
    if flags["probe"] and not words:
        raise BadUsage("service-only-with", flag="--probe", needed="NAME")
    if flags["probe"] and flags["watch"]:
        raise BadUsage("service-probe-and-watch")
    _check_path(flags["probe_path"])
    if session.output == "jsonl" and not flags["watch"]:
        raise BadUsage("service-jsonl")
    for flag, is_given, needed in (
        ("--until", flags["until"] is not None, "watch"),
        ("--timeout", flags["timeout"] != "0", "watch"),
        ("--probe-path", flags["probe_path"] != "/", "probe"),
    ):
        if is_given and not flags[needed]:
            raise BadUsage("service-only-with", flag=flag, needed=f"--{needed}")


def _check_path(text: str) -> None:
    """A path from the root, with its query; `..` would lead out of the backend, back into the server's own paths.

    An argument that is no UTF-8 comes with lone surrogates and cannot be sent.
    """
    is_text = text.encode("utf-8", "ignore").decode() == text
    if not is_text or not text.startswith("/") or ".." in unquote(text).replace("?", "/").split("/"):
        raise BadUsage("service-probe-path", path=text)


def _type_and_name(word: str) -> tuple[str, str]:
    """(kind, name) of `web`, `service/web`, `ing/shop`, `ingresses.networking.k8s.io/shop`."""
    type_word, name = kinds.split(word)
    short, _, group = type_word.lower().partition(".")
    kind = TYPES.get(short)
    is_bare = not type_word and "/" in word
    if kind is None or group not in ("", GROUPS.get(kind, "")):
        raise BadUsage("service-type", type=type_word, accepted=", ".join(ACCEPTED))
    if is_bare or not client.NAME.fullmatch(name):
        raise BadUsage("service-not-a-name", word=word if word.strip() else f"'{word}'")
    return kind, name
