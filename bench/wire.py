"""The fixed requests and answers used with every measured server, identical byte for byte."""

import re
from dataclasses import dataclass

import orjson

MODEL = "fast"
PATH = "/v1/chat/completions"
DONE = b"data: [DONE]\n\n"

_DIGITS = 10
_NUMBERED = re.compile(rb'"(\d{10}) ')

_SHAPE = re.compile(r"-(\d+)x(\d+)ms$")
_ID = "chatcmpl-C9bXq0v7Zt2LkYw5uJmE3rHs8NdPa"
_CREATED = 1_760_000_000
_USAGE = {
    "prompt_tokens": 212,
    "completion_tokens": 50,
    "total_tokens": 262,
    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
}
_SENTENCE = "The 10:42 from the junction is held at the home signal until the down line is clear. "


@dataclass(frozen=True, slots=True)
class Shape:
    """How a streamed answer is paced: content chunks, and milliseconds between them (0: no pause)."""

    chunks: int = 50
    interval_ms: int = 0

    @property
    def model(self) -> str:
        """The model name that requests this shape from the benchmark's upstream."""
        return MODEL if self == Shape() else f"{MODEL}-{self.chunks}x{self.interval_ms}ms"

    @classmethod
    def of(cls, model: str) -> "Shape":
        """The shape that a model name requests; the default for names without one."""
        found = _SHAPE.search(model)
        return cls(int(found[1]), int(found[2])) if found else cls()


def request(model: str, size: int, *, stream: bool = False, number: int = 0) -> bytes:
    """A chat request of at least `size` bytes, longer by less than a sentence unless `size` is tiny.

    The prompt starts with the number: no server under test can answer a request from a cache filled by
    another, and the upstream recognises each, whatever fields were dropped or added on the way.
    """
    options: dict[str, object] = {"model": model}
    if stream:
        options |= {"stream": True, "stream_options": {"include_usage": True}}
    prompt = f"{number:0{_DIGITS}d} "
    missing = size - len(_dressed(options, prompt))
    return _dressed(options, prompt + _SENTENCE * -(-missing // len(_SENTENCE)))


def _dressed(options: dict[str, object], prompt: str) -> bytes:
    system = {"role": "system", "content": "You are a signaller. Answer briefly and name the block section."}
    user = {"role": "user", "content": prompt}
    return orjson.dumps(options | {"messages": [system, user], "temperature": 0.2, "max_tokens": 256})


def number_of(body: bytes) -> int:
    """The number of a request; -1 if it has none."""
    found = _NUMBERED.search(body)
    return int(found[1]) if found else -1


def around_number(body: bytes) -> tuple[bytes, bytes]:
    """The bytes before and after the ten digits of a request's number."""
    found = _NUMBERED.search(body)
    assert found is not None
    return body[: found.start(1)], body[found.end(1) :]


def answer() -> bytes:
    """A complete chat answer of about 600 bytes, with usage."""
    message: dict[str, object] = {
        "role": "assistant",
        "content": _SENTENCE * 2,
        "refusal": None,
        "annotations": [],
    }
    return orjson.dumps(
        {
            "id": _ID,
            "object": "chat.completion",
            "created": _CREATED,
            "model": MODEL,
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
            "usage": _USAGE,
            "service_tier": "default",
            "system_fingerprint": "fp_560af6e559",
        }
    )


def events(chunks: int, *, usage: bool) -> list[bytes]:
    """The events of a stream: a role, `chunks` of content, a finish, the usage if requested, the end."""
    role = _event({"role": "assistant", "content": "", "refusal": None}, None, usage=usage)
    content = _event({"content": " signal"}, None, usage=usage)
    finish = _event({}, "stop", usage=usage)
    last = [_chunk([], {"usage": _USAGE})] if usage else []
    return [role, *[content] * chunks, finish, *last, DONE]


def _event(delta: dict[str, object], finish: str | None, *, usage: bool) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return _chunk([choice], {"usage": None} if usage else {})


def _chunk(choices: list[dict[str, object]], extra: dict[str, object]) -> bytes:
    chunk = {
        "id": _ID,
        "object": "chat.completion.chunk",
        "created": _CREATED,
        "model": MODEL,
        "system_fingerprint": "fp_560af6e559",
        "choices": choices,
    }
    return b"data: " + orjson.dumps(chunk | extra) + b"\n\n"


def messages_answer() -> bytes:
    """The same complete answer in Anthropic's format."""
    return orjson.dumps(_message([{"type": "text", "text": _SENTENCE * 2}], "end_turn"))


def messages_events(chunks: int) -> list[bytes]:
    """The same stream in Anthropic's format, with the same number of text pieces."""
    began: dict[str, object] = {"type": "message_start", "message": _message([], None)}
    opened: dict[str, object] = {
        "type": "content_block_start",
        "index": 0,
        "content_block": {"type": "text", "text": ""},
    }
    delta: dict[str, object] = {
        "type": "content_block_delta",
        "index": 0,
        "delta": {"type": "text_delta", "text": " signal"},
    }
    ended: dict[str, object] = {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {"output_tokens": _USAGE["completion_tokens"]},
    }
    events: list[dict[str, object]] = [
        began,
        opened,
        *[delta] * chunks,
        {"type": "content_block_stop", "index": 0},
        ended,
    ]
    events.append({"type": "message_stop"})
    return [_named(event) for event in events]


def _message(content: list[dict[str, object]], reason: str | None) -> dict[str, object]:
    return {
        "id": "msg_01XFDUDYJgAACzvnptvVoYEL",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": content,
        "stop_reason": reason,
        "stop_sequence": None,
        "usage": {"input_tokens": _USAGE["prompt_tokens"], "output_tokens": _USAGE["completion_tokens"]},
    }


def _named(event: dict[str, object]) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (str(event["type"]).encode(), orjson.dumps(event))
