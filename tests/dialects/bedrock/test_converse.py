"""What is written for Bedrock says what the conversation said, as Amazon's own SDK reads it too."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.answer import Answer
from dialects.bedrock import eventstream
from dialects.bedrock.converse import BedrockConverse
from dialects.bedrock.media import document_name
from dialects.conversation import (
    Conversation,
    File,
    Message,
    Part,
    Refusal,
    Text,
    Thinking,
    Tool,
    ToolCall,
)
from dialects.deltas import gather, scatter
from dialects.dialect import Destination, Reply
from dialects.errors import Malformed
from dialects.features import NAMES, fit
from dialects.schemas_claude import for_claude, of_tool
from dialects.usage import Usage
from dialects.watching import Watched
from tests.dialects.bedrock_aws import parsed_answer, parsed_events, problems_of
from tests.dialects.conversations import answers, conversations
from tests.dialects.streams import cut

D = BedrockConverse()
REPLY = Reply("r1", 1_700_000_000, "some-model")
# Only files in S3 can be named, which no other format knows.
TO = Destination("some-model", unsupported="drop", cannot=frozenset(["image.stored", "file.stored"]))
replace = msgspec.structs.replace


def canonical(conversation: Conversation) -> Conversation:
    """What Bedrock cannot tell apart, said in one way.

    Instructions are one message at the top, neighbours of one role one message. Unsigned thoughts are left
    out. The user speaks first, and says something beside documents, whose names are different. Tools that
    may not be called are not offered, and those of the history are. Tools may be
    called in parallel, and structured output is strict.
    """
    taken: set[str] = set()
    top = tuple(part for each in conversation.messages if each.role == "system" for part in each.parts)
    turns: list[Message] = []
    for each in conversation.messages:
        kept = tuple(_named(part, taken) for part in each.parts if not _unsigned(part))
        if each.role == "system" or not kept:
            continue
        if turns and turns[-1].role == each.role:
            turns[-1] = replace(turns[-1], parts=turns[-1].parts + kept)
        else:
            turns.append(Message(each.role, kept))
    turns = [_worded(turn) for turn in turns]
    if not turns or turns[0].role == "assistant":
        turns.insert(0, Message("user", (Text("."),)))
    form = conversation.format
    if form is not None and form.kind == "schema":
        form = replace(form, strict=None, schema=for_claude(form.schema))
    return replace(
        _canonical_tools(conversation),
        dialect=D.name,
        model="",
        stream=False,
        include_usage=True,
        parallel_tools=None,
        messages=((Message("system", top),) if top else ()) + tuple(turns),
        format=form if form is not None and form.kind == "schema" else None,
    )


def _unsigned(part: Part) -> bool:
    return isinstance(part, Thinking) and part.signature is None


def _named(part: Part, taken: set[str]) -> Part:
    return replace(part, name=document_name(part.name, taken)) if isinstance(part, File) else part


def _worded(turn: Message) -> Message:
    kinds = {type(part) for part in turn.parts}
    return replace(turn, parts=(*turn.parts, Text("."))) if File in kinds and Text not in kinds else turn


def _canonical_tools(conversation: Conversation) -> Conversation:
    tools = tuple(
        replace(tool, parameters=of_tool(tool.parameters or {}, strict=tool.strict))
        for tool in conversation.tools
        if isinstance(tool, Tool)
    )
    conversation = replace(conversation, tools=tools)
    called = dict.fromkeys(
        part.name for each in conversation.messages for part in each.parts if isinstance(part, ToolCall)
    )
    choice = conversation.tool_choice
    if choice is not None and choice.mode == "none":
        conversation = replace(conversation, tool_choice=None, tools=conversation.tools if called else ())
    if called and not conversation.tools:
        anything = {"type": "object", "properties": {}}
        return replace(conversation, tools=tuple(Tool(name, parameters=anything) for name in called))
    return conversation


def shown(answer: Answer) -> Answer:
    """What the format shows of an answer: no id, no model, no count of the thinking; refusals are texts."""
    choice = answer.choices[0]
    parts = tuple(Text(part.text) if isinstance(part, Refusal) else part for part in choice.parts)
    parts = tuple(replace(part, origin="") if _unsigned(part) else part for part in parts)
    usage = replace(answer.usage, reasoning=0) if answer.usage is not None else Usage()
    return Answer(D.name, (replace(choice, parts=parts),), usage=usage)


def fitted(conversation: Conversation) -> Conversation:
    return fit(conversation, D, TO)[0]


@given(conversations())
def test_a_request_says_what_the_conversation_said(conversation: Conversation) -> None:
    body = D.write_request(fitted(conversation), TO)
    assert D.read_request(body) == canonical(fitted(conversation))


@given(conversations())
def test_reading_what_was_written_changes_nothing_more(conversation: Conversation) -> None:
    once = D.read_request(D.write_request(fitted(conversation), TO))
    assert D.read_request(D.write_request(once, TO)) == once


@given(conversations())
def test_amazons_sdk_would_send_every_request(conversation: Conversation) -> None:
    body = json.loads(D.write_request(fitted(conversation), TO))
    assert problems_of(body) == ""
    roles = [turn["role"] for turn in body["messages"]]
    assert roles == ["user", "assistant"] * (len(roles) // 2) + ["user"] * (len(roles) % 2)


def test_amazons_sdk_does_refuse_what_is_wrong() -> None:
    assert "role" in problems_of({"messages": [{"content": [{"text": "hi"}]}]})


@given(answers())
def test_a_whole_answer_says_what_the_vendor_said(answer: Answer) -> None:
    assert replace(D.read_answer(D.write_answer(answer, REPLY)), extra=None) == shown(answer)


@given(answers())
def test_amazons_sdk_reads_the_same_answer(answer: Answer) -> None:
    found = parsed_answer(D.write_answer(answer, REPLY))
    texts = [block["text"] for block in found["output"]["message"]["content"] if "text" in block]
    said = [part.text for part in answer.choices[0].parts if isinstance(part, Text | Refusal)]
    assert texts == said
    assert found["usage"]["outputTokens"] == answer.usage.output  # type: ignore[union-attr]


def streamed(answer: Answer) -> bytes:
    writer = D.writer(REPLY)
    return writer.write(list(scatter(answer))) + writer.end()


@given(answers(), st.lists(st.integers(0, 4000), max_size=6))
def test_a_streamed_answer_says_the_same_wherever_it_is_cut(answer: Answer, places: list[int]) -> None:
    reader, rest, deltas = D.reader(), b"", []
    for piece in cut(streamed(answer), places):
        events, rest = D.framing.split(rest + piece, len(rest))
        deltas += [delta for event in events for delta in reader.read(event)]
    assert (rest, reader.done) == (b"", True)
    assert gather(deltas, D.name) == shown(answer)


@given(answers(), st.lists(st.integers(0, 4000), max_size=6))
def test_a_stream_that_passes_is_watched_and_not_changed(answer: Answer, places: list[int]) -> None:
    stream, watcher = streamed(answer), D.watcher(hide_usage=False)
    passed = b"".join([*map(watcher.feed, cut(stream, places)), watcher.end()])
    assert passed == stream
    assert (watcher.error, watcher.finished, watcher.done) == (None, True, True)
    assert watcher.usage == shown(answer).usage


@given(answers())
def test_amazons_sdk_reads_the_same_stream(answer: Answer) -> None:
    events = parsed_events(streamed(answer))
    deltas = [event["contentBlockDelta"]["delta"] for event in events if "contentBlockDelta" in event]
    said = [part.text for part in answer.choices[0].parts if isinstance(part, Text | Refusal)]
    assert [delta["text"] for delta in deltas if "text" in delta] == said
    assert "messageStart" in events[0]
    assert ["messageStop" in events[-2], "metadata" in events[-1]] == [True, True]


@given(answers(), st.data())
def test_a_cut_stream_never_finishes(answer: Answer, data: st.DataObject) -> None:
    stream = streamed(answer)
    ends = stream.rfind(b"messageStop")
    watcher = D.watcher(hide_usage=False)
    watcher.feed(stream[: data.draw(st.integers(0, ends))])
    watcher.end()
    assert not watcher.finished


@given(answers(), st.data())
def test_events_in_any_order_never_raise(answer: Answer, data: st.DataObject) -> None:
    events, _ = D.framing.split(streamed(answer), 0)
    chosen = data.draw(st.lists(st.sampled_from(events), max_size=8))
    watcher = Watched(D.framing, D.reader(), D.writer(REPLY))
    watcher.feed(b"".join(chosen))
    watcher.end()
    assert watcher.error is None or watcher.error.code == "malformed_event"


# The border towards the road.


def test_the_facts_of_a_request_are_peeked_at() -> None:
    asked = D.peek(b'{"messages":[{"role":"user","content":[]}],"inferenceConfig":{"maxTokens":9},"x":1}')
    assert (asked.model, asked.stream, asked.include_usage, asked.max_output) == ("", False, True, 9)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"\xff", b"{}", b'{"messages":7}', b'{"messages":[7]}', b'{"model":7}']
    + [b'{"messages":[],"inferenceConfig":{"maxTokens":"9"}}'],
)
def test_what_is_no_request_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        D.peek(body)


def test_an_edit_leaves_every_value_as_it_is() -> None:
    body = b'{"messages":[{"a": 1.0e5}],"topK":3,"messages":[{"b" : 1E400}]}'
    to = Destination("m", drops=frozenset(["topK"]), sets={"serviceTier": {"type": "flex"}}, ask_usage=True)
    assert D.edit(body, to) == b'{"messages":[{"b" : 1E400}],"serviceTier":{"type":"flex"}}'


def test_an_answers_usage_is_peeked_at_and_what_has_none_is_measured() -> None:
    whole: dict[str, Any] = {"output": {"message": {"role": "assistant", "content": [{"text": "Hello"}]}}}
    counted = whole | {"usage": {"inputTokens": 9, "outputTokens": 3, "cacheReadInputTokens": 4}}
    assert D.peek_answer(json.dumps(counted).encode()).usage == Usage(13, 3, cached_read=4)
    assert D.peek_answer(json.dumps(whole).encode()).text_length == 5
    error = D.peek_answer(b'{"message":"no"}').error
    assert error is not None and error.message == "no"
    for body in (b"", b"[]", b"{}", b'{"output":7}'):
        with pytest.raises(Malformed):
            D.peek_answer(body)


def test_only_claudes_thoughts_go_back_to_it() -> None:
    thoughts = (Thinking("a", "s", "anthropic"), Thinking("b", "s", "gemini"), Thinking("c"))
    messages = (Message("user", (Text("hi"),)), Message("assistant", (*thoughts, Text("so"))))
    said = fitted(Conversation(dialect="x", model="m", messages=messages)).messages[1].parts
    assert said == (Thinking("a", "s", "anthropic"), Text("so"))


def test_what_it_cannot_say_are_features() -> None:
    assert D.cannot <= NAMES


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_refused_politely(junk: bytes) -> None:
    assert len(D.reader().read(junk)) == 1
    frame = eventstream.encode({":event-type": "contentBlockDelta", ":message-type": "event"}, junk)
    assert len(D.reader().read(frame)) <= 1
    for read in (D.read_request, D.read_answer, D.peek_answer):
        with pytest.raises(Malformed):
            read(junk)


@pytest.mark.parametrize("depth", [100, 400, 600, 800, 950, 2000, 100_000])
def test_what_is_nested_deeply_is_read_or_refused(depth: int) -> None:
    deep = b'{"a":' * depth + b"1" + b"}" * depth
    use = b'{"toolUse":{"toolUseId":"t","name":"f","input":%b}}' % deep
    message = b'{"role":"assistant","content":[%b]}' % use
    for read, body in (
        (D.read_answer, b'{"output":{"message":%b}}' % message),
        (D.peek_answer, b'{"output":{"message":%b}}' % message),
        (D.read_request, b'{"messages":[%b]}' % message),
        (D.peek, b'{"messages":[%b]}' % message),
    ):
        try:
            read(body)
        except Malformed:
            assert depth > 100
    headers = {":event-type": "contentBlockDelta", ":message-type": "event"}
    assert D.reader().read(eventstream.encode(headers, b'{"delta":{"citation":%b}}' % deep))
