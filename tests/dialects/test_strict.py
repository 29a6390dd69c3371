"""Schemas told to OpenAI's strict mode, and its answers as the caller's schemas have them."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.answer import (
    Answer,
    Choice,
    Counted,
    Delta,
    Finish,
    Finished,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.conversation import Conversation, Format, Message, NativeTool, Text, Tool, ToolCall
from dialects.deltas import gather, scatter
from dialects.dialect import EventReader
from dialects.schemas_openai import for_openai_strict
from dialects.strict import Originals, TakenBack, strictened, taken_back
from dialects.usage import Usage

SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "string"}, "b": {"type": "integer"}},
    "required": ["a"],
}
CLOSED = {**SCHEMA, "required": ["a", "b"], "additionalProperties": False}
MAP = {"type": "object", "additionalProperties": {"type": "string"}}
LISTED = {"type": "array", "items": {"type": "string"}}
ORIGINALS = Originals(SCHEMA, {"f": SCHEMA})


def conversation(
    form: Format | None = None, *tools: Tool | NativeTool, dialect: str = "gemini"
) -> Conversation:
    return Conversation(
        dialect=dialect, model="m", messages=(Message("user", (Text("hi"),)),), format=form, tools=tools
    )


def test_a_schema_is_told_as_strict_mode_takes_it_and_the_original_kept() -> None:
    told, originals = strictened(
        conversation(Format("schema", SCHEMA), Tool("f", parameters=SCHEMA, strict=True))
    )
    assert told.format == Format("schema", for_openai_strict(SCHEMA), strict=True)
    assert told.tools == (Tool("f", parameters=for_openai_strict(SCHEMA), strict=True),)
    assert originals == ORIGINALS


def test_what_strict_mode_takes_as_it_is_needs_no_taking_back() -> None:
    told, originals = strictened(conversation(Format("schema", CLOSED)))
    assert (told.format, originals) == (Format("schema", CLOSED, strict=True), None)


@pytest.mark.parametrize(
    "asked",
    [
        conversation(),
        conversation(Format("json")),
        conversation(Format("schema", SCHEMA, strict=False)),
        conversation(None, Tool("f", parameters=SCHEMA), Tool("g", strict=True), NativeTool("gemini", {})),
        conversation(Format("schema", SCHEMA, strict=True), dialect="openai_chat"),
        conversation(Format("schema", SCHEMA), dialect="openai_responses"),
    ],
    ids=["nothing", "any JSON", "told not to", "tools that are not strict", "chat", "responses"],
)
def test_nothing_else_is_touched(asked: Conversation) -> None:
    assert strictened(asked) == (asked, None)


def test_what_strict_mode_cannot_say_whole_is_told_without_it() -> None:
    told, originals = strictened(
        conversation(Format("schema", MAP, strict=True), Tool("f", parameters=MAP, strict=True))
    )
    assert (told.format, told.tools, originals) == (Format("schema", MAP), (Tool("f", parameters=MAP),), None)


def test_an_answer_is_as_the_caller_asked_for_it() -> None:
    parts = (
        Text('{"a": "é", "b": null}'),
        ToolCall("1", "f", '{"a":"x","b":null}'),
        ToolCall("2", "g", '{"b":null}'),
    )
    found = taken_back(Answer("v", (Choice(parts, Finish("stop")),)), ORIGINALS)
    assert found.choices[0].parts == (
        Text('{"a":"é"}'),
        ToolCall("1", "f", '{"a":"x"}'),
        ToolCall("2", "g", '{"b":null}'),
    )


@pytest.mark.parametrize("text", ["no JSON", '{"a": "x",', '{ "a": "x" }', ""])
def test_what_needs_no_change_stays_as_it_was_written(text: str) -> None:
    found = taken_back(Answer("v", (Choice((Text(text),), Finish("stop")),)), ORIGINALS)
    assert found.choices[0].parts == (Text(text),)


class Says:
    """A reader whose events are the deltas themselves, by number."""

    def __init__(self, deltas: Sequence[Delta]) -> None:
        self.deltas, self.done = deltas, False

    def read(self, event: bytes) -> Sequence[Delta]:
        self.done = int(event) == len(self.deltas) - 1
        return [self.deltas[int(event)]]

    def end(self) -> Sequence[Delta]:
        return [Counted(Usage(1, 2))]


def taken(deltas: Sequence[Delta], originals: Originals = ORIGINALS) -> list[Delta]:
    reader: EventReader = TakenBack(Says(deltas), originals)
    found = [delta for at in range(len(deltas)) for delta in reader.read(b"%d" % at)]
    assert reader.done
    return [*found, *reader.end()]


def test_a_streamed_answer_shows_its_beginning_at_once_and_the_rest_when_it_is_whole() -> None:
    deltas = [Started("i"), TextDelta('{"a":'), TextDelta('"x","b":null}'), Finished(Finish("stop"))]
    assert taken(deltas) == [
        Started("i"),
        TextDelta("{"),
        TextDelta('"a":"x"}'),
        Finished(Finish("stop")),
        Counted(Usage(1, 2)),
    ]


def test_a_stream_that_breaks_says_no_more_than_it_began_with() -> None:
    assert taken([TextDelta('{"a":"x","b":null')])[:-1] == [TextDelta("{")]


def test_a_list_that_strict_mode_had_to_wrap_is_shown_without_its_wrapping() -> None:
    deltas = [TextDelta('{"value":["x"'), TextDelta("]}"), Finished(Finish("stop"))]
    assert taken(deltas, Originals(LISTED, {}))[0] == TextDelta('["x"]')


def test_a_text_ends_where_something_else_begins() -> None:
    deltas: list[Delta] = [TextDelta('{"a":"x"}'), ThinkingDelta("hm", part=1), TextDelta("{}", 2)]
    found = taken([*deltas, Finished(Finish("stop"))])
    assert [type(each).__name__ for each in found[:5]] == [
        *("TextDelta", "TextDelta", "ThinkingDelta", "TextDelta", "TextDelta")
    ]


PIECES = st.lists(st.integers(1, 4), max_size=30)


@given(PIECES, st.sampled_from(['{"a":"x","b":null}', '{"a":"é","b":3}', "prose", ""]), st.booleans())
def test_a_streamed_answer_says_what_the_whole_one_says(sizes: list[int], text: str, called: bool) -> None:
    parts = [Text(text)] if text else []
    calls = [ToolCall("1", "f", text), ToolCall("2", "g", text)] if called else []
    answer = Answer("v", (Choice((*parts, *calls), Finish("stop")),), "i", "m", 1)
    found = gather(taken(cut(list(scatter(answer)), sizes)), "v")
    assert found.choices == taken_back(answer, ORIGINALS).choices


def cut(deltas: list[Delta], sizes: list[int]) -> list[Delta]:
    """The same in pieces."""
    pieces: list[Delta] = []
    for delta in deltas:
        if isinstance(delta, TextDelta):
            pieces += [TextDelta(piece, delta.part) for piece in _split(delta.text, sizes)]
        elif isinstance(delta, ToolDelta):
            pieces += [ToolDelta(piece, delta.part) for piece in _split(delta.arguments, sizes)]
        else:
            pieces.append(delta)
    return pieces


def _split(text: str, sizes: list[int]) -> list[str]:
    found = []
    for size in sizes:
        found, text = [*found, text[:size]], text[size:]
    return [piece for piece in [*found, text] if piece]


def test_calls_of_other_tools_pass_as_they_come() -> None:
    deltas: list[Delta] = [ToolStarted("1", "g"), ToolDelta('{"b":'), ToolDelta("null}")]
    assert taken(deltas)[:3] == deltas
