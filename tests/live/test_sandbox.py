from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sandbox import Sandbox

pytestmark = pytest.mark.live


def test_a_namespace_is_fresh_and_takes_pods(sandbox: Sandbox, namespace: str) -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {"containers": [{"name": "c", "image": "i"}]},
    }
    assert json.loads(sandbox.kubectl("get", "pods", "-n", namespace, "-o", "json").stdout)["items"] == []
    sandbox.kubectl("apply", "-n", namespace, "-f", "-", input=json.dumps(pod))
    sandbox.kubectl("wait", "--for=condition=Ready", "pod/p", "-n", namespace, "--timeout=30s")
