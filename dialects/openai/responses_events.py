"""Splits and decodes the events of a streamed response, with a fast path for the commonest."""

from typing import Any

import msgspec

from dialects import sse

_LF, _CR = b"\n\r"


class Event(msgspec.Struct, frozen=True, gc=False):
    """The members that suffice for nearly all events; rare ones are decoded again in full."""

    type: str = ""
    delta: str | None = None
    output_index: int = 0
    content_index: int = 0
    summary_index: int = 0
    item_id: str | None = None
    logprobs: list[dict[str, Any]] | None = None


class Said(msgspec.Struct, frozen=True, gc=False, tag="response.output_text.delta"):
    """The text delta, by far the commonest event."""

    delta: str
    output_index: int
    content_index: int
    logprobs: list[dict[str, Any]] | None = None


decode = msgspec.json.Decoder(Event).decode
decode_said = msgspec.json.Decoder(Said).decode
# What precedes a Said's JSON.
BEFORE_SAID = b"event: response.output_text.delta\ndata: "


def data_of(event: bytes) -> bytes | None:
    """The data of an event; nearly all events are a line with the name and a line with the data."""
    start = event.find(b"data: {")
    end = event.find(b"\n", start)
    if end == len(event) - 2 and _CR not in event and (start == 0 or start > 0 and event[start - 1] == _LF):
        return event[start + 6 : end]
    return sse.data_of(event)
