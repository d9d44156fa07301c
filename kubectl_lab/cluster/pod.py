"""The service account that a pod is given (client-go: rest.InClusterConfig, clientcmd.inClusterClientConfig)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kubectl_lab.cluster.target import Identity, Source
from kubectl_lab.errors import BadCredentials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_lab.cluster.flags import Flags
    from kubectl_lab.cluster.kubeconfig import Reader
    from kubectl_lab.cluster.target import Impersonation

FOLDER = Path("/var/run/secrets/kubernetes.io/serviceaccount")


@dataclass(frozen=True, slots=True)
class Pod:
    """What the environment and the mounted folder say, if this is a pod at all."""

    folder: Path
    environ: Mapping[str, str]

    @property
    def possible(self) -> bool:
        """Whether this is a pod with a service account: both variables and a token."""
        named = self.environ.get("KUBERNETES_SERVICE_HOST") and self.environ.get("KUBERNETES_SERVICE_PORT")
        return bool(named) and (self.folder / "token").is_file()

    @property
    def server(self) -> str:
        """`https://host:port`, an IPv6 address in brackets."""
        host, port = self.environ["KUBERNETES_SERVICE_HOST"], self.environ["KUBERNETES_SERVICE_PORT"]
        return f"https://{f'[{host}]' if ':' in host else host}:{port}"

    def namespace(self, read: Reader) -> Source:
        """`$POD_NAMESPACE`, else the service account's, else `default`."""
        if named := self.environ.get("POD_NAMESPACE", ""):
            return Source(named, "POD_NAMESPACE")
        file = self.folder / "namespace"
        try:
            named = read(file).decode(errors="replace").strip()
        except OSError:
            named = ""
        return Source(named, str(file)) if named else Source("default", "default")

    def identity(self, flags: Flags, impersonation: Impersonation, read: Reader) -> Identity:
        """`--token`, which replaces the account's own, else the token file, read again as it rotates.

        Raises BadCredentials where that file cannot be read or is empty.
        """
        if flags.token:
            return Identity(token=flags.token, impersonation=impersonation)
        file = str(self.folder / "token")
        try:
            held = read(Path(file))
        except OSError as error:
            raise BadCredentials("token-file-unreadable", field="-", file=file, why=error.strerror) from error
        if not held.strip():
            raise BadCredentials("token-file-empty", field="-", file=file)
        return Identity(token_file=file, impersonation=impersonation)

    def authority(self, read: Reader) -> bytes | None:
        """The cluster's `ca.crt`; the system's trust store where it cannot be used, as in client-go."""
        try:
            held = read(self.folder / "ca.crt")
        except OSError:
            return None
        return held if b"-----BEGIN CERTIFICATE-----" in held else None
