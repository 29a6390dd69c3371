"""A run as JSON shows it."""

from agentloop import events as e
from agentloop.journal import RunRecord
from agentloop.run import replay
from gateway.agents.views import approvals, event_view, run_view

RECORD = RunRecord("run_1", "support", "key_1", "desk", "sha256:1", "waiting", "approval", head=6)
EVENTS = [
    e.RunCreated("desk", "sha256:1", (e.Item("{}"),)),
    e.ModelRequested(1, 1),
    e.ModelCompleted((), (e.ToolCall("c", "desk__send", '{"a":1}'),), "I will send it.", 12, 1_500_000_001),
    e.PolicyDecided("c", "ask", ("approval",), "", "keyed", "ab", "people", 5_000),
    e.ApprovalRequested("apr_1", "c", "people", "ab", 5_000),
]


def test_a_row_alone_says_where_the_run_stands():
    view = run_view(RECORD)
    assert (view["id"], view["status"], view["reason"]) == ("run_1", "waiting", "approval")
    assert "turn" not in view


def test_with_its_journal_it_says_what_was_used_and_what_it_waits_for():
    view = run_view(RECORD, replay("run_1", EVENTS))
    assert view["usage"] == {"tokens": 12, "cost_usd": "1.500000001", "tool_calls": 0}
    assert view["waits_for"] == "approval"
    assert view["output"] is None
    assert view["said"] == "I will send it."
    assert [call["state"] for call in view["tool_calls"]] == ["awaiting"]


def test_an_open_approval_shows_exactly_what_is_approved():
    [asked] = approvals(RECORD, replay("run_1", EVENTS))
    assert (asked["id"], asked["tool"], asked["arguments"]) == ("apr_1", "desk__send", '{"a":1}')
    assert (asked["arguments_sha256"], asked["group"], asked["expires_at"]) == ("ab", "people", 5)


def test_an_ended_run_waits_for_nothing():
    ended = [*EVENTS, e.CancelRequested("key_9"), e.RunFinished("cancelled")]
    assert run_view(RECORD, replay("run_1", ended))["waits_for"] is None


def test_an_event_has_its_number_and_its_name():
    view = event_view(1, EVENTS[1])
    assert view == {"sequence_number": 1, "type": "model.requested", "turn": 1, "attempt": 1}
