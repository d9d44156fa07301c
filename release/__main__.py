"""`python -m release COMMAND`: the jobs behind `scripts/build` and `scripts/render-krew`."""

from __future__ import annotations

import importlib
import signal
import sys

from release.failure import ReleaseError

INTERRUPTED, TERMINATED = 130, 143
# command -> its module, imported when asked for; each has `main(words) -> exit code`
JOBS = {"build": "release.bundle", "manifest": "release.manifest", "smoke": "release.smoke"}


def main(words: list[str]) -> int:
    """0, 1 with two lines on stderr where the job failed, 2 for a wrong command line (argparse)."""
    job = JOBS.get(words[0]) if words else None
    if job is None:
        print(f"usage: python -m release {{{','.join(JOBS)}}} ...", file=sys.stderr)
        return 2
    # so that what is half done is cleared away
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    try:
        code: int = importlib.import_module(job).main(words[1:])
    except ReleaseError as error:
        print(f"error: {error.message}\n  {error.cure}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"error: {error.filename or job}: {error.strerror}\n  mend that and start again", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        signal.signal(signal.SIGTERM, before)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
