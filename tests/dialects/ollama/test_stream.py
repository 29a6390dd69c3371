"""Ollama's streams, line by line."""

import json
from typing import Any

import ollama
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.answer import (
    Answer,
    Counted,
    Delta,
    Failed,
    Finish,
    Finished,
    PartDelta,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.conversation import Image, Inline, Native
from dialects.dialect import Reply
from dialects.errors import VendorError
from dialects.framing import JsonLines
from dialects.ollama.chat import OllamaChat
from dialects.ollama.generate import OllamaGenerate
from dialects.ollama.stream import OllamaReader
from dialects.usage import Usage
from dialects.watching import Watched
from tests.dialects.conversations import answers
from tests.dialects.oracles import oddities, streamed, written
from tests.dialects.streams import cut

REPLY = Reply("r1", 1_700_000_000, "m")
AT = "2023-11-14T22:13:20Z"


def line(**members: Any) -> bytes:
    return json.dumps({"model": "m", "created_at": AT} | members).encode() + b"\n"


def says(**message: Any) -> bytes:
    return line(message={"role": "assistant"} | message, done=False)


def call(name: str, **more: Any) -> dict[str, Any]:
    return {"function": {"name": name, "arguments": {"a": 1}}} | more


END = line(
    message={"role": "assistant", "content": ""},
    done=True,
    done_reason="stop",
    prompt_eval_count=9,
    eval_count=3,
)

SAID: list[tuple[bytes, list[Delta]]] = [
    (says(content="", thinking="hm"), [Started("", "m", 1_700_000_000), ThinkingDelta("hm", part=0)]),
    (says(content="He"), [TextDelta("He", 1)]),
    (says(content="llo"), [TextDelta("llo", 1)]),
    (b"\n", []),
    (says(content=""), []),
    (says(content="", images=["iVBOR"]), [PartDelta(Image(Inline("image/png", "iVBOR")), 2)]),
    (
        says(content="!", tool_calls=[call("f"), call("g", id="own")]),
        [
            TextDelta("!", 1),
            ToolStarted("call_20231114221320_0", "f", 3),
            ToolDelta('{"a":1}', 3),
            ToolStarted("own", "g", 4),
            ToolDelta('{"a":1}', 4),
        ],
    ),
    (line(status="pulling"), []),
    (END, [Finished(Finish("tool_calls")), Counted(Usage(9, 3))]),
    (says(content="late"), []),
]


def test_every_line_says_its_deltas() -> None:
    reader = OllamaReader()
    assert [(sent, list(reader.read(sent))) for sent, _ in SAID] == SAID
    assert reader.done
    assert reader.end() == ()


def test_the_answer_to_a_prompt_has_its_words_at_the_top() -> None:
    reader = OllamaReader()
    lines = [
        line(response="", thinking="hm"),
        line(response="Hi"),
        line(response="", done=True, done_reason="length"),
    ]
    assert [delta for sent in lines for delta in reader.read(sent)] == [
        Started("", "m", 1_700_000_000),
        ThinkingDelta("hm", part=0),
        TextDelta("Hi", 1),
        Finished(Finish("length")),
    ]


def test_the_logprobs_of_a_line_come_with_its_words() -> None:
    reader = OllamaReader()
    item = {"token": "a", "logprob": -0.5}
    sent = line(message={"content": "a"}, logprobs=[item])
    assert [reader.read(sent)[-1], *reader.read(sent)] == [TextDelta("a", logprobs=(item,))] * 2


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (line(error="out of memory"), VendorError("out of memory")),
        (b"{\n", VendorError("a line that is not JSON", code="malformed_event")),
        (b"[]\n", VendorError("a line that is not JSON", code="malformed_event")),
        (
            says(tool_calls=[7]),
            VendorError("a line of an unknown shape at 'message.tool_calls.0'", code="malformed_event"),
        ),
    ],
)
def test_what_breaks_a_stream_is_a_failure(sent: bytes, error: VendorError) -> None:
    assert list(OllamaReader().read(sent)) == [Failed(error)]


def test_a_line_of_the_wrong_types_is_malformed() -> None:
    (failed,) = OllamaReader().read(b'{"message":7}\n')
    assert isinstance(failed, Failed)
    assert failed.error.code == "malformed_event"


def test_half_an_emoji_is_no_reason_to_fail() -> None:
    assert isinstance(OllamaReader().read(says(content="\ud83d"))[-1], TextDelta)


