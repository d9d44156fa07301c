"""A real control plane for tests: `with running() as sandbox: sandbox.kubectl("get", "nodes")`. Standard library only."""

from sandbox.failure import NotBuiltError, SandboxError
from sandbox.sandboxes import Sandbox, running

__all__ = ["NotBuiltError", "Sandbox", "SandboxError", "running"]
