"""`kubectl lab why CODE`: the long explanation of a finding."""

from __future__ import annotations

import os
import sys

import click

from kubectl_lab.errors import BadUsage
from kubectl_lab.render import terminal
from kubectl_lab_plugins.options import LabCommand, Session, session_options


def _near(code: str) -> list[str]:
    """The three codes that were most likely meant."""
    import difflib

    from kubectl_lab.catalogue import CODES

    longer = [each for each in sorted(CODES) if code and each.startswith(code)]
    similar = difflib.get_close_matches(code, CODES, n=3, cutoff=0.5)
    return list(dict.fromkeys([*longer, *similar, *sorted(CODES)]))[:3]


@click.command(cls=LabCommand)
@click.argument("code", metavar="[CODE]", required=False, help="Code of a finding, such as DRN010")
@session_options(connection=False)
def why(session: Session, code: str | None) -> None:
    """Explain a finding by its code.

    What it means, why it matters, how to make sure, how to fix it. Without CODE: the list of all codes.

    \b
    Examples:
      kubectl lab why DRN010
      kubectl lab why drn002 --lang fr
    """
    from kubectl_lab.catalogue import CODES, pages
    from kubectl_lab.render import page
    from kubectl_lab.render.text import Screen

    width = terminal.width_of(sys.stdout, os.environ)
    screen = Screen(sys.stdout, lang=session.lang, color=session.color, width=width)
    if code is None:
        page.index({each: pages.message(each, session.lang) for each in sorted(CODES)}, screen)
        return
    known = code.upper()
    if known not in CODES:
        raise BadUsage("unknown-code", code=code, near=", ".join(_near(known)))
    page.view(known, pages.page(known, session.lang), screen)
