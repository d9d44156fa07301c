"""Options and fixtures of the whole suite; the sandbox's are in sandbox/fixtures.py."""

from __future__ import annotations

import signal

import hypothesis
import pytest

from contract import tables

pytest_plugins = ["sandbox.fixtures"]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("kubectl lab")
    group.addoption("--full", action="store_true", help="randomised runs at their full size")
    group.addoption("--update-golden", action="store_true", help="write the golden files instead of comparing")


def pytest_configure(config: pytest.Config) -> None:
    """With `--update-golden` the words come first, since other generated files hold them.

    Drawn examples are the same in every run, and others each time with `--full`; they prove claims, not speed.

    A shell starts what runs in the background deaf to Ctrl-C, and its children inherit that; some tests press it.
    """
    if config.getoption("--update-golden"):
        tables.write()
    hypothesis.settings.register_profile(
        "lab", deadline=None, print_blob=True, derandomize=not config.getoption("--full")
    )
    hypothesis.settings.load_profile("lab")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def full(request: pytest.FixtureRequest) -> bool:
    """Whether randomised runs have their full size."""
    return bool(request.config.getoption("--full"))


@pytest.fixture(scope="session")
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are written instead of compared."""
    return bool(request.config.getoption("--update-golden"))
