"""Whose rules and texts: what differs between server versions, and what feature gates switch.

Source: kube-scheduler 1.30 to 1.36; kubernetes/kubernetes#134740 and #135023 for the taint's text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

OLDEST = (1, 30, 0)
NEWEST = (1, 36, 3)
ANY_PATCH = 999
_VERSION = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?")
NO_GATES: Mapping[str, bool] = MappingProxyType({})
COMPARISON = "TaintTolerationComparisonOperators"
DECLARED_FEATURES = "NodeDeclaredFeatures"
EXTENDED_BY_CLASS = "DRAExtendedResource"
POD_LEVEL_RESOURCES = "PodLevelResources"
RESIZE = "InPlacePodVerticalScaling"
POD_LEVEL_RESIZE = "InPlacePodLevelResourcesVerticalScaling"
ATTRIBUTES_CLASS = "VolumeAttributesClass"
LIMIT_SCALING = "VolumeLimitScaling"
# gate -> the versions that know it, and whether it is on there: the last row that is not newer counts
GATES: Mapping[str, tuple[tuple[tuple[int, int, int], bool], ...]] = MappingProxyType(
    {
        COMPARISON: (((1, 35, 0), False),),
        DECLARED_FEATURES: (((1, 35, 0), False), ((1, 36, 0), True)),
        POD_LEVEL_RESOURCES: (((1, 32, 0), False), ((1, 34, 0), True)),
        RESIZE: (((1, 27, 0), False), ((1, 33, 0), True)),
        POD_LEVEL_RESIZE: (((1, 35, 0), False), ((1, 36, 0), True)),
        EXTENDED_BY_CLASS: (((1, 34, 0), False), ((1, 36, 0), True)),
        ATTRIBUTES_CLASS: (((1, 29, 0), False), ((1, 34, 0), True)),
        LIMIT_SCALING: (((1, 35, 0), False),),
    }
)


@dataclass(frozen=True, slots=True)
class Features:
    """A server's version, (major, minor, patch), and the gates that were named.

    Older or newer than what is known reads as the nearest that is (`is_known` tells). `is_pretended`: another version than the
    server's own may be meant, so that what the server itself said is no measure.
    """

    version: tuple[int, int, int] = NEWEST
    gates: Mapping[str, bool] = field(default_factory=lambda: NO_GATES)
    is_pretended: bool = False

    @property
    def is_known(self) -> bool:
        """Between the oldest and the newest minor release whose rules stand here."""
        return OLDEST[:2] <= self.version[:2] <= NEWEST[:2]

    def since(self, major: int, minor: int, patch: int = 0) -> bool:
        """Whether the server is of that release or a later one."""
        return self.version >= (major, minor, patch)

    def knows(self, gate: str) -> bool:
        """Whether servers of this version have the gate at all."""
        return any(self.version >= since for since, _ in GATES.get(gate, ()))

    def enabled(self, gate: str) -> bool:
        """Whether it is on: as named, else as that version has it by default; off where the server does not know it."""
        defaults = [on for since, on in GATES.get(gate, ()) if self.version >= since]
        if not defaults:
            return False
        return self.gates.get(gate, defaults[-1])


def version_of(text: str) -> tuple[int, int, int] | None:
    """`v1.36.3`, `1.35`, `v1.34.2-gke.100` as numbers. None for what is no version.

    Where no patch is named the newest is meant, whichever that is.
    """
    found = _VERSION.match(text)
    return (int(found[1]), int(found[2]), int(found[3] or ANY_PATCH)) if found else None
