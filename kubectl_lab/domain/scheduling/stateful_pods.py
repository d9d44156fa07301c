"""The next pod of a StatefulSet: its number, its name, and the claims that are made for it.

Source: kube-controller-manager `statefulset` (newStatefulSetPod, updateStorage, getPersistentVolumeClaimName).
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from kubectl_lab import objects
from kubectl_lab.domain.scheduling import workloads

if TYPE_CHECKING:
    from kubectl_lab.domain.rules.known_objects import KnownObjects
    from kubectl_lab.objects import Object

_NAME_LABEL, _INDEX_LABEL = "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index"


def pod_of(stateful_set: Object, known: KnownObjects) -> Object:
    """The first number that no pod has. A claim that is not there yet is one that is made together with the pod."""
    number = _number(stateful_set, known)
    made = workloads.pod_of(stateful_set, "StatefulSet")
    name = f"{objects.name(stateful_set)}-{number}"
    labels = {**objects.labels(made), _NAME_LABEL: name, _INDEX_LABEL: str(number)}
    claims = [_volume(each, name, known, made) for each in _templates(stateful_set)]
    taken = {each["name"] for each in claims}
    spec = objects.spec(made)
    own = [
        each for each in map(objects.mapping, objects.sequence(spec.get("volumes"))) if each.get("name") not in taken
    ]
    metadata = {**objects.metadata(made), "name": name, "labels": labels}
    return {**made, "metadata": metadata, "spec": {**spec, "volumes": [*claims, *own]} if claims else spec}


def _number(stateful_set: Object, known: KnownObjects) -> int:
    """From `spec.ordinals.start` on."""
    start = objects.mapping(objects.spec(stateful_set).get("ordinals")).get("start")
    name, namespace = objects.name(stateful_set), objects.namespace(stateful_set)
    numbers = itertools.count(start if isinstance(start, int) else 0)
    return next(each for each in numbers if known.get(workloads.POD, namespace, f"{name}-{each}") is None)


def _templates(stateful_set: Object) -> list[Object]:
    return list(map(objects.mapping, objects.sequence(objects.spec(stateful_set).get("volumeClaimTemplates"))))


def _volume(template: Object, pod: str, known: KnownObjects, made: Object) -> Object:
    """`TEMPLATE-SET-NUMBER`, left over from an earlier pod; else as a generic ephemeral volume of that name, read alike."""
    name = objects.name(template)
    claim = f"{name}-{pod}"
    if known.get("PersistentVolumeClaim", objects.namespace(made), claim) is not None:
        return {"name": name, "persistentVolumeClaim": {"claimName": claim}}
    planned = {**template, "metadata": {**objects.metadata(template), "name": claim}}
    return {"name": name, "ephemeral": {"volumeClaimTemplate": planned}}
