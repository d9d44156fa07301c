"""What is offered where no cluster is needed: a table of lines, through the function and through the program."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from completing import PROGRAM, complete
from kubectl_lab.catalogue import CODES, language, pages
from kubectl_lab_plugins import completion_answer, completion_table
from kubectl_lab_plugins.completion_words import read
from kubectl_lab_plugins.main import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path

ENGLISH = {"LC_ALL": "C"}


def offered(line: str) -> tuple[list[str], str]:
    """Candidates and directive for a line; its last word is the one to complete."""
    *lines, directive = completion_answer.answer(shlex.split(line), ENGLISH).splitlines()
    return [each.partition("\t")[0] for each in lines], directive


FORMATS = ["text", "wide", "json", "yaml", "name", "mermaid", "svg", "dot", "jsonl"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("''", list(COMMANDS), id="the commands"),
        pytest.param("e", ["explain-taints", "explain-tolerations", "explain-service"], id="only what begins so"),
        pytest.param("--la", ["--lang"], id="the flags of the program itself"),
        pytest.param("--lang ''", ["en", "fr"], id="a value of such a flag"),
        pytest.param("--lang=f", ["fr"], id="the same after ="),
        pytest.param("--lang fr dr", ["drain"], id="a command behind such a flag"),
        pytest.param("nothing ''", [], id="no such command"),
        pytest.param("nothing --", [], id="nor its flags"),
        pytest.param("commands ''", [], id="a part of the table is no command"),
        pytest.param("codes DRN", [], id="nor is another"),
        pytest.param("version ''", [], id="a command without arguments"),
        pytest.param("version x ''", [], id="and one word too many"),
        pytest.param("why DRN010 ''", [], id="a command whose only argument is there"),
        pytest.param("explain-service --context", ["--context"], id="a flag that is whole"),
        pytest.param("explain-service --context x --context", [], id="a flag that is given already"),
        pytest.param("explain-service -n x --namesp", [], id="given in its short form"),
        pytest.param("explain-service -nx --namesp", [], id="given with its value attached"),
        pytest.param("explain-service --as-group x --as-g", ["--as-group"], id="a flag that may be repeated"),
        pytest.param("explain-service --probe=false --prob", ["--probe", "--probe-path"], id="a switch taken back"),
        pytest.param("explain-service -o m", ["mermaid"], id="a value of a fixed list"),
        pytest.param("explain-service -o ''", FORMATS, id="the whole list"),
        pytest.param("version -o ''", ["text", "json", "yaml"], id="each command has its own"),
        pytest.param("explain-service --output=m", ["mermaid"], id="after = bare values: the shells' scripts want it"),
        pytest.param("explain-service -o=m", ["mermaid"], id="the same for a short flag"),
        pytest.param("explain-service -om", ["-omermaid"], id="attached values are whole words"),
        pytest.param("explain-service -qom", ["-qomermaid"], id="also behind other flags"),
        pytest.param("drain --dry-run=", ["none", "client", "server"], id="a flag that may stand bare"),
        pytest.param("drain --force=", ["true", "false"], id="a switch"),
        pytest.param("drain --token ''", [], id="a value nobody can list"),
        pytest.param("version -- --cl", [], id="behind -- there are no flags"),
        pytest.param("drain -l a=b ''", [], id="beside a selector there are no names"),
        pytest.param("explain-service -A ''", [], id="nor beside all namespaces"),
        pytest.param("explain-service -f x.yaml ''", [], id="names in files are not the cluster's"),
        pytest.param("explain-service -A=true ''", [], id="however it is spelled"),
        pytest.param("why drn00", [f"drn00{n}" for n in range(1, 10)], id="codes in small letters"),
        pytest.param("why DRN04", ["DRN041", "DRN042"], id="codes"),
        pytest.param("why ''", sorted(CODES), id="all codes"),
        pytest.param("explain-service --from ''", ["pod/", "namespace/"], id="a client, before anybody is asked"),
        pytest.param("completion z", ["zsh"], id="an argument of a fixed list"),
        pytest.param("completion bash ''", [], id="which stands once"),
    ],
)
def test_offered_is(line: str, words: list[str]) -> None:
    found, directive = offered(line)
    assert found == words
    assert directive == (":6" if found and all(word.endswith("/") for word in found) else ":4")


PAIR = [
    completion_table.Entry("NAME", "argument", "", "a b", ""),
    completion_table.Entry("KEY", "argument", "*", "a b c", ""),
]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        pytest.param([], ["a", "b"], id="the first"),
        pytest.param(["a"], ["a", "b", "c"], id="the second, which may be called as the first is"),
        pytest.param(["a", "a"], ["b", "c"], id="the second again, each once"),
        pytest.param(["a", "c", "b", "a"], [], id="all are there"),
    ],
)
def test_of_two_arguments_each_has_its_own_list(words: list[str], offered: list[str]) -> None:
    made = completion_answer._arguments("x", PAIR, "", read(words, PAIR), completion_table.Table("en"))
    assert made.splitlines()[:-1] == offered


WORDS = st.one_of(
    st.sampled_from(
        ["version", "why", "completion", "-", "--", "-o", "--lang", "--lang=", "-o=j", "-qv", "DRN", "", "="]
    ),
    st.text(max_size=6),
)


@given(st.sampled_from(["version", "why", "completion", "nothing"]), st.lists(WORDS, min_size=1, max_size=4))
def test_any_line_is_answered_with_what_begins_as_it_does(command: str, words: list[str]) -> None:
    if any(word.startswith(("-n", "-c", "--context", "--cluster", "--user", "--namespace")) for word in words):
        return  # these ask a kubeconfig or a server
    answer = completion_answer.answer([command, *words], ENGLISH)
    *lines, directive = answer.removesuffix("\n").split("\n")
    assert directive in (":0", ":4", ":6")
    typed = words[-1]
    for line in lines:
        word = line.partition("\t")[0]
        assert word.startswith(typed) or (typed.startswith("-") and "=" in typed)
        assert line.replace("\t", "").isprintable()


@pytest.mark.parametrize(
    "line",
    [
        "drain --kubeconfig ''",
        "drain --kubeconfig=co",
        "explain-service -f x",
        "explain-service -fx",
        "explain-service -f x -f y",
        "completion install --dir ''",
    ],
)
def test_files_are_left_to_the_shell(line: str) -> None:
    assert offered(line) == ([], ":0")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_flag_of_a_command_is_offered_in_all_its_spellings(command: str) -> None:
    entries = completion_table.Table("en").entries(command)
    known = [name for entry in entries if entry.reading != "argument" for name in entry.names]
    assert offered(f"{command} -")[0] == known
    assert offered(f"{command} --")[0] == [name for name in known if name.startswith("--")]


def test_a_code_comes_with_its_title() -> None:
    lines = completion_answer.answer(["why", "DRN041"], ENGLISH).splitlines()
    assert lines[0].startswith("DRN041\t")
    assert lines[0].partition("\t")[2] == pages.page("DRN041", "en").message.replace("{", "<").replace("}", ">")


@pytest.mark.parametrize(
    ("words", "environ", "said"),
    [
        (["dr"], {"LANG": "fr_CA.UTF-8"}, "Vider des nœuds"),
        (["--lang", "fr", "dr"], {}, "Vider des nœuds"),
        (["drain", "--lang=fr", "--force"], {}, "Continuer même si"),
        (["dr"], {"LANG": "de_DE.UTF-8"}, "Empty nodes"),
        (["drain", "--lang", "xx", "--force"], {"LANG": "fr"}, "Continuer même si"),
    ],
)
def test_it_is_described_in_the_users_language(words: list[str], environ: dict[str, str], said: str) -> None:
    assert said in completion_answer.answer(words, environ)


LOCALES = st.sampled_from(
    ["", "C", "POSIX", "fr", "FR", "fr_CA.UTF-8", "fr-FR", "fr@euro", "en_US", "de_DE", "frisian"]
)


@given(
    st.lists(st.sampled_from(["--lang", "fr", "en", "--lang=fr", "--lang=en", "--", "drain"]), max_size=5),
    st.fixed_dictionaries({}, optional={"LC_ALL": LOCALES, "LC_MESSAGES": LOCALES, "LANG": LOCALES}),
)
def test_the_language_is_chosen_as_everywhere_else(words: list[str], environ: dict[str, str]) -> None:
    asked = language._flag(words)
    if asked in (None, "en", "fr"):
        assert completion_table.language(words, environ) == language.choose(words, environ)


@pytest.mark.parametrize(
    "word",
    [
        "a b",
        "a\tb",
        "a\nb",
        "\x1b[31m",
        "a\u202eb",
        "a\u00a0b",
        "$(id)",
        "`id`",
        "a;b",
        "a|b",
        "a'b",
        'a"b',
        "a\\b",
        "~",
    ],
)
def test_a_word_that_a_shell_would_not_take_as_it_is_is_left_out(word: str) -> None:
    assert not completion_answer.is_safe(word)


@pytest.mark.parametrize("word", ["web-1", "arn:aws:eks:eu:1:cluster/prod", "a@b", "dév", "ns/web", "tls.crt", "a_b"])
def test_other_words_are_offered(word: str) -> None:
    assert completion_answer.is_safe(word)


def test_the_program_prints_it(tmp_path: Path) -> None:
    done = complete("explain-service", "--until", "")
    assert (done.lines, done.noise, done.code) == (["healthy", "degraded", ":4"], "", 0)
    assert complete("dr", environ={"LANG": "fr_FR.UTF-8", "LC_ALL": ""}).lines[0].startswith("drain\tVider des nœuds")


def test_without_a_word_the_commands_are_offered() -> None:
    assert complete().words == list(COMMANDS)


def test_a_program_named_for_a_command_completes_that_command() -> None:
    script = "import sys; from kubectl_lab_plugins.__main__ import run; sys.argv = {!r}; run()"
    argv = ["/bin/kubectl-lab-explain_service", "__complete", "--until", "h"]
    done = subprocess.run([sys.executable, "-c", script.format(argv)], capture_output=True, text=True, check=True)
    assert done.stdout == "healthy\n:4\n"


def test_descriptions_keep_their_accents_on_an_ascii_terminal() -> None:
    done = complete("dr", environ={"LANG": "fr_FR", "LC_ALL": "", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert "nœuds" in done.lines[0]


@pytest.mark.parametrize("name", ["kubectl", "kubectl.real"])
def test_kubectl_is_not_offered_what_it_lists_itself(tmp_path: Path, name: str) -> None:
    """Of kubectl here only its name matters: a shell that is called so and stays the parent."""
    (tmp_path / name).symlink_to("/bin/sh")
    asking = f"{shlex.quote(str(PROGRAM))} __complete ''; true"
    for folder, left in ((PROGRAM.parent, ["completion", "version", "why"]), ("/nonexistent", list(COMMANDS))):
        environ = {"PATH": f"{folder}::/nowhere", **ENGLISH}
        done = subprocess.run([tmp_path / name, "-c", asking], capture_output=True, text=True, check=True, env=environ)
        assert [line.partition("\t")[0] for line in done.stdout.splitlines()[:-1]] == left


def test_a_reader_who_leaves_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([PROGRAM, "__complete", ""], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_table_that_is_gone_is_silence(tmp_path: Path) -> None:
    script = "import kubectl_lab, sys; kubectl_lab.__file__ = '/nonexistent/x.py'; from kubectl_lab_plugins.__main__ import run; sys.argv = ['kubectl-lab', '__complete', '']; run()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, ":4\n", "")
