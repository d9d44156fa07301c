"""`scripts/bench`: measures, prints both sides, and passes no judgement; it fails only where something broke."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench import drain, scheduling, services, startup
from bench.setting import GROUP
from sandbox.failure import SandboxError
from sandbox.sandboxes import SLOW_PODS, running

BROKEN = (drain.BrokenError, scheduling.BrokenError, services.BrokenError, startup.BrokenError)


def main() -> int:
    """0 when every figure was had, 1 when something broke."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("what", choices=["drain", "scheduling", "services", "startup"])
    parser.add_argument(
        "--nodes", type=int, default=20, help="drain: nodes of the setting without budgets, in fours (20)"
    )
    parser.add_argument("--services", type=int, default=1000, help="services: how many (1000)")
    parser.add_argument("--pods", type=int, default=10, help="services: pods of each, measured after one each (10)")
    parser.add_argument(
        "--rounds", type=int, help=f"startup, scheduling: how many ({startup.ROUNDS}, {scheduling.ROUNDS})"
    )
    parser.add_argument(
        "--cluster",
        type=int,
        nargs=2,
        metavar=("NODES", "PODS"),
        default=(scheduling.NODES, scheduling.PODS),
        help=f"scheduling: how large ({scheduling.NODES} {scheduling.PODS})",
    )
    parser.add_argument("--bundle", type=Path, help="startup: the folder with the frozen programs (built anew)")
    parser.add_argument("--only", choices=["kubectl", "ours"], help="one side alone")
    given = parser.parse_args()
    if given.nodes < GROUP or given.nodes % GROUP:
        parser.error(f"--nodes {given.nodes}: a multiple of {GROUP} is needed")
    if given.rounds is None:
        given.rounds = scheduling.ROUNDS if given.what == "scheduling" else startup.ROUNDS
    if min(given.services, given.pods, given.rounds, *given.cluster) < 1:
        parser.error("--services, --pods, --rounds and --cluster: at least 1")
    try:
        _measure(given)
    except (*BROKEN, SandboxError, TimeoutError) as broken:
        print(f"bench: {broken}", file=sys.stderr)
        return 1
    return 0


def _measure(given: argparse.Namespace) -> None:
    if given.what == "services":
        programs = [given.only] if given.only else list(services.PROGRAMS)
        with running("bench", nodes=1, audit=True) as sandbox:
            services.report(sandbox, given.services, given.pods, programs)
    elif given.what == "scheduling":
        nodes, pods = given.cluster
        scheduling.report(Path(sys.prefix, "bin", "kubectl-lab"), nodes, pods, given.rounds)
    elif given.what == "startup":
        with running("bench", nodes=1) as sandbox:
            startup.report(sandbox, Path(sys.prefix, "bin", "kubectl-lab"), given.bundle, given.rounds)
    else:
        with running("bench", nodes=1, stages=SLOW_PODS, audit=True) as sandbox:
            drain.report(sandbox, given.nodes, [given.only] if given.only else list(drain.PROGRAMS))


if __name__ == "__main__":
    sys.exit(main())
