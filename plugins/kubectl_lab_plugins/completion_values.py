"""What the value of each flag and argument is: the one table to write a line into for a new one.

The contract tests name whatever has no line here. A flag whose values click knows (`click.Choice`) needs none.
"""

from __future__ import annotations

# the whole answer where there is none: no candidate, and no file names in its place
NO_CANDIDATE = b":4\n"

# what no list can be made of, and what the shell lists itself
NOTHING, FILES = "nothing", "files"
# a generated list, without a cluster
CODES = "codes"
# from the kubeconfig alone
CONTEXTS, CLUSTERS, USERS = "contexts", "clusters", "users"
# from the live cluster
NAMESPACES, NODES, SERVICES, SUBJECTS, CLIENTS = "namespaces", "nodes", "services", "subjects", "clients"
POD_MAKERS = "pod-makers"
SECRETS, SECRET_KEYS = "secrets", "secret-keys"
DYNAMIC = (CONTEXTS, CLUSTERS, USERS, NAMESPACES, NODES, SERVICES, SUBJECTS, POD_MAKERS, CLIENTS, SECRETS, SECRET_KEYS)

# "COMMAND NAME" beats "NAME"; a tuple is the fixed list itself
VALUES: dict[str, str | tuple[str, ...]] = {
    "--add-taint": NOTHING,
    "--as": NOTHING,
    "--as-group": NOTHING,
    "--as-uid": NOTHING,
    "--certificate-authority": FILES,
    "--client-certificate": FILES,
    "--client-key": FILES,
    "--cluster": CLUSTERS,
    "--context": CONTEXTS,
    "--feature-gates": NOTHING,
    "--filename": FILES,
    "--kubeconfig": FILES,
    "--lang": ("en", "fr"),
    "--namespace": NAMESPACES,
    "--query": NOTHING,
    "--remove-taint": NOTHING,
    "--request-timeout": NOTHING,
    "--selector": NOTHING,
    "--server": NOTHING,
    "--server-version": NOTHING,
    "--timeout": NOTHING,
    "--tls-server-name": NOTHING,
    "--token": NOTHING,
    "--user": USERS,
    "completion --dir": FILES,
    "drain NODE": NODES,
    "drain --chunk-size": NOTHING,
    "drain --deadline": NOTHING,
    "drain --dry-run": ("none", "client", "server"),
    "drain --grace-period": NOTHING,
    "drain --pod-parallel": NOTHING,
    "drain --pod-selector": NOTHING,
    "drain --skip-wait-for-delete-timeout": NOTHING,
    "explain-taints NODE": NODES,
    "explain-tolerations --node": NODES,
    "explain-tolerations --node-selector": NOTHING,
    "explain-tolerations --with-toleration": NOTHING,
    "explain-tolerations POD": POD_MAKERS,
    "explain-service NAME": SUBJECTS,
    "explain-service --from": CLIENTS,
    "explain-service --probe-path": NOTHING,
    "why CODE": CODES,
}
# flags beside which a command takes no name, or none of the live cluster's
WITHOUT_NAMES: dict[str, tuple[str, ...]] = {
    "drain": ("--selector",),
    "explain-taints": ("--selector", "--filename"),
    "explain-tolerations": ("--selector", "--all-namespaces", "--filename"),
    "explain-service": ("--selector", "--all-namespaces", "--filename"),
}


def value_of(command: str, name: str) -> str | tuple[str, ...]:
    """What stands behind this flag or argument of this command."""
    return VALUES.get(f"{command} {name}", VALUES.get(name, NOTHING))
