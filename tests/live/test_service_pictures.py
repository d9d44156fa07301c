"""The pictures in a real browser: they open, need no network, cut no text, and every line ends where it should."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from kubectl_lab.render.svg import svg
from kubectl_lab_plugins.main import lab
from unit.render.test_diagram import hostile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.live, pytest.mark.machine]  # a browser

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LONG = "a-deployment-with-quite-a-long-name-as-some-generators-write-them-5"
# the page measures what the browser made of the picture and writes it down
PAGE = """<!DOCTYPE html><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<script>let refused = []; document.addEventListener("securitypolicyviolation", event => refused.push(event.blockedURI));</script>
<body style="margin:0">PICTURE<pre id="measured"></pre>
<script>
const box = each => { const b = each.getBBox(); return [b.x, b.y, b.x + b.width, b.y + b.height]; };
const end = (path, at) => { const p = path.getPointAtLength(at); return [p.x, p.y]; };
const measure = () => { const picture = document.querySelector("svg"); document.getElementById("measured").textContent = JSON.stringify({
  size: [picture.getBoundingClientRect().width, picture.getBoundingClientRect().height],
  nodes: [...picture.querySelectorAll(".node")].map(each => ({
    id: each.dataset.id, rect: box(each.querySelector("rect")), text: box(each.querySelector("text")),
    shown: each.querySelector("text").textContent})),
  edges: [...picture.querySelectorAll(".edge")].map(each => { const path = each.querySelector("path"); return {
    from: each.dataset.from, to: each.dataset.to, begin: end(path, 0), end: end(path, path.getTotalLength()),
    state: each.classList[1], look: [getComputedStyle(path).strokeDasharray, getComputedStyle(path).strokeWidth],
    label: each.querySelector("text") && box(each.querySelector("text"))}; }),
  loaded: performance.getEntriesByType("resource").map(each => each.name), refused: refused,
  scripts: picture.querySelectorAll("script").length}); };
addEventListener("load", () => setTimeout(measure, 100));
</script>"""
MANIFESTS = """
{kind: List, apiVersion: v1, items: [
  {kind: Deployment, apiVersion: apps/v1, metadata: {name: NAME}, spec: {replicas: 3, template: {
    metadata: {labels: {app: web}}, spec: {containers: [{name: main, image: main, ports: [{containerPort: 5000}]}]}}}},
  {kind: Service, apiVersion: v1, metadata: {name: pythonnp}, spec: {type: NodePort, selector: {app: web}, ports: [
    {port: 9002, targetPort: 5000, nodePort: 31234}]}},
  {kind: Service, apiVersion: v1, metadata: {name: empty}, spec: {selector: {app: none}, ports: [{port: 80}]}},
  {kind: Service, apiVersion: v1, metadata: {name: alias}, spec: {type: ExternalName, externalName: db.example.com}},
  {kind: Ingress, apiVersion: networking.k8s.io/v1, metadata: {name: front}, spec: {rules: [{host: www.shop.example, http: {paths: [
    {path: /, pathType: Prefix, backend: {service: {name: pythonnp, port: {number: 9002}}}},
    {path: /api, pathType: Prefix, backend: {service: {name: api-service, port: {number: 80}}}}]}}]}}]}
""".replace("NAME", LONG)


@dataclass(frozen=True, slots=True)
class Browser:
    """A headless browser that no name server answers."""

    program: str
    home: Path

    def dom(self, name: str, text: str) -> str:
        """What a file is once the browser has opened it."""
        path = self.home / name
        path.write_text(text, encoding="utf-8")
        command = [
            self.program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            f"--user-data-dir={self.home / 'profile'}", "--virtual-time-budget=1000", "--host-resolver-rules=MAP * ~NOTFOUND", "--dump-dom", path.as_uri(),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        return done.stdout

    def measured(self, picture: str) -> dict[str, Any]:
        """Where everything of a picture stands, in the browser's own numbers."""
        dom = self.dom("page.html", PAGE.replace("PICTURE", picture))
        found = re.search(r'<pre id="measured">(.*?)</pre>', dom, re.DOTALL)
        assert found, dom
        made: dict[str, Any] = json.loads(found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
        return made


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(f"no browser here: none of {', '.join(BROWSERS)} is on the PATH (Debian: apt-get install chromium)")
    return Browser(program, tmp_path_factory.mktemp("browser"))


def pod(number: int, *, ready: bool) -> dict[str, Any]:
    conditions = [{"type": "Ready", "status": "True" if ready else "False"}]
    status = {"phase": "Running", "podIPs": [{"ip": f"10.1.0.{number}"}], "conditions": conditions}
    metadata = {"name": f"web-{number}", "labels": {"app": "web"}}
    spec = {"nodeName": "n1", "containers": [{"name": "main", "image": "main"}]}
    return {"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": spec, "status": status}


def services(*names: str) -> list[dict[str, Any]]:
    spec = {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}], "type": "LoadBalancer"}
    return [{"kind": "Service", "apiVersion": "v1", "metadata": {"name": name}, "spec": spec} for name in names]


