"""How each format's own clients ask, read what comes, and tell an end from an error."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from config.kinds import Operation
from dialects.bedrock.eventstream import EventStream, decode

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Format:
    """One format at its path, written by hand so that the dialects are held against something else."""

    operation: Operation
    path: str
    stream_path: str
    clean: re.Pattern[bytes]  # what only a stream that ended well says
    id_header: str

    def at(self, model: str, *, stream: bool) -> str:
        """The path of a call."""
        return (self.stream_path if stream else self.path).replace("MODEL", quote(model, safe="@=,"))

    def ask(self, model: str, words: str, *, stream: bool = False, tool: str = "") -> Json:
        """The body of a call; a tool is one that takes an object of anything."""
        return _ASKS[self.operation](model, words, stream, tool)

    def events(self, body: bytes) -> list[tuple[str, Json]]:
        """A stream's events with their names, "" where the format has none."""
        if self.operation is Operation.CONVERSE:
            frames, rest = EventStream().split(body, 0)
            assert not rest, rest
            read = [decode(frame) for frame in frames]
            names = (each.headers.get(":event-type") or each.headers[":exception-type"] for each in read)
            return [(str(name), json.loads(each.payload)) for name, each in zip(names, read, strict=True)]
        if self.operation is Operation.OLLAMA_CHAT:
            return [("", json.loads(line)) for line in body.splitlines()]
        if self.operation is Operation.GENERATE_CONTENT_ARRAY:
            return [("", each) for each in json.loads(body)]
        found = []
        for block in body.split(b"\n\n")[:-1]:
            name, _, data = block.rpartition(b"data: ")
            if data not in (b"[DONE]", b"") and not block.startswith(b":"):
                found.append((name.removeprefix(b"event: ").strip().decode(), json.loads(data)))
        return found

    def error(self, body: bytes, *, stream: bool) -> str:
        """The message of the error that a body is, or that a stream ends with, in this format's shape."""
        name, said = self.events(body)[-1] if stream else ("", json.loads(body))
        message = _ERRORS[self.operation](name, said, stream)
        assert isinstance(message, str) and message
        return message

    def text(self, body: bytes, *, stream: bool) -> str:
        """All that was said to the user."""
        pieces = self.events(body) if stream else [("", json.loads(body))]
        return "".join(_text(said) for name, said in pieces if name not in _AGAIN)


# Events of the Responses API that say again what its deltas said.
_AGAIN = frozenset(
    ["response.output_text.done", "response.content_part.done", "response.output_item.done"]
    + ["response.completed", "response.content_part.added", "response.output_item.added"]
)


def _text(said: Any) -> str:
    """Texts at the places where some format has them."""
    if isinstance(said, list):
        return "".join(map(_text, said))
    if not isinstance(said, dict):
        return ""
    found = ""
    if said.get("type") in (None, "text", "output_text", "text_delta"):
        found += said["text"] if isinstance(said.get("text"), str) else ""
    if said.get("type") == "response.output_text.delta":
        return str(said["delta"])
    if isinstance(said.get("content"), str):
        found += said["content"]
    inner = ("choices", "delta", "message", "content", "candidates", "parts", "output", "contentBlockDelta")
    return found + "".join(_text(said[name]) for name in inner if isinstance(said.get(name), dict | list))


def _chat(model: str, words: str, stream: bool, tool: str) -> Json:
    body: Json = {"model": model, "messages": [{"role": "user", "content": words}], "stream": stream}
    function = {"name": tool, "parameters": {"type": "object"}}
    return body | ({"tools": [{"type": "function", "function": function}]} if tool else {})


def _completions(model: str, words: str, stream: bool, tool: str) -> Json:
    return {"model": model, "prompt": words, "stream": stream}


def _responses(model: str, words: str, stream: bool, tool: str) -> Json:
    body: Json = {"model": model, "input": words, "stream": stream}
    made = {"type": "function", "name": tool, "parameters": {"type": "object"}, "strict": False}
    return body | ({"tools": [made]} if tool else {})


def _messages(model: str, words: str, stream: bool, tool: str) -> Json:
    body: Json = {"model": model, "messages": [{"role": "user", "content": words}], "max_tokens": 1000}
    body |= {"tools": [{"name": tool, "input_schema": {"type": "object"}}]} if tool else {}
    return body | {"stream": stream}


def _generate_content(model: str, words: str, stream: bool, tool: str) -> Json:
    body: Json = {"contents": [{"role": "user", "parts": [{"text": words}]}]}
    return body | ({"tools": [{"functionDeclarations": [{"name": tool}]}]} if tool else {})


