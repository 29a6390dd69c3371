"""The dialect as a whole: what is written is read again, whole or streamed, however it is cut."""

import json
from typing import Any

import msgspec
import pytest
from google.genai import types
from hypothesis import given, settings
from hypothesis import strategies as st

from dialects.answer import Answer, Choice, Delta, Finish, PartDelta, ToolStarted
from dialects.conversation import (
    Audio,
    Conversation,
    File,
    Format,
    Image,
    Message,
    Reasoning,
    RedactedThinking,
    Refusal,
    Text,
    Thinking,
    ToolCall,
    Url,
    Video,
)
from dialects.deltas import gather, scatter
from dialects.dialect import Asked, Destination, Dialect, Reply, WholeAnswer
from dialects.errors import Malformed, VendorError
from dialects.features import NAMES, fit
from dialects.gemini.content import Gemini
from dialects.usage import Usage
from dialects.watching import Watched
from tests.dialects.conversations import answers, conversations

replace = msgspec.structs.replace
GEMINI: Dialect = Gemini()
ARRAY: Dialect = Gemini(array=True)
TO = Destination("gemini-3-pro", unsupported="drop")
REPLY = Reply("r1", 1_700_000_000, "some-model")
KINDS = {"png": "image/png", "pdf": "application/pdf", None: "image/jpeg"}


def canonical(conversation: Conversation) -> Conversation:
    """As the format can say it: instructions first, as one; the path's facts gone; media types named.

    The name, description and strictness of an answer's schema have no place; texts that touch in the
    model's turn are one; what is named as asked for once is asked for.
    """
    system = [part for each in conversation.messages if each.role == "system" for part in each.parts]
    messages = [_turn(each) for each in conversation.messages if each.role != "system"]
    form = conversation.format
    return replace(
        conversation,
        dialect="gemini",
        model="",
        stream=False,
        include_usage=True,
        parallel_tools=None,
        messages=((Message("system", tuple(system)),) if system else ()) + tuple(_joined(messages)),
        format=None if form is None else Format(form.kind, form.schema),
    )


def _joined(messages: list[Message]) -> list[Message]:
    turns: list[Message] = []
    for message in messages:
        if turns and turns[-1].role == message.role == "assistant":
            turns[-1] = replace(message, parts=_run_together((*turns[-1].parts, *message.parts)))
        else:
            turns.append(message)
    return turns


def _turn(message: Message) -> Message:
    parts = tuple(map(_named, message.parts))
    return replace(message, parts=_run_together(parts) if message.role == "assistant" else parts)


def _named(part: Any) -> Any:
    if not isinstance(part, Image | Audio | Video | File) or not hasattr(part.source, "media_type"):
        return part
    if part.source.media_type is None:
        usual = "image/jpeg" if isinstance(part, Image) else "application/pdf"
        shown = KINDS[part.source.url.rpartition(".")[2]] if isinstance(part.source, Url) else usual
        return replace(part, source=replace(part.source, media_type=shown))
    return part


