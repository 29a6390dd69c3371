"""Applies faults to bytes, per framing."""

import re
from collections.abc import Mapping

from dialects.bedrock.eventstream import EventStream, decode, encode
from dialects.dialect import Framing
from dialects.framing import JsonLines
from dialects.gemini.framing import JsonArray

# Formats that require a usage write zeros if it is unknown: https://docs.anthropic.com/en/api/messages and
# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
_ZEROS = re.compile(rb',"usage":\{[^{}]*\}')
_NONSENSE = b'{"broken": "this never en'
_HEADERS: Mapping[str, str] = {":event-type": "contentBlockDelta", ":message-type": "event"}


def broken_event(framing: Framing) -> bytes:
    """An event that no parser accepts; except with checksummed frames, every parser finds its end."""
    if isinstance(framing, EventStream):
        frame = encode(_HEADERS, _NONSENSE)
        return frame[:-1] + bytes([frame[-1] ^ 1])  # its checksum is wrong
    if isinstance(framing, JsonLines):
        return _NONSENSE + b"\n"
    if isinstance(framing, JsonArray):
        return b',\n{"broken": this}'
    return b"data: " + _NONSENSE + b"\n\n"


def uncounted(body: bytes) -> bytes:
    """A whole answer, or JSON events, without the zeros that stand for an unknown usage."""
    return _ZEROS.sub(b"", body)


def uncounted_events(data: bytes, framing: Framing) -> bytes:
    """Events without usage; with checksummed frames, the frame that reports it is left out."""
    if not isinstance(framing, EventStream):
        return uncounted(data)
    frames, _ = framing.split(data, 0)
    return b"".join(frame for frame in frames if decode(frame).headers.get(":event-type") != "metadata")
