"""Headers and certificates of an identity: tokens, files, passwords, impersonation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kubectl_lab.cluster.credentials import Credentials
from kubectl_lab.cluster.target import Identity, Impersonation
from kubectl_lab.errors import BadCredentials

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def of(
    identity: Identity, clock: Callable[[], float] = lambda: 0.0, read: Callable[[Path], bytes] = Path.read_bytes
) -> Credentials:
    return Credentials(identity, environ={}, stdin_is_terminal=False, clock=clock, read=read)


@pytest.mark.parametrize(
    ("identity", "headers"),
    [
        pytest.param(Identity(), [], id="nothing is sent for nobody"),
        pytest.param(Identity(token="t"), [("Authorization", "Bearer t")], id="a token"),
        pytest.param(Identity(username="zoé", password="p:é"), [("Authorization", "Basic em/DqTpwOsOp")], id="a password, as UTF-8"),
        pytest.param(Identity(username="u"), [("Authorization", "Basic dTo=")], id="a user name alone"),
        pytest.param(Identity(impersonation=Impersonation("eve")), [("Impersonate-User", "eve")], id="impersonation without credentials, for http"),
        pytest.param(
            Identity(token="t", impersonation=Impersonation("eve", ("g1", "g2"), "7", (("A/é%", ("1", "2")),))),
            [
                ("Authorization", "Bearer t"),
                ("Impersonate-User", "eve"),
                ("Impersonate-Uid", "7"),
                ("Impersonate-Group", "g1"),
                ("Impersonate-Group", "g2"),
                ("Impersonate-Extra-a%2F%C3%A9%25", "1"),
                ("Impersonate-Extra-a%2F%C3%A9%25", "2"),
            ],
            id="every group and extra has a header of its own",
        ),
    ],
)  # fmt: skip
def test_headers(identity: Identity, headers: list[tuple[str, str]]) -> None:
    assert of(identity).headers() == headers


@pytest.mark.parametrize("bad", ["a\nb", "a\rb", "a\x00b", "a\x1b[31mb", "a\x7fb", "b\n", "a\udcff"])
@pytest.mark.parametrize(
    ("made", "header"),
    [
        (lambda bad: Identity(token=bad), "Authorization"),
        (lambda bad: Identity(token="t", impersonation=Impersonation(bad)), "Impersonate-User"),
        (lambda bad: Identity(token="t", impersonation=Impersonation("u", ("g", bad))), "Impersonate-Group"),
        (lambda bad: Identity(token="t", impersonation=Impersonation("u", uid=bad)), "Impersonate-Uid"),
    ],
)
def test_control_characters_are_refused_and_never_shown(made: Callable[[str], Identity], header: str, bad: str) -> None:
    with pytest.raises(BadCredentials) as caught:
        of(made(bad)).headers()
    assert (caught.value.key, caught.value.values) == ("credential-control-character", {"header": header})


def test_a_control_character_in_a_password_is_harmless_inside_base64() -> None:
    assert of(Identity(username="u", password="a\nb")).headers() == [("Authorization", "Basic dTphCmI=")]


def test_a_certificate_is_given_with_its_key() -> None:
    assert of(Identity(client_certificate=b"c", client_key=b"k")).client_certificate() == (b"c", b"k")
    assert of(Identity(token="t")).client_certificate() is None


def test_what_cannot_change_is_not_tried_again() -> None:
    assert not of(Identity(token="t")).refresh()


def test_a_token_file_is_read_again_after_ten_seconds_and_not_before(tmp_path: Path) -> None:
    file, clock = tmp_path / "token", Clock()
    file.write_text(" one\n")
    credentials = of(Identity(token_file=str(file)), clock)
    seen = []
    for later in (0, 9.9, 0.2, 9.9, 0.2):
        clock.now += later
        seen.append(credentials.headers()[0][1])
        file.write_text(f"{len(seen)}")
    assert seen == ["Bearer one", "Bearer one", "Bearer 2", "Bearer 2", "Bearer 4"]


def test_a_clock_set_back_does_not_keep_an_old_token(tmp_path: Path) -> None:
    file, clock = tmp_path / "token", Clock()
    file.write_text("one")
    credentials = of(Identity(token_file=str(file)), clock)
    credentials.headers()
    file.write_text("two")
    clock.now -= 500
    assert credentials.headers() == [("Authorization", "Bearer two")]


def test_a_token_file_that_vanishes_leaves_its_last_token(tmp_path: Path) -> None:
    file, clock = tmp_path / "token", Clock()
    file.write_text("one")
    credentials = of(Identity(token="inline", token_file=str(file)), clock)
    credentials.headers()
    file.unlink()
    clock.now += 60
    assert credentials.headers() == [("Authorization", "Bearer one")]
    file.write_text(" \n")
    clock.now += 60
    assert credentials.headers() == [("Authorization", "Bearer one")]


@pytest.mark.parametrize("content", [None, "", " \n"])
def test_a_token_file_without_token_leaves_it_to_the_token_beside_it(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_text(content)
    assert of(Identity(token="inline", token_file=str(file))).headers() == [("Authorization", "Bearer inline")]


@pytest.mark.parametrize(("content", "key"), [(None, "token-file-unreadable"), (" \n", "token-file-empty")])
def test_without_any_token_nobody_becomes_anonymous(tmp_path: Path, content: str | None, key: str) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_text(content)
    credentials = of(Identity(token_file=str(file)))
    for _ in range(2):
        with pytest.raises(BadCredentials) as caught:
            credentials.headers()
        assert (caught.value.key, caught.value.values["file"]) == (key, str(file))


def test_after_a_401_a_rotated_token_file_is_worth_a_second_try_and_the_same_one_is_not(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("one")
    credentials = of(Identity(token_file=str(file)))
    credentials.headers()
    assert not credentials.refresh()
    file.write_text("two")
    assert credentials.refresh()
    assert credentials.headers() == [("Authorization", "Bearer two")]


def test_nothing_secret_is_in_the_repr() -> None:
    identity = Identity(token="hunter2", password="hunter2", client_key=b"hunter2", client_certificate=b"hunter2")
    assert "hunter2" not in repr(identity) + repr(of(identity)) + repr(vars(of(identity)))
