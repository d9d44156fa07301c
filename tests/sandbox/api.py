"""The few requests the sandbox itself makes: JSON over the cluster's own certificates, nothing of the product's code."""

from __future__ import annotations

import http.client
import json
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.failure import PortClashError
from sandbox.ports import LOCAL

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Api:
    """The API server on `port`, whose CA is the one in `pki`: another cluster's is refused by TLS."""

    port: int
    pki: Path

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and decoded answer; (0, None) while nobody answers; PortClashError when the answer is not ours."""
        try:
            context = ssl.create_default_context(cafile=self.pki / "ca.crt")
            context.load_cert_chain(self.pki / "admin.crt", self.pki / "admin.key")
            connection = http.client.HTTPSConnection(LOCAL, self.port, context=context, timeout=30)
            try:
                text = None if body is None else json.dumps(body)
                headers = {"Content-Type": "application/json", "User-Agent": "sandbox"}
                connection.request(method, path, text, headers)
                answer = connection.getresponse()
                return answer.status, decode(answer.read())
            finally:
                connection.close()
        except ssl.SSLCertVerificationError as error:
            raise PortClashError(f"another cluster answers on port {self.port}") from error
        except (OSError, http.client.HTTPException):
            return 0, None

    def get(self, path: str) -> Any:
        """The decoded answer, None for whatever is not a success."""
        status, answer = self.ask("GET", path)
        return answer if status == http.client.OK else None


def decode(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.decode(errors="replace")
