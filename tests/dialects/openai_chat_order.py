"""The order of events that OpenAI's SDKs rely on in a chat stream."""

import json
from typing import Any

from openai.types.chat import ChatCompletionChunk

DONE = "data: [DONE]"


def check_order(stream: bytes) -> None:
    """Raise AssertionError, with a reason, on a stream that an official SDK would misread."""
    *events, rest = stream.decode().split("\n\n")
    assert rest == "", "the last event has no empty line after it"
    assert events and events[-1] == DONE, "the stream does not end with [DONE]"
    chunks = [_chunk(event) for event in events[:-1]]
    assert chunks, "the stream says nothing"
    for name in ("id", "created", "model", "object"):
        assert len({chunk[name] for chunk in chunks}) == 1, f"`{name}` changes"
    _check_usage(chunks)
    choices: dict[int, _Choice] = {}
    for chunk in chunks:
        for found in chunk["choices"]:
            choices.setdefault(found["index"], _Choice()).take(found)
    assert choices, "no choice says anything"
    for index, choice in choices.items():
        assert choice.ended, f"choice {index} never finishes"


def _chunk(event: str) -> dict[str, Any]:
    assert event.startswith("data: {"), f"no chunk: {event[:40]!r}"
    assert "\n" not in event, "a chunk of several lines"
    chunk: dict[str, Any] = json.loads(event.removeprefix("data: "))
    ChatCompletionChunk.model_validate(chunk, strict=True)
    assert not chunk.get("error"), "an error inside"
    return chunk


def _check_usage(chunks: list[dict[str, Any]]) -> None:
    counted = [number for number, chunk in enumerate(chunks) if chunk.get("usage")]
    empty = [number for number, chunk in enumerate(chunks) if not chunk["choices"]]
    assert empty == counted, "a chunk without choices is there for usage alone"
    assert counted in ([], [len(chunks) - 1]), "usage is the last chunk, once"
    if counted:
        assert all("usage" in chunk for chunk in chunks), "where usage was asked for, it is null before"


class _Choice:
    """One choice as far as it came."""

    def __init__(self) -> None:
        self.spoken = False
        self.ended = False
        self.calls = 0

    def take(self, found: dict[str, Any]) -> None:
        assert not self.ended, "something follows the finish"
        delta = found["delta"]
        assert ("role" in delta) != self.spoken, "the role is in the first delta alone"
        self.spoken = True
        for call in delta.get("tool_calls") or ():
            self._call(call)
        self.ended = bool(found["finish_reason"])

    def _call(self, call: dict[str, Any]) -> None:
        assert call["index"] <= self.calls, "a call's number was left out"
        if call["index"] == self.calls:
            self.calls += 1
            assert call.get("id") and call.get("type"), "a call begins without id or type"
            named = call.get("function") or call.get("custom") or {}
            assert "name" in named, "a call begins without a name"
        else:
            assert "id" not in call, "a call begins again"
            assert isinstance(call["function"]["arguments"], str), "arguments are text"
