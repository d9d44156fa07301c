"""A page of the catalogue: one sentence, sections, a link."""

from __future__ import annotations

from kubectl_lab.catalogue.pages import page, parse

PAGE = """# pod {pod} stays

## Meaning
One line.

```sh
## not a heading
kubectl get pods
```

## Why it matters
Because.

https://kubernetes.io/docs/
"""


def test_the_first_line_is_the_message_without_its_mark() -> None:
    assert parse(PAGE).message == "pod {pod} stays"


def test_a_line_of_a_code_block_is_never_a_heading() -> None:
    assert [heading for heading, _ in parse(PAGE).sections] == ["Meaning", "Why it matters"]
    assert "## not a heading\nkubectl get pods" in parse(PAGE).sections[0][1]


def test_the_last_line_is_the_link_and_no_part_of_a_section() -> None:
    assert parse(PAGE).link == "https://kubernetes.io/docs/"
    assert parse(PAGE).sections[1][1] == "Because."


def test_a_page_without_a_link_keeps_its_last_line() -> None:
    made = parse("# m\n\n## Meaning\nfirst\nlast")
    assert made.link == ""
    assert made.sections == (("Meaning", "first\nlast"),)


def test_a_language_without_the_page_shows_the_english_one() -> None:
    assert page("DRN001", "xx") == page("DRN001", "en")
    assert page("DRN001", "fr") != page("DRN001", "en")


def test_a_code_without_a_page_shows_as_itself() -> None:
    assert page("XXX999", "fr").message == "XXX999"
