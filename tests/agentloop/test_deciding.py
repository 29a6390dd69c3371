"""What a driver decides by itself is the same at every time of asking."""

from agentloop import commands as c
from agentloop import events as e
from agentloop.deciding import decision
from agentloop.run import replay
from tests.agentloop.stories import AGENT, DOOR, story

_DECIDED = (e.ModelRequested, e.PolicyDecided, e.ApprovalRequested, e.ToolIntended, e.RunFinished)


def test_each_decision_of_a_journal_is_what_its_past_commands():
    entries = story()
    seen = set()
    for entry in entries:
        if isinstance(entry.event, _DECIDED):
            run = replay("run_1", [each.event for each in entries[: entry.seq]])
            again = decision(run, c.decide(run), AGENT, DOOR, entry.at_ms)
            assert again == decision(run, c.decide(run), AGENT, DOOR, entry.at_ms)
            assert type(again) is type(entry.event)
            seen.add(type(again))
    assert seen == set(_DECIDED)


def test_an_approval_is_known_by_its_run_and_call():
    asked = [each.event for each in story() if isinstance(each.event, e.ApprovalRequested)]
    assert asked[0].approval_id.startswith("apr_")
    assert len(asked[0].approval_id) == 28
