"""Compiles a `.po` file into the `.mo` that gettext reads, so that the shipped one can be checked against its source."""

from __future__ import annotations

import ast
import re
import struct

_MAGIC = 0x950412DE
_LINE = re.compile(r'(msgid|msgid_plural|msgstr(?:\[\d\])?)?\s*(".*")\s*')


def entries(po: str) -> dict[str, str]:
    """Message -> translation; plural forms joined with NUL as gettext wants them."""
    found: dict[str, str] = {}
    for block in re.split(r"\n\s*\n", po):
        parts: dict[str, str] = {}
        current = ""
        for line in block.splitlines():
            if match := _LINE.fullmatch(line):
                current = match[1] or current
                parts[current] = parts.get(current, "") + ast.literal_eval(match[2])
        if parts:
            plural = parts.get("msgid_plural")
            forms = [text for name, text in sorted(parts.items()) if name.startswith("msgstr")]
            found[parts["msgid"] + (f"\0{plural}" if plural else "")] = "\0".join(forms)
    return found


def compiled(po: str) -> bytes:
    """The `.mo`: a header, two tables of (length, offset), sorted messages, translations (GNU gettext manual, 10.3)."""
    pairs = sorted((message.encode(), text.encode()) for message, text in entries(po).items())
    start = 28 + 16 * len(pairs)
    tables, heap = [b"", b""], b""
    for column in (0, 1):
        for pair in pairs:
            tables[column] += struct.pack("<II", len(pair[column]), start + len(heap))
            heap += pair[column] + b"\0"
    header = struct.pack("<7I", _MAGIC, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return header + tables[0] + tables[1] + heap
