"""Between two formats a request is read, fitted, written; its answer comes back the same way."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import msgspec
import pytest

from config.kinds import Operation
from dialects.answer import Answer, Choice, Counted, Delta, Finish, Finished, TextDelta
from dialects.conversation import Conversation, Message, Sampling, Text, ToolCall
from dialects.deltas import scatter
from dialects.dialect import Asked, Destination, Dialect, LooksTwice, Parts, Reply, Spoken, WholeAnswer
from dialects.embedding import EmbeddingAnswer, EmbeddingDialect, EmbeddingRequest
from dialects.errors import Malformed, Unsupported, VendorError
from dialects.framing import JsonLines
from dialects.translating import Outgoing, Same, Translated, TranslatedEmbedding
from dialects.usage import Usage
from gateway.formats import SPOKEN

ASKED = Conversation(
    dialect="plain", model="", messages=(Message("user", (Text("hi"),)),), sampling=Sampling(seed=7)
)
REPLY = Reply("id", 1, "m")


def reply() -> Reply:
    return REPLY


class Plain(LooksTwice):
    """A format whose bytes are the typed form itself."""

    framing = JsonLines()
    origins = frozenset([""])

    def __init__(self, name: str, cannot: Sequence[str] = ()) -> None:
        self.name = name
        self.cannot = frozenset(cannot)
        self.done = False

    def read_request(self, body: bytes) -> Conversation:
        return msgspec.json.decode(body, type=Conversation)

    def write_request(self, conversation: Conversation, to: Destination) -> bytes:
        return msgspec.json.encode(conversation)

    def unsaid(self, conversation: Conversation, to: Destination) -> tuple[str, ...]:
        return ("top_k",) if self.name == "vendor" else ()

    def peek_answer(self, body: bytes) -> WholeAnswer:
        return WholeAnswer(Usage(1), VendorError("no"), 0) if body == b"no" else WholeAnswer(None, None, 0)

    def read_answer(self, body: bytes) -> Answer:
        return msgspec.json.decode(body, type=Answer)

    def write_answer(self, answer: Answer, reply: Reply) -> bytes:
        return f"{self.name} {reply.id} ".encode() + msgspec.json.encode(answer)

    def read_error(self, status: int, body: bytes) -> VendorError:
        return VendorError(f"{self.name} {status}")

    def reader(self) -> "Plain":
        return self

    def read(self, event: bytes) -> list[Delta]:
        return msgspec.json.decode(event, type=list[Delta])

    def writer(self, reply: Reply) -> "Plain":
        return self

    def write(self, deltas: Sequence[Delta]) -> bytes:
        return b"".join(type(delta).__name__.encode() + b" " for delta in deltas)

    def end(self) -> Any:
        return b"end" if self.name == "caller" else ()


CALLER = cast(Dialect, Plain("caller"))
VENDOR = cast(Dialect, Plain("vendor", ["seed"]))


def test_a_request_is_written_for_what_the_path_said_and_the_vendor_can_say() -> None:
    body = msgspec.json.encode(ASKED)
    sent = Translated(CALLER, VENDOR).request(
        body, Asked("fast", stream=True), Destination("m", unsupported="drop")
    )
    written = msgspec.json.decode(sent.body, type=Conversation)
    assert (written.model, written.stream, written.sampling) == ("fast", True, Sampling())
    assert (sent.dropped, sent.typed) == (("seed", "top_k"), written)


def test_what_cannot_be_said_is_refused_where_the_policy_says_so() -> None:
    with pytest.raises(Unsupported, match="seed"):
        Translated(CALLER, VENDOR).request(msgspec.json.encode(ASKED), Asked("m"), Destination("m"))


@pytest.mark.parametrize(("usage", "length"), [(Usage(3, 4), 0), (None, 7)], ids=["counted", "not counted"])
def test_an_answer_is_written_in_the_callers_format_and_measured_where_nobody_counted(
    usage: Usage | None, length: int
) -> None:
    answer = Answer(
        "vendor",
        (Choice((Text("hello"), ToolCall("c", "f", "{}")), Finish("tool_calls")),),
        usage=usage,
    )
    whole, body = Translated(CALLER, VENDOR).answer(msgspec.json.encode(answer), Outgoing(b""), reply)
    assert whole == WholeAnswer(usage, None, length)
    assert body == b"caller id " + msgspec.json.encode(answer)


def test_an_error_inside_a_whole_answer_is_the_vendors() -> None:
    whole, _ = Translated(CALLER, VENDOR).answer(b"no", Outgoing(b""), reply)
    assert (whole.error, whole.usage) == (VendorError("no"), Usage(1))  # what it read is billed
    assert Translated(CALLER, VENDOR).read_error(500, b"") == VendorError("vendor 500")


def test_a_stream_is_read_as_the_vendors_and_written_as_the_callers() -> None:
    deltas = [TextDelta("hello"), Finished(Finish("stop")), Counted(Usage(3, 4))]
    reader = Translated(CALLER, VENDOR).reader(Asked("m", stream=True), Outgoing(b""), reply)
    assert reader.feed(msgspec.json.encode(deltas) + b"\n") == b"TextDelta Counted "
    assert reader.end() == b"Finished end"
    assert (reader.usage, reader.finished) == (Usage(3, 4), True)


def test_bytes_pass_between_speakers_of_one_format() -> None:
    class Passing:
        def edit(self, body: bytes, to: Destination, parts: Parts | None = None) -> bytes:
            return body + to.model.encode()

        def peek_answer(self, body: bytes) -> WholeAnswer:
            return WholeAnswer(Usage(1), None, 0)

        def watcher(self, *, hide_usage: bool) -> Any:
            return hide_usage

        def read_error(self, status: int, body: bytes) -> VendorError:
            return VendorError("theirs")

    same = Same(cast(Spoken, Passing()))
    never = cast(Callable[[], Reply], None)
    assert same.request(b"body ", Asked("x"), Destination("m")) == Outgoing(b"body m")
    assert same.answer(b"said", Outgoing(b""), never) == (WholeAnswer(Usage(1), None, 0), b"said")
    assert cast(Any, same.reader(Asked("m"), Outgoing(b""), never)) is True
    assert cast(Any, same.reader(Asked("m", include_usage=True), Outgoing(b""), never)) is False
    assert same.read_error(400, b"") == VendorError("theirs")


def test_vectors_are_written_as_their_request_wanted_them() -> None:
    class Embedding(Plain):
        def read_embedding(self, body: bytes) -> EmbeddingRequest:
            return msgspec.json.decode(body, type=EmbeddingRequest)

        def write_embedding(self, request: EmbeddingRequest, to: Destination) -> bytes:
            return request.model.encode()

        def read_vectors(self, body: bytes) -> EmbeddingAnswer:
            return EmbeddingAnswer(dialect="vendor", vectors=((1.0,),), usage=Usage(2))

        def write_vectors(self, answer: EmbeddingAnswer, request: EmbeddingRequest, reply: Reply) -> bytes:
            return f"{answer.vectors} {request.encoding} {reply.id}".encode()

    pair = TranslatedEmbedding(
        cast(EmbeddingDialect, Embedding("caller")), cast(EmbeddingDialect, Embedding("vendor"))
    )
    wanted = EmbeddingRequest(dialect="caller", model="", inputs=("a",), encoding="base64")
    sent = pair.request(msgspec.json.encode(wanted), Asked("fast"), Destination("m"))
    assert sent.body == b"fast"
    whole, body = pair.answer(b"", sent, reply)
    assert (whole.usage, body) == (Usage(2), b"((1.0,),) base64 id")
    assert pair.answer(b"no", sent, reply)[0].error == VendorError("no")
    two = pair.request(
        msgspec.json.encode(msgspec.structs.replace(wanted, inputs=("a", "b"))), Asked("m"), Destination("m")
    )
    with pytest.raises(Malformed, match="1 vectors for 2 inputs"):
        pair.answer(b"", two, reply)


SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
    "required": ["a"],
}
SAID = '{"a":"x","b":null}'


def test_a_schema_is_told_in_strict_modes_words_and_the_answer_is_as_it_was_asked() -> None:
    way = Translated(cast(Dialect, SPOKEN[Operation.MESSAGES]), cast(Dialect, SPOKEN[Operation.CHAT]))
    asked = {
        "model": "m",
        "max_tokens": 9,
        "messages": [{"role": "user", "content": "hi"}],
        "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}},
    }
    sent = way.request(msgspec.json.encode(asked), Asked("m"), Destination("gpt", strict_schemas=True))
    told = msgspec.json.decode(sent.body)["response_format"]["json_schema"]
    assert (told["strict"], told["schema"]["required"]) == (True, ["a", "b"])
    choice = {"index": 0, "finish_reason": "stop"}
    whole = {"id": "c", "choices": [{**choice, "message": {"role": "assistant", "content": SAID}}]}
    _, body = way.answer(msgspec.json.encode(whole), sent, reply)
    assert msgspec.json.decode(body)["content"][0]["text"] == '{"a":"x"}'
    reader = way.reader(Asked("m", stream=True), sent, reply)
    pieces = [{"index": 0, "delta": {"content": piece}} for piece in ('{"a":"x"', ',"b":null}')]
    chunks = [{"id": "c", "choices": [each]} for each in [*pieces, {**choice, "delta": {}}]]
    stream = b"".join(b"data: %b\n\n" % msgspec.json.encode(chunk) for chunk in chunks) + b"data: [DONE]\n\n"
    shown = reader.feed(stream)
    assert b'"text":"{"' in shown
    assert b'"text":"\\"a\\":\\"x\\"}"' in shown


def test_a_vendor_without_strict_mode_is_told_the_callers_schema() -> None:
    way = Translated(cast(Dialect, SPOKEN[Operation.OLLAMA_CHAT]), cast(Dialect, SPOKEN[Operation.CHAT]))
    asked = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "format": SCHEMA}
    sent = way.request(msgspec.json.encode(asked), Asked("m"), Destination("m"))
    told = msgspec.json.decode(sent.body)["response_format"]["json_schema"]
    assert (told["schema"], told.get("strict")) == (SCHEMA, None)


TOOL_USE = {
    "id": "msg_theirs",
    "type": "message",
    "role": "assistant",
    "model": "claude",
    "content": [{"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"a": 1}}],
    "stop_reason": "tool_use",
    "usage": {"input_tokens": 1, "output_tokens": 1},
}


def test_who_offers_functions_in_the_old_way_is_answered_in_it() -> None:
    way = Translated(cast(Dialect, SPOKEN[Operation.CHAT]), cast(Dialect, SPOKEN[Operation.MESSAGES]))
    asked = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "functions": [{"name": "f"}]}
    sent = way.request(msgspec.json.encode(asked), Asked("m"), Destination("claude", output_limit=9))
    _, body = way.answer(msgspec.json.encode(TOOL_USE), sent, reply)
    [choice] = msgspec.json.decode(body)["choices"]
    assert choice["finish_reason"] == "function_call"
    assert choice["message"]["function_call"] == {"name": "f", "arguments": '{"a":1}'}
    assert "tool_calls" not in choice["message"]
    stream = SPOKEN[Operation.MESSAGES].writer(REPLY)  # type: ignore[attr-defined]
    said = SPOKEN[Operation.MESSAGES].read_answer(msgspec.json.encode(TOOL_USE))  # type: ignore[attr-defined]
    shown = way.reader(Asked("m", stream=True), sent, reply).feed(
        stream.write(list(scatter(said))) + stream.end()
    )
    deltas = [
        choice
        for line in shown.split(b"\n\n")
        if line.startswith(b"data: {")
        for choice in msgspec.json.decode(line[6:])["choices"]
    ]
    calls = [each["delta"]["function_call"] for each in deltas if "function_call" in each["delta"]]
    assert (calls[0]["name"], "".join(call["arguments"] for call in calls)) == ("f", '{"a":1}')
    assert deltas[-1]["finish_reason"] == "function_call"


@pytest.mark.parametrize(
    ("caller", "begins"),
    [(Operation.CHAT, "chatcmpl-"), (Operation.RESPONSES, "resp_"), (Operation.COHERE_CHAT, "id")],
)
def test_an_answers_id_has_the_shape_of_the_callers_format(caller: Operation, begins: str) -> None:
    way = Translated(cast(Dialect, SPOKEN[caller]), cast(Dialect, SPOKEN[Operation.MESSAGES]))
    _, body = way.answer(msgspec.json.encode(TOOL_USE), Outgoing(b""), reply)
    assert msgspec.json.decode(body)["id"].startswith(begins)
    theirs = cast(Dialect, SPOKEN[Operation.MESSAGES])
    stream = theirs.writer(Reply("theirs", 1, "m"))
    sent = stream.write(list(scatter(theirs.read_answer(msgspec.json.encode(TOOL_USE))))) + stream.end()
    assert b"theirs" not in way.reader(Asked("m", stream=True), Outgoing(b""), reply).feed(sent)


def test_callers_see_what_was_read_and_the_bill_has_what_is_billed() -> None:
    passage = Translated(cast(Dialect, SPOKEN[Operation.CHAT]), cast(Dialect, SPOKEN[Operation.COHERE_CHAT]))
    counts = {"billed_units": {"input_tokens": 5, "output_tokens": 2}}
    usage = counts | {"tokens": {"input_tokens": 70, "output_tokens": 4}}
    message = {"role": "assistant", "content": [{"type": "text", "text": "Hi"}]}
    body = msgspec.json.encode({"id": "x", "finish_reason": "COMPLETE", "message": message, "usage": usage})
    said, written = passage.answer(body, Outgoing(b""), reply)
    assert said.usage == Usage(5, 2)
    assert msgspec.json.decode(written)["usage"]["total_tokens"] == 74

    reader = passage.reader(Asked("m", stream=True, include_usage=True), Outgoing(b""), reply)
    ended = {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": usage}}
    out = reader.feed(b"event: message-end\ndata: " + msgspec.json.encode(ended) + b"\n\n")
    assert reader.usage == Usage(5, 2) and b'"total_tokens":74' in out


@pytest.mark.parametrize("vendor", [Operation.MESSAGES, Operation.GENERATE_CONTENT, Operation.CONVERSE])
@pytest.mark.parametrize(("tier", "lost"), [("scale", True), ("auto", False), ("default", False)])
def test_a_tier_without_a_word_is_named_where_it_is_left_out(
    vendor: Operation, tier: str, lost: bool
) -> None:
    passage = Translated(cast(Dialect, SPOKEN[Operation.CHAT]), cast(Dialect, SPOKEN[vendor]))
    asked = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "service_tier": tier}
    sent = passage.request(msgspec.json.encode(asked), Asked("m"), Destination("m"))
    assert sent.dropped == (("service_tier",) if lost else ())


def test_an_assistant_that_says_nothing_is_not_sent_where_that_is_refused() -> None:
    passage = Translated(cast(Dialect, SPOKEN[Operation.CHAT]), cast(Dialect, SPOKEN[Operation.COHERE_CHAT]))
    turns = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": ""}]
    body = msgspec.json.encode({"model": "m", "messages": [*turns, turns[0]]})
    sent = passage.request(body, Asked("m"), Destination("m"))
    assert msgspec.json.decode(sent.body)["messages"] == [turns[0], turns[0]]


@pytest.mark.parametrize("stream", [False, True])
def test_a_chat_vendor_is_asked_for_a_streams_usage_alone(stream: bool) -> None:
    passage = Translated(cast(Dialect, SPOKEN[Operation.MESSAGES]), cast(Dialect, SPOKEN[Operation.CHAT]))
    asked = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}], "stream": stream}
    sent = passage.request(msgspec.json.encode(asked), Asked("m", stream), Destination("m"))
    assert ("stream_options" in msgspec.json.decode(sent.body)) is stream
