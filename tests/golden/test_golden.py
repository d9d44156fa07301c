"""The exact bytes of answers. A case is a folder `<command>/<situation>/`:

`command`        one line, `kubectl lab …`
`cluster.yaml`   what the command reads with `-f`, where it reads anything
`out.text`       what it prints; likewise `out.wide`, `out.json`, `out.yaml`, `out.name`, and `out.fr.text` in French

What goes to stderr stands behind a line `--- stderr`, an exit code other than 0 behind `--- exit`.
`pytest tests/golden --update-golden` writes the `out.*` that are there (make an empty one to add it).
"""

from __future__ import annotations

import platform
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from kubectl_lab import version
from kubectl_lab_plugins.main import lab

HERE = Path(__file__).parent
EXPECTED = sorted(path for path in HERE.glob("*/*/out.*") if path.name.count(".") in (1, 2))
SETTINGS = {"COLUMNS": "100", "NO_COLOR": "1", "LC_ALL": "C", "KUBECONFIG": "/nonexistent"}


def words_of(expected: Path) -> list[str]:
    """The command line of one expected output: the case's, with the language and format that the file's name says."""
    *lang, form = expected.name.split(".")[1:]
    words = shlex.split((expected.parent / "command").read_text(encoding="utf-8"))
    assert words[:2] == ["kubectl", "lab"]
    words += ["--lang", *(lang or ["en"])] + ([] if form == "text" else ["-o", form])
    cluster = expected.parent / "cluster.yaml"
    return words[2:] + (["-f", str(cluster)] if cluster.exists() else [])


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: str(path.relative_to(HERE)))
def test_output_is_to_the_letter(expected: Path, update_golden: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    # the machine is no part of the case
    monkeypatch.setattr(platform, "python_version", lambda: "3.11.0")
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    done = CliRunner().invoke(lab, words_of(expected), prog_name="kubectl lab", env=SETTINGS)
    made = done.stdout.replace(version.__version__, "VERSION")
    made += f"--- stderr\n{done.stderr}" if done.stderr else ""
    made += f"--- exit\n{done.exit_code}\n" if done.exit_code else ""
    if update_golden:
        expected.write_text(made, encoding="utf-8")
    assert made == expected.read_text(encoding="utf-8")


def test_a_case_is_whole() -> None:
    for folder in HERE.glob("*/*/"):
        if folder.name == "__pycache__":
            continue
        names = {path.name for path in folder.iterdir()}
        assert "command" in names, folder
        assert {"out.text", "out.fr.text"} <= names, folder
        assert names <= {path.name for path in EXPECTED} | {"command", "cluster.yaml"}, folder
