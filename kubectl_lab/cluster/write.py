"""Every request that is not a read. The one module to audit for changes to a cluster.

Nothing here repeats a request by itself: the caller judges each refusal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_lab import objects
from kubectl_lab.cluster.kinds import KINDS
from kubectl_lab.errors import Conflict, Invalid

if TYPE_CHECKING:
    from kubectl_lab.cluster.transport import Transport
    from kubectl_lab.objects import Object

_MERGE_PATCH = "application/merge-patch+json"
_OWNER = ("fieldManager", "kubectl-lab")
_DRY_RUN = ("dryRun", "All")
_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


class Writer:
    """Changes through one transport. All methods raise ApiError's children as they come."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def set_unschedulable(self, node: str, uid: str, value: bool, *, dry_run: bool = False) -> Object:  # noqa: FBT001 - the value itself
        """Cordon or uncordon: nothing but `spec.unschedulable` changes. Raises Conflict if the node has another UID now."""
        # kube-apiserver takes a UID in a patch for a change of an immutable field and answers 422, whatever else it holds
        body = {"metadata": {"uid": uid}, "spec": {"unschedulable": True if value else None}}
        query = (_OWNER, _DRY_RUN) if dry_run else (_OWNER,)
        path = KINDS["Node"].path(None, node)
        try:
            return self._transport.request(
                "PATCH", path, query=query, body=body, content_type=_MERGE_PATCH, retry=False
            )
        except Invalid as error:
            if not _names_field(error, "metadata.uid"):
                raise
            raise Conflict("node-replaced", status=error.status, body=error.body, node=node) from error

    def evict(
        self, namespace: str, pod: str, uid: str, *, grace_period_seconds: int | None, dry_run: bool = False
    ) -> None:
        """Ask for the eviction of exactly this pod (policy/v1). `None` leaves the grace period to the pod.

        Raises TooManyRequests when a budget, or throttling, says no; its `body` and `retry_after` tell which and how long.
        """
        body = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": pod, "namespace": namespace},
            "deleteOptions": _delete_options(uid, grace_period_seconds, dry_run=dry_run),
        }
        self._transport.request("POST", KINDS["Pod"].path(namespace, pod, "eviction"), body=body, retry=False)

    def delete_pod(
        self, namespace: str, pod: str, uid: str, *, grace_period_seconds: int | None, dry_run: bool = False
    ) -> None:
        """Delete exactly this pod; no budget is asked."""
        body = _delete_options(uid, grace_period_seconds, dry_run=dry_run)
        body = {"apiVersion": "v1", "kind": "DeleteOptions", **body}
        self._transport.request("DELETE", KINDS["Pod"].path(namespace, pod), body=body, retry=False)

    def review(
        self,
        verb: str,
        resource: str,
        *,
        group: str = "",
        subresource: str = "",
        namespace: str | None = None,
        name: str = "",
    ) -> bool:
        """May this identity do it? A SelfSubjectAccessReview; `namespace=None` asks for all of them."""
        wanted = {"verb": verb, "resource": resource, "group": group, "subresource": subresource}
        attributes = {key: value for key, value in (wanted | {"namespace": namespace, "name": name}).items() if value}
        body = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": attributes},
        }
        answer = self._transport.request("POST", _REVIEWS, body=body)
        return objects.status(answer).get("allowed") is True


def _names_field(error: Invalid, field: str) -> bool:
    causes = objects.sequence(objects.mapping(error.body.get("details")).get("causes"))
    return any(objects.mapping(cause).get("field") == field for cause in causes)


def _delete_options(uid: str, grace_period_seconds: int | None, *, dry_run: bool) -> dict[str, Any]:
    options: dict[str, Any] = {"preconditions": {"uid": uid}}
    if grace_period_seconds is not None:
        options["gracePeriodSeconds"] = grace_period_seconds
    if dry_run:
        options["dryRun"] = ["All"]
    return options
