"""The two programs under comparison, started as a user would, and what each said."""

from __future__ import annotations

import json
import re
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.server import Json
    from oracle.drain.cases import Case
    from oracle.drain.corner import Corner

# the longest case is three nodes of 5 s each; whoever takes much longer hangs
HUNG = 90.0

# kubectl's words (drain.md has none of ours to match): what it refuses and what it warns of, by the flag in question
REFUSALS: dict[str, str] = {
    "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): ": "DRN001",
    "cannot delete Pods with local storage (use --delete-emptydir-data to override): ": "DRN002",
    "cannot delete Pods that declare no controller (use --force to override): ": "DRN003",
    'cannot delete daemonsets.apps "gone" not found: ': "DRN004",
    'cannot delete daemonsets.apps "agent" is forbidden': "DRN004",
    'cannot delete daemonsets.apps "gone" is forbidden': "DRN004",
}
WARNINGS: dict[str, str] = {
    "ignoring DaemonSet-managed Pods: ": "DRN005",
    "deleting Pods with local storage: ": "DRN006",
    "deleting Pods that declare no controller: ": "DRN007",
}
_PODS = re.compile(r"[a-z0-9-]+/[a-z0-9-]+(?:, [a-z0-9-]+/[a-z0-9-]+)*")
_TRIED = re.compile(r"(?:evicting pod [^/\s]+|pod)/([a-z0-9-]+)")
_SKIPPED = re.compile(r'pod "([^"]+)" has DeletionTimestamp older than')


@dataclass(frozen=True, slots=True)
class Answer:
    """How a program ended; `refused`, `warned`: (pod, code) pairs; `tried`: pods it would move; `document` only ours."""

    code: int | None
    stdout: str
    stderr: str
    seconds: float
    refused: frozenset[tuple[str, str]] = frozenset()
    warned: frozenset[tuple[str, str]] = frozenset()
    tried: frozenset[str] = frozenset()
    document: Json = field(default_factory=dict)

    def __str__(self) -> str:
        return f"exit {self.code} after {self.seconds:.1f} s\nstdout: {self.stdout}\nstderr: {self.stderr}"


def said_of(text: str, phrases: dict[str, str]) -> frozenset[tuple[str, str]]:
    """The (pod, code) pairs that the phrases introduce."""
    found = set()
    for phrase, code in phrases.items():
        for part in text.split(phrase)[1:]:
            # a forbidden DaemonSet brings the server's whole sentence before the pods
            listed = _PODS.match(part) or _PODS.search(part, part.find(": ") + 2)
            found |= {(pod.split("/")[1], code) for pod in (listed.group().split(", ") if listed else [])}
    return frozenset(found)


def _run(command: list[str], environment: Mapping[str, str]) -> Answer:
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        env={**environment, "LANG": "C", "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        stdout, stderr = process.communicate(timeout=HUNG)
        code: int | None = process.returncode
    except subprocess.TimeoutExpired:
        process.kill()
        stdout, stderr = process.communicate()
        code = None
    return Answer(code, stdout, stderr, time.monotonic() - started)


def _arguments(case: Case, corner: Corner) -> list[str]:
    return [argument.format(*corner.nodes, pool=corner.name) for argument in case.arguments]


@dataclass(frozen=True, slots=True)
class Kubectl:
    """The real `kubectl drain`."""

    kubectl: str
    environment: Mapping[str, str]

    def drain(self, case: Case, corner: Corner) -> Answer:
        """Runs it; refusals, warnings and skipped pods are read off its words."""
        said = _run([self.kubectl, "drain", *_arguments(case, corner)], self.environment)
        skipped = {(name, "DRN009") for name in _SKIPPED.findall(said.stdout + said.stderr)}
        return Answer(
            code=said.code,
            stdout=said.stdout,
            stderr=said.stderr,
            seconds=said.seconds,
            refused=said_of(said.stderr, REFUSALS),
            warned=said_of(said.stderr, WARNINGS) | skipped,
            tried=frozenset(_TRIED.findall(said.stdout)),
        )


@dataclass(frozen=True, slots=True)
class Lab:
    """Ours, through the real kubectl: `kubectl lab drain … -o json`."""

    kubectl: str
    environment: Mapping[str, str]

    def drain(self, case: Case, corner: Corner) -> Answer:
        """Runs it; refusals and findings are read off the document."""
        command = [self.kubectl, "lab", "drain", *_arguments(case, corner), "-o", "json"]
        said = _run(command, self.environment)
        document = json.loads(said.stdout) if said.stdout.startswith("{") else {}
        pods = [pod for node in document.get("nodes", []) for pod in node["pods"]]
        codes = [(pod, finding["code"]) for pod in pods for finding in pod["findings"]]
        return Answer(
            code=said.code,
            stdout=said.stdout,
            stderr=said.stderr,
            seconds=said.seconds,
            refused=frozenset((pod["name"], code) for pod, code in codes if pod["action"] == "refuse"),
            warned=frozenset((pod["name"], code) for pod, code in codes if pod["action"] != "refuse"),
            tried=frozenset(pod["name"] for pod in pods if pod["action"] in ("evict", "delete")),
            document=document,
        )
