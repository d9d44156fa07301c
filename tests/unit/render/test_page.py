"""A page on a terminal: prose folded, commands kept."""

from __future__ import annotations

import io

from kubectl_lab.catalogue.pages import Page
from kubectl_lab.render import page
from kubectl_lab.render.text import Screen

BODY = """One sentence
over two lines:

```sh
kubectl get pods \\
  -A

# ok
```
- first entry, which is
  continued
- second
1. numbered
after it, the same entry
"""


def shown(text: str, width: int = 60) -> list[str]:
    out = io.StringIO()
    made = Page("pod {pod} stays", (("Meaning", text),), "<https://kubernetes.io/>")
    page.view("DRN001", made, Screen(out, lang="en", color=False, width=width))
    return out.getvalue().splitlines()


def test_values_show_as_names_to_be_filled() -> None:
    assert shown("x")[0] == "DRN001  pod <pod> stays"


def test_code_keeps_its_lines_and_loses_its_fences() -> None:
    lines = shown(BODY)
    start = lines.index("    kubectl get pods \\")
    assert lines[start : start + 4] == ["    kubectl get pods \\", "      -A", "", "    # ok"]
    assert not any("```" in line for line in lines)


def test_prose_flows_and_entries_of_a_list_stay_apart() -> None:
    lines = shown(BODY)
    assert "  One sentence over two lines:" in lines
    assert "  - first entry, which is continued" in lines
    assert "  - second" in lines
    assert "  1. numbered after it, the same entry" in lines


def test_a_table_keeps_its_rows() -> None:
    lines = shown("Before:\n\n| a | b |\n|---|---|\n| c | d |\n\nafter")
    start = lines.index("  | a | b |")
    assert lines[start : start + 3] == ["  | a | b |", "  |---|---|", "  | c | d |"]


def test_a_fence_that_is_never_closed_loses_nothing() -> None:
    assert shown("```\na\nb")[-4:] == ["    a", "    b", "", "https://kubernetes.io/"]


def test_the_link_comes_last() -> None:
    assert shown(BODY)[-1] == "https://kubernetes.io/"


def test_the_index_has_one_line_a_code() -> None:
    out = io.StringIO()
    page.index({"DRN001": "pod {pod} stays", "DRN002": "x"}, Screen(out, lang="en", color=False, width=20))
    assert out.getvalue() == "DRN001  pod <pod> stays\nDRN002  x\n"
