"""Messages as a whole: what passes, what is translated, and that nothing is lost on the way."""

import json

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dialects.answer import Answer, Choice, Started
from dialects.anthropic.events import event
from dialects.anthropic.messages import AnthropicMessages
from dialects.anthropic.thinking import hindrance
from dialects.conversation import (
    Citation,
    Conversation,
    File,
    Format,
    Inline,
    Message,
    Part,
    Reasoning,
    Refusal,
    Sampling,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from dialects.deltas import gather, scatter
from dialects.dialect import Asked, Destination, Dialect, Reply
from dialects.errors import Malformed
from dialects.features import fit
from dialects.schemas_claude import for_claude, of_tool
from dialects.usage import Usage
from dialects.watching import Watched
from tests.dialects.anthropic.test_request import AGENT
from tests.dialects.anthropic_order import check_order
from tests.dialects.conversations import answers, conversations
from tests.dialects.streams import cut

MESSAGES: Dialect = AnthropicMessages()
NAME = MESSAGES.name
TO = Destination("some-model", unsupported="drop")
REPLY = Reply("r1", 1_700_000_000, "asked-model")
replace = msgspec.structs.replace


def canonical(fitted: Conversation) -> Conversation:
    """How a conversation of another format reads once it was written in this one.

    Adjacent turns of one role are one turn, instructions alone are the user's, thoughts are signed. An answer
    is bounded; a wish to think leaves the how to the model, but where something forbids it nobody thinks, and
    where somebody thinks nothing else is sampled. Schemas that are held to are closed, and none has a name; a
    wish about parallel calls stands in a choice of tools. Tools that were called are offered.
    """
    reasoning, sampling = fitted.reasoning, fitted.sampling
    quiet = hindrance(fitted, -1) is not None
    if reasoning is not None:
        reasoning = replace(reasoning, budget=0 if quiet else -1)
    if reasoning is not None and not quiet:
        kept = sampling.top_p if sampling.top_p == 1 else None
        warm = sampling.temperature if sampling.temperature == 1 else None
        sampling = replace(sampling, temperature=warm, top_k=None, top_p=kept)
    choice, parallel = fitted.tool_choice, fitted.parallel_tools
    if choice is None and parallel is False:
        choice = ToolChoice("auto")
    form = fitted.format
    tools = _canonical_tools(fitted)
    if tools and not fitted.tools:
        choice, parallel = ToolChoice("none"), None
    return replace(
        fitted,
        dialect=NAME,
        tools=tools,
        messages=_canonical_turns(fitted),
        sampling=replace(sampling, max_output=sampling.max_output or 8192),
        reasoning=reasoning,
        tool_choice=choice,
        parallel_tools=None if choice is None or choice.mode == "none" else parallel,
        format=Format("schema", for_claude(form.schema))
        if form is not None and form.schema is not None
        else None,
        include_usage=True,
    )


def _canonical_tools(fitted: Conversation) -> tuple[Tool, ...]:
    called = {
        part.name: None for turn in fitted.messages for part in turn.parts if isinstance(part, ToolCall)
    }
    if called and not fitted.tools:
        return tuple(Tool(name, parameters={"type": "object", "properties": {}}) for name in called)
    return tuple(
        replace(tool, parameters=of_tool(tool.parameters or {}, strict=tool.strict))
        for tool in fitted.tools
        if isinstance(tool, Tool)
    )


def _canonical_turns(fitted: Conversation) -> tuple[Message, ...]:
    turns: list[Message] = []
    for message in fitted.messages:
        parts = tuple(map(_canonical_part, filter(_is_taken, message.parts)))
        if turns and turns[-1].role == message.role:
            parts = turns.pop().parts + parts
        turns.append(Message(message.role, parts))
    if [turn.role for turn in turns] == ["system"]:
        turns = [replace(turns[0], role="user")]
    return tuple(turns)


def _is_taken(part: Part) -> bool:
    return not isinstance(part, Thinking) or part.signature is not None


def _canonical_part(part: Part) -> Part:
    return replace(part, name=None) if isinstance(part, ToolResult) else part


@given(conversations())
def test_a_request_of_another_format_says_here_what_it_said_there(asked: Conversation) -> None:
    fitted, _ = fit(asked, MESSAGES, TO)
    assume(fitted.messages and fitted.messages[-1].role != "assistant")  # nothing was left of the last turn
    assert MESSAGES.read_request(MESSAGES.write_request(fitted, TO)) == canonical(fitted)


@given(conversations())
def test_what_was_read_once_reads_the_same_for_ever(asked: Conversation) -> None:
    fitted, _ = fit(asked, MESSAGES, TO)
    once = MESSAGES.read_request(MESSAGES.write_request(fitted, TO))
    assert fit(once, MESSAGES, Destination("some-model", unsupported="error")) == (once, ())
    body = MESSAGES.write_request(once, TO)
    assert MESSAGES.read_request(body) == once
    assert MESSAGES.write_request(MESSAGES.read_request(body), TO) == body


def shown(answer: Answer) -> Answer:
    """An answer as this format shows it: refusals are text, and nobody tells when it was made."""
    finish = answer.choices[0].finish
    if finish.reason == "content_filter":
        finish = replace(finish, reason="refusal")
    parts = tuple(map(_shown_part, answer.choices[0].parts))
    return replace(answer, dialect=NAME, created=0, choices=(Choice(parts, finish),))


def _shown_part(part: Part) -> Part:
    if isinstance(part, Refusal):
        return Text(part.text)
    if isinstance(part, Thinking) and part.origin == "anthropic" and not part.signature:
        return replace(part, origin="")  # it signs all that it thinks: this is nobody's
    return part


@given(answers())
def test_a_whole_answer_says_here_what_it_said_there(answer: Answer) -> None:
    assert MESSAGES.read_answer(MESSAGES.write_answer(answer, REPLY)) == shown(answer)


@given(answers(), st.lists(st.integers(0, 10**4), max_size=4))
def test_a_streamed_answer_says_what_the_whole_one_says(answer: Answer, places: list[int]) -> None:
    writer = MESSAGES.writer(REPLY)
    stream = writer.write(list(scatter(answer))) + writer.end()
    check_order(stream)
    watched = MESSAGES.watcher(hide_usage=False)
    assert b"".join([*map(watched.feed, cut(stream, places)), watched.end()]) == stream
    assert (watched.error, watched.finished, watched.usage) == (None, True, answer.usage)
    reader = MESSAGES.reader()
    said = [delta for event in MESSAGES.framing.split(stream, 0)[0] for delta in reader.read(event)]
    assert gather(said, NAME) == shown(answer)


@given(answers(), st.lists(st.integers(0, 10**4), max_size=4))
def test_a_stream_that_is_read_and_written_again_is_the_same(answer: Answer, places: list[int]) -> None:
    writer = MESSAGES.writer(REPLY)
    stream = writer.write([Started("a", "m", usage=answer.usage), *list(scatter(answer))[1:]]) + writer.end()
    watched = Watched(MESSAGES.framing, MESSAGES.reader(), MESSAGES.writer(REPLY))
    assert b"".join([*map(watched.feed, cut(stream, places)), watched.end()]) == stream


def test_a_tool_that_the_vendor_runs_is_content_where_bytes_pass() -> None:
    watcher = MESSAGES.watcher(hide_usage=False)
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [],
        "usage": {},
    }
    block = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}
    watcher.feed(event("message_start", {"message": message}))
    assert not watcher.started
    watcher.feed(event("content_block_start", {"index": 0, "content_block": block}))
    assert watcher.started


