"""A whole answer said in deltas is the same answer."""

from hypothesis import given
from hypothesis import strategies as st

from dialects.answer import (
    Answer,
    Choice,
    CitationDelta,
    Finish,
    Finished,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.conversation import Citation, Text, Thinking, ToolCall
from dialects.deltas import gather, scatter
from tests.dialects.conversations import answers


@given(answers())
def test_scattered_and_gathered_an_answer_is_what_it_was(answer: Answer) -> None:
    assert gather(scatter(answer), "test") == answer


def test_alternating_tool_calls_stay_apart() -> None:
    said = [ToolStarted("a", "f", 0), ToolStarted("b", "g", 1)]
    said += [ToolDelta('{"x"', 0), ToolDelta("{", 1), ToolDelta(":1}", 0), ToolDelta("}", 1)]  # type: ignore[list-item]
    whole = gather([Started(), *said, Finished(Finish("tool_calls"))], "test")
    assert whole.choices[0].parts == (ToolCall("a", "f", '{"x":1}'), ToolCall("b", "g", "{}"))


@given(st.integers(1, 4))
def test_each_choice_is_gathered_by_itself(count: int) -> None:
    deltas = [TextDelta(f"text {index}", choice=index) for index in range(count)]
    ends = [Finished(Finish("stop"), index) for index in reversed(range(count))]
    whole = gather([*deltas, *ends], "test")
    assert whole.choices == tuple(
        Choice((Text(f"text {index}"),), Finish("stop"), index) for index in range(count)
    )


def test_a_signature_and_a_citation_join_the_part_they_belong_to() -> None:
    cited = Citation(url="https://example.com")
    whole = gather(
        [
            ThinkingDelta("hm", origin="anthropic"),
            ThinkingDelta(signature="s"),
            TextDelta("so", 1),
            CitationDelta(cited, 1),
            Finished(Finish("stop")),
        ],
        "test",
    )
    assert whole.choices[0].parts == (Thinking("hm", "s", "anthropic"), Text("so", (cited,)))
