"""Streams as vendors write them, and what was read of one: shared by the tests of the stream reader."""

import json
from dataclasses import dataclass
from typing import Any

from dialects.openai.stream import OpenAIStream
from dialects.usage import Usage

DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True)
class Reading:
    """All that a reader says of a stream."""

    passed: bytes
    usage: Usage | None
    error: str | None  # its code, or its message where it has none
    started: bool
    finished: bool
    text_length: int


def event(**fields: Any) -> bytes:
    return b"data: " + json.dumps(fields).encode() + b"\n\n"


def chunk(content: str | None = None, finish: str | None = None, index: int = 0, **fields: Any) -> bytes:
    delta = {} if content is None else {"content": content}
    return event(id="c1", choices=[{"index": index, "delta": delta, "finish_reason": finish}], **fields)


def delta(**fields: Any) -> bytes:
    return event(id="c1", choices=[{"index": 0, "delta": fields, "finish_reason": None}])


def usage(input: int, output: int, **more: Any) -> dict[str, Any]:
    return {"prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output, **more}


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[start:end] for start, end in zip(edges, edges[1:], strict=False)]


def read(*pieces: bytes, hide_usage: bool = False) -> Reading:
    """Feed the pieces, then end, as the road does at a vendor's clean end."""
    reader = OpenAIStream(hide_usage=hide_usage)
    passed = b"".join([*map(reader.feed, pieces), reader.end()])
    error = reader.error and (reader.error.code or reader.error.message)
    return Reading(passed, reader.usage, error, reader.started, reader.finished, reader.text_length)