def test_a_request_is_peeked_at() -> None:
    asked = Asked("claude-x", stream=True, include_usage=True, max_output=32000)
    assert MESSAGES.peek(json.dumps(AGENT).encode()) == asked
    assert MESSAGES.peek(b'{"model":"m","messages":[]}') == Asked("m", include_usage=True)
    assert MESSAGES.peek(b'{"model":"a","model":"m","messages":[{}],"stream":null}').model == "m"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"messages":[]}', "model"),
        (b'{"model":"m"}', "messages"),
        (b'{"model":"m","messages":"x"}', "messages"),
        (b'{"model":"m","messages":[7]}', "messages[0]"),
        (b'{"model":"m","messages":[],"max_tokens":"x"}', "max_tokens"),
        (b'{"model":"m","messages":[],"stream":1}', "stream"),
        (b"{", None),
    ],
)
def test_what_is_no_request_is_refused(body: bytes, place: str | None) -> None:
    with pytest.raises(Malformed) as refused:
        MESSAGES.peek(body)
    assert refused.value.param == place


def test_a_body_that_passes_is_edited_at_its_top_level_alone() -> None:
    body = b'{"model":"a","max_tokens":1e2,"messages":[ {"role":"user"} ],"stream":true}'
    assert MESSAGES.edit(body, Destination("b", ask_usage=True)) == (
        b'{"model":"b","max_tokens":1e2,"messages":[ {"role":"user"} ],"stream":true}'
    )
    to = Destination("b", drops=frozenset(["model"]), sets={"anthropic_version": "bedrock-2023-05-31"})
    assert json.loads(MESSAGES.edit(body, to)).keys() == {
        "max_tokens",
        "messages",
        "stream",
        "anthropic_version",
    }


def test_a_whole_answer_is_counted() -> None:
    body = b'{"content":[],"usage":{"input_tokens":9,"output_tokens":3}}'
    assert MESSAGES.peek_answer(body).usage == Usage(9, 3)


def test_what_the_vendor_cannot_count_is_estimated() -> None:
    assert MESSAGES.input_estimate(b"x" * 400) == 100


def test_citations_and_names_survive_both_ways() -> None:
    native = {"type": "page_location", "cited_text": "q", "document_title": "D"}
    parts = (Text("hi", (Citation(title="D", quote="q", native=native),)),)
    asked = Conversation(
        dialect=NAME,
        model="some-model",
        messages=(
            Message("user", (File(Inline("application/pdf", "AA=="), "a.pdf"),)),
            Message("assistant", parts),
            Message("user", (Text("go"),)),
        ),
        tools=(Tool("f", parameters={"type": "object"}),),
        sampling=Sampling(max_output=5),
        reasoning=Reasoning("low"),
        include_usage=True,
    )
    assert MESSAGES.read_request(MESSAGES.write_request(asked, TO)) == asked


def test_a_stream_that_said_all_but_its_last_event_passes_with_it() -> None:
    ended = event("message_delta", {"delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}})
    last = event("message_stop", {})
    for sent, passed in ((ended, ended + last), (ended + last, ended + last), (b"", b"")):
        watcher = MESSAGES.watcher(hide_usage=False)
        assert watcher.feed(sent) + watcher.end() == passed
    broken = MESSAGES.watcher(hide_usage=False)
    assert broken.feed(ended) + broken.feed(event("error", {"error": {"type": "api_error"}})) == ended
    assert broken.end() == b""
