"""Who asks, with `--from`: a pod, a namespace, an address."""

from __future__ import annotations

import pytest

import make
from kubectl_lab.domain.service.client import asked, client_of
from kubectl_lab.domain.service.workloads import WOULD_BE_POD
from kubectl_lab.errors import BadUsage, LabError, NotFound
from kubectl_lab.result import Reference
from unit.service.cases import inventory, namespace, pod

FRONT = pod("front-1", {"role": "front"}, ip="10.1.0.7")
SHOP = namespace("shop", team="a")


@pytest.mark.parametrize(
    ("word", "subject"),
    [
        pytest.param("pod/front-1", Reference("Pod", "shop", "front-1"), id="a pod of the namespace that is asked"),
        pytest.param("po/front-1", Reference("Pod", "shop", "front-1"), id="by its short name"),
        pytest.param("Pods/edge/lb", Reference("Pod", "edge", "lb"), id="a pod of another namespace"),
        pytest.param("namespace/edge", Reference("Namespace", None, "edge"), id="any pod of a namespace"),
        pytest.param("ns/edge", Reference("Namespace", None, "edge"), id="a namespace by its short name"),
        pytest.param("192.0.2.7", "192.0.2.7", id="an address"),
        pytest.param("2001:DB8:0::1", "2001:db8::1", id="an address as it is usually written"),
    ],
)
def test_words(word: str, subject: Reference | str) -> None:
    assert asked(word, "shop") == subject


@pytest.mark.parametrize(
    "word",
    [
        *(
            "front-1",
            "pod",
            "pod/",
            "pod//x",
            "pod/a/b/c",
            "namespace/",
            "namespace/a/b",
            "service/web",
            "10.0.0.0/8",
            "",
        ),
        # what would lead elsewhere in the API, or cannot be sent at all
        *("pod/..", "pod/../web", "pod/.", "namespace/..", "namespace/a?x", "pod/a b", "pod/-a", "pod/\udcff"),
    ],
)
def test_other_words_are_a_wrong_command_line(word: str) -> None:
    with pytest.raises(BadUsage) as refused:
        asked(word, "shop")
    assert (refused.value.key, refused.value.values, refused.value.exit_code) == ("from-unusable", {"word": word}, 2)


def test_a_pod_brings_the_labels_of_its_namespace() -> None:
    made = client_of("pod/front-1", inventory(FRONT, SHOP), "shop")
    assert (made.word, made.namespace, made.pod, made.address) == ("pod/front-1", "shop", FRONT, None)
    assert made.namespace_labels == {"kubernetes.io/metadata.name": "shop", "team": "a"}


def test_labels_of_a_namespace_that_is_not_known_are_not_none_but_unknown() -> None:
    assert client_of("pod/front-1", inventory(FRONT, missing=["Namespace"]), "shop").namespace_labels is None


def test_a_namespace_is_any_pod_of_it() -> None:
    made = client_of("ns/shop", inventory(SHOP), "other")
    assert (made.namespace, made.pod, made.address) == ("shop", None, None)
    assert made.namespace_labels == {"kubernetes.io/metadata.name": "shop", "team": "a"}


@pytest.mark.parametrize(
    ("seen", "live"),
    [
        pytest.param([], True, id="which may not be looked at"),
        pytest.param([], False, id="which no file holds"),
        pytest.param(["Namespace"], False, id="among others in files"),
    ],
)
def test_a_namespace_may_be_there(seen: list[str], live: bool) -> None:
    around = inventory(SHOP, missing=[] if seen else ["Namespace"], live=live)
    assert client_of("ns/edge", around, "shop").namespace_labels is None


@pytest.mark.parametrize(
    ("word", "values"),
    [
        pytest.param("pod/front-2", {"resource": "pods", "name": "front-2", "namespace": "shop"}, id="a pod"),
        pytest.param("pod/edge/front-1", {"resource": "pods", "name": "front-1", "namespace": "edge"}, id="elsewhere"),
        pytest.param("ns/edge", {"resource": "namespaces", "name": "edge"}, id="a namespace"),
    ],
)
def test_what_is_not_there_is_an_error(word: str, values: dict[str, str]) -> None:
    with pytest.raises(NotFound) as absent:
        client_of(word, inventory(FRONT, SHOP), "shop")
    assert absent.value.values == values
    assert absent.value.exit_code == 1


def test_what_no_file_holds_is_an_error_of_the_files() -> None:
    with pytest.raises(NotFound) as absent:
        client_of("pod/front-2", inventory(FRONT, live=False), "shop")
    assert (absent.value.key, absent.value.values) == ("input-not-found", {"kind": "Pod", "name": "front-2"})


def test_a_pod_that_may_not_be_looked_at_is_an_error() -> None:
    with pytest.raises(LabError) as unseen:
        client_of("pod/front-1", inventory(missing=["Pod"]), "shop")
    assert (unseen.value.key, unseen.value.values) == ("from-unseen", {"word": "pod/front-1", "why": "forbidden"})


def test_a_pod_that_nobody_has_applied_may_ask_too() -> None:
    written = {**FRONT, "kind": WOULD_BE_POD}
    assert client_of("pod/front-1", inventory(written, missing=["Pod"], live=False), "shop").pod == written
    with pytest.raises(NotFound) as absent:
        client_of("pod/front-2", inventory(written, missing=["Pod"], live=False), "shop")
    assert absent.value.key == "input-not-found"


def test_the_address_of_a_pod_is_that_pod() -> None:
    made = client_of("10.1.0.7", inventory(pod("other"), FRONT, SHOP), "other")
    assert (made.word, made.pod, made.namespace, made.address) == ("10.1.0.7", FRONT, "shop", None)


def test_the_address_of_a_pod_on_the_host_is_the_nodes() -> None:
    on_host = pod("proxy", ip="10.0.0.1", spec={"hostNetwork": True})
    made = client_of("10.0.0.1", inventory(on_host, make.node("n1")), "shop")
    assert (made.pod, made.address) == (None, "10.0.0.1")
