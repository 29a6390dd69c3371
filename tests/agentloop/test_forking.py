"""A fork has another run's conversation and nothing else of it: its calls are not made again."""

import msgspec
import pytest

from agentloop import commands as c
from agentloop import events as e
from agentloop.agents import AgentVersion, digest
from agentloop.forking import NotForkable, fork
from agentloop.run import replay
from agentloop.state import Place
from tests.agentloop.stories import AGENT, RECORD, SEND, story

EVENTS = [entry.event for entry in story()]


def begun(*given):
    record, created = fork("run_2", RECORD, EVENTS, *given)
    return record, created, replay("run_2", [created])


def test_it_goes_on_with_the_whole_conversation_on_a_new_account():
    record, created, run = begun()
    before = replay("run_1", EVENTS)
    assert created.input[: len(before.items)] == before.items
    assert (record.team, record.key_id, record.digest) == (RECORD.team, RECORD.key_id, digest(AGENT))
    assert created.metadata == {"forked_from": "run_1"}
    assert (run.used.tokens, run.limits) == (0, AGENT.limits)
    assert c.decide(run) == c.RequestModel(1, 1)


@pytest.mark.parametrize("at", range(1, len(EVENTS) + 1))
def test_wherever_it_begins_every_call_has_an_output_and_none_is_made(at):
    _, created, run = begun(at)
    said = [msgspec.json.decode(item.json) for item in created.input]
    outputs = [each["call_id"] for each in said if each.get("type") == "function_call_output"]
    wished = [
        call.call_id for event in EVENTS[:at] if isinstance(event, e.ModelCompleted) for call in event.calls
    ]
    assert outputs == wished
    assert not run.steps


@pytest.mark.parametrize("at", [0, -1, len(EVENTS) + 1])
def test_it_begins_somewhere_in_the_run(at):
    with pytest.raises(NotForkable, match="a fork begins after 1 to"):
        begun(at)


def test_another_version_goes_on():
    other = AgentVersion("desk", "strong", "Help more.", (SEND,))
    record, created, _ = begun(None, other)
    assert (record.digest, created.digest) == (digest(other), digest(other))
    assert created.limits == other.limits


def test_a_workflow_has_no_conversation():
    begins = msgspec.structs.replace(EVENTS[0], flow=())
    assert isinstance(replay("run_1", [begins]).place, Place)
    with pytest.raises(NotForkable, match="workflow"):
        fork("run_2", RECORD, [begins])
