"""A character that a vendor cuts between two events arrives whole; a half that stays alone spoils nothing."""

import json
from typing import Any, cast

import pytest

from config.kinds import Operation
from dialects.answer import (
    Counted,
    Delta,
    Finish,
    Finished,
    PartDelta,
    RefusalDelta,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.bedrock.eventstream import pack, sections
from dialects.bedrock.stream import event_headers
from dialects.conversation import Native, RedactedThinking, Text, ToolCall
from dialects.deltas import gather
from dialects.dialect import Asked, Dialect, Reply
from dialects.halves import Joined
from dialects.streamed import heard
from dialects.translating import Outgoing, Translated
from dialects.usage import Usage
from gateway.formats import SPOKEN

FIRST, SECOND, LOST = "\ud83d", "\ude00", "\ufffd"
BOTH = "\U0001f600"


class Told:
    """A reader that says what it was given."""

    done = False

    def __init__(self, *said: list[Delta]) -> None:
        self._said = list(said)

    def read(self, event: bytes) -> list[Delta]:
        return self._said.pop(0)

    def end(self) -> list[Delta]:
        return [Counted(Usage())]


def mended(*said: list[Delta]) -> list[Delta]:
    reader = Joined(Told(*said))
    out = [delta for _ in said for delta in reader.read(b"")]
    assert not reader.done
    return [*out, *reader.end()]


END = Counted(Usage())


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([TextDelta("a" + FIRST)], [TextDelta(SECOND + "b")], [TextDelta("a"), TextDelta(BOTH + "b")]),
        ([TextDelta(FIRST)], [TextDelta(SECOND)], [TextDelta(BOTH)]),
        ([TextDelta(FIRST)], [TextDelta("b")], [TextDelta(LOST + "b")]),
        ([TextDelta(SECOND)], [TextDelta("é")], [TextDelta(LOST), TextDelta("é")]),
        ([TextDelta(FIRST)], [TextDelta(SECOND, 1)], [TextDelta(LOST), TextDelta(LOST, 1)]),
        ([TextDelta(FIRST)], [Finished(Finish("stop"))], [TextDelta(LOST), Finished(Finish("stop"))]),
        ([TextDelta(FIRST)], [ToolStarted("i", "n", 1)], [TextDelta(LOST), ToolStarted("i", "n", 1)]),
        ([TextDelta(FIRST)], [ThinkingDelta(SECOND)], [TextDelta(LOST), ThinkingDelta(LOST)]),
        ([ThinkingDelta(FIRST)], [ThinkingDelta(SECOND)], [ThinkingDelta(BOTH)]),
        ([RefusalDelta(FIRST)], [RefusalDelta(SECOND)], [RefusalDelta(BOTH)]),
        ([ToolDelta('"' + FIRST)], [ToolDelta(SECOND + '"')], [ToolDelta('"'), ToolDelta(BOTH + '"')]),
        ([TextDelta(FIRST)], [], [END, TextDelta(LOST)]),
        (
            [TextDelta(FIRST)],
            [PartDelta(RedactedThinking("x"), 1)],
            [TextDelta(LOST), PartDelta(RedactedThinking("x"), 1)],
        ),
        (
            [TextDelta(FIRST), TextDelta(FIRST, choice=1)],
            [TextDelta(SECOND, choice=1), TextDelta(SECOND)],
            [TextDelta(BOTH, choice=1), TextDelta(BOTH)],
        ),
        (  # arguments of calls that come side by side
            [ToolDelta(FIRST, 1), ToolDelta(FIRST, 2), ToolStarted("i", "n", 3), ToolDelta("a", 3)],
            [ToolDelta(SECOND, 1), ToolDelta(SECOND, 2)],
            [ToolStarted("i", "n", 3), ToolDelta("a", 3), ToolDelta(BOTH, 1), ToolDelta(BOTH, 2)],
        ),
        (
            [ToolDelta(FIRST, 1), ToolDelta(FIRST, 2)],
            [ToolDelta(SECOND, 2), TextDelta("b")],
            [ToolDelta(BOTH, 2), ToolDelta(LOST, 1), TextDelta("b")],
        ),
        (
            [TextDelta(FIRST, logprobs=(1,))],
            [TextDelta(SECOND, logprobs=(2,))],
            [TextDelta(BOTH, logprobs=(2,))],
        ),
    ],
)
def test_halves_of_one_text_are_joined_and_others_replaced(
    first: list[Delta], second: list[Delta], expected: list[Delta]
) -> None:
    assert mended(first, second) == (expected if END in expected else [*expected, END])


def test_what_has_no_halves_is_left_alone() -> None:
    delta = TextDelta("abc")
    assert mended([delta, END])[0] is delta


