"""What the sandbox is made of: Go modules, the programs or files each gives, how they are built and asked for their version."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from sandbox import places
from sandbox.failure import SandboxError

HERE = Path(__file__).resolve().parent
KUBERNETES = "1.36.3"
# older servers, for `--server` and the skew tests: minor release -> the patch release we build
SERVERS = {"1.36": KUBERNETES, "1.34": "1.34.4"}
# raise it when builds.py changes what comes out for the same sources
RECIPE = 1


@dataclass(frozen=True, slots=True)
class Binary:
    """A program: its Go package, the arguments that make it tell its version, the pattern that finds it.

    No pattern: the program tells none, it only has to start. `seconds`: a cold build
    on two cores, told while one waits.
    """

    name: str
    package: str
    seconds: int
    ask: tuple[str, ...] = ("--version",)
    pattern: str = r"v?(\d+\.\d+\.\d+\S*)"


@dataclass(frozen=True, slots=True)
class Part:
    """A Go module of tests/sandbox; `gigabytes` is what a first build needs on the disk, caches of Go included.

    `files`: a module and a folder of it whose files are copied as they are, for a part without programs.
    """

    name: str
    version: str
    binaries: tuple[Binary, ...]
    gigabytes: float
    folder: Path
    stamps: tuple[str, ...] = field(default=())
    files: tuple[str, str] | None = None

    @property
    def ldflags(self) -> str:
        return " ".join(["-s", "-w", *(f"-X {stamp}" for stamp in self.stamps)])

    def source(self) -> str:
        """Hash of all that decides what comes out, the Go version and the platform aside."""
        digest = hashlib.sha256(f"{RECIPE} {self.name} {self.version} {self.ldflags}".encode())
        digest.update(" ".join(f"{binary.name}={binary.package}" for binary in self.binaries).encode())
        digest.update(" ".join(self.files or ()).encode())
        for file in ("go.mod", "go.sum", "tools.go"):
            path = self.folder / file
            digest.update(path.read_bytes() if path.exists() else b"-")
        return digest.hexdigest()

    def key(self, go: str) -> str:
        """Folder in the cache; `go` is version and platform as `go env` tells them."""
        return f"{self.name}-{hashlib.sha256(f'{self.source()} {go}'.encode()).hexdigest()[:16]}"


def kubernetes_stamps(version: str) -> tuple[str, ...]:
    """Without these the programs call themselves v0.0.0-master, and clients believe them."""
    major, minor, _ = version.split(".")
    values = {"gitVersion": f"v{version}", "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean"}
    packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    return tuple(f"{package}.{name}={value}" for package in packages for name, value in values.items())


KUBERNETES_BINARIES = (
    Binary("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver", 150),
    Binary("kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager", 45),
    Binary("kube-scheduler", "k8s.io/kubernetes/cmd/kube-scheduler", 20),
    Binary("kubectl", "k8s.io/kubernetes/cmd/kubectl", 40, ("version", "--client")),
)
PARTS = (
    Part("kubernetes", KUBERNETES, KUBERNETES_BINARIES, 5.0, HERE / "kubernetes", kubernetes_stamps(KUBERNETES)),
    Part("etcd", "3.6.16", (Binary("etcd", "go.etcd.io/etcd/server/v3", 25),), 0.5, HERE / "etcd"),
    Part(
        "kwok",
        "0.8.0",
        (Binary("kwok", "sigs.k8s.io/kwok/cmd/kwok", 40), Binary("kwokctl", "sigs.k8s.io/kwok/cmd/kwokctl", 30)),
        1.0,
        HERE / "kwok",
    ),
    Part(
        "krew",
        "0.4.4",
        (
            Binary("krew", "sigs.k8s.io/krew/cmd/krew", 6, ("version",), r"GitTag\s+v(\S+)"),
            Binary("validate-krew-manifest", "sigs.k8s.io/krew/cmd/validate-krew-manifest", 2, ("-help",), ""),
        ),
        0.5,
        HERE / "krew",
        ("sigs.k8s.io/krew/internal/version.gitTag=v0.4.4",),
    ),
)
# no program: the CRDs of the Gateway API, which only the tests about its routes need
GATEWAY = Part("gateway", "1.6.3", (), 0.1, HERE / "gateway", files=("sigs.k8s.io/gateway-api", "config/crd/standard"))
ALL = (*PARTS, GATEWAY)
CLUSTER_PARTS = ("etcd", "kwok")


def part_of(name: str) -> Part:
    """The part of that name, or the one that holds the program of that name."""
    for part in ALL:
        if name == part.name or name in {binary.name for binary in part.binaries}:
            return part
    known = ", ".join(known_names())
    raise SandboxError(f"unknown part or program '{name}'", f"known: {known}")


def known_names() -> list[str]:
    return list(dict.fromkeys(name for part in ALL for name in (part.name, *(b.name for b in part.binaries))))


def chosen(names: list[str]) -> tuple[Part, ...]:
    """The parts of these names (of parts or programs), all when none is given, each once."""
    return tuple(dict.fromkeys(part_of(name) for name in names)) if names else ALL


def of_server(server: str) -> Part:
    """The Kubernetes part of a minor release (`1.34`); the module of another than ours is generated into the cache."""
    version = SERVERS.get(server)
    if version is None:
        raise SandboxError(f"no server '{server}'", f"known: {', '.join(SERVERS)}")
    if version == KUBERNETES:
        return part_of("kubernetes")
    folder = places.cache() / "modules" / f"kubernetes-{version}"
    return replace(part_of("kubernetes"), version=version, folder=folder, stamps=kubernetes_stamps(version))


def for_cluster(server: str = "1.36") -> tuple[Part, ...]:
    """What a cluster of that minor release is made of."""
    return (of_server(server), *(part_of(name) for name in CLUSTER_PARTS))


def version_in(binary: Binary, answer: str) -> str:
    """What `binary` said of itself, `?` if it said nothing we can read."""
    found = re.search(binary.pattern, answer)
    return found.group(1) if found else "?"
