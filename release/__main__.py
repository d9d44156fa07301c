"""`python -m release COMMAND`: the jobs behind `scripts/build` and `scripts/render-krew`."""

from __future__ import annotations

import importlib
import sys

from release.failure import ReleaseError

# command -> its module, imported when asked for; each has `main(words) -> exit code`
JOBS = {"build": "release.bundle", "manifest": "release.manifest", "smoke": "release.smoke"}


def main(words: list[str]) -> int:
    """0, 1 with two lines on stderr where the job failed, 2 for a wrong command line (argparse)."""
    job = JOBS.get(words[0]) if words else None
    if job is None:
        print(f"usage: python -m release {{{','.join(JOBS)}}} ...", file=sys.stderr)
        return 2
    try:
        code: int = importlib.import_module(job).main(words[1:])
    except ReleaseError as error:
        print(f"error: {error.message}\n  {error.cure}", file=sys.stderr)
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
