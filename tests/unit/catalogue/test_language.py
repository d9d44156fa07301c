"""Which language: `--lang`, then LC_ALL, LC_MESSAGES, LANG."""

from __future__ import annotations

import pytest

from kubectl_lab.catalogue.language import choose, from_locale
from kubectl_lab.errors import BadUsage


@pytest.mark.parametrize(
    ("argv", "environ", "language"),
    [
        pytest.param([], {}, "en", id="nothing said is English"),
        pytest.param([], {"LANG": "fr_CA.UTF-8"}, "fr", id="LANG counts"),
        pytest.param([], {"LANG": "fr", "LC_MESSAGES": "C"}, "en", id="LC_MESSAGES beats LANG"),
        pytest.param([], {"LC_MESSAGES": "en_US", "LC_ALL": "fr_FR"}, "fr", id="LC_ALL beats LC_MESSAGES"),
        pytest.param([], {"LC_ALL": "", "LANG": "fr"}, "fr", id="an empty variable is as good as none"),
        pytest.param([], {"LC_ALL": "de_DE", "LANG": "fr"}, "en", id="the first that is set decides, known or not"),
        pytest.param(["--lang", "fr"], {"LC_ALL": "en_US"}, "fr", id="--lang beats the variables"),
        pytest.param(
            ["drain", "--lang=fr", "n1"], {}, "fr", id="--lang counts behind the command, with an equals sign"
        ),
        pytest.param(["--lang", "fr", "--lang", "en"], {}, "en", id="the last --lang counts"),
        pytest.param(["declare", "--", "--lang", "fr"], {}, "en", id="behind -- there are no flags"),
        pytest.param(["drain", "--lang"], {"LANG": "fr"}, "fr", id="--lang without its value is click's to refuse"),
    ],
)
def test_choice(argv: list[str], environ: dict[str, str], language: str) -> None:
    assert choose(argv, environ) == language


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("fr", "fr"),
        ("fr_CA.UTF-8", "fr"),
        ("FR-ca", "fr"),
        ("fr@euro", "fr"),
        ("C", "en"),
        ("POSIX", "en"),
        ("frp", "en"),
    ],
)
def test_a_locale_names_its_language_first(locale: str, language: str) -> None:
    assert from_locale(locale) == language


@pytest.mark.parametrize("language", ["de", "", "FR", "fr_FR"])
def test_a_language_we_have_no_words_for_is_refused_and_ours_are_listed(language: str) -> None:
    with pytest.raises(BadUsage) as refused:
        choose(["why", "--lang", language], {"LANG": "fr"})
    assert refused.value.values["languages"] == "en, fr"
    assert refused.value.exit_code == 2
