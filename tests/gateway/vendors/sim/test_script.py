"""What an answer costs, whole and in part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.usage import Usage
from gateway.vendors.sim.behaviour import StatedUsage
from gateway.vendors.sim.script import (
    Choice,
    Reasoning,
    Text,
    ToolCall,
    state_usage,
    usage_after,
    write_script,
)


def test_reasoning_and_tool_names_are_part_of_the_output() -> None:
    choice = Choice((Reasoning("12345678"), Text("1234"), ToolCall("name", "{}")), "tool_calls")
    script = write_script((choice, choice), 11, None)
    assert script.written == 10
    assert script.usage == Usage(input=11, output=10, reasoning=4)


@pytest.mark.parametrize(
    ("stated", "usage"),
    [
        pytest.param(None, Usage(10, 20, reasoning=5), id="nothing stated"),
        pytest.param(StatedUsage(input=99), Usage(99, 20, reasoning=5), id="input"),
        pytest.param(StatedUsage(cached=4), Usage(10, 20, 4, reasoning=5), id="cached"),
        pytest.param(StatedUsage(cached=40), Usage(10, 20, 10, reasoning=5), id="more cached than there is"),
        pytest.param(StatedUsage(output=3), Usage(10, 3, reasoning=3), id="less output than reasoning"),
        pytest.param(StatedUsage(1, 2, 3, 4), Usage(1, 3, 1, reasoning=3), id="everything"),
        pytest.param(StatedUsage(0, 0, 0, 0), Usage(), id="zeros"),
    ],
)
def test_what_is_stated_replaces_what_was_counted(stated: StatedUsage | None, usage: Usage) -> None:
    assert state_usage(Usage(input=10, output=20, reasoning=5), stated) == usage


@given(st.integers(1, 500), st.integers(0, 500), st.integers(0, 10**6), st.integers(0, 500))
def test_what_is_owed_grows_with_what_was_sent_up_to_the_whole(
    written: int, sent: int, output: int, reasoning: int
) -> None:
    usage = Usage(input=7, output=output, cached_read=3, reasoning=min(reasoning, output))
    owed = usage_after(usage, written, sent)
    more = usage_after(usage, written, sent + 1)
    assert (owed.input, owed.cached_read) == (7, 3)
    assert owed.reasoning <= owed.output <= more.output <= output
    assert usage_after(usage, written, written) == usage


@given(st.integers(1, 500), st.integers(0, 500))
def test_without_a_stated_output_exactly_what_was_sent_is_owed(written: int, sent: int) -> None:
    assert usage_after(Usage(output=written), written, sent).output == min(sent, written)
