"""Facts come from a tool's answer and are about what the call named."""

import msgspec
import pytest

from agentloop import events as e
from agentloop.facts import member, stated
from agentloop.steps import Step
from tests.agentloop.stories import LOOK

TOOL = msgspec.structs.replace(LOOK, facts_key="id", facts={"total": "sum.total", "first": "lines.0.name"})
STEP = Step(e.ToolCall("c", "desk__look", '{"id":"A-7"}'), 1)
ANSWER = '{"sum":{"total":180.5},"lines":[{"name":"lamp"}]}'


def test_what_is_declared_is_taken_from_the_answer():
    event = stated(TOOL, STEP, e.ToolCompleted("c", ANSWER))
    assert event.fact == e.Fact("id", "A-7", {"total": 180.5, "first": "lamp"})


@pytest.mark.parametrize("output", ["no JSON", "[" * 30_000, "[]", "{}", '{"sum":3}'])
def test_what_is_not_there_is_no_fact(output):
    fact = stated(TOOL, STEP, e.ToolCompleted("c", output)).fact
    assert fact is None or fact.members == {}


def test_other_events_and_other_tools_state_nothing():
    assert stated(LOOK, STEP, e.ToolCompleted("c", ANSWER)).fact is None
    failed = e.ToolFailed("c", "x", "y")
    assert stated(TOOL, STEP, failed) is failed
    nameless = Step(e.ToolCall("c", "desk__look", "{}"), 1)
    assert stated(TOOL, nameless, e.ToolCompleted("c", ANSWER)).fact is None


def test_a_place_in_a_list_is_a_number():
    assert member([1, 2], "1") == 2
    assert member([1, 2], "2") is None
    assert member({"a": None}, "a.b") is None
