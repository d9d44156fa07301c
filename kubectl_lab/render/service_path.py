"""The hops of a Service as a person reads them: ways in that join at the Service, and what lies behind, one path a port."""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kubectl_lab.render.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kubectl_lab.domain.service.model import Endpoint, Hop, Port, ServiceEntry
    from kubectl_lab.render.text import Screen

# `unsure`: what was read leads there, and what could stand between was not read (a NetworkPolicy)
Shape = Literal["ok", "unsure", "degraded", "unknown", "broken"]
_WORST_LAST: tuple[Shape, ...] = ("ok", "unsure", "degraded", "unknown", "broken")
OPEN = ("ok", "unsure", "degraded")  # something gets past
MOST_WAYS = 6  # that are drawn, unless wide
CLIENT = "client"
FRONTS = ("ingressclass/", "gateway/")  # what stands between the client and an Ingress or route


@dataclass(frozen=True, slots=True)
class Step:
    """An edge with its state, and the node that it leads to. `codes`: of the findings that mark it."""

    node: str
    state: Shape = "ok"
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """`ways`: from the client to the same node, each at least one step; `tail`: the steps from there on."""

    ways: tuple[tuple[Step, ...], ...]
    tail: tuple[Step, ...] = ()

    @property
    def is_marked(self) -> bool:
        """Whether something on it does not work."""
        return any(step.state != "ok" for way in (*self.ways, self.tail) for step in way)


def paths(entry: ServiceEntry, screen: Screen) -> Iterator[Path]:
    """One path for each port of the Service that something leads to."""
    joints = dict.fromkeys(hop.target for hop in entry.hops if hop.target.startswith(f"{entry.service.kind.lower()}/"))
    for joint in joints:
        made = Path(_few(tuple(ways(entry, joint)), screen), tuple(_tail(entry, joint, screen)))
        if made.ways:
            yield _without_translation(entry, made) if entry.cluster_ip == "None" else made


def _few(every: tuple[tuple[Step, ...], ...], screen: Screen) -> tuple[tuple[Step, ...], ...]:
    """Of very many ways (Ingresses) the marked and the first ones; the others as one way, unless wide."""
    if len(every) <= MOST_WAYS or screen.wide:
        return every
    marked = [way for way in every if any(step.state != "ok" for step in way)]
    kept = sorted(dict.fromkeys([*marked, *every][: MOST_WAYS - 1]), key=every.index)
    others = [way for way in every if way not in kept]
    last = side_by_side([way[-1] for way in others], every[0][-1].node)
    before = side_by_side([way[0] for way in others], screen.word("service.more-ways", count=len(others)))
    return (*kept, (before, last))


def ways(entry: ServiceEntry, joint: str) -> Iterator[tuple[Step, ...]]:
    """Every way from the client, as nodes; that of a load balancer over the node port is told without the node port."""
    port = joint.rpartition(":")[2]
    found = list(_chains(entry.hops, joint, ()))
    direct = {way[1] for way in found if len(way) > _DIRECT}
    for way in found:
        steps = [_joined(entry, source, target, port) for source, target in itertools.pairwise(way)]
        if way[1].startswith("loadbalancer:") and way[-2] in direct and way[-2] != way[1]:
            steps[-2:] = [in_series(*steps[-2:])]
        yield tuple(_unsure(steps))


def _unsure(steps: Iterable[Step]) -> Iterator[Step]:
    """Before anything is broken an unknown step only means that nobody could read what decides."""
    is_open = True
    for step in steps:
        is_open = is_open and step.state != "broken"
        yield dataclasses.replace(step, state="unsure") if is_open and step.state == "unknown" else step


_DIRECT = 2  # nodes of a way without an entry


