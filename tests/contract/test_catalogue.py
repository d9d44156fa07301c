"""Code and catalogue of findings agree: table, pages of both languages, rules that use them, commands that cure."""

from __future__ import annotations

import json
import re
import shlex
import string
from pathlib import Path

import pytest
from click.testing import CliRunner

from contract.sources import ROOT, files, strings
from kubectl_lab.catalogue import CODES, finding, pages
from kubectl_lab.render import data
from kubectl_lab_plugins.main import lab

CODE = re.compile(r"[A-Z]{3}\d{3}")
PUBLISHED = Path(__file__).parent / "published_codes.json"
TABLES = ROOT / "kubectl_lab" / "catalogue" / "codes"
PROGRAMS = ("kubectl", "curl", "printf")
LANGUAGES = ("en", "fr")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def codes_in(paths: list[Path]) -> set[str]:
    return {text for path in paths for text in strings(path) if CODE.fullmatch(text)}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_has_a_page_and_every_page_a_code(lang: str) -> None:
    found = {path.stem for path in (ROOT / "kubectl_lab" / "catalogue" / lang).glob("*.md")}
    assert found == set(CODES)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_a_page_is_whole(code: str, lang: str) -> None:
    page = pages.page(code, lang)
    assert tuple(heading for heading, _ in page.sections) == pages.SECTIONS[lang]
    assert all(text.strip() for _, text in page.sections)
    assert re.search(r"https://\S+", page.link)
    assert "\n" not in page.message
    assert not page.message.endswith(".")


@pytest.mark.parametrize("code", CODES)
def test_a_sentence_uses_only_what_its_finding_saw_and_the_same_in_both_languages(code: str) -> None:
    used = [placeholders(pages.page(code, lang).message) for lang in LANGUAGES]
    assert used[0] == used[1]
    assert used[0] <= CODES[code].values


@pytest.mark.parametrize("code", CODES)
def test_a_cure_is_a_command_that_can_be_pasted(code: str) -> None:
    details: dict[str, object] = dict.fromkeys(CODES[code].values, "a b")
    details |= {"command": "kubectl lab drain 'a b'", "commands": ["kubectl lab drain 'a b'"]}
    made = data.fixes(finding(code, None, **details).to_dict())
    assert len(made) == len(CODES[code].fix)
    for command in made:
        assert shlex.split(command)[0] in PROGRAMS
        assert "{" not in command


@pytest.mark.parametrize("code", CODES)
def test_a_cure_uses_only_what_its_finding_saw(code: str) -> None:
    for template in CODES[code].fix:
        assert placeholders(template) <= CODES[code].values


def test_every_code_that_a_rule_uses_is_in_the_table_and_every_code_of_the_table_is_used() -> None:
    assert codes_in([path for path in files() if TABLES not in path.parents]) == set(CODES)


def test_every_code_is_spoken_of_by_a_test() -> None:
    tests = [path for path in (ROOT / "tests").rglob("*.py") if "contract" not in path.parts]
    text = "\n".join(path.read_text(encoding="utf-8") for path in tests)
    assert set(CODES) - set(CODE.findall(text)) == set()


def test_a_published_code_never_goes_and_never_loses_a_value(update_golden: bool) -> None:
    known = {
        code: {"severities": [str(severity) for severity in each.severities], "values": sorted(each.values)}
        for code, each in CODES.items()
    }
    if update_golden:
        PUBLISHED.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    for code, before in json.loads(PUBLISHED.read_text(encoding="utf-8")).items():
        assert code in known, f"{code} was published: a program may look for it"
        assert set(before["severities"]) <= set(known[code]["severities"]), code
        assert set(before["values"]) <= set(known[code]["values"]), code


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_why_prints_every_page(code: str, lang: str) -> None:
    result = CliRunner().invoke(lab, ["why", code.lower(), "--lang", lang], env={"COLUMNS": "100"})
    assert result.exit_code == 0
    for heading in pages.SECTIONS[lang]:
        assert f"\n{heading}\n" in result.stdout
    assert "```" not in result.stdout
