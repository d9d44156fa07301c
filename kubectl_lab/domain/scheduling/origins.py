"""Where each toleration of a pod comes from: its manifest, or who added it on the way.

Told by comparing: with the template that the pod was made from, else with what was applied; without either by the shape alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.rules import tolerations as toleration_rules
from kubectl_lab.domain.rules.tolerations import NO_EXECUTE, NO_SCHEDULE
from kubectl_lab.domain.scheduling import added_tolerations, admission
from kubectl_lab.domain.scheduling.added_tolerations import facts
from kubectl_lab.domain.scheduling.subject import Sourced

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kubectl_lab.domain.rules.known_objects import KnownObjects
    from kubectl_lab.domain.scheduling.subject import Origin
    from kubectl_lab.objects import Object

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


@dataclass(frozen=True, slots=True)
class Setting:
    """The pod, what is known, and the tolerations that were written by hand: None where nothing tells."""

    pod: Object
    known: KnownObjects
    written: Sequence[Object] | None
    is_daemon: bool

    @property
    def spec(self) -> Object:
        """The pod's spec."""
        return objects.spec(self.pod)


def sourced(
    pod: Object,
    known: KnownObjects,
    template: Object | None,
    pretended: Sequence[Mapping[str, object]] = (),
    *,
    is_daemon: bool = False,
) -> tuple[Sourced, ...]:
    """Each toleration of the pod, in order, then those that are only pretended.

    `template`: of the controller that made the pod, None where it is not known; `is_daemon`: that is a DaemonSet.
    """
    setting = Setting(pod, known, _written(pod, template), is_daemon)
    certain = setting.written is not None
    found = tuple(Sourced(each, *_origin(each, setting, certain=certain)) for each in toleration_rules.of_pod(pod))
    return found + tuple(Sourced(each, "what-if") for each in pretended)


def _written(pod: Object, template: Object | None) -> Sequence[Object] | None:
    """The tolerations of the template; of a pod without a controller those that kubectl applied."""
    if template is not None:
        return toleration_rules.of_pod(template)
    applied = objects.annotations_of(pod).get(LAST_APPLIED)
    if objects.controller(pod) is not None or not applied:
        return None
    try:
        found = json.loads(objects.text(applied))
    except (ValueError, RecursionError):
        return None
    return toleration_rules.of_pod(found) if isinstance(found, dict) else None


def _origin(toleration: Object, setting: Setting, *, certain: bool) -> tuple[Origin, bool]:
    if setting.written is not None and facts(toleration) in map(facts, setting.written):
        return "pod", True
    fitting = next((origin for origin, fits in _RULES if fits(toleration, setting)), None)
    if fitting is not None:
        return fitting, certain
    # a bare pod has nobody above it who could have added anything
    return "pod", certain or objects.controller(setting.pod) is None


def _by_default(toleration: Object, setting: Setting) -> bool:
    """The seconds are the API server's flags; where a template tells that nobody wrote it any will do."""
    key, operator, value, effect, seconds = facts(toleration)
    usual = seconds == added_tolerations.DEFAULT_SECONDS or (setting.written is not None and seconds is not None)
    is_its_key = key in (added_tolerations.NOT_READY, added_tolerations.UNREACHABLE)
    return usual and is_its_key and (operator, value, effect) == ("Exists", "", NO_EXECUTE)


def _by_daemonset(toleration: Object, setting: Setting) -> bool:
    added = added_tolerations.of_daemonset(setting.spec)
    return setting.is_daemon and facts(toleration) in map(facts, added)


def _by_runtime_class(toleration: Object, setting: Setting) -> bool:
    found = admission.runtime_class_of(setting.pod, setting.known)
    return found is not None and facts(toleration) in map(facts, admission.of_runtime_class(found))


def _by_namespace(toleration: Object, setting: Setting) -> bool:
    """The annotation's, and the one that the same plugin adds to pods that are not BestEffort."""
    namespace = setting.known.get("Namespace", None, objects.namespace(setting.pod) or "")
    if namespace is not None and facts(toleration) in map(facts, added_tolerations.of_namespace(namespace)):
        return True
    qos = objects.status(setting.pod).get("qosClass")
    pressed = added_tolerations.exists(added_tolerations.MEMORY_PRESSURE, NO_SCHEDULE)
    return qos in ("Burstable", "Guaranteed") and facts(toleration) == facts(pressed)


def _by_extended_resource(toleration: Object, setting: Setting) -> bool:
    names = added_tolerations.extended_resources(setting.spec)
    return facts(toleration) in {facts(added_tolerations.exists(name, NO_SCHEDULE)) for name in names}


# of two that explain the same the earlier
_RULES: tuple[tuple[Origin, Callable[[Object, Setting], bool]], ...] = (
    ("default", _by_default),
    ("daemonset", _by_daemonset),
    ("runtimeclass", _by_runtime_class),
    ("namespace", _by_namespace),
    ("extended-resource", _by_extended_resource),
)
