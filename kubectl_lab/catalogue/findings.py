"""The catalogue of findings: code -> severities, fix, names of the values. Tables, without words and without I/O.

The words are pages, one a code and language: `catalogue/en/DRN001.md`, read by `catalogue.pages`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab.catalogue.codes import (
    Code,
    drain,
    scheduling,
    service_dns,
    service_exposure,
    service_handmade,
    service_ingresses,
    service_manifests,
    service_policies,
    service_ports,
    service_probe,
    service_readiness,
    service_routes,
    service_selection,
    service_slices,
    taints,
)
from kubectl_lab.result import Finding, Reference

if TYPE_CHECKING:
    from kubectl_lab.result import Severity

CODES: dict[str, Code] = {
    code: entry
    for table in (
        drain.CODES,
        scheduling.CODES,
        service_selection.CODES,
        service_readiness.CODES,
        service_ports.CODES,
        service_exposure.CODES,
        service_dns.CODES,
        service_handmade.CODES,
        service_slices.CODES,
        service_policies.CODES,
        service_manifests.CODES,
        service_ingresses.CODES,
        service_routes.CODES,
        service_probe.CODES,
        taints.CODES,
    )
    for code, entry in table.items()
}


def phrase(key: str, /, **values: Any) -> dict[str, Any]:
    """A part of a sentence as a finding's detail: its key in `words.toml`, filled when the sentence is made.

    Values may be phrases, strings, numbers, or lists of these. Rules stay free of any language, and the document's `details`
    too.
    """
    return {"phrase": key, "values": values}


def finding(code: str, obj: Reference | None, severity: Severity | None = None, /, **details: Any) -> Finding:
    """A finding of a code in the table; `severity` only where the code has several. Raises KeyError on an unknown code."""
    entry = CODES[code]
    chosen = severity or entry.severities[0]
    if chosen not in entry.severities:
        raise ValueError(f"{code} is never {chosen}")
    return Finding(code, chosen, obj, details)
