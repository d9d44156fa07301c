"""`--server-version` and `--feature-gates`: whose rules are to be applied.

Source: k8s.io/component-base `featuregate` (Set), strconv.ParseBool.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kubectl_lab.domain.rules import near
from kubectl_lab.domain.scheduling.features import GATES, version_of
from kubectl_lab.errors import BadUsage

if TYPE_CHECKING:
    from collections.abc import Mapping

_VERSION = re.compile(r"v?[0-9]{1,5}\.[0-9]{1,5}(\.[0-9]{1,5})?([-+][0-9A-Za-z.+-]+)?")
_VALUES = {
    **dict.fromkeys(("1", "t", "T", "TRUE", "true", "True"), True),
    **dict.fromkeys(("0", "f", "F", "FALSE", "false", "False"), False),
}


def parse_version(flag: str, text: str) -> tuple[int, int, int]:
    """`1.34`, `v1.34.2`, `v1.34.2-gke.100`. Raises BadUsage for what is no version."""
    found = version_of(text) if _VERSION.fullmatch(text) else None
    if found is None:
        raise BadUsage("server-version", flag=flag, value=text)
    return found


def parse_gates(flag: str, text: str) -> Mapping[str, bool]:
    """`NAME=true,OTHER=false`; of two settings of one gate the later counts.

    Gates that change nothing here may be among them, so that an API server's own flag can be pasted; a name that is but
    nearly one of those that do is a slip. Raises BadUsage.
    """
    made = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, _, value = map(str.strip, part.partition("="))
        if not name or value not in _VALUES:
            raise BadUsage("feature-gate", flag=flag, part=part)
        meant = None if name in GATES else near.nearest(name, GATES)
        if meant:
            raise BadUsage("feature-gate-near", flag=flag, name=name, near=meant)
        made[name] = _VALUES[value]
    return made
