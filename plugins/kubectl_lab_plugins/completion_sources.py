"""What only a kubeconfig or a live cluster knows: names, asked with the connection flags that stand on the line.

A source is a function from what was asked to (candidate, description) pairs; it need not look at what was typed, but for
the part before a `/`. It may raise anything: the answer is then none.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from kubectl_lab.cluster import kinds
from kubectl_lab.cluster.flags import Flags
from kubectl_lab_plugins import completion_values as values
from kubectl_lab_plugins.completion_limit import Limit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kubectl_lab.cluster.kubeconfig import Merged
    from kubectl_lab.cluster.target import Target
    from kubectl_lab.cluster.transport import Transport
    from kubectl_lab_plugins.completion_words import Typed

    Candidates = Iterable[tuple[str, str]]

NODE_PREFIX = re.compile(r"(?:no|nodes?)/")
# where a flag is not called as its field
SPELLED = {"as_user": "--as", "as_groups": "--as-group"}


def within_limit(source: str, last: str, typed: Typed) -> list[tuple[str, str]]:
    """The candidates of a source; where that takes too long the process ends."""
    with Limit(last_words=values.NO_CANDIDATE) as limit:
        found = SOURCES[source](Asked(last, typed, limit))
        # a name that begins with a dash would be read as a flag
        return [each for each in found if not each[0].startswith("-")]


def flags_of(typed: Typed) -> Flags:
    """The connection flags of the line."""
    given: dict[str, object] = {}
    for field in Flags.__dataclass_fields__:
        flag = SPELLED.get(field, "--" + field.replace("_", "-"))
        if flag in typed.flags:
            given[field] = typed.last(flag)
    if "as_groups" in given:
        given["as_groups"] = tuple(typed.flags["--as-group"])
    if "insecure_skip_tls_verify" in given:
        given["insecure_skip_tls_verify"] = True
    return Flags(**given)  # type: ignore[arg-type]  # text but for the two above


class Asked:
    """One question: the word to complete, the line before it, and how to ask a cluster in time."""

    def __init__(self, last: str, typed: Typed, limit: Limit) -> None:
        self.last, self.typed, self._limit = last, typed, limit
        self.flags = flags_of(typed)

    def files(self) -> Merged:
        """The kubeconfig files. Raises BadKubeconfig."""
        from kubectl_lab.cluster import kubeconfig

        return kubeconfig.load(self.flags.kubeconfig, os.environ, kubeconfig.of_possible_names(Path.read_bytes))

    def names(self, kind: str, namespace: str | None = None) -> list[str]:
        """The names of a kind: of `namespace`, else of that of the line, of all with `-A`."""
        from kubectl_lab.cluster import names

        target = self._target()
        everywhere = "--all-namespaces" in self.typed.flags
        where = namespace or (None if everywhere else target.namespace)
        return names.listed(self._transport(target), kind, where, self._limit.left())

    def keys(self, secret: str) -> list[str]:
        """The keys of a Secret in the namespace of the line."""
        from kubectl_lab.cluster import names

        target = self._target()
        return names.secret_keys(self._transport(target), target.namespace, secret, self._limit.left())

    def _target(self) -> Target:
        from kubectl_lab.cluster import config

        return config.resolve(self.flags, os.environ)

    def _transport(self, target: Target) -> Transport:
        """Without a terminal: a plugin that needs one is not run."""
        from kubectl_lab.cluster import live

        return live.connect(target, at_terminal=False, run=self._limit.run_program, workers=1).transport


def contexts(asked: Asked) -> Candidates:
    """Each with its cluster."""
    return [(name, entry.text("cluster")) for name, entry in asked.files().contexts.items()]


def clusters(asked: Asked) -> Candidates:
    """Of the kubeconfig, not of the world."""
    return _bare(asked.files().clusters)


def users(asked: Asked) -> Candidates:
    """The same."""
    return _bare(asked.files().users)


def namespaces(asked: Asked) -> Candidates:
    """All that may be listed."""
    return _bare(asked.names("Namespace"))


def nodes(asked: Asked) -> Candidates:
    """`n1`, or `node/n1` where that was begun; none that the line holds already, in either spelling."""
    begun = NODE_PREFIX.match(asked.last)
    held = {NODE_PREFIX.sub("", word, count=1) for word in asked.typed.arguments}
    prefix = begun[0] if begun else ""
    return [(prefix + name, "") for name in asked.names("Node") if name not in held]


def services(asked: Asked) -> Candidates:
    """Names alone."""
    return _bare(asked.names("Service"))


def subjects(asked: Asked) -> Candidates:
    """Services by name, `ingress/NAME` and its like."""
    from kubectl_lab_plugins.explain_service_request import ACCEPTED, TYPES

    return _of_types(asked, lambda word: TYPES.get(word.lower().partition(".")[0]), ACCEPTED)


def pod_makers(asked: Asked) -> Candidates:
    """Pods by name, `deployment/NAME` and its like."""
    from kubectl_lab_plugins.explain_tolerations_request import ACCEPTED, kind_of

    return _of_types(asked, kind_of, [each.lower() for each in ACCEPTED])


def _of_types(asked: Asked, kind_of: Callable[[str], str | None], types: Iterable[str]) -> Candidates:
    """Names of the kind without a type; TYPE/NAME once a type is begun, as kubectl offers it.

    `kind_of`: the kind that a type word means, "" included.
    """

    def meant(word: str) -> tuple[str | None, str]:
        kind, name = kinds.split(word)
        return kind_of(kind), name

    held = {meant(word) for word in asked.typed.arguments}
    kind, _ = meant(asked.last)
    if kind is None:
        return ()
    typed_kind, slash, _ = asked.last.rpartition("/")
    found = [(typed_kind + slash + name, "") for name in asked.names(kind) if (kind, name) not in held]
    begun = [(f"{each}/", "") for each in types] if asked.last and not slash else []
    return [*found, *begun]


def clients(asked: Asked) -> Candidates:
    """`pod/[NAMESPACE/]NAME`, `namespace/NAME`; the two words first, without asking anybody."""
    word, slash, rest = asked.last.partition("/")
    if not slash:
        return [("pod/", ""), ("namespace/", "")]
    if word == "namespace":
        return [(f"namespace/{name}", "") for name in asked.names("Namespace")]
    if word != "pod":
        return ()
    namespace, inner, _ = rest.partition("/")
    head = f"pod/{namespace}/" if inner else "pod/"
    return [(head + name, "") for name in asked.names("Pod", namespace if inner else None)]


def secrets(asked: Asked) -> Candidates:
    """Names alone: no value is fetched."""
    return _bare(asked.names("Secret"))


def secret_keys(asked: Asked) -> Candidates:
    """The keys of the Secret that the line names first, but those that it names already."""
    name, *held = asked.typed.arguments
    return [(key, "") for key in asked.keys(name) if key not in held]


def _bare(names: Iterable[str]) -> Candidates:
    return [(name, "") for name in names]


SOURCES: dict[str, Callable[[Asked], Candidates]] = {
    values.CONTEXTS: contexts,
    values.CLUSTERS: clusters,
    values.USERS: users,
    values.NAMESPACES: namespaces,
    values.NODES: nodes,
    values.SERVICES: services,
    values.SUBJECTS: subjects,
    values.POD_MAKERS: pod_makers,
    values.CLIENTS: clients,
    values.SECRETS: secrets,
    values.SECRET_KEYS: secret_keys,
}
