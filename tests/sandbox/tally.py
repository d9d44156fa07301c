"""The last line of scripts/test, as pytest words it: `python tally.py SECONDS FAILED_PHASES FOLDER_OF_JUNIT_REPORTS`."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET  # the reports are pytest's own, written a minute ago
from collections import Counter
from pathlib import Path

WORDS = ("failed", "passed", "skipped", "error")


def counts(report: str) -> Counter[str]:
    """Of one report; pytest counts a skipped, failed or broken test in `tests` as well."""
    found: Counter[str] = Counter()
    for suite in ET.fromstring(report).iter("testsuite"):
        numbers = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
        found["failed"] += numbers["failures"]
        found["error"] += numbers["errors"]
        found["skipped"] += numbers["skipped"]
        found["passed"] += numbers["tests"] - numbers["failures"] - numbers["errors"] - numbers["skipped"]
    return found


def line(reports: list[str], seconds: int, phases: int) -> str:
    """`412 passed, 3 skipped in 301s`; a phase that failed without a failed test (a linter, a build) is an error."""
    total = Counter[str]()
    for report in reports:
        total += counts(report)
    if phases and not total["failed"] and not total["error"]:
        total["error"] = phases
    said = [f"{total[word]} {word}" for word in WORDS if total[word]] or ["no tests ran"]
    return f"{', '.join(said)} in {seconds}s"


def main(seconds: str, phases: str, folder: str) -> None:
    reports = [path.read_text() for path in sorted(Path(folder).glob("*.xml"))]
    print(f"==== {line(reports, int(seconds), int(phases))} ====")


if __name__ == "__main__":
    main(*sys.argv[1:])
