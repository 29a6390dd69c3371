"""Whether Anthropic's SDKs would take a stream of Messages: the order of its events."""

import json
from typing import Any

from dialects import sse

_MEMBERS = {"id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage"}
_PIECES = {
    "text": {"text_delta": "text", "citations_delta": "citation"},
    "thinking": {"thinking_delta": "thinking", "signature_delta": "signature"},
    "tool_use": {"input_json_delta": "partial_json"},
    "server_tool_use": {"input_json_delta": "partial_json"},
}
_EMPTY = {
    "text": {"text": ""},
    "thinking": {"thinking": "", "signature": ""},
    "tool_use": {"input": {}},
}
_REASONS = {
    "end_turn",
    "max_tokens",
    "stop_sequence",
    "tool_use",
    "pause_turn",
    "refusal",
    "model_context_window_exceeded",
}


def check_order(stream: bytes) -> None:
    """Raise AssertionError, with the reason, on a stream that an official SDK would not accept."""
    order = _Order()
    for event in sse.events(stream):
        name, data = sse.name_of(event).decode(), sse.data_of(event)
        assert event.endswith(b"\n\n"), "the last event has no end"
        assert name and data is not None, "an event without a name or without data is ignored by clients"
        found = json.loads(data)
        assert found["type"] == name, f"an event named {name} says that it is {found['type']}"
        order.take(name, found)
    assert order.state == "over", f"the stream ends {order.state}"


class _Order:
    def __init__(self) -> None:
        self.state = "before message_start"
        self.index = 0
        self.kind = ""

    def take(self, name: str, found: dict[str, Any]) -> None:
        assert self.state != "over", f"{name} after the end"
        if name == "ping":
            return
        if name == "error":
            assert {"type", "message"} <= found["error"].keys(), "an error without type and message"
            self.state = "over"
            return
        getattr(self, f"_{name}")(found)

    def _in(self, state: str, name: str) -> None:
        assert self.state == state, f"{name} while {self.state}"

    def _message_start(self, found: dict[str, Any]) -> None:
        self._in("before message_start", "message_start")
        message = found["message"]
        assert message.keys() >= _MEMBERS, f"message_start lacks {_MEMBERS - message.keys()}"
        assert (message["type"], message["role"]) == ("message", "assistant"), (
            "not a message of the assistant"
        )
        assert message["content"] == [] and message["stop_reason"] is None, "a message that is over at once"
        assert message["id"] and message["model"], "a message without id or model"
        _check_usage(message["usage"], "input_tokens", "output_tokens")
        self.state = "between blocks"

    def _content_block_start(self, found: dict[str, Any]) -> None:
        self._in("between blocks", "content_block_start")
        assert found["index"] == self.index, f"block {found['index']} where {self.index} is due"
        block = found["content_block"]
        self.kind = block["type"]
        for member, empty in _EMPTY.get(self.kind, {}).items():
            assert block[member] == empty, f"a block of the kind {self.kind} begins with some {member}"
        if self.kind == "tool_use":
            assert block["id"] and block["name"], "a call without id or name"
        self.state = "in a block"

    def _content_block_delta(self, found: dict[str, Any]) -> None:
        self._in("in a block", "content_block_delta")
        assert found["index"] == self.index, f"a delta of block {found['index']} in block {self.index}"
        delta = found["delta"]
        pieces = _PIECES.get(self.kind, {})
        assert delta["type"] in pieces, f"a {delta['type']} in a block of the kind {self.kind}"
        piece = delta[pieces[delta["type"]]]
        assert isinstance(piece, str | dict), f"a {delta['type']} that says {piece!r}"

    def _content_block_stop(self, found: dict[str, Any]) -> None:
        self._in("in a block", "content_block_stop")
        assert found["index"] == self.index, f"the end of block {found['index']} in block {self.index}"
        self.index += 1
        self.state = "between blocks"

    def _message_delta(self, found: dict[str, Any]) -> None:
        self._in("between blocks", "message_delta")
        delta = found["delta"]
        assert delta["stop_reason"] in _REASONS, f"an end by {delta['stop_reason']!r}"
        assert "stop_sequence" in delta, "no stop_sequence"
        _check_usage(found["usage"], "output_tokens")
        self.state = "after message_delta"

    def _message_stop(self, found: dict[str, Any]) -> None:
        self._in("after message_delta", "message_stop")
        self.state = "over"


def _check_usage(usage: dict[str, Any], *demanded: str) -> None:
    for name in demanded:
        assert isinstance(usage.get(name), int) and usage[name] >= 0, f"usage without {name}"
