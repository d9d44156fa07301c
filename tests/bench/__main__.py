"""`scripts/bench`: measures, prints both sides, and passes no judgement; it fails only where something broke."""

from __future__ import annotations

import argparse
import sys

from bench import drain
from bench.setting import GROUP
from sandbox.failure import SandboxError
from sandbox.sandboxes import SLOW_PODS, running


def main() -> int:
    """0 when every figure was had, 1 when something broke."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("what", choices=["drain"])
    parser.add_argument("--nodes", type=int, default=20, help="nodes of the setting without budgets, in fours (20)")
    parser.add_argument("--only", choices=list(drain.PROGRAMS), help="one side alone")
    given = parser.parse_args()
    if given.nodes < GROUP or given.nodes % GROUP:
        parser.error(f"--nodes {given.nodes}: a multiple of {GROUP} is needed")
    try:
        with running("bench", nodes=1, stages=SLOW_PODS, audit=True) as sandbox:
            drain.report(sandbox, given.nodes, [given.only] if given.only else list(drain.PROGRAMS))
    except (drain.BrokenError, SandboxError, TimeoutError) as broken:
        print(f"bench: {broken}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
