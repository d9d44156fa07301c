"""The document, and the forms it is written in."""

from __future__ import annotations

import io
import json
import shlex
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
import yaml

from kubectl_lab.catalogue import finding
from kubectl_lab.errors import BadUsage
from kubectl_lab.render import FORMATS, data, show
from kubectl_lab.result import Finding, Reference, document_head

HOSTILE = "a\x1b[2J\x7f\x9b\u202e\u2028\U000e0041é日[red]"


@dataclass(frozen=True, slots=True)
class Answer:
    """A result with a finding at the top and one further in."""

    kind: ClassVar[str] = "Version"
    top: tuple[Finding, ...] = ()
    inner: tuple[Finding, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        pods = [{"name": "web", "findings": [each.to_dict() for each in self.inner]}]
        return {**document_head(self.kind), "pods": pods, "findings": [each.to_dict() for each in self.top]}


def daemon(**details: Any) -> Finding:
    seen = {"pod": "agent", "namespace": "logs", "controller": "agent", "node": "n1", "command": "kubectl lab drain n1"}
    return finding("DRN001", Reference("Pod", "logs", "agent"), **(seen | details))


def test_every_finding_gets_its_sentence_and_its_cure() -> None:
    made = data.document(Answer(top=(daemon(),), inner=(daemon(pod="two"),)), "en")
    outer, inner = made["findings"][0], made["pods"][0]["findings"][0]
    assert "logs/agent" in outer["message"]
    assert "logs/two" in inner["message"]
    assert outer["fix"] == inner["fix"] == ["kubectl lab drain n1 --ignore-daemonsets"]


def test_the_sentence_is_in_the_users_language_and_the_cure_is_not() -> None:
    english, french = (data.document(Answer(top=(daemon(),)), lang)["findings"][0] for lang in ("en", "fr"))
    assert english["message"] != french["message"]
    assert english["fix"] == french["fix"]


def test_what_a_finding_saw_is_never_taken_for_a_finding() -> None:
    forged = {"findings": [{"code": "DRN001", "message": "forged", "fix": ["rm -rf /"], "details": {}}]}
    made = data.document(Answer(top=(daemon(controller=forged),)), "en")
    assert made["findings"][0]["details"]["controller"] == forged


def test_nor_is_what_a_reason_saw() -> None:
    forged = {"findings": [{"code": "DRN001"}]}
    made = {"nodes": [{"reasons": [{"details": forged}], "findings": [{"code": "DRN002"}]}]}
    assert data.findings_in(made) == [{"code": "DRN002"}]


@pytest.mark.parametrize("value", ["web; reboot", "$(reboot)", "it's", "", "a b", "`x`"])
def test_a_value_in_a_cure_is_one_word_of_the_shell(value: str) -> None:
    found = finding("DRN007", None, pod=value, namespace="shop", node="n1")
    assert shlex.split(data.fixes(found.to_dict())[0]) == ["kubectl", "-n", "shop", "get", "pod", value, "-o", "yaml"]


def test_a_list_in_a_cure_is_as_many_words() -> None:
    found = finding("DRN024", None, node=["n1", "n 2"], reason="KubeletNotReady")
    assert data.fixes(found.to_dict()) == ["kubectl describe node n1 'n 2'"]


def test_a_cure_that_needs_what_was_not_seen_is_left_out() -> None:
    found = finding("DRN007", None, pod="web", namespace=None, node="n1")
    assert data.fixes(found.to_dict()) == []


def test_a_list_in_a_sentence_is_read_aloud() -> None:
    found = finding("DRN002", None, pod="web", namespace="shop", volumes=["cache", "tmp"], node="n1", command="x")
    assert "cache, tmp" in data.message(found.to_dict(), "en")


def write(form: str, value: object) -> str:
    out = io.StringIO()
    getattr(data, f"write_{form}")(value, out)
    return out.getvalue()


def test_json_holds_the_exact_value_and_nothing_a_terminal_obeys() -> None:
    written = write("json", {HOSTILE: HOSTILE})
    assert json.loads(written) == {HOSTILE: HOSTILE}
    assert not set(written) & set("\x1b\x7f\x9b\u202e\u2028\U000e0041")
    assert "é日" in written


def test_yaml_holds_the_exact_value_and_nothing_a_terminal_obeys() -> None:
    written = write("yaml", {HOSTILE: [HOSTILE, "plain\u202e", "yes", "1e3", "é", None, True, 1.5]})
    assert yaml.safe_load(written) == {HOSTILE: [HOSTILE, "plain\u202e", "yes", "1e3", "é", None, True, 1.5]}
    assert not set(written) & set("\x1b\x7f\x9b\u202e\u2028\U000e0041")


def test_yaml_writes_the_same_object_twice_rather_than_an_anchor() -> None:
    shared = {"a": 1}
    assert "&" not in write("yaml", [shared, shared])


def test_yaml_has_a_mark_for_what_it_cannot_hold() -> None:
    assert yaml.safe_load(write("yaml", "a\ud800")) == "a\ufffd"


class Pieces(io.StringIO):
    """What is written to it, and how long the longest piece was."""

    longest = 0

    def write(self, text: str) -> int:
        self.longest = max(self.longest, len(text))
        return super().write(text)


def test_a_large_document_is_written_in_parts_without_a_second_copy_of_it() -> None:
    value = [{"name": f"node-{number}", "taints": []} for number in range(20_000)]
    out = Pieces()
    data.write_json(value, out)
    assert out.getvalue() == json.dumps(value, indent=2) + "\n"
    assert out.longest < len(out.getvalue()) / 5


def test_a_line_of_jsonl_is_one_line() -> None:
    written = write("line", {"message": "a\nb\u2028c"})
    assert written.count("\n") == 1
    assert len(written.splitlines()) == 1
    assert json.loads(written) == {"message": "a\nb\u2028c"}


@pytest.mark.parametrize(("form", "read"), [("json", json.loads), ("line", json.loads), ("yaml", yaml.safe_load)])
@pytest.mark.parametrize("encoding", ["ascii", "iso-8859-1"])
def test_what_an_encoding_lacks_is_an_escape_of_the_format(form: str, read: Any, encoding: str) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="backslashreplace")
    value = {"é→": ["œ 日 \U0001f600", HOSTILE]}
    getattr(data, f"write_{form}")(value, out)
    out.seek(0)
    assert read(out.read()) == value


