"""What is sent to show who asks: headers and client certificate, fetched once, kept, and renewed."""

from __future__ import annotations

import base64
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from kubectl_lab.cluster import execplugin
from kubectl_lab.errors import BadCredentials

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kubectl_lab.cluster.execplugin import Credential, Run
    from kubectl_lab.cluster.kubeconfig import Reader
    from kubectl_lab.cluster.target import ExecPlugin, Identity, Impersonation

REREAD = 10.0  # seconds between two reads of a tokenFile
# surrogates: bytes of the command line that are no text
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
# the characters that a header's name may hold, less the percent sign (client-go, transport.headerKeyEscape)
_NAME_SAFE = "!#$&'*+-.^_`|~"


class Credentials:
    """The credentials of one identity, for any number of threads.

    `clock` gives POSIX seconds; `run` starts a program (execplugin.run_program), `read` reads a file. A plugin runs once even
    if many threads ask together, again when its answer has expired or `refresh` is asked for; where it fails, everything fails.
    """

    def __init__(
        self,
        identity: Identity,
        *,
        environ: Mapping[str, str],
        stdin_is_terminal: bool,
        clock: Callable[[], float],
        run: Run = execplugin.run_program,
        read: Reader = Path.read_bytes,
    ) -> None:
        self._identity, self._clock = identity, clock
        self._file = _TokenFile(identity, clock, read) if identity.token_file else None
        self._plugin = None
        if identity.exec_plugin:
            self._plugin = _Plugin(identity.exec_plugin, environ, run, clock, stdin_is_terminal=stdin_is_terminal)

    def headers(self) -> list[tuple[str, str]]:
        """`Authorization` and `Impersonate-…`, a name once for each value; as text, not yet encoded.

        Raises BadCredentials when there is no credential to be had, or when a value holds control characters.
        """
        authorization = self._authorization()
        found = [("Authorization", authorization)] if authorization else []
        found += _impersonate(self._identity.impersonation)
        for name, value in found:
            if _CONTROL.search(value):
                raise BadCredentials("credential-control-character", header=name)
        return found

    def client_certificate(self) -> tuple[bytes, bytes] | None:
        """Certificate and key, PEM; None where the identity has none."""
        if self._plugin:
            credential = self._plugin.current()
            return (credential.certificate, credential.key) if credential.certificate and credential.key else None
        pair = self._identity.client_certificate, self._identity.client_key
        return (pair[0], pair[1]) if pair[0] is not None and pair[1] is not None else None

    def refresh(self) -> bool:
        """After a 401: fetch again what can be fetched again. True where a second try makes sense.

        Raises BadCredentials when an exec plugin fails now.
        """
        if self._plugin:
            self._plugin.renew()
            return True
        return self._file.renew() if self._file else False

    def _authorization(self) -> str:
        if self._plugin:
            token = self._plugin.current().token
            return f"Bearer {token}" if token else ""
        token = self._file.current() if self._file else self._identity.token
        if token:
            return f"Bearer {token}"
        if self._identity.username or self._identity.password:
            pair = f"{self._identity.username}:{self._identity.password}".encode()
            return f"Basic {base64.b64encode(pair).decode()}"
        return ""


def _impersonate(who: Impersonation) -> list[tuple[str, str]]:
    if not who.user:
        return []
    found = [("Impersonate-User", who.user)]
    if who.uid:
        found.append(("Impersonate-Uid", who.uid))
    found += [("Impersonate-Group", group) for group in who.groups]
    for key, values in who.extra:
        # ASCII letters only: those of other alphabets are bytes to kubectl and to the server
        name = f"Impersonate-Extra-{quote(key.encode().lower(), safe=_NAME_SAFE)}"
        found += [(name, value) for value in values]
    return found


class _Used(threading.local):
    """What this thread was given last: after a 401 it tells whether another thread has renewed it since."""

    value: object = None


class _TokenFile:
    """A token file, read again at most every ten seconds; while it cannot be read its last token stays good."""

    def __init__(self, identity: Identity, clock: Callable[[], float], read: Reader) -> None:
        self._path, self._fallback, self._clock, self._read = identity.token_file, identity.token, clock, read
        self._lock, self._used = threading.Lock(), _Used()
        self._token, self._when = "", float("-inf")

    def current(self) -> str:
        with self._lock:
            if not (0 <= self._clock() - self._when < REREAD and (self._token or self._fallback)):
                self._load()
            self._used.value = self._token or self._fallback
            return self._token or self._fallback

    def renew(self) -> bool:
        with self._lock:
            self._load()
            return (self._token or self._fallback) != self._used.value

    def _load(self) -> None:
        self._when = self._clock()
        try:
            held = self._read(Path(self._path)).decode(errors="replace").strip()
        except OSError as error:
            if not (self._token or self._fallback):
                raise BadCredentials(
                    "token-file-unreadable", field="tokenFile", file=self._path, why=error.strerror
                ) from error
            return
        if not (held or self._token or self._fallback):
            raise BadCredentials("token-file-empty", field="tokenFile", file=self._path)
        self._token = held or self._token


class _Plugin:
    """An exec plugin's answer, kept until it expires; threads that wait for a run share its outcome, good or bad."""

    def __init__(
        self,
        plugin: ExecPlugin,
        environ: Mapping[str, str],
        run: Run,
        clock: Callable[[], float],
        *,
        stdin_is_terminal: bool,
    ) -> None:
        self._plugin, self._environ, self._run, self._clock = plugin, environ, run, clock
        self._terminal = stdin_is_terminal
        self._lock, self._used = threading.Lock(), _Used()
        self._kept: Credential | None = None
        self._failure: BadCredentials | None = None
        self._finished = 0

    def current(self) -> Credential:
        before = self._finished
        with self._lock:
            kept = self._kept
            if kept is None or (kept.expires is not None and self._clock() > kept.expires):
                kept = self._fetch(before)
            self._used.value = kept
            return kept

    def renew(self) -> None:
        before = self._finished
        with self._lock:
            if self._kept is None or self._kept is self._used.value:
                self._fetch(before)

    def _fetch(self, before: int) -> Credential:
        """With the lock held; `before`: how many runs had finished when this thread began to wait."""
        if self._finished != before and self._failure:
            raise self._failure
        self._kept, self._failure = None, None
        try:
            self._kept = execplugin.fetch(self._plugin, self._environ, self._run, stdin_is_terminal=self._terminal)
        except BadCredentials as error:
            self._failure = error
            raise
        finally:
            self._finished += 1
        return self._kept
