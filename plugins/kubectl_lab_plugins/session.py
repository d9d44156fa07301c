"""One run of a command: what it may read, where it writes, in which words. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kubectl_lab.catalogue import words
from kubectl_lab.errors import BadUsage
from kubectl_lab.render import QUERIED, terminal
from kubectl_lab_plugins import wording
from kubectl_lab_plugins.flags import without_secrets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kubectl_lab.cluster import Cluster
    from kubectl_lab.cluster.live import LiveCluster
    from kubectl_lab.cluster.snapshot import SnapshotCluster
    from kubectl_lab.cluster.target import Target
    from kubectl_lab.cluster.write import Writer
    from kubectl_lab.result import Result


# parameter -> flag, of those that a pasted command must repeat; a token is never repeated
REPEATED = (
    ("kubeconfig", "--kubeconfig"),
    ("context", "--context"),
    ("cluster", "--cluster"),
    ("user", "--user"),
    ("server", "--server"),
    ("as_user", "--as"),
    ("as_groups", "--as-group"),
    ("as_uid", "--as-uid"),
)


class Session:
    """What the shared flags of a command come to. `values` are theirs, by parameter name (options.py)."""

    def __init__(
        self,
        values: Mapping[str, Any],
        *,
        lang: str,
        formats: Sequence[str],
        typed: Sequence[str] = (),
        kind: str = "",
    ) -> None:
        self.values = values
        self.typed = tuple(without_secrets(typed))
        self.lang = lang
        self._kind = kind
        self.query: str = values.get("query") or ""
        self.quiet: bool = values["quiet"]
        self.verbose: bool = values["verbose"]
        self.filenames: tuple[str, ...] = values.get("filename", ())
        self.all_namespaces: bool = values.get("all_namespaces", False)
        self.output = self._output(formats)
        self.color = terminal.use_color(values["color"], sys.stdout, os.environ)
        self.answered_badly = False
        self._live: LiveCluster | None = None

    def _output(self, formats: Sequence[str]) -> str:
        """`--query` implies json when no format is named. Raises BadUsage (`query-format`)."""
        named: str | None = self.values.get("output")
        if self.query and named not in (None, *QUERIED):
            raise BadUsage("query-format", format=named)
        return named or ("json" if self.query else next(iter(formats), "text"))

    @functools.cached_property
    def now(self) -> datetime:
        """The time this run speaks of, read once: when the snapshot was taken, else now."""
        captured = self._snapshot.captured_at if self.filenames else None
        return captured or datetime.now(UTC)  # noqa: TID251 - the one place where a command reads the clock

    def target(self) -> Target:
        """Which server, as whom, in which namespace; kubeconfig files are read at the first call. Raises BadKubeconfig."""
        return self._target

    @functools.cached_property
    def _target(self) -> Target:
        from kubectl_lab.cluster import config

        names = config.Flags.__dataclass_fields__
        flags = config.Flags(**{name: value for name, value in self.values.items() if name in names})
        return config.resolve(flags, os.environ)

    @property
    def namespace(self) -> str | None:
        """The namespace asked about, None for all. Of a snapshot: `-n`, else `default`."""
        return None if self.all_namespaces else self.home

    @property
    def home(self) -> str:
        """The namespace of what is named without one, whether or not all are asked about."""
        if self.filenames:
            return self.values.get("namespace") or "default"
        return self.target().namespace

    def connection_words(self) -> tuple[str, ...]:
        """The connection flags of this command line, for a command that asks the same server as the same user."""
        given = ((flag, self.values.get(name)) for name, flag in REPEATED)
        each = ((flag, value if isinstance(value, tuple) else (value,)) for flag, value in given if value)
        return tuple(word for flag, values in each for value in values for word in (flag, value))

    def cluster(self) -> Cluster:
        """Where objects come from: the files of `-f`, else the live cluster."""
        return self._snapshot if self.filenames else self.live()

    def files(self) -> SnapshotCluster:
        """What the files of `-f` hold."""
        return self._snapshot

    @functools.cached_property
    def _snapshot(self) -> SnapshotCluster:
        from kubectl_lab.cluster import snapshot

        return snapshot.load(self.filenames, namespace=self.values.get("namespace") or "default")

    def live(self, *, workers: int = 4, quiet: tuple[str, ...] = ()) -> LiveCluster:
        """The live cluster, also where `-f` is given. The first call decides how many requests may be on their way at once.

        `quiet`: beginnings of server warnings that are not told, because the answer says it better.
        """
        if self._live is None:
            target = self.target()
            self._ready()
            from kubectl_lab.cluster import live

            def warn(text: str) -> None:
                if not text.startswith(quiet):
                    self.warn(text)

            self._live = live.connect(
                target, environ=wording.callers_environment(), workers=workers, warn=warn, log=self._log
            )
        return self._live

    def close(self) -> None:
        """Let go of connections and files with keys."""
        if self._live is not None:
            self._live.transport.close()

    def writer(self) -> Writer:
        """What changes the cluster (`cluster/write.py`)."""
        from kubectl_lab.cluster import write

        return write.Writer(self.live().transport)

    def _ready(self) -> None:
        """Before the first request: what the answer needs is in memory. `krew upgrade` deletes the version that runs.

        It costs next to nothing, since all of it would be imported or read later. Raises BadUsage (`bad-query`).
        """
        from kubectl_lab import render
        from kubectl_lab.cluster import transport

        render.prepare(self.output, self.query, self._kind, self.lang)
        transport.preload()

    def prepare(self) -> None:
        """The same for a run that writes or stays, which nothing that is missing may end: all that it might ever need.

        Raises BadUsage where the output flags are wrong.
        """
        from kubectl_lab import render
        from kubectl_lab.cluster import write  # noqa: F401 - a writer is asked for after the first answers

        self._ready()
        render.prepare_all(self.lang)

    def show(self, result: Result) -> None:
        """Write the answer to stdout, in the format asked for; remember whether it is a bad one (`--exit-code`)."""
        from kubectl_lab import render

        if self.values.get("exit_code"):
            self.answered_badly |= _has_error(result)
        width = terminal.width_of(sys.stdout, os.environ)
        render.show(result, self.output, sys.stdout, lang=self.lang, query=self.query, color=self.color, width=width)

    def word(self, key: str, /, **values: object) -> str:
        """A phrase of `words.toml` by its `section.key`, filled."""
        return words.word(self.lang, key, **values)

    def print(self, line: str) -> None:
        """One line of the answer to stdout, at once (for answers that grow while the command runs)."""
        sys.stdout.write(terminal.clean(line) + "\n")
        sys.stdout.flush()

    def event(self, data: Mapping[str, Any]) -> None:
        """One line of `-o jsonl` to stdout, at once."""
        from kubectl_lab.render import data as render_data

        render_data.write_line(data, sys.stdout)

    def warn(self, text: str) -> None:
        """A line to stderr, whatever `--quiet` says."""
        _to_stderr(f"{self.word('error.warning')} {text}")

    def _log(self, line: str) -> None:
        """A request that was answered, with `--verbose`."""
        if self.verbose:
            _to_stderr(line)

    def tell(self, text: str) -> None:
        """A line to stderr as it is, whatever `--quiet` says."""
        _to_stderr(text)

    def note(self, text: str) -> None:
        """A line to stderr about what is going on, none with `--quiet`."""
        if not self.quiet:
            _to_stderr(text)


def _to_stderr(line: str) -> None:
    """A stderr that is closed or full stops nothing: what runs may be a request that the server has taken already."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(terminal.clean(line) + "\n")
        sys.stderr.flush()


def _has_error(result: Result) -> bool:
    from kubectl_lab.render import data

    return any(found.get("severity") == "error" for found in data.findings_in(result.to_dict()))
