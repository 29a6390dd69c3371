"""What an answer shows of itself: a table of doubts."""

import pytest

from dialects.answer import Answer, Choice, Finish
from dialects.conversation import Part, Refusal, Sampling, Text, ToolCall
from dialects.usage import Usage
from gateway.around import validating
from gateway.around.as_read import AsRead
from gateway.around.verifying import Doubt, by_its_schema, by_its_state, said_by
from tests.gateway.attempts.test_holding import conversation

READ = AsRead(None)
CALL = ToolCall("1", "look", '{"a":1}')


def answer(*parts: Part, reason: str = "stop", output: int = 10) -> Answer:
    return Answer("openai", (Choice(parts, Finish(reason)),), usage=Usage(input=1, output=output))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "doubt"),
    [
        pytest.param(answer(Text("yes")), None, id="an answer"),
        pytest.param(answer(CALL, reason="tool_calls"), None, id="a tool call"),
        pytest.param(answer(Text(" \n")), Doubt("state", "it is empty", False), id="blank"),
        pytest.param(Answer("openai", ()), Doubt("state", "it is empty", False), id="no choice"),
        pytest.param(answer(Refusal("no")), Doubt("state", "it is a refusal"), id="a refusal"),
        pytest.param(
            answer(Text("ye"), reason="length"), Doubt("state", "it was cut by its length"), id="cut"
        ),
        pytest.param(answer(Text("ye"), reason="length", output=64), None, id="as long as was asked for"),
        pytest.param(
            answer(ToolCall("1", "look", '{"a":'), reason="tool_calls"),
            Doubt("state", "a tool's arguments are no JSON object", False),
            id="broken arguments",
        ),
    ],
)
def test_doubts_by_state(given: Answer, doubt: Doubt | None) -> None:
    assert by_its_state(given, conversation(sampling=Sampling(max_output=64))) == doubt


def test_a_schema_counts_where_an_answer_is_one() -> None:
    asked = conversation(schema={"type": "object", "required": ["a"]})
    assert by_its_schema(answer(Text('{"a":1}')), asked, validating, READ) is None
    found = by_its_schema(answer(Text("{}")), asked, validating, READ)
    assert found == Doubt("schema", "it breaks required of its schema", False)
    assert by_its_schema(answer(CALL), asked, validating, READ) is None
    assert by_its_schema(answer(Text("{}")), conversation(), validating, READ) is None
    assert by_its_schema(answer(Text("{}")), conversation(schema={"type": 7}), validating, READ) is None


def test_words_are_judged_and_calls_are_not() -> None:
    assert said_by(answer(Text("a"), Text("b"))) == "ab"
    assert said_by(answer(Text("a"), CALL)) == ""
    assert said_by(Answer("openai", ())) == ""