def _converse(model: str, words: str, stream: bool, tool: str) -> Json:
    body: Json = {"messages": [{"role": "user", "content": [{"text": words}]}]}
    spec = {"toolSpec": {"name": tool, "inputSchema": {"json": {"type": "object"}}}}
    return body | ({"toolConfig": {"tools": [spec]}} if tool else {})


_ASKS = {
    Operation.CHAT: _chat,
    Operation.COMPLETIONS: _completions,
    Operation.RESPONSES: _responses,
    Operation.MESSAGES: _messages,
    Operation.GENERATE_CONTENT: _generate_content,
    Operation.GENERATE_CONTENT_ARRAY: _generate_content,
    Operation.CONVERSE: _converse,
    Operation.COHERE_CHAT: _chat,
    Operation.OLLAMA_CHAT: _chat,
}


def _openai_error(name: str, said: Json, stream: bool) -> Any:
    assert set(said["error"]) == {"message", "type", "param", "code"}
    assert said["error"]["type"] and said["error"]["code"]
    return said["error"]["message"]


def _responses_error(name: str, said: Json, stream: bool) -> Any:
    if not stream:
        return _openai_error(name, said, stream)
    assert (name, said["type"]) == ("error", "error")
    return said["message"]


def _messages_error(name: str, said: Json, stream: bool) -> Any:
    assert said["type"] == "error" and name == ("error" if stream else "")
    assert said["error"]["type"].endswith(("_error", "_too_large"))
    return said["error"]["message"]


def _google_error(name: str, said: Json, stream: bool) -> Any:
    assert isinstance(said["error"]["code"], int) and said["error"]["status"].isupper()
    return said["error"]["message"]


def _array_error(name: str, said: Any, stream: bool) -> Any:
    return _google_error(name, said[0] if isinstance(said, list) else said, stream)


def _converse_error(name: str, said: Json, stream: bool) -> Any:
    assert name.endswith("Exception") if stream else said["__type"].endswith("Exception")
    return said["message"]


def _cohere_error(name: str, said: Json, stream: bool) -> Any:
    if not stream:
        return said["message"]
    assert (name, said["delta"]["finish_reason"]) == ("message-end", "ERROR")
    return said["delta"]["error"]


def _ollama_error(name: str, said: Json, stream: bool) -> Any:
    assert set(said) == {"error"}
    return said["error"]


_ERRORS = {
    Operation.CHAT: _openai_error,
    Operation.COMPLETIONS: _openai_error,
    Operation.RESPONSES: _responses_error,
    Operation.MESSAGES: _messages_error,
    Operation.GENERATE_CONTENT: _google_error,
    Operation.GENERATE_CONTENT_ARRAY: _array_error,
    Operation.CONVERSE: _converse_error,
    Operation.COHERE_CHAT: _cohere_error,
    Operation.OLLAMA_CHAT: _ollama_error,
}


def _format(
    operation: Operation, path: str, clean: bytes, id_header: str = "", stream_path: str = ""
) -> Format:
    return Format(operation, path, stream_path or path, re.compile(clean), id_header)


_GOOGLE = "/v1beta/models/MODEL:"
_GENERATE, _STREAM = _GOOGLE + "generateContent", _GOOGLE + "streamGenerateContent"
_ID = "x-request-id"
FORMATS: Mapping[Operation, Format] = MappingProxyType(
    {
        each.operation: each
        for each in (
            _format(Operation.CHAT, "/v1/chat/completions", rb"data: \[DONE\]", _ID),
            _format(Operation.COMPLETIONS, "/v1/completions", rb"data: \[DONE\]", _ID),
            _format(Operation.RESPONSES, "/v1/responses", rb"event: response\.completed", _ID),
            _format(Operation.MESSAGES, "/v1/messages", rb"message_stop|message_delta", "request-id"),
            _format(
                Operation.GENERATE_CONTENT, _GENERATE, rb"finishReason", stream_path=_STREAM + "?alt=sse"
            ),
            _format(Operation.GENERATE_CONTENT_ARRAY, _GENERATE, rb"finishReason", stream_path=_STREAM),
            _format(
                Operation.CONVERSE,
                "/model/MODEL/converse",
                rb"messageStop|metadata",
                "x-amzn-requestid",
                "/model/MODEL/converse-stream",
            ),
            _format(Operation.COHERE_CHAT, "/v2/chat", rb'"finish_reason":"(?!ERROR)'),
            _format(Operation.OLLAMA_CHAT, "/api/chat", rb'"done":true'),
        )
    }
)
TYPED = [each for each in FORMATS.values() if each.operation not in (Operation.CHAT, Operation.COMPLETIONS)]