def _run_together(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    whole: list[Any] = []
    for part in parts:
        if whole and isinstance(part, Text) and isinstance(whole[-1], Text):
            whole[-1] = Text(whole[-1].text + part.text)
        else:
            whole.append(part)
    return tuple(whole)


def shown(answer: Answer) -> Answer:
    """As the format shows it: refusals are texts, cache writes and times are not told."""
    choice = answer.choices[0]
    parts = tuple(Text(part.text) if isinstance(part, Refusal) else part for part in choice.parts)
    usage = None if answer.usage is None else replace(answer.usage, cache_write=0)
    return replace(
        answer,
        dialect="gemini",
        created=0,
        usage=usage,
        choices=(replace(choice, parts=tuple(map(_shown, parts))),),
    )


def _shown(part: Any) -> Any:
    """A thought that nobody signed is whose format it is in."""
    return replace(part, origin="gemini") if isinstance(part, Thinking) and part.signature is None else part


@settings(deadline=None)
@given(conversations())
def test_a_request_that_is_written_is_read_again(conversation: Conversation) -> None:
    fitted, _ = fit(conversation, GEMINI, TO)
    assert GEMINI.read_request(GEMINI.write_request(fitted, TO)) == asked_to_show(canonical(fitted))


def asked_to_show(conversation: Conversation) -> Conversation:
    """Other formats show unasked what was thought."""
    wish = conversation.reasoning
    if wish is None or wish.show is not None or wish.effort == "none" or wish.budget == 0:
        return conversation
    return replace(conversation, reasoning=replace(wish, show=True))


@settings(deadline=None)
@given(conversations("gemini"))
def test_reading_and_writing_comes_to_rest(conversation: Conversation) -> None:
    fitted, _ = fit(conversation, GEMINI, TO)
    once = GEMINI.read_request(GEMINI.write_request(fitted, TO))
    assert GEMINI.read_request(GEMINI.write_request(once, TO)) == once


@settings(deadline=None)
@given(conversations())
def test_the_sdks_own_types_take_every_request(conversation: Conversation) -> None:
    body = json.loads(GEMINI.write_request(fit(conversation, GEMINI, TO)[0], TO))
    for content in body["contents"]:
        types.Content.model_validate(content)
        assert content["parts"]
    types.GenerationConfig.model_validate(body.get("generationConfig", {}))
    types.ToolConfig.model_validate(body.get("toolConfig", {}))
    for tool in body.get("tools", []):
        types.Tool.model_validate(tool)


@settings(deadline=None)
@given(answers())
def test_a_whole_answer_that_is_written_is_read_again(answer: Answer) -> None:
    body = GEMINI.write_answer(answer, REPLY)
    read = GEMINI.read_answer(body)
    assert replace(read, choices=(replace(read.choices[0], extra=None),)) == shown(answer)
    types.GenerateContentResponse.model_validate(json.loads(body))
    assert GEMINI.peek_answer(body).usage == read.usage


def streamed(dialect: Dialect, answer: Answer) -> bytes:
    writer = dialect.writer(REPLY)
    return b"".join([*(writer.write([delta]) for delta in scatter(answer)), writer.end()])


def pieces(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[start:end] for start, end in zip(edges, edges[1:], strict=False)]


@pytest.mark.parametrize("dialect", [GEMINI, ARRAY], ids=["events", "array"])
@settings(deadline=None)
@given(answers(), st.lists(st.integers(0, 5000), max_size=6))
def test_a_streamed_answer_that_is_written_is_read_again_wherever_it_is_cut(
    dialect: Dialect, answer: Answer, cuts: list[int]
) -> None:
    stream = streamed(dialect, answer)
    heard: list[Delta] = []
    reader = dialect.reader()
    rest = b""
    for piece in pieces(stream, cuts):
        events, rest = dialect.framing.split(rest + piece, len(rest))
        for event in events:
            heard += reader.read(event)
    heard += reader.read(rest) if rest else ()
    assert gather(heard, "gemini") == shown(answer)


@pytest.mark.parametrize("dialect", [GEMINI, ARRAY], ids=["events", "array"])
@settings(deadline=None)
@given(answers(), st.lists(st.integers(0, 5000), max_size=6))
def test_a_stream_that_passes_is_left_alone_and_understood(
    dialect: Dialect, answer: Answer, cuts: list[int]
) -> None:
    stream = streamed(dialect, answer)
    watcher = dialect.watcher(hide_usage=False)
    passed = b"".join([*map(watcher.feed, pieces(stream, cuts)), watcher.end()])
    assert passed == stream
    assert (watcher.finished, watcher.error, watcher.done) == (True, None, False)
    assert watcher.usage == shown(answer).usage


@settings(deadline=None)
@given(answers())
def test_the_sdks_own_types_take_every_chunk(answer: Answer) -> None:
    for event in streamed(GEMINI, answer).split(b"\n\n")[:-1]:
        assert event.startswith(b"data: {")
        types.GenerateContentResponse.model_validate_json(event[6:])
    for chunk in json.loads(streamed(ARRAY, answer)):
        types.GenerateContentResponse.model_validate(chunk)


def test_events_become_an_array_for_the_caller_who_did_not_ask_for_events() -> None:
    vendor = b'data: {"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}]}\n\n'
    reading = Watched(GEMINI.framing, GEMINI.reader(), ARRAY.writer(REPLY))
    whole = json.loads(reading.feed(vendor) + reading.end())
    assert [chunk["candidates"][0]["content"]["parts"] for chunk in whole] == [
        [{"text": "Hi"}],
        [{"text": ""}],
    ]
    assert whole[-1]["candidates"][0]["finishReason"] == "STOP"


@pytest.mark.parametrize(
    "first",
    [ToolStarted("c", "f"), PartDelta(RedactedThinking("x", "anthropic"))],
    ids=["a call that is kept back", "a part that is left out"],
)
def test_an_array_that_breaks_before_its_first_text_is_still_an_array(first: Delta) -> None:
    written = ARRAY.writer(REPLY).write([first])
    whole = json.loads(written + ARRAY.write_error_event(VendorError("lost it"), 502))
    assert whole[-1]["error"]["message"] == "lost it"


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        (b'{"contents":[]}', Asked("", include_usage=True)),
        (
            b'{"contents":{"parts":{"text":"hi"}},"generationConfig":{"maxOutputTokens":9,"candidateCount":2}}',
            Asked("", include_usage=True, max_output=9, choices=2),
        ),
        (
            b'{"contents":[],"generation_config":{"max_output_tokens":"7"},"generationConfig":{"maxOutputTokens":3.0}}',
            Asked("", include_usage=True, max_output=7),
        ),
    ],
)
def test_the_few_facts_are_peeked_at(body: bytes, asked: Asked) -> None:
    assert GEMINI.peek(body) == asked


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b"",
        b'{"contents":"hi"}',
        b'{"contents":null}',
        b'{"contents":1e999}',
        b'{"contents":[],"generationConfig":7}',
    ],
)
def test_what_is_no_request_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        GEMINI.peek(body)
    with pytest.raises(Malformed):
        GEMINI.read_request(body)


