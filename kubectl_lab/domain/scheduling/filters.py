"""The filter plugins of the default profile, in the order in which kube-scheduler 1.36 runs them.

Source: kube-scheduler `apis/config/v1/default_plugins.go`.
"""

from __future__ import annotations

from kubectl_lab.domain.scheduling import (
    dynamic_resources,
    inter_pod_affinity,
    node_affinity,
    node_declared_features,
    node_name,
    node_ports,
    node_resources,
    node_unschedulable,
    node_volume_limits,
    pod_topology_spread,
    taint_toleration,
    volume_binding,
    volume_restrictions,
    volume_zone,
)
from kubectl_lab.domain.scheduling.model import Plugin

FILTERS: tuple[Plugin, ...] = (
    Plugin("NodeUnschedulable", node_unschedulable.prepare),
    Plugin("NodeName", node_name.prepare),
    Plugin("TaintToleration", taint_toleration.prepare),
    Plugin("NodeAffinity", node_affinity.prepare),
    Plugin("NodePorts", node_ports.prepare),
    Plugin("NodeResourcesFit", node_resources.prepare),
    Plugin("VolumeRestrictions", volume_restrictions.prepare),
    Plugin("NodeVolumeLimits", node_volume_limits.prepare),
    Plugin("VolumeBinding", volume_binding.prepare),
    Plugin("VolumeZone", volume_zone.prepare),
    Plugin("PodTopologySpread", pod_topology_spread.prepare),
    Plugin("InterPodAffinity", inter_pod_affinity.prepare),
    Plugin("DynamicResources", dynamic_resources.prepare),
    Plugin("NodeDeclaredFeatures", node_declared_features.prepare),
)
