"""Splits and decodes the events of a streamed response, the commonest one first."""

from typing import Any

import msgspec

from dialects import sse

_LF, _CR = b"\n\r"


class Event(msgspec.Struct, frozen=True, gc=False):
    """What nearly every event is read for; the rare ones are decoded again."""

    type: str = ""
    delta: str | None = None
    output_index: int = 0
    content_index: int = 0
    summary_index: int = 0
    item_id: str | None = None
    logprobs: list[dict[str, Any]] | None = None


class Said(msgspec.Struct, frozen=True, gc=False, tag="response.output_text.delta"):
    """The event of which nearly all of a stream consists."""

    delta: str
    output_index: int
    content_index: int
    logprobs: list[dict[str, Any]] | None = None


decode = msgspec.json.Decoder(Event).decode
decode_said = msgspec.json.Decoder(Said).decode
# A Said begins so, and is the rest.
BEFORE_SAID = b"event: response.output_text.delta\ndata: "


def data_of(event: bytes) -> bytes | None:
    """The data of an event; nearly all are a line with their name and a line with their data."""
    start = event.find(b"data: {")
    end = event.find(b"\n", start)
    if end == len(event) - 2 and _CR not in event and (start == 0 or start > 0 and event[start - 1] == _LF):
        return event[start + 6 : end]
    return sse.data_of(event)
