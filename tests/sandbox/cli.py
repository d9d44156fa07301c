"""The command line of scripts/sandbox."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn

from sandbox import builds, commands, owners, parts, places, reports, states
from sandbox.clusters import Wish
from sandbox.failure import SandboxError

USAGE = 2
EPILOG = """\
examples:
  scripts/sandbox with -- kubectl get nodes        a cluster for one command, gone afterwards
  scripts/sandbox up mine && scripts/sandbox exec mine -- kubectl get nodes && scripts/sandbox down mine
  LAB_SANDBOX_BIN=/opt/k8s scripts/sandbox up      with programs built elsewhere
"""


class Parser(argparse.ArgumentParser):
    """One line and the cure, instead of a page of usage."""

    def error(self, message: str) -> NoReturn:
        raise SandboxError(message, "scripts/sandbox --help")


def parser() -> Parser:
    top = Parser(
        prog="scripts/sandbox",
        description="A real control plane on this machine.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands_of = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    build = commands_of.add_parser("build", help="build what is missing into the cache", allow_abbrev=False)
    build.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(parts.known_names())}; all by default")
    up = commands_of.add_parser("up", help="start a cluster, print the path of its kubeconfig", allow_abbrev=False)
    up.add_argument("name", nargs="?", default="lab", metavar="NAME")
    up.add_argument("--owner", type=int, metavar="PID", help="whose death makes it a left-over (default: the caller)")
    within = commands_of.add_parser("with", help="a cluster for one command (after --)", allow_abbrev=False)
    for command in (up, within):
        add_wishes(command)
    run = commands_of.add_parser(
        "exec", help="run a command (after --) with KUBECONFIG and PATH set", allow_abbrev=False
    )
    run.add_argument("name", metavar="NAME")
    add_rest(commands_of)
    return top


def add_wishes(command: argparse.ArgumentParser) -> None:
    command.add_argument("--nodes", type=int, default=3, metavar="N", help="fake nodes, 3 by default")
    command.add_argument(
        "--rbac", action=argparse.BooleanOptionalAction, default=True, help="authorization, on by default"
    )
    command.add_argument("--server", default="1.36", metavar="1.NN", help=f"of {', '.join(parts.SERVERS)}")
    command.add_argument("--stages", type=Path, metavar="FILE", help="kwok Stages in place of the built-in ones")
    command.add_argument("--audit", action="store_true", help="write an audit log; status tells where")


def add_rest(commands_of: argparse._SubParsersAction[Parser]) -> None:
    down = commands_of.add_parser("down", help="stop and delete", allow_abbrev=False)
    which = down.add_mutually_exclusive_group(required=True)
    which.add_argument("name", nargs="?", metavar="NAME")
    which.add_argument("--all", action="store_true", help="every cluster of this user")
    which.add_argument("--stale", action="store_true", help="those whose owner is dead")
    which.add_argument("--session", metavar="ID", help=f"those started with {owners.SESSION}=ID")
    listed = commands_of.add_parser("list", help="the clusters of this user", allow_abbrev=False)
    listed.add_argument("--session", metavar="ID", help=f"only those started with {owners.SESSION}=ID")
    commands_of.add_parser("status", help="processes and ports of a cluster; exit 1 if one is dead").add_argument(
        "name", metavar="NAME"
    )
    env = commands_of.add_parser("env", help="shell lines for PATH, and KUBECONFIG of a cluster")
    env.add_argument("name", nargs="?", metavar="NAME")
    commands_of.add_parser("versions", help="what each program says it is")
    commands_of.add_parser("path", help="where a program is").add_argument("binary", metavar="BINARY")
    clean = commands_of.add_parser("clean", help="remove the caches")
    clean.add_argument("--old", action="store_true", help="only what no longer matches the sources")


def main(arguments: list[str]) -> int:
    """Exit code: that of the command run, else 0, 1 for an error, 130 for Ctrl-C."""
    if arguments[:1] == ["_guard"]:
        return commands.stand_guard(*arguments[1:])
    try:
        with commands.stopping():
            return dispatch(*parse(arguments))
    except SandboxError as error:
        places.say(f"error: {error}")
        return 1
    except BrokenPipeError:  # whoever reads our answer has had enough of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:  # a full disk, a folder that is not ours
        places.say(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        places.say("interrupted")
        return 130
    except commands.Stopped as stopped:
        return 128 + stopped.number


def parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Our options, which stand before the first `--`, and the command after it, which only `with` and `exec` take."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    options, command = parser().parse_args(arguments[:at]), arguments[at + 1 :]
    if bool(command) != (options.command in {"with", "exec"}):
        raise SandboxError(
            "with and exec, and only they, take a command after --", "scripts/sandbox with -- kubectl get nodes"
        )
    return options, command


def wish(options: argparse.Namespace) -> Wish:
    if options.nodes < 0:
        raise SandboxError(f"--nodes {options.nodes}: a number from 0 up is wanted")
    if options.stages and not options.stages.is_file():
        raise SandboxError(
            f"--stages {options.stages}: no such file", "ready made: tests/sandbox/stages/slow-pods.yaml"
        )
    return Wish(options.nodes, options.rbac, options.audit, options.stages)


def dispatch(options: argparse.Namespace, theirs: list[str]) -> int:
    match options.command:
        case "build":
            builds.build(parts.chosen(options.names))
        case "up":
            wanted, state = wish(options), states.named(options.name)
            commands.up(state, wanted, options.server, options.owner or os.getppid())
        case "with":
            return commands.run_with(wish(options), options.server, theirs)
        case "exec":
            commands.run_in(states.existing(options.name), theirs)
        case "down":
            commands.down(options)
        case "list":
            reports.listing(options.session)
        case "status":
            return reports.status(states.existing(options.name))
        case "env":
            reports.environment(options.name)
        case "versions":
            reports.versions()
        case "path":
            reports.path(options.binary)
        case "clean":
            commands.clean(old=options.old)
    return 0
