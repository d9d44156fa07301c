"""The sandbox in pytest: a cluster a session (and a worker), a namespace a test, special clusters by a factory.

Where it cannot be had, the tests that want it are skipped with the reason; under `--require-sandbox` or `CI=true` that is
a failure. Nothing is built here: five minutes of silence are no way to start a test.
"""

from __future__ import annotations

import itertools
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from sandbox import builds, parts, states
from sandbox.failure import SandboxError
from sandbox.sandboxes import Sandbox, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NO_SANDBOX = "no sandbox: "
NEVER_SKIPPED = ("live", "oracle", "package")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("kubectl lab")
    group.addoption(
        "--require-sandbox", action="store_true", help="a test skipped for want of the sandbox is a failure"
    )


def required(config: pytest.Config) -> bool:
    return bool(config.getoption("--require-sandbox")) or os.environ.get("CI", "") in {"1", "true"}


@pytest.fixture(scope="session")
def sandbox_programs() -> tuple[builds.Built, ...]:
    """The built programs; skips when they are not there."""
    try:
        return tuple(builds.find(parts.PARTS))
    except SandboxError as error:
        pytest.skip(f"{NO_SANDBOX}{error.message} ({error.cure})")


@pytest.fixture(scope="session")
def gateway_crds() -> Path:
    """The folder of the Gateway API's CRD files; skips when it is not there."""
    try:
        return builds.find((parts.GATEWAY,))[0].folder
    except SandboxError as error:
        pytest.skip(f"no Gateway API: {error.message} ({error.cure})")


@pytest.fixture(scope="session")
def sandbox(sandbox_programs: tuple[builds.Built, ...], worker: str) -> Iterator[Sandbox]:
    """A plain cluster of three nodes, for the whole session. Leave it as you found it; use `namespace`."""
    with running(f"tests-{worker}") as cluster:
        yield cluster


@pytest.fixture(scope="session")
def worker() -> str:
    """Which worker of pytest-xdist this is, `main` without it."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture
def namespace(sandbox: Sandbox, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh namespace of `sandbox`, whose service account is there; deleted afterwards, without waiting."""
    name = next_name()
    sandbox.kubectl("create", "namespace", name)
    sandbox.kubectl("wait", "--for=create", "serviceaccount/default", "-n", name, "--timeout=30s")
    yield name
    sandbox.kubectl("delete", "namespace", name, "--wait=false")


counter = itertools.count(1)


def next_name() -> str:
    return f"test-{next(counter)}"


@pytest.fixture
def new_sandbox(sandbox_programs: tuple[builds.Built, ...], worker: str) -> Iterator[Callable[..., Sandbox]]:
    """Makes a cluster with the options of `sandbox.running` for this test alone."""
    with ExitStack() as stack:

        def make(**options: Any) -> Sandbox:
            return stack.enter_context(running(f"own-{worker}-{next(counter)}", **options))

        yield make


@pytest.fixture(scope="session")
def sandbox_factory(sandbox_programs: tuple[builds.Built, ...], worker: str) -> Iterator[Callable[..., Sandbox]]:
    """The same for the session: one cluster for each set of options, made when first asked for."""
    made: dict[tuple[tuple[str, Any], ...], Sandbox] = {}
    with ExitStack() as stack:

        def make(
            nodes: int = 3,
            stages: Path | None = None,
            *,
            audit: bool = False,
            rbac: bool = True,
            dual_stack: bool = False,
        ) -> Sandbox:
            options = {"nodes": nodes, "stages": stages, "audit": audit, "rbac": rbac, "dual_stack": dual_stack}
            key = tuple(options.items())
            if key not in made:
                made[key] = stack.enter_context(running(f"set-{worker}-{len(made)}", **options))  # type: ignore[arg-type]
            return made[key]

        yield make


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Turns a skip for want of the sandbox into a failure where the sandbox is required.

    What the marker `machine` names (a browser, network namespaces) may be absent all the same.
    """
    outcome: Any = yield
    report: pytest.TestReport = outcome.get_result()
    if report.skipped and required(item.config) and any(item.get_closest_marker(name) for name in NEVER_SKIPPED):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if item.get_closest_marker("machine") and NO_SANDBOX not in reason:
            return
        report.outcome = "failed"
        report.longrepr = f"skipped where the sandbox is required: {reason}"


def left_over() -> list[str]:
    """Clusters that this very process owns."""
    found = [(state.name, state.owner) for state in states.all_states()]
    return [name for name, owner in found if owner and owner.process.pid == os.getpid() and owner.alive]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A session that leaves a cluster behind has failed, whatever its tests say."""
    left = left_over()
    if left:
        session.exitstatus = pytest.ExitCode.INTERNAL_ERROR
        print(f"\nclusters left running: {', '.join(left)}")
