"""Codes and words: the tables of findings (`findings`), every sentence in every language (`pages`, `words`).

The tables are made when one of their names is asked for: a `--help` speaks, and knows no finding.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kubectl_lab.catalogue.codes import Code
    from kubectl_lab.catalogue.findings import CODES, finding, phrase

__all__ = ["CODES", "Code", "finding", "phrase"]


def __getattr__(name: str) -> Any:
    """The names of `findings`, imported at their first use (PEP 562) and found here from then on."""
    if name not in __all__:
        raise AttributeError(name)
    found = importlib.import_module("kubectl_lab.catalogue.findings")
    globals().update({each: getattr(found, each) for each in __all__})
    return globals()[name]
