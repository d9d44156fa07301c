"""The release workflow, which runs nowhere but at GitHub: what can be known about it without."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
import yaml

from contract.sources import ROOT
from kubectl_lab.version import __version__
from package.conftest import GIVEN
from release import manifest
from release.__main__ import JOBS

TEXT = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
WORKFLOW: dict[Any, Any] = yaml.safe_load(TEXT)
JOBS_OF_IT: dict[str, Any] = WORKFLOW["jobs"]
STEPS: list[dict[str, Any]] = [step for job in JOBS_OF_IT.values() for step in job["steps"]]
RUNS = "\n".join(step["run"] for step in STEPS if "run" in step)
ORDER = ["test", "build", "krew", "publish"]


def position(job: str, of: str) -> int:
    """Which step of the job has these words in what it runs or uses."""
    (found,) = (
        i for i, step in enumerate(JOBS_OF_IT[job]["steps"]) if of in step.get("run", "") + step.get("uses", "")
    )
    return found


def test_a_tag_starts_it_and_a_hand_may_rehearse_it() -> None:
    # YAML reads the key `on` as a truth
    assert WORKFLOW[True] == {"push": {"tags": ["v*"]}, "workflow_dispatch": None}
    assert JOBS_OF_IT["publish"]["if"] == "github.event_name == 'push'"


def test_it_says_at_its_top_that_it_never_ran() -> None:
    assert "THIS FILE HAS NEVER RUN" in TEXT.partition("name:")[0]


def test_each_job_waits_for_the_one_before() -> None:
    assert list(JOBS_OF_IT) == ORDER
    assert [job.get("needs") for job in JOBS_OF_IT.values()] == [None, *ORDER[:-1]]


def test_every_platform_of_the_manifest_is_built_and_no_other() -> None:
    built = [entry["platform"] for entry in JOBS_OF_IT["build"]["strategy"]["matrix"]["include"]]
    assert built == list(manifest.platforms())


def test_every_script_that_it_calls_is_there_and_may_be_executed() -> None:
    scripts = set(re.findall(r"\./(scripts/[\w-]+)", RUNS))
    assert {"scripts/test", "scripts/render-krew", "scripts/sandbox"} <= scripts
    assert [name for name in scripts if not (ROOT / name).stat().st_mode & 0o100] == []


def test_every_job_of_ours_that_it_calls_is_there() -> None:
    assert set(re.findall(r"python -m release ([\w-]+)", RUNS)) == {"build", "smoke"} <= set(JOBS)


def test_every_test_that_it_names_is_there() -> None:
    named = re.findall(r"tests/[\w/*]+\.py", RUNS)
    assert named
    assert [name for name in named if not list(ROOT.glob(name))] == []


def test_the_tests_use_the_archives_of_the_release() -> None:
    (step,) = (step for step in JOBS_OF_IT["krew"]["steps"] if "pytest" in step.get("run", ""))
    assert step["env"] == {GIVEN: "dist"}


def test_its_own_check_of_the_version_prints_the_version() -> None:
    (program,) = re.findall(r"python -c '([^']+)'", RUNS)
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == f"{__version__}\n"


@pytest.mark.parametrize(
    "word", ["||", "continue-on-error", "set +e", "always()", "failure()", "; true", "2>/dev/null"]
)
def test_no_step_swallows_a_failure(word: str) -> None:
    used = TEXT.replace("vars.INDEX_REPOSITORY || format", "")  # an expression's default
    assert word not in used


def test_every_shell_ends_at_its_first_failure() -> None:
    # GitHub runs `shell: bash` with -e and -o pipefail; left out, it is sh without pipefail in a container
    assert WORKFLOW["defaults"] == {"run": {"shell": "bash"}}
    assert [step for step in STEPS if "shell" in step] == []


def test_every_action_is_pinned_to_a_major_version() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    assert [each for each in used if not re.fullmatch(r"[\w-]+/[\w-]+@v\d+", each)] == []


def test_only_the_last_job_may_write_and_sees_the_secret() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert {name: job["permissions"] for name, job in JOBS_OF_IT.items() if "permissions" in job} == {
        "publish": {"contents": "write"}
    }
    assert {name for name, job in JOBS_OF_IT.items() if re.search(r"secrets\.|github\.token", str(job))} == {"publish"}


def test_no_expression_is_pasted_into_a_shell_but_our_own_matrix() -> None:
    assert set(re.findall(r"\$\{\{\s*([\w.]+)", RUNS)) <= {"matrix.programs"}


def test_every_job_ends_by_itself() -> None:
    assert [name for name, job in JOBS_OF_IT.items() if not 0 < job.get("timeout-minutes", 0) <= 120] == []


def test_archives_are_built_twice_tried_and_only_then_handed_on() -> None:
    assert RUNS.count("python -m release build") == 2
    steps = [position("build", of) for of in ("no-build-isolation", "cmp ", "release smoke", "upload-artifact")]
    assert steps == sorted(steps)


def test_the_manifest_is_published_only_after_the_archives_it_names() -> None:
    assert position("publish", "gh release create") < position("publish", "git push")
    steps = [position("krew", of) for of in ("download-artifact", "render-krew", "pytest", "upload-artifact")]
    assert steps == sorted(steps)


def test_the_checksums_cover_everything_that_is_uploaded() -> None:
    assert "sha256sum lab-* *.whl >SHA256SUMS" in RUNS
    assert "dist/lab-* dist/*.whl dist/SHA256SUMS" in RUNS
    assert all(name.startswith("lab-") for name in manifest.platforms().values())
