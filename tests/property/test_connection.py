"""Servers, proxies, headers, durations: any text is understood or refused, never a traceback."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kubectl_lab.cluster import proxies, servers
from kubectl_lab.cluster.credentials import Credentials
from kubectl_lab.cluster.target import Identity, Impersonation
from kubectl_lab.domain.rules import durations
from kubectl_lab.errors import BadCredentials

PROXY = "http://proxy.example:3128"


def through(server: str, **environ: str) -> tuple[str, str] | None:
    return proxies.from_environment(servers.parse(server), environ)


def of(identity: Identity) -> Credentials:
    return Credentials(identity, environ={}, stdin_is_terminal=False, clock=lambda: 0.0)


@given(st.text(max_size=30), st.sampled_from(["https://k.example", "https://10.1.2.3:6443", "https://[fd00::1]"]))
def test_no_exception_list_ends_in_a_traceback(exceptions: str, server: str) -> None:
    assert through(server, HTTPS_PROXY=PROXY, NO_PROXY=exceptions) in (None, (PROXY, "HTTPS_PROXY"))


@given(st.lists(st.from_regex(r"[a-z]{1,5}(\.[a-z]{1,5}){0,2}", fullmatch=True), max_size=4))
def test_a_host_in_the_list_is_always_excepted_with_everything_under_it(names: list[str]) -> None:
    for name in names:
        if name != "localhost":
            assert through(f"https://{name}", HTTPS_PROXY=PROXY, NO_PROXY=",".join(names)) is None
            assert through(f"https://sub.{name}", HTTPS_PROXY=PROXY, NO_PROXY=",".join(names)) is None


@given(st.text(max_size=30) | st.from_regex(r"https?://[a-z@:\[\]./?#%0-9]{0,20}", fullmatch=True))
def test_any_text_is_a_server_or_refused(text: str) -> None:
    try:
        found = servers.parse(text)
    except ValueError:
        return
    assert found == servers.parse(found.url)
    assert "@" not in found.url.partition("://")[2].partition("/")[0]


@given(st.text(), st.text(), st.lists(st.text()), st.dictionaries(st.text(), st.lists(st.text())))
def test_headers_are_fit_to_send_or_refused(
    user: str, uid: str, groups: list[str], extra: dict[str, list[str]]
) -> None:
    who = Impersonation(user, tuple(groups), uid, tuple((key, tuple(values)) for key, values in extra.items()))
    try:
        headers = of(Identity(token="t", impersonation=who)).headers()
    except BadCredentials:
        return
    assert all(name.isascii() and not set(name) & set(" :\r\n/") for name, _ in headers)
    assert not any(character in value for _, value in headers for character in "\r\n\0")


@given(st.integers(0, 99), st.integers(0, 59), st.integers(0, 59))
def test_hours_minutes_and_seconds_add_up(hours: int, minutes: int, seconds: int) -> None:
    assert durations.seconds(f"{hours}h{minutes}m{seconds}s") == hours * 3600 + minutes * 60 + seconds


@given(st.text(max_size=12))
def test_no_text_is_more_than_refused(text: str) -> None:
    found = durations.request_timeout(text)
    assert found is None or found >= 0
