"""Which server, as whom, in which namespace: the answer of kubectl 1.36 to the same files, flags and environment.

Where kubectl refuses before it sends anything, so does `resolve`; it never falls back to http://localhost:8080
(client-go: clientcmd/client_config.go, clientcmd/merged_client_builder.go, rest/config.go).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kubectl_lab.cluster import choice, kubeconfig, pod, servers, trust
from kubectl_lab.cluster.flags import Flags
from kubectl_lab.cluster.identity import asker, identity
from kubectl_lab.cluster.material import material
from kubectl_lab.cluster.target import Identity, Source, Target
from kubectl_lab.domain.rules import durations
from kubectl_lab.errors import BadKubeconfig, BadUsage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_lab.cluster.choice import Choice
    from kubectl_lab.cluster.identity import Asker
    from kubectl_lab.cluster.kubeconfig import Entry, Reader
    from kubectl_lab.cluster.servers import Server
    from kubectl_lab.cluster.trust import Trust

__all__ = ["Flags", "resolve"]

_UNSET_SERVER = "http://localhost:8080"
_EXEC_EXTENSION = "client.authentication.k8s.io/exec"


@dataclass(frozen=True, slots=True)
class _Question:
    """What `resolve` was asked, and what does not depend on the server."""

    flags: Flags
    environ: Mapping[str, str]
    read: Reader
    choice: Choice
    who: Asker
    namespace: Source
    timeout: float | None


def resolve(
    flags: Flags,
    environ: Mapping[str, str],
    *,
    read: Reader = Path.read_bytes,
    in_pod_folder: Path = pod.FOLDER,
) -> Target:
    """The target of a command.

    Raises BadUsage where a flag's own value is malformed or names a file that cannot be opened, BadKubeconfig where files,
    flags and environment do not come to one server and one user, BadCredentials where that user has nothing to show.
    """
    timeout, read = _timeout(flags), kubeconfig.of_possible_names(read)
    merged = kubeconfig.load(flags.kubeconfig, environ, read)
    chosen = choice.choose(merged, flags)
    who = asker(chosen.user, chosen.user_entry, flags, read)
    here = pod.Pod(in_pod_folder, environ)
    question = _Question(flags, environ, read, chosen, who, _namespace(flags, chosen, here, read), timeout)
    server = _server(flags, environ, chosen)
    believed = trust.trust(chosen.cluster_entry, flags, read)
    if here.possible and _unset(server, environ):
        return _in_pod(question, here)
    if not server.value:
        raise choice.no_server(merged, chosen)
    return _outside(question, server, believed)


def _timeout(flags: Flags) -> float | None:
    if not flags.request_timeout:
        return None
    found = durations.request_timeout(flags.request_timeout)
    if found is None:
        raise BadUsage("bad-request-timeout", value=flags.request_timeout)
    return found or None


def _server(flags: Flags, environ: Mapping[str, str], chosen: Choice) -> Source:
    """The server as it was written and what gave it; an empty value where nothing did."""
    entry = chosen.cluster_entry
    candidates = (
        Source(flags.server or "", "--server"),
        Source(entry.text("server"), entry.source("server")),
        Source(environ.get("KUBERNETES_MASTER", ""), "KUBERNETES_MASTER"),
    )
    return next((one for one in candidates if one.value), Source("", ""))


def _unset(server: Source, environ: Mapping[str, str]) -> bool:
    """Whether client-go takes this for "nothing configured": its own default, written out or not, that carries no identity."""
    default = environ.get("KUBERNETES_MASTER") or _UNSET_SERVER
    return (server.value or _UNSET_SERVER) == default and not default.lower().startswith("https:")


def _namespace(flags: Flags, chosen: Choice, here: pod.Pod, read: Reader) -> Source:
    if flags.namespace:
        found = Source(flags.namespace, "--namespace")
    elif named := chosen.context_entry.text("namespace"):
        found = Source(named, chosen.context_entry.source("namespace"))
    else:
        found = here.namespace(read) if here.possible else Source("default", "default")
    if not _is_segment(found.value):
        if flags.namespace:
            raise BadUsage("bad-namespace", namespace=found.value, source=found.source)
        raise BadKubeconfig("bad-namespace", namespace=found.value, source=found.source)
    return found


def _is_segment(name: str) -> bool:
    """Whether it can stand in a path; an argument that is no UTF-8 comes with lone surrogates."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return name not in (".", "..") and "/" not in name and "%" not in name


