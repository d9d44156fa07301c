"""The kinds of the core API groups and of the Gateway API, built in, so that plain commands need no discovery request.

Names, plurals and short names: kube-apiserver 1.36 `/api` and `/apis`, as `kubectl api-resources` lists them; the Gateway
API's from its CRDs, which a server may lack. For a kind served in several versions the stable one stands here, or the one
that every release has.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind and where the API server serves it; `group` is "" for the core group."""

    kind: str
    group: str
    version: str
    plural: str
    namespaced: bool
    short_names: tuple[str, ...] = ()

    @property
    def group_version(self) -> str:
        """`apps/v1`, or `v1` for the core group: the `apiVersion` of its objects."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str | None = None, name: str | None = None, subresource: str | None = None) -> str:
        """The URL path; without `namespace` all namespaces, without `name` the collection. Names are percent-encoded."""
        root = "/apis/" if self.group else "/api/"
        where = ("namespaces", namespace) if namespace and self.namespaced else ()
        parts = (self.plural, name, subresource)
        return root + "/".join([self.group_version, *(quote(part, safe="") for part in (*where, *parts) if part)])


# kind, plural, short names; a leading "-" marks cluster-wide kinds
_TABLE: dict[str, tuple[str, ...]] = {
    "v1": (
        "Pod pods po",
        "Service services svc",
        "ConfigMap configmaps cm",
        "Secret secrets",
        "ServiceAccount serviceaccounts sa",
        "Endpoints endpoints ep",
        "Event events ev",
        "PersistentVolumeClaim persistentvolumeclaims pvc",
        "ReplicationController replicationcontrollers rc",
        "ResourceQuota resourcequotas quota",
        "LimitRange limitranges limits",
        "PodTemplate podtemplates",
        "-Node nodes no",
        "-Namespace namespaces ns",
        "-PersistentVolume persistentvolumes pv",
    ),
    "apps/v1": (
        "Deployment deployments deploy",
        "ReplicaSet replicasets rs",
        "StatefulSet statefulsets sts",
        "DaemonSet daemonsets ds",
        "ControllerRevision controllerrevisions",
    ),
    "batch/v1": ("Job jobs", "CronJob cronjobs cj"),
    "autoscaling/v2": ("HorizontalPodAutoscaler horizontalpodautoscalers hpa",),
    "policy/v1": ("PodDisruptionBudget poddisruptionbudgets pdb",),
    "discovery.k8s.io/v1": ("EndpointSlice endpointslices",),
    "networking.k8s.io/v1": (
        "Ingress ingresses ing",
        "NetworkPolicy networkpolicies netpol",
        "-IngressClass ingressclasses",
        "-IPAddress ipaddresses ip",
        "-ServiceCIDR servicecidrs",
    ),
    "storage.k8s.io/v1": (
        "-StorageClass storageclasses sc",
        "-VolumeAttachment volumeattachments",
        "-CSIDriver csidrivers",
        "-CSINode csinodes",
        "CSIStorageCapacity csistoragecapacities",
    ),
    "resource.k8s.io/v1": (
        "ResourceClaim resourceclaims",
        "ResourceClaimTemplate resourceclaimtemplates",
        "-DeviceClass deviceclasses",
        "-ResourceSlice resourceslices",
    ),
    "scheduling.k8s.io/v1": ("-PriorityClass priorityclasses pc",),
    "node.k8s.io/v1": ("-RuntimeClass runtimeclasses",),
    "coordination.k8s.io/v1": ("Lease leases",),
    "rbac.authorization.k8s.io/v1": (
        "Role roles",
        "RoleBinding rolebindings",
        "-ClusterRole clusterroles",
        "-ClusterRoleBinding clusterrolebindings",
    ),
    "apiextensions.k8s.io/v1": ("-CustomResourceDefinition customresourcedefinitions crd crds",),
    "apiregistration.k8s.io/v1": ("-APIService apiservices",),
    "gateway.networking.k8s.io/v1": (
        "HTTPRoute httproutes",
        "GRPCRoute grpcroutes",
        "Gateway gateways gtw",
        "-GatewayClass gatewayclasses gc",
    ),
    "gateway.networking.k8s.io/v1beta1": ("ReferenceGrant referencegrants refgrant",),
}


def _resource(group_version: str, row: str) -> Resource:
    kind, plural, *short = row.removeprefix("-").split()
    group, _, version = group_version.rpartition("/")
    return Resource(kind, group, version, plural, not row.startswith("-"), tuple(short))


KINDS: dict[str, Resource] = {
    resource.kind: resource
    for group_version, rows in _TABLE.items()
    for resource in (_resource(group_version, row) for row in rows)
}


def names_of(resource: Resource) -> tuple[str, ...]:
    """Every word that means this kind on a command line, lower case: plural, singular, short names."""
    return (resource.plural, resource.kind.lower(), *resource.short_names)


_BY_NAME = {name: resource for resource in KINDS.values() for name in names_of(resource)}


def fits(resource: Resource, word: str) -> bool:
    """Does `sts`, `statefulsets.apps` or `deployments.v1.apps` mean this kind? Case does not matter (kubectl's rule)."""
    name, _, suffix = word.lower().partition(".")
    if name not in names_of(resource):
        return False
    return suffix in ("", resource.group, f"{resource.version}.{resource.group}".rstrip("."))


def lookup(word: str) -> Resource | None:
    """The built-in kind that a word of a command line means (`po`, `Deployment`, `sts.apps`), None if there is none.

    A group or version that the table does not have is not guessed at: None, and discovery decides.
    """
    found = _BY_NAME.get(word.lower().partition(".")[0])
    return found if found and fits(found, word) else None


def is_cluster_wide(plural: str, group: str) -> bool:
    """Whether a built-in resource, with or without its subresource, is known to have no namespace."""
    found = _BY_NAME.get(plural.partition("/")[0])
    return found is not None and found.group == group and not found.namespaced


def split(argument: str) -> tuple[str, str]:
    """`deploy/web` -> ("deploy", "web"); without a slash the type is ""."""
    kind, slash, name = argument.partition("/")
    return (kind, name) if slash else ("", argument)
