"""A vendor of every format that says back the placeholders it was sent, a letter at a time."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from config.kinds import Operation
from dialects.bedrock.eventstream import encode
from tests.serving import serving

PLACEHOLDER = re.compile(r"<[A-Z_]+_[0-9a-f]{12,}>")
TOOL = "send_mail"


@dataclass(slots=True)
class Splitting:
    """What it was sent, and what it answers: thoughts, words and arguments, of the placeholders."""

    url: str = ""
    bodies: list[str] = field(default_factory=list)
    says: Callable[[list[str]], tuple[str, str, Any]] = lambda names: ("", " ".join(names), None)


def _sse(value: Any, name: str = "") -> bytes:
    return (f"event: {name}\n" if name else "").encode() + f"data: {json.dumps(value)}\n\n".encode()


def _frame(kind: str, value: Any) -> bytes:
    headers = {":message-type": "event", ":event-type": kind, ":content-type": "application/json"}
    return encode(headers, json.dumps(value).encode())


def _chat(thought: str, words: str, arguments: str | None) -> Iterator[bytes]:
    def chunk(delta: Any, finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return _sse(
            {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        )

    yield chunk({"role": "assistant", "content": ""})
    yield from (chunk({"reasoning_content": letter}) for letter in thought)
    yield from (chunk({"content": letter}) for letter in words)
    if arguments is not None:
        function = {"name": TOOL, "arguments": ""}
        yield chunk({"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": function}]})
        for letter in arguments:
            yield chunk({"tool_calls": [{"index": 0, "function": {"arguments": letter}}]})
    yield chunk({}, "stop" if arguments is None else "tool_calls")
    yield b"data: [DONE]\n\n"


def _messages(thought: str, words: str, arguments: str | None) -> Iterator[bytes]:
    def event(value: Any) -> bytes:
        return _sse(value, value["type"])

    usage = {"input_tokens": 1, "output_tokens": 1}
    message = {"id": "m", "type": "message", "role": "assistant", "content": [], "model": "m", "usage": usage}
    yield event({"type": "message_start", "message": message | {"stop_reason": None, "stop_sequence": None}})
    blocks: list[tuple[Any, str, str, str]] = [
        ({"type": "thinking", "thinking": "", "signature": ""}, "thinking_delta", "thinking", thought),
        ({"type": "text", "text": ""}, "text_delta", "text", words),
    ]
    if arguments is not None:
        made = {"type": "tool_use", "id": "toolu_1", "name": TOOL, "input": {}}
        blocks.append((made, "input_json_delta", "partial_json", arguments))
    for index, (block, kind, member, text) in enumerate(blocks):
        yield event({"type": "content_block_start", "index": index, "content_block": block})
        for letter in text:
            delta = {"type": kind, member: letter}
            yield event({"type": "content_block_delta", "index": index, "delta": delta})
        yield event({"type": "content_block_stop", "index": index})
    stop = {"stop_reason": "end_turn" if arguments is None else "tool_use", "stop_sequence": None}
    yield event({"type": "message_delta", "delta": stop, "usage": {"output_tokens": 1}})
    yield event({"type": "message_stop"})


def _gemini(thought: str, words: str, arguments: str | None) -> Iterator[bytes]:
    def part(value: Any, **more: Any) -> bytes:
        content = {"role": "model", "parts": [value] if value else []}
        return _sse({"candidates": [{"content": content, "index": 0, **more}], "modelVersion": "m"})

    yield from (part({"text": letter, "thought": True}) for letter in thought)
    yield from (part({"text": letter}) for letter in words)
    if arguments is not None:
        yield part({"functionCall": {"name": TOOL, "args": json.loads(arguments)}})
    yield part({"text": ""}, finishReason="STOP")


def _converse(thought: str, words: str, arguments: str | None) -> Iterator[bytes]:
    yield _frame("messageStart", {"role": "assistant"})
    for index, (kind, text) in enumerate((("reasoning", thought), ("text", words))):
        for letter in text:
            delta = {"reasoningContent": {"text": letter}} if kind == "reasoning" else {"text": letter}
            yield _frame("contentBlockDelta", {"contentBlockIndex": index, "delta": delta})
        yield _frame("contentBlockStop", {"contentBlockIndex": index})
    if arguments is not None:
        start = {"toolUse": {"toolUseId": "t1", "name": TOOL}}
        yield _frame("contentBlockStart", {"contentBlockIndex": 2, "start": start})
        for letter in arguments:
            delta = {"toolUse": {"input": letter}}
            yield _frame("contentBlockDelta", {"contentBlockIndex": 2, "delta": delta})
        yield _frame("contentBlockStop", {"contentBlockIndex": 2})
    yield _frame("messageStop", {"stopReason": "end_turn" if arguments is None else "tool_use"})
    usage = {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}
    yield _frame("metadata", {"usage": usage, "metrics": {"latencyMs": 1}})


def _cohere(thought: str, words: str, arguments: str | None) -> Iterator[bytes]:
    def event(kind: str, message: Any = None, **more: Any) -> bytes:
        delta = {} if message is None else {"delta": {"message": message}}
        return _sse({"type": kind, **delta, **more}, kind)

    yield event("message-start", {"role": "assistant"}, id="m")
    yield from (event("tool-plan-delta", {"tool_plan": letter}) for letter in thought)
    yield event("content-start", {"content": {"type": "text", "text": ""}}, index=0)
    for letter in words:
        yield event("content-delta", {"content": {"text": letter}}, index=0)
    yield event("content-end", index=0)
    if arguments is not None:
        function = {"name": TOOL, "arguments": ""}
        made = {"id": "t1", "type": "function", "function": function}
        yield event("tool-call-start", {"tool_calls": made}, index=0)
        for letter in arguments:
            yield event("tool-call-delta", {"tool_calls": {"function": {"arguments": letter}}}, index=0)
        yield event("tool-call-end", index=0)
    finish = "COMPLETE" if arguments is None else "TOOL_CALL"
    usage = {"tokens": {"input_tokens": 1, "output_tokens": 1}}
    yield _sse({"type": "message-end", "delta": {"finish_reason": finish, "usage": usage}}, "message-end")


def _ollama(thought: str, words: str, arguments: str | None) -> Iterator[bytes]:
    def line(message: Any, **more: Any) -> bytes:
        told = {"role": "assistant", "content": "", **message}
        return (
            json.dumps({"model": "m", "created_at": "2026-01-01T00:00:00Z", "message": told, **more}) + "\n"
        ).encode()

    yield from (line({"thinking": letter}, done=False) for letter in thought)
    yield from (line({"content": letter}, done=False) for letter in words)
    if arguments is not None:
        call = {"function": {"name": TOOL, "arguments": json.loads(arguments)}}
        yield line({"tool_calls": [call]}, done=False)
    yield line({}, done=True, done_reason="stop", prompt_eval_count=1, eval_count=1)


def _responses(thought: str, words: str, arguments: str | None) -> Iterator[bytes]:
    number = -1

    def event(kind: str, **more: Any) -> bytes:
        nonlocal number
        number += 1
        return _sse({"type": kind, "sequence_number": number, **more}, kind)

    summary = [{"type": "summary_text", "text": thought}]
    content = [{"type": "output_text", "text": words, "annotations": []}]
    message = {"type": "message", "id": "msg", "role": "assistant", "status": "completed", "content": content}
    output: list[Any] = [{"type": "reasoning", "id": "rs", "summary": summary}, message]
    if arguments is not None:
        said = {"name": TOOL, "arguments": arguments, "status": "completed"}
        output.append({"type": "function_call", "id": "fc", "call_id": "call_1", **said})
    whole = {"id": "r", "object": "response", "created_at": 1, "model": "m", "status": "completed"}
    usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
    yield event("response.created", response=whole | {"status": "in_progress", "output": []})
    pieces: list[tuple[str, Mapping[str, Any], str, str]] = [
        ("response.reasoning_summary_text", {"summary_index": 0}, "text", thought),
        ("response.output_text", {"content_index": 0}, "text", words),
        ("response.function_call_arguments", {}, "arguments", arguments or ""),
    ]
    for index, item in enumerate(output):
        empty = {"summary": [], "content": [], "arguments": ""}
        begun = {name: empty.get(name, value) for name, value in item.items()}
        yield event("response.output_item.added", output_index=index, item=begun)
        kind, place, member, text = pieces[index]
        where = {"item_id": item["id"], "output_index": index, **place}
        if index == 1:
            part = {"type": "output_text", "text": "", "annotations": []}
            yield event("response.content_part.added", part=part, **where)
        for letter in text:
            yield event(f"{kind}.delta", delta=letter, **where)
        yield event(f"{kind}.done", **{member: text}, **where)
        if index == 1:
            yield event("response.content_part.done", part=content[0], **where)
        yield event("response.output_item.done", output_index=index, item=item)
    yield event("response.completed", response=whole | {"output": output, "usage": usage})


_FORMS: Mapping[str, tuple[Callable[..., Iterator[bytes]], str]] = {
    "/chat/completions": (_chat, "text/event-stream"),
    "/responses": (_responses, "text/event-stream"),
    "/messages": (_messages, "text/event-stream"),
    "GenerateContent": (_gemini, "text/event-stream"),
    "/converse-stream": (_converse, "application/vnd.amazon.eventstream"),
    "/v2/chat": (_cohere, "text/event-stream"),
    "/api/chat": (_ollama, "application/x-ndjson"),
}
SPOKEN = (
    *(Operation.CHAT, Operation.RESPONSES, Operation.MESSAGES, Operation.GENERATE_CONTENT),
    *(Operation.CONVERSE, Operation.COHERE_CHAT, Operation.OLLAMA_CHAT),
)


@contextmanager
def splitting_vendor() -> Iterator[Splitting]:
    """It serves until it is left; only streams are asked of it."""
    splitting = Splitting()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            splitting.bodies.append(body)
            names = list(dict.fromkeys(PLACEHOLDER.findall(json.dumps(json.loads(body), ensure_ascii=False))))
            thought, words, arguments = splitting.says(names)
            made = None if arguments is None else json.dumps(arguments)
            write, kind = next(each for end, each in _FORMS.items() if end in self.path)
            said = b"".join(write(thought, words, made))
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *args: object) -> None:
            """Nothing is printed."""

    with serving(Handler) as address:
        splitting.url = f"{address}/v1"
        yield splitting
