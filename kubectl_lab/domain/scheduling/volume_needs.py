"""Which kinds of storage and devices a pod's verdict calls for: what must be read before it can be judged.

A pod without claims, in-tree disks, resource claims and extended resources needs none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_lab.domain.scheduling import dynamic_resources, volume_claims, volume_migration

if TYPE_CHECKING:
    from kubectl_lab.objects import Object

# the limits of a node: those of all pods on it
_LIMITS = frozenset(
    {
        volume_claims.CLAIM,
        volume_claims.VOLUME,
        volume_claims.CLASS,
        volume_claims.CSI_NODE,
        volume_claims.CSI_DRIVER,
        volume_claims.ATTACHMENT,
    }
)
_CLAIMS = _LIMITS | {volume_claims.CAPACITY}


def kinds_needed(pod: Object) -> frozenset[str]:
    """The kinds, of all namespaces: claims of other pods count for a node's limits."""
    needed: frozenset[str] = frozenset()
    if volume_claims.uses_of(pod):
        needed |= _CLAIMS
    if any(map(volume_migration.inline_plugin, volume_claims.volumes_of(pod))):
        needed |= _LIMITS
    if dynamic_resources.has_claims(pod):
        needed |= dynamic_resources.CLAIM_KINDS
    if dynamic_resources.extended_resources(pod):
        needed |= {dynamic_resources.DEVICE_CLASS}
    return needed
