"""A repetition that was not made, or not looked at, does not say of the attempt before it that it failed."""

import pytest

from agentloop.events import ToolCall, ToolCompleted, ToolFailed, ToolUnknown
from agentloop.repeating import of_all
from agentloop.steps import Happening, Step, StepState

DOWN = ToolFailed("c", "unavailable", "It cannot be reached.")
REFUSED = ToolFailed("c", "tool_error", "The tool answered 422: no.")
DONE = ToolCompleted("c", "done")


def attempted(effect, times):
    """A step in the air for so many times, of which all but the last got no answer."""
    step = Step(ToolCall("c", "desk/x", "{}"), 1, StepState.ALLOWED, effect=effect)
    for attempt in range(1, times + 1):
        step = step if attempt == 1 else step.lost()
        if step.state is StepState.UNKNOWN:
            step = step.moved(Happening.NOT_FOUND)
        elif step.state is StepState.IN_DOUBT:
            step = step.moved(Happening.RETRY)
        step = step.moved(Happening.INTENT, attempt=attempt)
    return step


@pytest.mark.parametrize("effect", ["idempotent", "keyed", "transactional"])
@pytest.mark.parametrize("code", ["unavailable", "denied", "invalid_arguments"])
def test_what_may_have_happened_before_did_not_fail_by_not_being_reached(effect, code):
    failed = ToolFailed("c", code, "No.")
    assert of_all(attempted(effect, 1), failed) is failed
    assert of_all(attempted(effect, 2), failed) == ToolUnknown("c", "No.")


@pytest.mark.parametrize("effect", ["keyed", "transactional"])
@pytest.mark.parametrize("event", [REFUSED, DONE], ids=["refused", "done"])
def test_the_tools_own_word_is_of_all_attempts(effect, event):
    assert of_all(attempted(effect, 3), event) is event


@pytest.mark.parametrize("effect", ["read", "queryable", "unsafe"])
def test_where_the_attempts_before_are_known_the_last_one_decides(effect):
    """A reading has no effect, a look-up has shown that there was none, or an operator has said so."""
    step = attempted(effect, 3)
    assert step.lost_attempts == 0
    assert of_all(step, DOWN) is DOWN