@pytest.mark.parametrize(
    ("expression", "answer"),
    [("@.kind", "Version"), ("findings[].code", ["DRN001"]), ("nothing.here", None)],
)
def test_a_query_picks_from_the_document(expression: str, answer: object) -> None:
    out = io.StringIO()
    show(Answer(top=(daemon(),)), "json", out, query=expression)
    assert json.loads(out.getvalue()) == answer


@pytest.mark.parametrize("expression", ["a[", "foo(", "join(1)", "abs('x')", "!"])
def test_a_query_that_cannot_be_answered_is_a_usage_error_of_one_line(expression: str) -> None:
    with pytest.raises(BadUsage) as refused:
        data.query({"a": 1}, expression)
    assert refused.value.key == "bad-query"
    assert "\n" not in refused.value.values["problem"]


def test_a_query_has_no_answer_as_text() -> None:
    with pytest.raises(BadUsage, match="query-format"):
        show(Answer(), "text", io.StringIO(), query="@")


def test_an_unknown_format_lists_the_known() -> None:
    with pytest.raises(BadUsage) as refused:
        show(Answer(), "xml", io.StringIO())
    assert refused.value.values["formats"] == ", ".join(FORMATS)


@pytest.mark.parametrize("commands", [1, None, "ls", {"a": 1}])
def test_commands_of_an_odd_shape_are_none(commands: object) -> None:
    found = finding("SCH001", None, commands=commands)
    assert data.fixes(found.to_dict()) == []
    assert data.fixes(finding("SCH001", None, commands=["ls -l"]).to_dict()) == ["ls -l"]
