"""What stands behind a flag, read alike by every command."""

from __future__ import annotations

import re

from kubectl_lab.domain.rules import durations, label_selectors
from kubectl_lab.errors import BadInput, BadUsage

NODE_PREFIX = re.compile(r"(?:no|nodes?)/")


def node_name(word: str) -> str:
    """`n1` of `n1`, `no/n1`, `node/n1`, `nodes/n1`. Raises BadUsage (`drain-not-a-node`)."""
    name = NODE_PREFIX.sub("", word, count=1)
    # Kubernetes' own rule for a name in a path (IsValidPathSegmentName): `..` would ask for something else
    if name in {"", ".", ".."} or "/" in name or "%" in name:
        raise BadUsage("drain-not-a-node", word=word)
    return name


def seconds(flag: str, text: str) -> float:
    """A duration, `90s` or `1h30m`. Raises BadUsage (`bad-duration`), also for a negative one."""
    found = durations.seconds(text)
    if found is None or found < 0:
        raise BadUsage("bad-duration", flag=flag, value=text)
    return found


def selector(flag: str, text: str) -> label_selectors.Selector:
    """A label selector; blanks are an empty one. Raises BadUsage (`bad-selector`)."""
    try:
        return label_selectors.parse(text)
    except BadInput as error:
        raise BadUsage("bad-selector", flag=flag, value=text) from error


def chosen(flag: str, text: str | None) -> label_selectors.Selector:
    """A selector that chooses, empty where the flag is not given. Raises BadUsage (`bad-selector`), also for blanks.

    Blanks select everything as far as the server is concerned; nobody means that.
    """
    found = () if text is None else selector(flag, text)
    if text is not None and not found:
        raise BadUsage("bad-selector", flag=flag, value=text)
    return found