def test_a_body_passes_with_its_values_untouched_but_for_what_the_target_wants() -> None:
    body = b'{"contents":[ 1.0e5 ],"safety_settings":[],"labels":{"a":"b"},"labels":{}}'
    to = Destination(
        "m", drops=frozenset(["safetySettings"]), sets={"cachedContent": "c"}, renames={"labels": "tags"}
    )
    assert GEMINI.edit(body, to) == b'{"contents":[ 1.0e5 ],"tags":{},"cachedContent":"c"}'


def test_what_it_cannot_say_are_known_features() -> None:
    assert GEMINI.cannot <= NAMES
    assert (GEMINI.name, GEMINI.stream_type) == ("gemini", b"text/event-stream; charset=utf-8")
    assert ARRAY.stream_type == b"application/json; charset=utf-8"


def test_errors_are_in_a_list_where_streams_are() -> None:
    error = VendorError("slow down", code="rate_limited")
    body = json.loads(GEMINI.write_error(error, 429))
    assert json.loads(ARRAY.write_error(error, 429)) == [body]
    assert GEMINI.write_error_event(error, 429) == b"data: " + GEMINI.write_error(error, 429) + b"\n\n"
    assert json.loads(b'[{"a":1}' + ARRAY.write_error_event(error, 429)) == [{"a": 1}, body]


@pytest.mark.parametrize("dialect", [GEMINI, ARRAY], ids=["events", "array"])
def test_an_error_in_a_stream_is_read_again(dialect: Dialect) -> None:
    watcher = dialect.watcher(hide_usage=False)
    watcher.feed(b"[" if dialect is ARRAY else b"")
    watcher.feed(dialect.write_error_event(VendorError("slow down", code="c"), 429))
    watcher.end()
    assert watcher.error == VendorError("slow down", "RESOURCE_EXHAUSTED", "c")


def test_a_blocked_prompt_is_an_error_where_it_is_peeked_at_and_a_filtered_choice_where_it_is_read() -> None:
    body = b'{"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":5}}'
    error = VendorError("The prompt was blocked: SAFETY", "invalid_request_error", "content_filter")
    assert GEMINI.peek_answer(body) == WholeAnswer(Usage(5), error, 0)
    assert GEMINI.read_answer(body).choices[0].finish.reason == "content_filter"


def test_anothers_signed_thoughts_come_back_to_them_through_this_format() -> None:
    thought, call = Thinking("hm", "sig+/=", "anthropic"), ToolCall("call_1", "f", "{}")
    answer = Answer("anthropic", (Choice((thought, call), Finish("tool_calls")),))
    chunks = [json.loads(event[6:]) for event in streamed(GEMINI, answer).split(b"\n\n")[:-1]]
    kept = [chunk["candidates"][0]["content"] for chunk in chunks]
    read = GEMINI.read_request(json.dumps({"contents": [each for each in kept if each["parts"]]}).encode())
    assert read.messages == (Message("assistant", (thought, call)),)


def test_efforts_are_levels_or_budgets_by_the_model() -> None:
    asked = Conversation(dialect="x", model="m", messages=(), reasoning=Reasoning("high"))
    old = json.loads(GEMINI.write_request(asked, Destination("gemini-2.5-flash")))
    new = json.loads(GEMINI.write_request(asked, Destination("gemini-3-flash")))
    assert old["generationConfig"]["thinkingConfig"] == {"thinkingBudget": 24576, "includeThoughts": True}
    assert new["generationConfig"]["thinkingConfig"] == {"thinkingLevel": "high", "includeThoughts": True}


@pytest.mark.parametrize(
    ("dialect", "wish", "shown"),
    [
        ("x", Reasoning("low"), True),
        ("x", Reasoning(budget=1024), True),
        ("x", Reasoning("low", show=False), False),
        ("x", Reasoning("none"), None),
        ("x", Reasoning(budget=0), None),
        ("gemini", Reasoning("low"), None),
    ],
)
def test_who_is_used_to_see_thoughts_is_shown_them(dialect: str, wish: Reasoning, shown: bool | None) -> None:
    asked = Conversation(dialect=dialect, model="m", messages=(), reasoning=wish)
    config = json.loads(GEMINI.write_request(asked, Destination("gemini-2.5-flash")))["generationConfig"]
    assert config["thinkingConfig"].get("includeThoughts") is shown
