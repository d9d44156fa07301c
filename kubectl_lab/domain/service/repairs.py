"""Patches of a Service as values of a fix: what `kubectl patch service` is given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kubectl_lab import objects

if TYPE_CHECKING:
    from kubectl_lab.domain.service.case import Case
    from kubectl_lab.domain.service.model import Port
    from kubectl_lab.objects import Object


def is_applied(obj: Object) -> bool:
    """Whether a server has completed the object: a manifest that nobody has applied can be edited, not patched."""
    return bool(objects.uid(obj) or objects.resource_version(obj))


def spec_patch(case: Case, **fields: Any) -> str | None:
    """A merge patch of `spec`; None for a manifest."""
    return written({"spec": fields}) if is_applied(case.service) else None


def port_patch(case: Case, port: Port, **fields: Any) -> dict[str, Any]:
    """The details `patch` (strategic) and `jsonPatch`, one of them None, that change fields of one port.

    A strategic patch finds a port by its number alone: where two protocols share one, a JSON patch names its place. None at
    all where the change would make two ports equal, and for a manifest.
    """
    twins = [each for each in case.ports if each.port == port.port and each is not port]
    if not is_applied(case.service) or any(each.protocol == fields.get("protocol") for each in twins):
        return {"patch": None, "jsonPatch": None}
    if not twins:
        return {"patch": written({"spec": {"ports": [{"port": port.port, **fields}]}}), "jsonPatch": None}
    place = f"/spec/ports/{[each is port for each in case.ports].index(True)}"
    steps = [{"op": "add", "path": f"{place}/{key}", "value": value} for key, value in fields.items()]
    return {"patch": None, "jsonPatch": written(steps)}


def written(value: Any) -> str:
    """A patch or a manifest as JSON on one line, for a command."""
    return json.dumps(value, separators=(",", ":"))
