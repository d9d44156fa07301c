"""Which context, cluster and user of the merged files: `current-context`, `--context`, `--cluster`, `--user`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_lab.cluster.kubeconfig import Entry, Merged
from kubectl_lab.errors import BadKubeconfig

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_lab.cluster.flags import Flags

NOTHING = Entry("", "")
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """Names and entries; a name that is in no file has the entry NOTHING."""

    context: str
    context_source: str
    context_entry: Entry
    cluster: str
    cluster_entry: Entry
    user: str
    user_source: str
    user_entry: Entry


def choose(merged: Merged, flags: Flags) -> Choice:
    """The choice. Raises BadKubeconfig where a flag or `current-context` names what is in no file.

    A context's own user or cluster may be in no file here: a flag can still stand in for what it would have given.
    """
    context = flags.context or merged.current_context
    if context and context not in merged.contexts:
        raise _unknown_context(context, merged)
    entry = merged.contexts.get(context, NOTHING)
    user, cluster = flags.user or entry.text("user"), flags.cluster or entry.text("cluster")
    if flags.user and user not in merged.users:
        raise BadKubeconfig("unknown-user", user=user, users=listed(merged.users))
    if flags.cluster and cluster not in merged.clusters:
        raise BadKubeconfig("unknown-cluster", cluster=cluster, clusters=listed(merged.clusters))
    return Choice(
        context,
        "--context" if flags.context else merged.current_source,
        entry,
        cluster,
        merged.clusters.get(cluster, NOTHING),
        user,
        "--user" if flags.user else entry.source("user"),
        merged.users.get(user, NOTHING),
    )


def _unknown_context(context: str, merged: Merged) -> BadKubeconfig:
    if not merged.contexts:
        return BadKubeconfig("unknown-context-of-none", context=context, files=", ".join(merged.files) or "-")
    if (more := len(merged.contexts) - _SHOWN) > 0:
        return BadKubeconfig("unknown-context-of-many", context=context, contexts=listed(merged.contexts), more=more)
    return BadKubeconfig("unknown-context", context=context, contexts=listed(merged.contexts))


def listed(names: Mapping[str, object]) -> str:
    """Sorted, at most 20 of them."""
    return ", ".join(sorted(names)[:_SHOWN]) or "-"


def no_server(merged: Merged, choice: Choice) -> BadKubeconfig:
    """Why nothing names a server: the nearest thing that is missing."""
    if choice.cluster_entry is not NOTHING:
        source = choice.cluster_entry.source("server")
        return BadKubeconfig("cluster-without-server", cluster=choice.cluster, field=source)
    if choice.cluster:
        return BadKubeconfig("context-cluster-missing", context=choice.context, cluster=choice.cluster)
    if choice.context:
        return BadKubeconfig("context-without-cluster", context=choice.context)
    if merged.contexts:
        return BadKubeconfig("no-current-context", contexts=listed(merged.contexts))
    if merged.files:
        return BadKubeconfig("kubeconfig-empty", files=", ".join(merged.files))
    return BadKubeconfig("no-kubeconfig", files=", ".join(merged.missing) or "$KUBECONFIG")
