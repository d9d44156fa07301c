"""Write `kubernetes/go.mod` for one Kubernetes release: `python tests/sandbox/generate_modules.py 1.36.3 [FOLDER]`.

Kubernetes replaces its staging modules by folders of its own tree (`k8s.io/api => ./staging/src/k8s.io/api`), and Go
ignores the `replace` lines of a dependency. So a module that requires k8s.io/kubernetes has to name each of them again,
with the published version of the same release (v1.36.3 is published as v0.36.3). The list differs from one minor release
to the next, hence this script instead of a copy.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

MODULE = "k8s.io/kubernetes"
STAGING = re.compile(r"^\s*(k8s\.io/\S+) => \./staging/", re.MULTILINE)
GO_LINE = re.compile(r"^go \S+$", re.MULTILINE)
TOOLS = """\
//go:build tools

// Package sandbox pins the Kubernetes programs that the sandbox builds.
package sandbox

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
	_ "k8s.io/kubernetes/cmd/kube-scheduler"
	_ "k8s.io/kubernetes/cmd/kubectl"
)
"""


def go_mod(version: str, upstream: str) -> str:
    """Our go.mod for Kubernetes `version` (`1.36.3`), from the text of its own go.mod."""
    staging = sorted(set(STAGING.findall(upstream)))
    minor = version.split(".", 1)[1]
    go_line = GO_LINE.search(upstream)
    assert go_line is not None
    replaces = "\n".join(f"\t{module} => {module} v0.{minor}" for module in staging)
    return (
        f"module kubectl-lab.invalid/sandbox/kubernetes\n\n{go_line.group()}\n\n"
        f"require {MODULE} v{version}\n\nreplace (\n{replaces}\n)\n"
    )


def main(version: str, folder: Path) -> None:
    """Write go.mod, go.sum and tools.go for `version` into `folder`."""
    answer = subprocess.run(
        ["go", "mod", "download", "-json", f"{MODULE}@v{version}"], check=True, capture_output=True, text=True
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "go.mod").write_text(go_mod(version, Path(json.loads(answer.stdout)["GoMod"]).read_text()))
    (folder / "tools.go").write_text(TOOLS)
    subprocess.run(["go", "mod", "tidy"], cwd=folder, check=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parent / "kubernetes")