def test_a_stream_that_is_never_done_has_not_finished() -> None:
    watcher = Watched(JsonLines(), OllamaReader())
    watcher.feed(says(content="a"))
    watcher.end()
    assert (watcher.started, watcher.finished, watcher.error) == (True, False, None)


def wrote(*deltas: Delta, chat: bool = True) -> list[dict[str, Any]]:
    dialect = OllamaChat() if chat else OllamaGenerate()
    return [json.loads(sent) for sent in written(dialect, deltas, REPLY).splitlines()]


USAGE = {"prompt_eval_count": 7, "eval_count": 3}
LAST = {"done": True, "total_duration": 0, "load_duration": 0, "prompt_eval_duration": 0, "eval_duration": 0}
HEAD = {"model": "m", "created_at": AT}


def test_a_chat_is_written_line_by_line() -> None:
    lines = wrote(
        ThinkingDelta("hm"),
        ThinkingDelta(signature="s"),
        TextDelta("a", 1),
        TextDelta("b", 1, logprobs=({"token": "b"},)),
        RefusalDelta("c", 2),
        PartDelta(Image(Inline("image/png", "AA==")), 3),
        PartDelta(Native("other", {}), 4),
        TextDelta("other", 0, choice=1),
        ToolStarted("x", "f", 5),
        ToolStarted("y", "g", 6),
        ToolDelta('{"a":', 5),
        ToolDelta("1}", 5),
        Finished(Finish("tool_calls")),
        Counted(Usage(7, 3)),
    )
    said = {"role": "assistant"}
    calls = [
        {"id": "x", "function": {"name": "f", "arguments": {"a": 1}}},
        {"id": "y", "function": {"name": "g", "arguments": {}}},
    ]
    assert lines == [
        HEAD | {"message": said | {"content": "", "thinking": "hm"}, "done": False},
        HEAD | {"message": said | {"content": "a"}, "done": False},
        HEAD | {"message": said | {"content": "b"}, "done": False, "logprobs": [{"token": "b"}]},
        HEAD | {"message": said | {"content": "c"}, "done": False},
        HEAD | {"message": said | {"content": "", "images": ["AA=="]}, "done": False},
        HEAD | {"message": said | {"content": "", "tool_calls": calls}, "done": False},
        HEAD | {"message": said | {"content": ""}} | LAST | {"done_reason": "stop"} | USAGE,
    ]


def test_the_answer_to_a_prompt_is_written_line_by_line() -> None:
    deltas = [
        Started("", "n", 0),
        ThinkingDelta("hm"),
        TextDelta("a", 1),
        TextDelta("b", 1, logprobs=({"token": "b"},)),
    ]
    head = HEAD | {"model": "n"}
    assert wrote(*deltas, ToolStarted("x", "f", 2), Finished(Finish("length")), chat=False) == [
        head | {"response": "", "thinking": "hm", "done": False},
        head | {"response": "a", "done": False},
        head | {"response": "b", "done": False, "logprobs": [{"token": "b"}]},
        head | {"response": ""} | LAST | {"done_reason": "length"},
    ]


@given(answers())
def test_ollamas_own_types_know_every_line(answer: Answer) -> None:
    for sent in streamed(OllamaChat(), answer, REPLY).splitlines():
        assert ollama.ChatResponse(**json.loads(sent)).model == "some-model"
    for sent in streamed(OllamaGenerate(), answer, REPLY).splitlines():
        assert ollama.GenerateResponse(**json.loads(sent)).response is not None


members = [
    "message",
    "content",
    "thinking",
    "tool_calls",
    "function",
    "name",
    "arguments",
    "images",
    "response",
]
odd = oddities("model", "created_at", "done", "done_reason", "error", "eval_count", "logprobs", *members)
odd_lines = odd.map(lambda value: json.dumps(value).encode() + b"\n")


@given(
    st.lists(odd_lines | st.sampled_from([sent for sent, _ in SAID]) | st.binary(max_size=20), max_size=8),
    st.lists(st.integers(0, 2000), max_size=5),
)
def test_no_stream_is_too_odd(sent: list[bytes], places: list[int]) -> None:
    stream = b"".join(sent)
    watcher = Watched(JsonLines(), OllamaReader())
    passed = b"".join([*map(watcher.feed, cut(stream, places)), watcher.end()])
    assert (stream + b"\n\n").startswith(passed)  # a last event is given the end that it lacks
    assert watcher.error is None or watcher.error.message