CHAT = cast(Dialect, SPOKEN[Operation.CHAT])
REPLY = Reply("req_1", 1, "some-model", True)
STREAMS = {
    Operation.CHAT: (
        *(
            b'data: {"id":"c","choices":[{"index":0,"delta":{"content":"%b"}}]}\n\n' % text
            for text in (b"a\\ud83d", b"\\ude00b")
        ),
        b'data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
    ),
    Operation.MESSAGES: (
        b'data: {"type":"message_start","message":{"id":"m"}}\n\n'
        b'data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
        *(
            b'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"%b"}}\n\n'
            % text
            for text in (b"a\\ud83d", b"\\ude00b")
        ),
        b'data: {"type":"content_block_stop","index":0}\n\n'
        b'data: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}\n\n'
        b'data: {"type":"message_stop"}\n\n',
    ),
    Operation.GENERATE_CONTENT: (
        *(
            b'data: {"candidates":[{"content":{"parts":[{"text":"%b"}]}}]}\n\n' % text
            for text in (b"a\\uD83D", b"\\uDE00b")
        ),
        b'data: {"candidates":[{"finishReason":"STOP"}]}\n\n',
    ),
    Operation.COHERE_CHAT: (
        b'data: {"type":"message-start","id":"x"}\n\n',
        *(
            b'data: {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"%b"}}}}\n\n'
            % text
            for text in (b"a\\ud83d", b"\\ude00b")
        ),
        b'data: {"type":"message-end","delta":{"finish_reason":"COMPLETE"}}\n\n',
    ),
    Operation.OLLAMA_CHAT: (
        *(
            b'{"model":"m","message":{"role":"assistant","content":"%b"},"done":false}\n' % text
            for text in (b"a\\ud83d", b"\\ude00b")
        ),
        b'{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}\n',
    ),
    Operation.RESPONSES: (
        *(
            b'data: {"type":"response.output_text.delta","delta":"%b"}\n\n' % text
            for text in (b"a\\ud83d", b"\\ude00b")
        ),
        b'data: {"type":"response.output_text.done","text":"a\\ud83d\\ude00b"}\n\n',
        b'data: {"type":"response.completed","response":{"status":"completed"}}\n\n',
    ),
    Operation.CONVERSE: (
        *(
            pack(event_headers("contentBlockDelta"), b'{"delta":{"text":"%b"}}' % text)
            for text in (b"a\\ud83d", b"\\ude00b")
        ),
        pack(event_headers("messageStop"), b'{"stopReason":"end_turn"}'),
        pack(event_headers("metadata"), b'{"usage":{}}'),
    ),
}
# The same in a call's arguments, where a format streams them.
_CHAT_CALL = b'"id":"c","type":"function","function":{"name":"f","arguments":""}'
_USE = b'{"start":{"toolUse":{"toolUseId":"t","name":"f"}}}'
CALLS = {
    Operation.CHAT: (
        b'data: {"choices":[{"delta":{"tool_calls":[{"index":0,%b}]}}]}\n\n' % _CHAT_CALL,
        *(
            b'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"%b"}}]}}]}\n\n'
            % text
            for text in (b'{\\"a\\":\\"\\ud83d', b'\\ude00\\"}')
        ),
        b'data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n',
    ),
    Operation.RESPONSES: (
        b'data: {"type":"response.output_item.added",'
        b'"item":{"type":"function_call","call_id":"c","name":"f"}}\n\n',
        *(
            b'data: {"type":"response.function_call_arguments.delta","delta":"%b"}\n\n' % text
            for text in (b'{\\"a\\":\\"\\ud83d', b'\\ude00\\"}')
        ),
        b'data: {"type":"response.completed","response":{"status":"completed"}}\n\n',
    ),
    Operation.CONVERSE: (
        pack(event_headers("contentBlockStart"), _USE),
        *(
            pack(event_headers("contentBlockDelta"), b'{"delta":{"toolUse":{"input":"%b"}}}' % text)
            for text in (b'{\\"a\\":\\"\\ud83d', b'\\ude00\\"}')
        ),
        pack(event_headers("messageStop"), b'{"stopReason":"tool_use"}'),
    ),
}
CALLERS = (
    Operation.CHAT,
    Operation.RESPONSES,
    Operation.MESSAGES,
    Operation.COHERE_CHAT,
    Operation.OLLAMA_CHAT,
)
PAIRS = [(caller, vendor) for caller in CALLERS for vendor in STREAMS if caller is not vendor]


def between(caller: Operation, vendor: Operation) -> Translated:
    return Translated(cast(Dialect, SPOKEN[caller]), cast(Dialect, SPOKEN[vendor]))


@pytest.mark.parametrize(("caller", "vendor"), PAIRS, ids=[f"{a.value}-{b.value}" for a, b in PAIRS])
@pytest.mark.parametrize("mends", [True, False])
def test_a_character_in_two_events_reaches_callers_of_other_formats(
    caller: Operation, vendor: Operation, mends: bool
) -> None:
    reader = between(caller, vendor).reader(Asked("m", stream=True), Outgoing(b""), lambda: REPLY)
    out = b""
    for event in STREAMS[vendor]:
        out += reader.feed(event if mends else _without_seconds(event))
    out += reader.end()
    assert reader.error is None and reader.finished
    assert (BOTH if mends else LOST) + "b" in out.decode()


def _without_seconds(event: bytes) -> bytes:
    if not event.startswith(b"\0"):
        return event.replace(b"\\ude00", b"").replace(b"\\uDE00", b"")
    block, payload = sections(event)
    return pack(block, payload.replace(b"\\ude00", b""))