def _chains(hops: Sequence[Hop], node: str, behind: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if node == CLIENT:
        yield (CLIENT, *behind)
        return
    for source in dict.fromkeys(hop.source for hop in hops if hop.target == node):
        if source not in behind and source != node:
            yield from _chains(hops, source, (node, *behind))


def _joined(entry: ServiceEntry, source: str, target: str, port: str) -> Step:
    """All hops between two nodes as one step."""
    alike = [Step("", hop.state, _codes(hop)) for hop in entry.hops if (hop.source, hop.target) == (source, target)]
    return side_by_side(alike, named(entry, target, port))


def _codes(hop: Hop) -> tuple[str, ...]:
    return (hop.finding,) if hop.finding else ()


def side_by_side(steps: Iterable[Step], node: str) -> Step:
    """Several edges as one: degraded where only some are marked. Those where nothing comes count only if all are so."""
    every = list(steps)
    known = [step for step in every if step.state != "unknown"] or every
    states = {step.state for step in known}
    codes = tuple(dict.fromkeys(code for step in known for code in step.codes))
    if len(states) <= 1:
        return Step(node, next(iter(states), "unknown"), codes)
    return Step(node, "unsure" if states == {"ok", "unsure"} else "degraded", codes)


def in_series(first: Step, second: Step) -> Step:
    """Two edges one behind the other as one, to the second one's node: the worse of them."""
    worse = max((first, second), key=lambda step: _WORST_LAST.index(step.state))
    codes = dict.fromkeys((*first.codes, *second.codes) if first.state == second.state else worse.codes)
    return Step(second.node, worse.state, tuple(codes))


def named(entry: ServiceEntry, node: str, port: str = "") -> str:
    """A node as the picture names it: without the Service's own namespace; the cluster IP with the port that is asked."""
    if node in ("cluster", "dns"):
        return f"clusterIP:{port}" if node == "cluster" else f"dns:{clean(entry.service.name)}"
    kind, _, rest = node.partition("/")
    namespace, _, name = rest.partition("/")
    return clean(f"{kind}/{name}" if name and namespace == entry.service.namespace else node)


# --- behind the Service


def _tail(entry: ServiceEntry, joint: str, screen: Screen) -> Iterator[Step]:
    first = next((hop for hop in entry.hops if hop.source == joint), None)
    if first is None:
        return
    if not first.target.startswith("endpoints/"):
        yield _joined(entry, joint, first.target, "")
        return
    port = next((each for each in entry.ports if joint.endswith(f":{each.port}")), None)
    to_pods = _to_pods(entry, first, port, screen)
    yield to_pods
    if port is not None:
        yield _to_port(entry, port, is_open=to_pods.state in OPEN)


def _to_pods(entry: ServiceEntry, first: Hop, port: Port | None, screen: Screen) -> Step:
    """Service → endpoints → pods as one step: whether the port has backends, and what is wrong with some of them."""
    hops = [hop for hop in entry.hops if hop.source == first.target]
    marked = [Step("", hop.state, _codes(hop)) for hop in hops if hop.finding]
    working = port.working if port else sum(each.ready for each in entry.endpoints)
    node = pods_word(entry, port, screen)
    if working or (port and port.fallback):
        behind = side_by_side([*_to_backends(entry, hops), *marked], node)
    elif any(step.state == "broken" for step in marked) or not marked:
        behind = side_by_side(marked, node)
    else:
        behind = Step(node, "unknown")
    is_guess = entry.predicted and first.state == "ok" and not any(each.workload for each in entry.endpoints)
    return in_series(Step("", "unsure" if is_guess else first.state, _codes(first)), behind)


def _to_backends(entry: ServiceEntry, hops: Iterable[Hop]) -> Iterator[Step]:
    """The edges to ready pods that no finding marks, if there are any."""
    backends = {_node_of(each) for each in entry.endpoints if each.ready or each.is_fallback}
    states = {hop.state for hop in hops if hop.target in backends and not hop.finding}
    if states:
        yield Step("", "ok" if "ok" in states else "unsure")


def _node_of(endpoint: Endpoint) -> str:
    if endpoint.workload is not None:
        return f"{endpoint.workload.kind.lower()}/{endpoint.workload.namespace}/{endpoint.workload.name}"
    return f"pod/{endpoint.pod.namespace}/{endpoint.pod.name}" if endpoint.pod else f"address/{endpoint.address}"


def _to_port(entry: ServiceEntry, port: Port, *, is_open: bool) -> Step:
    numbers = {
        each.port: None
        for endpoint in entry.endpoints
        for each in endpoint.ports
        if (each.name, each.protocol) == (port.name, port.protocol)
    }
    targets = {f"port/{number}" for number in numbers}
    marked = [Step("", hop.state, _codes(hop)) for hop in entry.hops if hop.target in targets and hop.finding]
    node = ", ".join(f":{number}" for number in sorted(numbers)) or clean(f":{port.target}")
    if not is_open:
        return Step(node, "unknown")
    every = [hop for hop in entry.hops if hop.target in targets]
    return side_by_side(marked if len(marked) == len(every) and every else [Step(""), *marked], node)


def pods_word(entry: ServiceEntry, port: Port | None, screen: Screen) -> str:
    """`pods (3 of 5)`: how many get the traffic; `pods of deployment/web (3)` of what nobody has applied yet."""
    working, total = _counted(entry, port)
    if not total:
        return screen.word("service.pods")
    count = str(total) if working == total else screen.word("service.of", working=working, total=total)
    workloads = {each.workload for each in entry.endpoints if each.workload is not None}
    if len(workloads) == 1:
        (one,) = workloads
        return clean(screen.word("service.would-be-pods-of", workload=f"{one.kind.lower()}/{one.name}", count=count))
    key = "pods-of" if workloads or any(each.pod for each in entry.endpoints) else "addresses-of"
    return screen.word(f"service.{key}", count=count)


def _counted(entry: ServiceEntry, port: Port | None) -> tuple[int, int]:
    """How many backends get the traffic, of how many: pods where all are pods (one may have two addresses), else addresses."""
    pods = {each.pod for each in entry.endpoints}
    if None not in pods:
        ready = [each for each in entry.endpoints if each.ready and (port is None or _leads_to(port, each))]
        return len({each.pod for each in ready}), len(pods)
    if port is not None:
        return port.working, port.total
    return sum(each.ready for each in entry.endpoints), len(entry.endpoints)


def _leads_to(port: Port, endpoint: Endpoint) -> bool:
    return any((each.name, each.protocol) == (port.name, port.protocol) for each in endpoint.ports)


def _without_translation(entry: ServiceEntry, path: Path) -> Path:
    """A headless Service is a name only: client → dns → pods. The Service's own node goes where nothing else leads to it."""
    if any(len(way) != _DIRECT or way[0].node != named(entry, "dns") for way in path.ways) or not path.tail:
        return path
    to_dns, to_service = path.ways[0]
    return Path(((to_dns,),), (in_series(to_service, path.tail[0]), *path.tail[1:]))
