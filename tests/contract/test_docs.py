"""The pages under docs/ against the program: its flags, codes and formats, and what its examples print."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import click
import pytest

from contract.sources import ROOT
from contract.test_help import command
from contract.test_readme import BLOCK, examples, printed
from kubectl_lab.catalogue import CODES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DOCS = ROOT / "docs"
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
CODE = r"([A-Z]{3})(\d{3})"
RANGE = re.compile(rf"{CODE}(?:–{CODE})?")  # noqa: RUF001 - a range in print has that dash
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)")


class Page(NamedTuple):
    """A page about one command, in one language."""

    command: str
    lang: str

    @property
    def path(self) -> Path:
        """Where it is."""
        return DOCS / ("" if self.lang == "en" else self.lang) / f"{self.command}.md"

    @property
    def text(self) -> str:
        """What it says."""
        return self.path.read_text(encoding="utf-8")


PAGES = [
    Page(name, lang)
    for name in ("drain", "explain-service", "explain-taints", "explain-tolerations")
    for lang in ("en", "fr")
]
EACH = pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.command}-{page.lang}")
OF_FILES = pytest.mark.parametrize("page", PAGES[2:], ids=lambda page: f"{page.command}-{page.lang}")
# the prefix of a command's codes, and the heading of the table that lists them
FINDINGS = {
    "drain": ("DRN", r"^## (?:Codes|Les codes)$"),
    "explain-service": ("SVC", r"^## (?:Findings|Les constats)$"),
    "explain-taints": ("TNT", r"^## (?:Findings|Les constats)$"),
    "explain-tolerations": ("SCH", r"^## (?:Findings|Les constats)$"),
}


def flags_of(of: click.Command) -> set[str]:
    """`--watch`, `--selector`, and `-h` in its long form: all that `--help` lists."""
    options = (each for each in of.get_params(click.Context(of)) if isinstance(each, click.Option) and not each.hidden)
    return {name for each in options for name in (*each.opts, *each.secondary_opts) if name.startswith("--")}


def findings_of(page: Page) -> str:
    """The section that lists the codes."""
    _, heading = FINDINGS[page.command]
    return re.split(heading, page.text, flags=re.MULTILINE)[1].partition("\n## ")[0]


def ours(page: Page) -> Iterator[str]:
    """The page without the lines of code that run something else than its command (a cure may be another one)."""
    in_code = False
    for line in page.text.splitlines():
        if line.startswith("```"):
            in_code = not in_code
        elif not in_code or f"kubectl lab {page.command}" in line:
            yield line


def codes_in(text: str) -> set[str]:
    """`SVC010–SVC012` is three codes."""  # noqa: RUF002 - as in print
    return {
        f"{prefix}{number:03d}"
        for prefix, first, _, last in RANGE.findall(text)
        for number in range(int(first), int(last or first) + 1)
    }


def anchors(text: str) -> set[str]:
    """What GitHub makes of the headings."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {"#" + re.sub(r"[^\w\- ]", "", heading.lower().replace("`", "")).replace(" ", "-") for heading in headings}


@EACH
def test_a_page_tells_of_every_flag(page: Page) -> None:
    assert flags_of(command(page.command)) - set(FLAG.findall(page.text)) == set()


@EACH
def test_a_page_tells_of_no_flag_that_is_not_there(page: Page) -> None:
    assert set(FLAG.findall("\n".join(ours(page)))) - flags_of(command(page.command)) == set()


@EACH
def test_the_table_of_findings_covers_every_code(page: Page) -> None:
    prefix, _ = FINDINGS[page.command]
    assert {code for code in CODES if code.startswith(prefix)} - codes_in(findings_of(page)) == set()


@EACH
def test_every_code_that_a_page_names_is_there(page: Page) -> None:
    assert {"".join(each) for each in re.findall(CODE, page.text)} - set(CODES) == set()


@EACH
def test_a_page_names_every_format(page: Page) -> None:
    (output,) = (each for each in command(page.command).params if each.name == "output")
    assert isinstance(output.type, click.Choice)
    (row,) = (line for line in page.text.splitlines() if line.startswith("| `-o`, `--output` |"))
    assert set(re.findall(r"`([a-z]+)`", row.partition("--output")[2])) == set(output.type.choices)


@pytest.mark.parametrize(
    "file",
    [*(page.path for page in PAGES), ROOT / "README.md", ROOT / "CONTRIBUTING.md"],
    ids=lambda file: str(file.relative_to(ROOT)),
)
def test_every_link_leads_somewhere(file: Path) -> None:
    for target, anchor in LINK.findall(file.read_text(encoding="utf-8")):
        path = (file.parent / target).resolve() if target else file
        assert path.exists(), target
        assert not anchor or anchor in anchors(path.read_text(encoding="utf-8")), anchor


@EACH
def test_both_languages_have_the_same_sections_tables_and_examples(page: Page) -> None:
    english, other = Page(page.command, "en").text, page.text
    for pattern in (r"^## ", r"^\|", r"^```", r"^- "):
        assert len(re.findall(pattern, other, re.MULTILINE)) == len(re.findall(pattern, english, re.MULTILINE)), pattern


EXAMPLES = [
    pytest.param(*each, id=f"{page.command}-{page.lang}: {each[0]}")
    for page in PAGES
    for mark, block in BLOCK.findall(page.text)
    if mark == "offline"
    for each in examples(block)
]


@pytest.mark.parametrize(("line", "output"), EXAMPLES)
def test_an_example_prints_what_the_page_says(line: str, output: str) -> None:
    assert printed(line) == output


@OF_FILES
def test_a_page_about_a_command_that_reads_files_has_an_example_that_runs_here(page: Page) -> None:
    assert [mark for mark, _ in BLOCK.findall(page.text)] == ["offline"]
