"""What the cases run in: two clusters, a plain server, proxies, all recording; and both clients asked the same question."""

from __future__ import annotations

import base64
import json
import ssl
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from certificates import Authority
from kubectl_lab.cluster.config import Flags, resolve
from kubectl_lab.cluster.credentials import Credentials
from kubectl_lab.cluster.pod import FOLDER
from kubectl_lab.cluster.transport import Transport
from kubectl_lab.errors import LabError
from recording import Recorded, Recorder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAMES = ("127.0.0.1", "localhost", "kube.example", "::1")
_SPELLED = {
    "-n": "namespace",
    "-s": "server",
    "--as": "as_user",
    "--as-uid": "as_uid",
}


def flags(args: list[str]) -> Flags:
    """kubectl's arguments as our flags: `--name value`, `--name=value`, `--insecure-skip-tls-verify`."""
    values: dict[str, Any] = {}
    rest = iter(args)
    for arg in rest:
        name, joined, value = arg.partition("=")
        if name == "--insecure-skip-tls-verify":
            values["insecure_skip_tls_verify"] = value != "false"
            continue
        value = value if joined else next(rest)
        if name == "--as-group":
            values["as_groups"] = (*values.get("as_groups", ()), value)
        else:
            values[_SPELLED.get(name, name.removeprefix("--").replace("-", "_"))] = value
    return Flags(**values)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reached the servers: `facts` of the request for pods, or why none came; `seen` counts every request."""

    facts: Mapping[str, Any]
    seen: int
    refusal: str


@dataclass(slots=True)
class World:
    """The servers of a session. Strings of a case name them: `@A@` is the URL of cluster a, and so on."""

    kubectl: Path
    recorders: dict[str, Recorder] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        good, other = Authority(), Authority("another authority")
        sloppy = Authority("a sloppy authority", key_usage=False, critical=False)
        leaf, client, second = good.server(*NAMES), good.client("ada"), good.client("grace")
        start = self._stack.enter_context
        self.recorders = {
            "a": start(Recorder(leaf, client_authority=good)),
            "b": start(Recorder(leaf, client_authority=good, prefix="/k8s/clusters/c-1")),
            "six": start(Recorder(leaf, client_authority=good, address="::1")),
            "http": start(Recorder()),
            "sloppy": start(Recorder(sloppy.server(*NAMES))),
            "expired": start(Recorder(good.server(*NAMES, expired=True))),
            "stranger": start(Recorder(other.server(*NAMES))),
        }
        to_a = {"upstream": self.recorders["a"].address}
        self.recorders |= {"proxy": start(Recorder(**to_a)), "proxy2": start(Recorder(**to_a))}  # type: ignore[arg-type]
        urls = {name.upper(): recorder.url for name, recorder in self.recorders.items()}
        ports = {f"{name.upper()}PORT": str(recorder.address[1]) for name, recorder in self.recorders.items()}
        files = {
            "CA": good.pem,
            "OTHERCA": other.pem,
            "SLOPPYCA": sloppy.pem,
            "CERT": client.certificate,
            "KEY": client.key,
        }
        files |= {"CERT2": second.certificate, "KEY2": second.key}
        packed = {name: base64.b64encode(data).decode() for name, data in files.items()}
        self.words = urls | ports | packed | {f"{name}PEM": data.decode() for name, data in files.items()}
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    def fill(self, value: Any, folder: Path) -> Any:
        """A value of a case with its words replaced, wherever they stand."""
        if isinstance(value, str):
            for word, text in {**self.words, "DIR": str(folder)}.items():
                value = value.replace(f"@{word}@", text)
            return value
        if isinstance(value, dict):
            return {self.fill(key, folder): self.fill(item, folder) for key, item in value.items()}
        return type(value)(self.fill(item, folder) for item in value) if isinstance(value, list | tuple) else value

    def expected(self, sends: Mapping[str, Any], folder: Path) -> dict[str, Any]:
        """The facts that a case wants; a certificate is named by its PEM in base64, and seen as DER."""
        filled: dict[str, Any] = self.fill(dict(sends), folder)
        if filled.get("certificate"):
            filled["certificate"] = ssl.PEM_cert_to_DER_cert(base64.b64decode(filled["certificate"]).decode())
        return filled

    def write(self, files: Mapping[str, Any], folder: Path) -> None:
        """The files of a case: text and bytes as they are, anything else as JSON; `*.sh` can be run."""
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            filled = self.fill(content, folder)
            if isinstance(filled, dict):
                filled = json.dumps(filled)  # Python's YAML leaves `n` bare, which kubectl takes for false
            path.write_bytes(filled if isinstance(filled, bytes) else filled.encode())
            path.chmod(0o700 if name.endswith(".sh") else 0o600)

    def ask_kubectl(
        self, args: list[str], environ: Mapping[str, str], folder: Path, within: tuple[str, ...] = ()
    ) -> Outcome:
        """`kubectl get pods` with these flags; `within` is the command that puts it somewhere."""
        self._forget()
        command = [*within, str(self.kubectl), "get", "pods", *args]
        done = subprocess.run(
            command,
            env=dict(environ),
            cwd=folder,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
        return self._outcome(done.stderr.decode(errors="replace").strip() if done.returncode else "")

    def ask_us(self, args: list[str], environ: Mapping[str, str], now: float, account: Path | None = None) -> Outcome:
        """The same list through our own resolution, credentials and transport; in the case's folder."""
        self._forget()
        transport = None
        try:
            target = resolve(flags(args), environ, in_pod_folder=account or FOLDER)
            credentials = Credentials(target.identity, environ=environ, stdin_is_terminal=False, clock=lambda: now)
            transport = Transport(target, credentials)
            transport.request("GET", f"/api/v1/namespaces/{target.namespace}/pods")
        except LabError as error:
            return self._outcome(str(error))
        finally:
            if transport is not None:
                transport.close()
        return self._outcome("")

    def view(self, args: list[str], environ: Mapping[str, str], folder: Path) -> dict[str, Any] | None:
        """`kubectl config view --raw --flatten -o json`, None where it fails."""
        command = [str(self.kubectl), "config", "view", "--raw", "--flatten", "-o", "json", *args]
        done = subprocess.run(command, env=dict(environ), cwd=folder, capture_output=True, timeout=60, check=False)
        document: dict[str, Any] | None = None if done.returncode else json.loads(done.stdout)
        return document

    def _forget(self) -> None:
        for recorder in self.recorders.values():
            recorder.forget()

    def _outcome(self, refusal: str) -> Outcome:
        facts: dict[str, Any] = {}
        for name, recorder in self.recorders.items():
            for request in list(recorder.requests):
                if request.method == "CONNECT":
                    facts |= {"proxy": name, "connect": request.path.lower(), **_proxy_login(request)}
                elif request.path.partition("?")[0].endswith("/pods"):
                    facts |= _facts(name, recorder, request)
        return Outcome(facts, sum(len(one.requests) for one in self.recorders.values()), refusal)


def _proxy_login(request: Recorded) -> dict[str, Any]:
    return {"proxy-authorization": request.values("Proxy-Authorization")}


def _facts(name: str, recorder: Recorder, request: Recorded) -> dict[str, Any]:
    """What identifies a request: where it went, as whom, for which namespace."""
    path = request.path.partition("?")[0]
    plain = path.partition("://")[2].partition("/")[2] if "://" in path else path.removeprefix("/")
    known = {"proxy": name, **_proxy_login(request)} if "://" in path else {}
    impersonation = sorted(
        (key.lower(), value) for key, value in request.headers if key.lower().startswith("impersonate")
    )
    return known | {
        "server": name,
        "path": path,
        "namespace": plain.split("/")[-2],
        "authorization": request.values("Authorization"),
        "impersonation": impersonation,
        "certificate": request.client_certificate,
        "sni": request.sni.lower() if request.sni else None,
        "host": (request.value("Host") or "").lower(),  # the HTTP library has them in lower case, kubectl as given
        "gzip": "gzip" in "".join(request.values("Accept-Encoding")),
    }
