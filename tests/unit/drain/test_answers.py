from __future__ import annotations

import pytest

from kubectl_lab.domain.drain import answers
from kubectl_lab.errors import (
    BadCredentials,
    Conflict,
    LabError,
    NotKubernetes,
    ServerError,
    TooManyRequests,
    Unauthorized,
)
from unit.drain import responses

BARE_429 = TooManyRequests("request-refused", status=429)


@pytest.mark.parametrize(
    ("error", "meaning", "may_have_arrived"),
    [
        pytest.param(responses.budget_empty("b"), "budget", False, id="429 with the cause DisruptionBudget"),
        pytest.param(responses.budget_unprocessed("b"), "unprocessed", False, id="429 still being processed"),
        pytest.param(responses.throttled(), "passing", False, id="429 without that cause is throttling"),
        pytest.param(BARE_429, "passing", False, id="429 without a body is throttling"),
        pytest.param(responses.many_budgets(), "many budgets", False, id="500 about several budgets"),
        pytest.param(responses.answered(ServerError, 500, "etcd"), "passing", True, id="another 500"),
        pytest.param(responses.server_trouble(), "passing", True, id="503"),
        pytest.param(responses.no_answer(), "passing", True, id="no answer in time"),
        pytest.param(responses.connection_lost(), "passing", True, id="a lost connection"),
        pytest.param(NotKubernetes("not-kubernetes"), "passing", True, id="an answer of something else"),
        pytest.param(responses.wrong_uid("a", "b"), "gone", False, id="409 about the UID"),
        pytest.param(responses.write_conflict(), "passing", False, id="409 about the resource version"),
        pytest.param(Conflict("node-replaced", status=422), "refused", False, id="422 about the UID of a node"),
        pytest.param(responses.no_such("p"), "gone", False, id="404"),
        pytest.param(responses.namespace_terminates(), "terminating namespace", False, id="403 NamespaceTerminating"),
        pytest.param(responses.forbidden(), "refused", False, id="403"),
        pytest.param(responses.denied_by_webhook(), "refused", False, id="400"),
        pytest.param(Unauthorized("unauthorized", status=401), "refused", False, id="401"),
        pytest.param(BadCredentials("exec-failed"), "refused", False, id="no credentials"),
    ],
)
def test_what_an_answer_means(error: LabError, meaning: str, may_have_arrived: bool) -> None:
    assert answers.meaning(error) == meaning
    assert answers.may_have_arrived(error) == may_have_arrived


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        pytest.param(responses.budget_unprocessed("b"), 10, id="header and body"),
        pytest.param(TooManyRequests("k", status=429, retry_after=4.5), 4.5, id="the header alone"),
        pytest.param(
            TooManyRequests("k", status=429, body={"details": {"retryAfterSeconds": 7}}), 7, id="the body alone"
        ),
        pytest.param(
            TooManyRequests("k", status=429, body={"details": {"retryAfterSeconds": "7"}}), 0, id="an odd body"
        ),
        pytest.param(responses.no_answer(), 0, id="no answer at all"),
    ],
)
def test_how_long_the_server_asks_to_wait(error: LabError, seconds: float) -> None:
    assert answers.retry_after(error) == seconds


def test_a_429_names_its_budget() -> None:
    assert answers.budget_named(responses.budget_empty("web-pdb")) == "web-pdb"
    assert answers.budget_named(responses.budget_unprocessed("web-pdb")) == "web-pdb"
    assert answers.budget_named(responses.throttled()) == ""
    assert answers.budget_named(responses.no_answer()) == ""


def test_the_status_is_the_http_status_or_the_kind_of_failure() -> None:
    assert answers.status_of(responses.forbidden()) == "403"
    assert answers.status_of(responses.no_answer()) == "timed-out"


def test_the_message_is_the_servers_own() -> None:
    assert answers.message_of(responses.many_budgets()) == responses.MANY
    assert answers.message_of(responses.no_answer()) == ""
    assert answers.reason_of(responses.many_budgets()) == responses.MANY
    assert answers.reason_of(responses.no_answer()) == {"error": "timed-out", "values": {}}
    assert answers.message_of(Conflict("k", status=409, body={"message": 7})) == ""
