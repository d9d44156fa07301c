"""What kwokctl is told: all in one file, since its flags cannot say on which address to listen, nor etcd's second port."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sandbox.failure import SandboxError
from sandbox.ports import LOCAL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sandbox.clusters import Wish
    from sandbox.states import State

# every one must be named: kwokctl downloads what is not
PROGRAMS = {
    "etcdBinary": "etcd",
    "kubeApiserverBinary": "kube-apiserver",
    "kubeControllerManagerBinary": "kube-controller-manager",
    "kubeSchedulerBinary": "kube-scheduler",
    "kubectlBinary": "kubectl",
    "kwokControllerBinary": "kwok",
}
# an address of the documentation's range: the API server wants one that is not 127.x, and a machine without network has none
ADVERTISED = "198.51.100.1"
SERVICE_RANGES = "10.0.0.0/16,fd00:10::/112"
AUDIT_POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [{"level": "Metadata"}],
}


def write(state: State, wish: Wish, chosen: Mapping[str, int]) -> Path:
    """The file for `--config`; JSON is YAML. Stages in it take the place of all of kwok's own."""
    options: dict[str, object] = {
        "runtime": "binary",
        "bindAddress": LOCAL,
        **{option: str(state.bin / program) for option, program in PROGRAMS.items()},
        **chosen,
    }
    if wish.audit:
        policy = state.folder / "audit-policy.yaml"
        policy.write_text(json.dumps(AUDIT_POLICY))
        options["kubeAuditPolicy"] = str(policy)
    arguments: list[dict[str, object]] = [{"key": "advertise-address", "value": ADVERTISED}]
    if not wish.rbac:
        # kwokctl's own switch would turn admission off as well, and without it the API server may never make `default`
        arguments.append({"key": "authorization-mode", "value": "AlwaysAllow", "override": True})
    if wish.dual_stack:
        arguments.append({"key": "service-cluster-ip-range", "value": SERVICE_RANGES})
    document = {
        "apiVersion": "config.kwok.x-k8s.io/v1alpha1",
        "kind": "KwokctlConfiguration",
        "options": options,
        "componentsPatches": [{"name": "kube-apiserver", "extraArgs": arguments}],
    }
    file = state.folder / "kwokctl.yaml"
    file.write_text(f"{json.dumps(document)}\n---\n{text_of(wish.stages)}" if wish.stages else json.dumps(document))
    return file


def text_of(stages: Path) -> str:
    try:
        text = stages.read_text()
    except (OSError, ValueError) as error:
        raise SandboxError(f"the stages cannot be read: {error}") from error
    if "kind: Stage" not in text:
        raise SandboxError(f"{stages} holds no Stage", "see tests/sandbox/stages/slow-pods.yaml")
    return text