def _parse(server: Source) -> Server:
    try:
        return servers.parse(server.value)
    except ValueError:
        shown = server.value.rpartition("@")[2]  # what stands before it may be a password
        if server.source == "--server":
            raise BadUsage("bad-server", server=shown, source=server.source) from None
        raise BadKubeconfig("bad-server", server=shown, source=server.source) from None


def _outside(question: _Question, source: Source, believed: Trust) -> Target:
    """The target that the kubeconfig and the flags describe."""
    entry = question.choice.cluster_entry
    server = _parse(source)
    proxy, proxy_source = trust.proxy(server, entry, question.environ)
    # over http nothing secret is sent; whom to impersonate is no secret, and dropping it would ask as somebody else
    found = Identity(impersonation=question.who.impersonation)
    if server.secure:
        trust.check(believed)
        found = identity(question.who, question.read, _cluster_info(source.value, entry, believed))
    return Target(
        server=server.url,
        namespace=question.namespace.value,
        context=question.choice.context,
        cluster=question.choice.cluster,
        user=question.choice.user,
        ca=believed.ca if server.secure else None,
        insecure=believed.insecure and server.secure,
        tls_server_name=believed.server_name if server.secure else "",
        proxy=proxy,
        proxy_source=proxy_source,
        disable_compression=bool(entry.values.get("disable-compression")),
        request_timeout=question.timeout,
        identity=found,
        sources=_sources(question, Source(server.url, source.source)),
    )


def _in_pod(question: _Question, here: pod.Pod) -> Target:
    """The target of a pod's service account; of the flags only `--token`, `--certificate-authority` and `--as` count."""
    read, flags = question.read, question.flags
    server = _parse(Source(here.server, "KUBERNETES_SERVICE_HOST"))
    proxy, proxy_source = trust.proxy(server, choice.NOTHING, question.environ)
    given = material(choice.NOTHING, "", "--certificate-authority", flags.certificate_authority)
    return Target(
        server=server.url,
        namespace=question.namespace.value,
        ca=given.bytes(read) or None if flags.certificate_authority else here.authority(read),
        proxy=proxy,
        proxy_source=proxy_source,
        request_timeout=question.timeout,
        identity=here.identity(flags, question.who.impersonation, read),
        sources={
            "server": Source(server.url, "KUBERNETES_SERVICE_HOST"),
            "context": Source("", ""),
            "user": Source("", "--token" if flags.token else str(here.folder / "token")),
            "namespace": question.namespace,
        },
    )


def _sources(question: _Question, server: Source) -> dict[str, Source]:
    chosen = question.choice
    return {
        "server": server,
        "context": Source(chosen.context, chosen.context_source),
        "user": Source(chosen.user, "--token" if question.flags.token else chosen.user_source),
        "namespace": question.namespace,
    }


def _cluster_info(server: str, entry: Entry, believed: Trust) -> dict[str, Any]:
    """`spec.cluster` for an exec plugin with `provideClusterInfo` (client.authentication.k8s.io, type Cluster)."""
    extensions = {one.get("name"): one.get("extension") for one in entry.values.get("extensions") or []}
    told = {
        "tls-server-name": believed.server_name,
        "insecure-skip-tls-verify": believed.insecure,
        "certificate-authority-data": base64.b64encode(believed.ca or b"").decode(),
        "proxy-url": entry.text("proxy-url"),
        "disable-compression": bool(entry.values.get("disable-compression")),
    }
    present = {key: value for key, value in told.items() if value}
    return {"server": server, **present, "config": extensions.get(_EXEC_EXTENSION)}
