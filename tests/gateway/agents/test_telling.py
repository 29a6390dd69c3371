"""A run's journal as responses: where they begin and end, and that a reader can count their events."""

import pytest

from agentloop import events as e
from agentloop.agents import AgentVersion, ToolVersion, written
from gateway.agents.telling import Telling, place_of, response_id

AGENT = AgentVersion("desk", "fast", "", (ToolVersion("orders/look", "http", "", {}),))
BEGUN = e.RunCreated("desk", "sha256:0", (), definition=written(AGENT), previous="resp_a_1")
CALL = e.ToolCall("c", "orders__look", '{"id":1}')
SAYS = e.ModelCompleted(
    (e.Item('{"type":"message","content":[{"type":"output_text","text":"Hi"}]}'),), (), "Hi", 9, 1
)
WISHES = e.ModelCompleted((e.Item('{"type":"function_call","call_id":"c"}'),), (CALL,), "", 5, 1, "", 2)
ALLOWED = e.PolicyDecided("c", "allow", ("listed",), effect="unsafe", arguments_sha256="ab")
ASKING = [
    e.ModelRequested(1, 1),
    WISHES,
    e.PolicyDecided("c", "ask", ("approval",), effect="keyed", group="people"),
    e.ApprovalRequested("apr_1", "c", "people", "ab", 2**42),
]


def told(*events: e.Event) -> Telling:
    telling = Telling("run_1", 1)
    for event in (BEGUN, *events):
        telling.feed(event)
    return telling


def test_a_run_without_a_rest_is_one_response():
    finished = e.RunFinished("completed", output="Hi")
    [response] = told(e.ModelRequested(1, 1), SAYS, finished).responses
    assert response.status == "completed"
    assert response.previous == "resp_a_1"
    assert [item["type"] for item in response.output] == ["message"]
    assert response.told[-1]["response"]["output"] == response.output


def test_who_waits_for_a_person_has_answered_and_the_persons_word_begins_the_next():
    telling = told(*ASKING, e.RunPaused("k"), e.RunResumed("k"))
    [asked] = telling.responses
    assert asked.status == "completed"
    assert asked.output[-1]["type"] == "mcp_approval_request"
    telling.feed(e.ApprovalResolved("apr_1", "c", "denied", "key_2", "no"))
    after = telling.responses[1]
    assert after.previous == asked.id
    assert not after.ended
    assert after.output[0]["error"]["content"] == {"code": "approval_denied", "message": "no"}


def test_a_call_in_doubt_ends_the_response_and_the_operators_word_begins_the_next():
    asked = (e.ModelRequested(1, 1), WISHES, ALLOWED, e.ToolIntended("c", "key", 1))
    telling = told(*asked, e.ToolUnknown("c", "gone"))
    assert telling.responses[0].status == "incomplete"
    assert telling.view(telling.responses[0])["incomplete_details"] == {"reason": "in_doubt"}
    assert telling.responses[0].output[0]["status"] == "incomplete"
    telling.feed(e.DoubtResolved("c", "confirm_done", "key_9", "it happened"))
    assert telling.responses[1].output[0]["output"] == "it happened"


@pytest.mark.parametrize(
    ("ending", "status", "last"),
    [
        (e.RunFinished("incomplete", "max_turns"), "incomplete", "response.incomplete"),
        (e.RunFinished("failed", "x"), "failed", "response.failed"),
        (e.RunFinished("cancelled"), "cancelled", "response.incomplete"),
    ],
)
def test_every_end_is_told(ending, status, last):
    [response] = told(ending).responses
    assert response.status == status
    assert response.told[-1]["type"] == last


def test_events_have_their_places_for_numbers_whatever_is_fed_first():
    events = [BEGUN, e.ModelRequested(1, 1), WISHES, ALLOWED, e.ToolIntended("c", "key", 1)]
    events += [
        e.ToolCompleted("c", "done"),
        e.ModelRequested(2, 1),
        SAYS,
        e.RunFinished("completed", output="Hi"),
    ]
    whole = Telling("run_1", 1)
    seen = []
    for event in events:
        whole.feed(event)
        seen.append([each.copy() for each in whole.responses[0].told])
    last = seen[-1]
    assert [event["sequence_number"] for event in last] == list(range(len(last)))
    assert all(last[: len(prefix)] == prefix for prefix in seen)


def test_an_id_leads_back_to_its_run():
    assert place_of(response_id("run_ab", 3)) == ("run_ab", 3)
    for other in ("resp_ab", "run_ab_1", "", "resp_ab_x", "resp_ab_²", "resp_a_12345678"):
        assert place_of(other) is None


def test_a_summary_counts_in_the_usage_and_is_no_item():
    summed = (e.SummaryRequested(3, 1), e.SummaryCompleted(3, "so far", 70, 1, "req_1", 20))
    [response] = told(
        *summed, e.ModelRequested(1, 1), SAYS, e.RunFinished("completed", output="Hi")
    ).responses
    assert (response.tokens, response.output_tokens) == (79, 20)
    assert [item["type"] for item in response.output] == ["message"]