def listed(*objects: dict[str, Any]) -> str:
    return json.dumps({"kind": "List", "apiVersion": "v1", "items": objects})


DRAWN = {
    "manifests": MANIFESTS,
    "thirty pods": listed(*services("web"), *(pod(number, ready=number > 3) for number in range(30))),
    "two Services over the same pods": listed(
        *services("web", "api"), *(pod(number, ready=True) for number in range(5))
    ),
}


@pytest.fixture(scope="module")
def draw(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """The picture that the command makes of files."""

    def drawn(name: str) -> str:
        path = tmp_path_factory.mktemp("files") / "objects.yaml"
        path.write_text(DRAWN[name], encoding="utf-8")
        done = CliRunner().invoke(lab, ["explain-service", "-o", "svg", "-f", str(path)], prog_name="kubectl lab")
        assert done.exit_code == 0, done.stderr
        return done.stdout

    return drawn


@pytest.fixture(scope="module", params=[*DRAWN, "hostile labels"])
def measured(request: pytest.FixtureRequest, browser: Browser, draw: Callable[[str], str]) -> dict[str, Any]:
    return browser.measured(svg(hostile()) if request.param == "hostile labels" else draw(request.param))


def test_a_browser_opens_the_file_itself(browser: Browser, draw: Callable[[str], str]) -> None:
    dom = browser.dom("picture.svg", draw("manifests"))
    assert "parsererror" not in dom
    assert "service/pythonnp:9002</text>" in dom
    assert '<title id="title">' in dom


def test_the_browser_does_find_what_is_no_picture(browser: Browser) -> None:
    """What the other tests would see if a picture were not well-formed, or asked for something."""
    assert "parsererror" in browser.dom("broken.svg", '<svg xmlns="http://www.w3.org/2000/svg"><g></svg>')
    asks = '<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1:9/x.png"/></svg>'
    assert browser.measured(asks)["refused"] == ["http://127.0.0.1:9/x.png"]


def test_no_text_is_cut_or_leaves_its_box(measured: dict[str, Any]) -> None:
    for node in (each for each in measured["nodes"] if each["shown"]):
        left, top, right, bottom = node["rect"]
        text = node["text"]
        assert left < text[0] < text[2] < right, node
        assert top <= text[1] < text[3] <= bottom


def test_all_of_it_lies_within_the_picture(measured: dict[str, Any]) -> None:
    width, height = measured["size"]
    assert min(width, height) > 40
    boxes = [each["rect"] for each in measured["nodes"]] + [
        each["label"] for each in measured["edges"] if each["label"]
    ]
    for left, top, right, bottom in boxes:
        assert 0 <= left <= right <= width
        assert 0 <= top <= bottom <= height


def test_every_line_runs_from_its_node_to_its_node(measured: dict[str, Any]) -> None:
    at = {each["id"]: each["rect"] for each in measured["nodes"]}
    assert measured["edges"]
    for edge in measured["edges"]:
        source, target = at[edge["from"]], at[edge["to"]]
        assert edge["begin"][0] == pytest.approx(source[2], abs=1)
        assert source[1] < edge["begin"][1] < source[3]
        assert edge["end"][0] == pytest.approx(target[0], abs=1)
        assert target[1] < edge["end"][1] < target[3]


def test_no_label_lies_on_a_node(measured: dict[str, Any]) -> None:
    for edge in measured["edges"]:
        for node in measured["nodes"] if edge["label"] else ():
            one, other = edge["label"], node["rect"]
            assert one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1], (edge, node)


def test_nothing_is_loaded_and_nothing_runs(measured: dict[str, Any]) -> None:
    assert (measured["loaded"], measured["refused"], measured["scripts"]) == ([], [], 0)


def test_states_look_different_without_colour(measured: dict[str, Any]) -> None:
    looks = {edge["state"]: tuple(edge["look"]) for edge in measured["edges"]}
    assert len(looks) > 1
    assert len(set(looks.values())) == len(looks)
