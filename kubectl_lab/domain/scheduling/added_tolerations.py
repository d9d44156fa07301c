"""The tolerations that controllers and admission add to a pod's own, and how they join its list.

Source: kube-controller-manager `daemon/util` (AddOrUpdateDaemonPodTolerations), kube-apiserver
`admission/defaulttolerationseconds`, `util/tolerations` (MergeTolerations), `apis/core/helper` (IsExtendedResourceName).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.domain.rules.label_selectors import is_key
from kubectl_lab.domain.rules.tolerations import NO_EXECUTE, NO_SCHEDULE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kubectl_lab.objects import Object

_PREFIX = "node.kubernetes.io/"
NOT_READY, UNREACHABLE = f"{_PREFIX}not-ready", f"{_PREFIX}unreachable"
MEMORY_PRESSURE = f"{_PREFIX}memory-pressure"
DEFAULT_SECONDS = 300  # the API server's flags may say otherwise
NAMESPACE_ANNOTATION = "scheduler.alpha.kubernetes.io/defaultTolerations"
_ON_EVERY_DAEMON = ("disk-pressure", "memory-pressure", "pid-pressure", "unschedulable")
_BEFORE_NETWORK = "network-unavailable"


def exists(key: str, effect: str, seconds: int | None = None) -> Object:
    """A toleration of every value of a key."""
    made: dict[str, Any] = {"key": key, "operator": "Exists", "effect": effect}
    return made if seconds is None else made | {"tolerationSeconds": seconds}


def of_daemonset(spec: Object) -> list[Object]:
    """What the DaemonSet controller adds, in its order: for ever on a node in trouble, and on a cordoned one."""
    made = [exists(NOT_READY, NO_EXECUTE), exists(UNREACHABLE, NO_EXECUTE)]
    made += [exists(_PREFIX + each, NO_SCHEDULE) for each in _ON_EVERY_DAEMON]
    return made + ([exists(_PREFIX + _BEFORE_NETWORK, NO_SCHEDULE)] if spec.get("hostNetwork") is True else [])


def by_default(tolerations: Sequence[Object], seconds: int = DEFAULT_SECONDS) -> list[Object]:
    """What DefaultTolerationSeconds adds: each key of the two that no toleration of NoExecute has."""
    held = {(key, effect) for key, _, _, effect, _ in map(facts, tolerations)}
    return [
        exists(key, NO_EXECUTE, seconds)
        for key in (NOT_READY, UNREACHABLE)
        if held.isdisjoint((own, effect) for own in ("", key) for effect in ("", NO_EXECUTE))
    ]


def of_namespace(namespace: Object) -> list[Object]:
    """The annotation that PodTolerationRestriction reads; nothing where it is no list of tolerations."""
    try:
        found = json.loads(objects.text(objects.annotations_of(namespace).get(NAMESPACE_ANNOTATION)) or "[]")
    except (ValueError, RecursionError):
        return []
    return [each for each in objects.sequence(found) if isinstance(each, dict)]


def extended_resources(spec: Object) -> list[str]:
    """The extended resources that its containers request, sorted."""
    listed = [*objects.sequence(spec.get("containers")), *objects.sequence(spec.get("initContainers"))]
    asked = [
        objects.mapping(objects.mapping(objects.mapping(each).get("resources")).get("requests")) for each in listed
    ]
    return sorted({name for each in asked for name in each if _is_extended(name)})


def _is_extended(name: str) -> bool:
    """Not Kubernetes' own, and legal as a quota's name."""
    is_native = "/" not in name or "kubernetes.io/" in name
    return not is_native and not name.startswith("requests.") and is_key(f"requests.{name}")


def facts(toleration: Object) -> tuple[str, str, str, str, int | None]:
    """Key, operator, value, effect and seconds: two tolerations with the same are one."""
    seconds = toleration.get("tolerationSeconds")
    key, operator, value, effect = (
        objects.text(toleration.get(part)) for part in ("key", "operator", "value", "effect")
    )
    return key, operator, value, effect, seconds if isinstance(seconds, int) else None


def put(tolerations: Iterable[Object], added: Object) -> list[Object]:
    """With `added` at the end, or in place of those that differ from it in their seconds only (AddOrUpdateToleration)."""
    listed = list(tolerations)
    same = [facts(each)[:4] == facts(added)[:4] for each in listed]
    if not any(same):
        return [*listed, added]
    return [added if is_same else each for each, is_same in zip(listed, same, strict=True)]


def merged(first: Iterable[Object], second: Iterable[Object]) -> list[Object]:
    """Both lists, less those that another one covers; of equal ones the first (MergeTolerations)."""
    every = [*first, *second]
    kept: list[Object] = []
    for place, each in enumerate(every):
        later = [other for other in every[place + 1 :] if facts(other) != facts(each)]
        if not any(_covers(other, each) for other in (*kept, *later)):
            kept.append(each)
    return kept


def _covers(wide: Object, narrow: Object) -> bool:
    """Whether `wide` tolerates all that `narrow` does (isSuperset)."""
    if facts(wide) == facts(narrow):
        return True
    key, operator, value, effect, seconds = facts(wide)
    its_key, its_operator, its_value, its_effect, its_seconds = facts(narrow)
    if key != its_key and (key or operator != "Exists"):
        return False
    if effect not in ("", its_effect):
        return False
    if effect == NO_EXECUTE and seconds is not None and (its_seconds is None or its_seconds > seconds):
        return False
    if operator in ("", "Equal"):
        return its_operator == "Equal" and value == its_value
    return operator == "Exists"
