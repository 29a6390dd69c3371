"""The whole of a run's why, from its journal."""

from agentloop import events as e
from agentloop.explaining import explained
from agentloop.journal import Entry
from tests.agentloop.stories import AGENT, finished, story


def test_everything_that_mattered_is_told_in_order():
    entries = story()
    told = explained(finished(entries), entries)
    assert told["who"] == {"team": "support", "key": "key_1"}
    assert told["agent"]["tools"] == ["desk/look", "desk/send"]
    assert told["output"] == "Done."
    assert told["usage"] == {"turns": 3, "tool_calls": 2, "tokens": 30, "cost_usd": "0.000000021"}
    said = [step["said"] for step in told["steps"]]
    assert said[0] == "begun, with 1 item of input"
    for sentence in (
        "the model is asked, turn 1",
        "it wants desk__look",
        "allow by listed",
        "a person of people is asked",
        "approved by key_2: fine",
        "about to be called, attempt 1",
        "answered: sent",
        "it says: Done.",
        "ended: completed",
    ):
        assert sentence in said
    assert [step["seq"] for step in told["steps"]] == sorted(step["seq"] for step in told["steps"])
    [approved] = [step for step in told["steps"] if step.get("decision")]
    assert (approved["tool"], approved["by"], approved["arguments"]) == ("desk/send", "key_2", '{"id":1}')


def test_every_kind_of_event_can_be_told_or_left_out():
    others = [
        e.RunPaused("k"),
        e.RunResumed("k"),
        e.CancelRequested("k"),
        e.RunClaimed("other"),
        e.RunFinished("cancelled"),
    ]
    entries = story()[:3]
    entries += [Entry(3 + place, 2, 9, event) for place, event in enumerate(others)]
    told = explained(finished(entries), entries)
    assert [step["said"] for step in told["steps"]][-3:] == [
        "cancelling by k",
        "taken up by other",
        "ended: cancelled",
    ]
    assert told["agent"]["model"] == AGENT.model
