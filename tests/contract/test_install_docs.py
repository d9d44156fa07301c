"""The pages about installing: alike in both languages, and of one mind with the release. tests/package runs what they say."""

from __future__ import annotations

import re

import pytest

from contract.sources import ROOT
from contract.test_docs import DOCS, LINK, anchors
from kubectl_lab.version import __version__
from release import manifest

PAGES = {"en": DOCS / "install.md", "fr": DOCS / "fr" / "install.md"}
TEXTS = {lang: page.read_text(encoding="utf-8") for lang, page in PAGES.items()}
EACH = pytest.mark.parametrize("lang", PAGES)
SHELL = re.compile(r"(?:<!-- test: (\w+) -->\n)?```sh\n(.*?)```", re.DOTALL)
# what a release runs on: the container of the workflow's Linux builds, as the pages name it
CONTAINERS = {"python:3.11-bullseye": ("2.31", "Debian 11")}
TESTED = ["krew", "archive", "pip", "sources", "completion", "upgrade", "uninstall", "index", "discard"]


def commands(name: str, lang: str = "en") -> list[str]:
    """The lines of the block with that mark."""
    (found,) = (block for mark, block in SHELL.findall(TEXTS[lang]) if mark == name)
    lines: list[str] = found.splitlines()
    return lines


@EACH
def test_every_link_leads_somewhere(lang: str) -> None:
    for target, anchor in LINK.findall(TEXTS[lang]):
        path = (PAGES[lang].parent / target).resolve() if target else PAGES[lang]
        assert path.exists(), target
        assert not anchor or anchor in anchors(path.read_text(encoding="utf-8")), anchor


@pytest.mark.parametrize("pattern", [r"^## ", r"^\|", r"^```", r"^- "])
def test_both_languages_have_the_same_parts(pattern: str) -> None:
    counts = {len(re.findall(pattern, text, re.MULTILINE)) for text in TEXTS.values()}
    assert len(counts) == 1


def test_both_languages_say_to_type_the_same() -> None:
    assert SHELL.findall(TEXTS["en"]) == SHELL.findall(TEXTS["fr"])


@EACH
def test_every_block_is_tested_but_the_tools_that_are_not_here(lang: str) -> None:
    marks = [mark or block.split()[0] for mark, block in SHELL.findall(TEXTS[lang])]
    assert sorted(marks) == sorted([*TESTED, "pipx"])
    assert TEXTS[lang].count("<!-- test:") == len(TESTED)


@EACH
def test_every_address_is_of_the_repository_that_releases(lang: str) -> None:
    owner = manifest.REPOSITORY.rpartition("/")[0]
    addresses = set(re.findall(r"https://[^\s)]+", TEXTS[lang]))
    assert f"{owner}/krew-index-lab.git" in addresses
    assert {
        each for each in addresses if not each.startswith((f"{owner}/krew-index-lab.git", manifest.REPOSITORY))
    } == set()


@EACH
def test_the_wheel_is_that_of_the_version(lang: str) -> None:
    wheels = set(re.findall(r"(\S*kubectl_lab-[\w.-]+\.whl)", TEXTS[lang]))
    assert wheels == {f"./kubectl_lab-{__version__}-py3-none-any.whl"}


@EACH
def test_every_archive_that_is_named_is_one_of_a_release_and_all_are(lang: str) -> None:
    named = set(re.findall(r"lab-[a-z]+-[a-z]+64", TEXTS[lang]))
    assert named == {f"lab-{platform}" for platform in manifest.platforms()}


@EACH
def test_the_oldest_glibc_is_that_of_the_container_that_builds(lang: str) -> None:
    workflow = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    (container,) = set(re.findall(r"container: (python\S+)", workflow))
    assert [word for word in CONTAINERS[container] if word not in TEXTS[lang]] == []


@EACH
def test_what_comes_off_is_what_went_on(lang: str) -> None:
    """Each way's uninstalling takes the completion file first, and every place that its lines have filled."""
    gone = commands("discard", lang)
    assert gone[0] == commands("uninstall", lang)[0] == f"{commands('completion', lang)[0]} --remove"
    filled = {word for line in commands("archive", lang) for word in re.findall(r"~/\.local/\w+/[\w-]+$", line)}
    assert filled == {"~/.local/lib/lab", "~/.local/bin/kubectl-lab"} == set(gone[1].split()[2:])
    environment, *_, link = commands("pip", lang)
    assert f"`rm -r {environment.split()[-1]} {link.split()[-1]}`" in TEXTS[lang]


def test_the_index_names_the_same_address_as_the_pages() -> None:
    readme = (ROOT / "krew-index" / "README.md").read_text(encoding="utf-8")
    assert [line for line in commands("krew")[:2] if line not in readme] == []