@pytest.mark.parametrize("vendor", CALLS, ids=[vendor.value for vendor in CALLS])
def test_a_character_in_two_events_of_arguments_stays_whole(vendor: Operation) -> None:
    dialect = cast(Dialect, SPOKEN[vendor])
    [choice] = gather(heard(b"".join(CALLS[vendor]), dialect), dialect.name).choices
    assert [part.arguments for part in choice.parts if isinstance(part, ToolCall)] == [f'{{"a":"{BOTH}"}}']


@pytest.mark.parametrize("vendor", STREAMS, ids=[vendor.value for vendor in STREAMS])
def test_a_stream_that_is_there_whole_has_no_halves(vendor: Operation) -> None:
    dialect = cast(Dialect, SPOKEN[vendor])
    answer = gather(heard(b"".join(STREAMS[vendor]), dialect), dialect.name)
    assert answer.choices[0].parts == (Text(f"a{BOTH}b"),)
    assert f"a{BOTH}b" in dialect.write_answer(answer, REPLY).decode()


def test_a_character_in_two_events_of_free_text_for_a_tool_stays_whole() -> None:
    events = (
        b'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"custom":{"name":"%b","input":"%b"}}]}}]}\n\n'
        % (b"", text)
        for text in (b"\\ud83d", b"\\ude00")
    )
    end = b'data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}\n\n'
    said = [delta.value for delta in heard(b"".join(events) + end, CHAT) if isinstance(delta, PartDelta)]
    assert [native.value["custom"]["input"] for native in said if isinstance(native, Native)] == [BOTH]


def test_what_a_text_ends_with_is_told_once_whatever_was_cut_in_it() -> None:
    deltas = (
        b'data: {"type":"response.output_text.delta","delta":"%b"}\n\n' % t for t in (b"\\ud83d", b"\\ude00")
    )
    done = b'data: {"type":"response.output_text.done","text":"\\ud83d\\ude00!"}\n\n'
    said = heard(b"".join(deltas) + done, cast(Dialect, SPOKEN[Operation.RESPONSES]))
    assert "".join(delta.text for delta in said if isinstance(delta, TextDelta)) == f"{BOTH}!"


WHOLES: dict[Operation, dict[str, Any]] = {
    Operation.MESSAGES: {
        "content": [{"type": "text", "text": "cut " + FIRST}],
        "stop_reason": "stop_sequence",
        "stop_sequence": FIRST,
    },
    Operation.GENERATE_CONTENT: {
        "candidates": [{"content": {"parts": [{"text": "cut " + FIRST}]}, "finishReason": "STOP"}]
    },
    Operation.COHERE_CHAT: {
        "finish_reason": "COMPLETE",
        "message": {"role": "assistant", "content": [{"type": "text", "text": "cut " + FIRST}]},
    },
    Operation.OLLAMA_CHAT: {"message": {"role": "assistant", "content": "cut " + FIRST}, "done": True},
}


@pytest.mark.parametrize("vendor", WHOLES, ids=[vendor.value for vendor in WHOLES])
@pytest.mark.parametrize("caller", [*CALLERS, Operation.CONVERSE], ids=lambda caller: caller.value)
def test_half_a_character_at_the_end_spoils_no_whole_answer(caller: Operation, vendor: Operation) -> None:
    body = json.dumps(WHOLES[vendor]).encode()
    if caller is not vendor:
        _, out = between(caller, vendor).answer(body, Outgoing(b""), lambda: REPLY)
        assert "cut ?" in out.decode()


@pytest.mark.parametrize("caller", [*CALLERS[1:], Operation.CONVERSE], ids=lambda caller: caller.value)
@pytest.mark.parametrize("created", ["1e400", "-1", "NaN"])
def test_a_time_that_is_none_spoils_no_answer(caller: Operation, created: str) -> None:
    said = '"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]'
    body = f'{{"created":{created},{said}}}'.encode()
    assert b"hi" in between(caller, Operation.CHAT).answer(body, Outgoing(b""), lambda: REPLY)[1]
    event = f'data: {{"created":{created},{said.replace("message", "delta")}}}\n\n'.encode()
    reader = between(caller, Operation.CHAT).reader(Asked("m", stream=True), Outgoing(b""), lambda: REPLY)
    assert b"hi" in reader.feed(event) + reader.feed(b"data: [DONE]\n\n") + reader.end()


@pytest.mark.parametrize("caller", [*CALLERS[1:], Operation.CONVERSE], ids=lambda caller: caller.value)
def test_an_answer_without_a_choice_has_failed(caller: Operation) -> None:
    told, _ = between(caller, Operation.CHAT).answer(b'{"choices":[]}', Outgoing(b""), lambda: REPLY)
    assert told.error is not None and told.error.code == "malformed_event"


def test_an_odd_reason_is_an_end() -> None:
    body = b'{"content":[{"type":"text","text":"hi"}],"stop_reason":[]}'
    _, out = between(Operation.CHAT, Operation.MESSAGES).answer(body, Outgoing(b""), lambda: REPLY)
    assert json.loads(out)["choices"][0]["finish_reason"] == "stop"
