"""The filter plugins of the default profile, in the order in which kube-scheduler 1.36 runs them.

Source: kube-scheduler `apis/config/v1/default_plugins.go`.
"""

from __future__ import annotations

from kubectl_lab.domain.scheduling import node_name
from kubectl_lab.domain.scheduling.model import Plugin

FILTERS: tuple[Plugin, ...] = (Plugin("NodeName", node_name.prepare),)
