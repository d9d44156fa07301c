"""The command line of explain-service: what it comes to, and what is refused before any cluster is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from kubectl_lab.errors import BadUsage
from kubectl_lab.result import Reference
from kubectl_lab_plugins.explain_service import FORMATS
from kubectl_lab_plugins.explain_service_request import Request, request_of
from kubectl_lab_plugins.main import lab
from kubectl_lab_plugins.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping

FLAGS: Mapping[str, Any] = {
    "selector": None,
    "client": None,
    "probe": False,
    "probe_path": "/",
    "watch": False,
    "until": None,
    "timeout": "0",
}
SHARED = {"quiet": False, "verbose": False, "color": "never", "namespace": "shop", "server": "http://127.0.0.1:1"}


def request(
    *words: str, output: str = "text", files: tuple[str, ...] = (), everywhere: bool = False, **flags: Any
) -> Request:
    values = {**SHARED, "output": output, "filename": files, "all_namespaces": everywhere, **flags.pop("shared", {})}
    return request_of(Session(values, lang="en", formats=FORMATS), words, {**FLAGS, **flags})


@pytest.mark.parametrize(
    ("word", "kind", "name"),
    [
        pytest.param("web", "Service", "web", id="a name alone is a Service"),
        pytest.param("service/web", "Service", "web", id="with its type"),
        pytest.param("svc/web", "Service", "web", id="its short name"),
        pytest.param("Services/web", "Service", "web", id="case does not matter for a type"),
        pytest.param("ingress/shop", "Ingress", "shop", id="an Ingress"),
        pytest.param("ing/shop", "Ingress", "shop", id="its short name too"),
        pytest.param("ingresses.networking.k8s.io/shop", "Ingress", "shop", id="with its group"),
        pytest.param("httproute/shop", "HTTPRoute", "shop", id="a route"),
        pytest.param("httproutes.gateway.networking.k8s.io/shop", "HTTPRoute", "shop", id="a route with its group"),
        pytest.param("grpcroute/shop", "GRPCRoute", "shop", id="a route of gRPC"),
        pytest.param("Web", "Service", "Web", id="a name that no Service has is answered, with what is near"),
        pytest.param("a.b", "Service", "a.b", id="so is one with a dot"),
    ],
)
def test_what_a_word_names(word: str, kind: str, name: str) -> None:
    assert request(word).subjects == (Reference(kind, "shop", name),)


def test_a_name_that_is_typed_twice_is_one_question() -> None:
    assert request("web", "svc/web", "api").subjects == (
        Reference("Service", "shop", "web"),
        Reference("Service", "shop", "api"),
    )


@pytest.mark.parametrize(
    ("words", "flags", "key"),
    [
        pytest.param(["pod/web"], {}, "service-type", id="a pod"),
        pytest.param(["/web"], {}, "service-not-a-name", id="no type before the slash"),
        pytest.param(["ingresses.example.com/web"], {}, "service-type", id="a type of another group"),
        pytest.param(["services.v1/web"], {}, "service-type", id="a version is no group"),
        pytest.param([""], {}, "service-not-a-name", id="nothing"),
        pytest.param(["service/"], {}, "service-not-a-name", id="a type alone"),
        pytest.param(["service/a/b"], {}, "service-not-a-name", id="two slashes"),
        pytest.param([".."], {}, "service-not-a-name", id="a way out"),
        pytest.param(["a b"], {}, "service-not-a-name", id="a blank inside"),
        pytest.param(["%2e"], {}, "service-not-a-name", id="an escape"),
        pytest.param(["web"], {"selector": "a=b"}, "name-and-selector", id="a name and a selector"),
        pytest.param(["web"], {"everywhere": True}, "name-and-all-namespaces", id="a name in all namespaces"),
        pytest.param([], {"selector": " "}, "bad-selector", id="a blank selector would be every Service"),
        pytest.param([], {"selector": ""}, "bad-selector", id="so would an empty one"),
        pytest.param([], {"selector": "a in"}, "bad-selector", id="a selector that is none"),
        pytest.param([], {"client": "somebody"}, "from-unusable", id="a client that is none"),
        pytest.param([], {"client": ""}, "from-unusable", id="an empty client"),
        pytest.param([], {"probe": True, "files": ("x",)}, "service-needs-cluster", id="a probe of files"),
        pytest.param([], {"watch": True, "files": ("x",)}, "service-needs-cluster", id="a watch of files"),
        pytest.param([], {"watch": True, "output": "json"}, "service-watch-format", id="one document of many changes"),
        pytest.param([], {"watch": True, "output": "wide"}, "service-watch-format", id="a wide watch"),
        pytest.param([], {"output": "jsonl"}, "service-jsonl", id="lines without a watch"),
        pytest.param([], {"until": "healthy"}, "service-only-with", id="an end without a watch"),
        pytest.param([], {"timeout": "5m"}, "service-only-with", id="a time limit without a watch"),
        pytest.param(["web"], {"probe_path": "/x"}, "service-only-with", id="a path without a probe"),
        pytest.param(["web"], {"probe": True, "watch": True}, "service-probe-and-watch", id="a probe that goes on"),
        pytest.param([], {"probe": True}, "service-only-with", id="a probe of all Services"),
        pytest.param([], {"watch": True, "timeout": "soon"}, "bad-duration", id="a time that is none"),
        pytest.param([], {"watch": True, "timeout": "-1s"}, "bad-duration", id="a time before now"),
    ],
)
def test_what_is_refused(words: list[str], flags: dict[str, Any], key: str) -> None:
    with pytest.raises(BadUsage) as refused:
        request(*words, **flags)
    assert refused.value.key == key


def test_an_unknown_type_is_told_the_known_ones() -> None:
    with pytest.raises(BadUsage) as refused:
        request("deployment/web")
    assert refused.value.values == {"type": "deployment", "accepted": "service, ingress, httproute, grpcroute"}


def test_without_a_name_every_service_of_the_namespace_is_meant() -> None:
    assert (request().subjects, request().namespace) == ((), "shop")
    assert request(everywhere=True).namespace is None


def test_files_are_of_the_namespace_of_the_flag_or_default() -> None:
    assert request(files=("x",)).namespace == "shop"
    assert request(files=("x",), shared={"namespace": None}).namespace == "default"


def test_a_watch_has_its_end() -> None:
    made = request("web", watch=True, until="healthy", timeout="2m", output="jsonl")
    assert (made.watch, made.until, made.timeout) == (True, "healthy", 120.0)


@pytest.mark.parametrize(
    ("output", "verbose", "detailed"), [("text", False, False), ("wide", False, True), ("json", True, True)]
)
def test_wide_and_verbose_show_more(output: str, verbose: bool, detailed: bool) -> None:
    assert request("web", output=output, shared={"verbose": verbose}).detailed is detailed


def test_who_asks_is_looked_for_in_the_same_namespace() -> None:
    assert (request("web", client="pod/front").client, request("web", client="pod/front").home) == ("pod/front", "shop")
    assert request(everywhere=True, client="pod/front").home == "shop"


@pytest.mark.parametrize(("lang", "said"), [("en", "healthy or degraded"), ("fr", "healthy ou degraded")])
def test_help_names_what_until_takes(lang: str, said: str) -> None:
    shown = CliRunner().invoke(lab, ["explain-service", "--help", "--lang", lang]).stdout
    assert said in " ".join(shown.split())


@pytest.mark.parametrize(("word", "shown"), [("", "''"), (" ", "' '"), ("/web", "/web")])
def test_what_is_no_name_is_seen_in_the_message(word: str, shown: str) -> None:
    with pytest.raises(BadUsage) as refused:
        request(word)
    assert refused.value.values["word"] == shown
