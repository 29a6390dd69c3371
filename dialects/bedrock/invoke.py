"""Claude behind Bedrock's InvokeModel: Anthropic's Messages in other envelopes.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
"""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from dialects.bedrock.errors import read_error_event
from dialects.bedrock.eventstream import EventStream, read_headers, sections
from dialects.bedrock.stream import event_headers
from dialects.errors import Malformed

# The model and whether to stream are in the path, and members that it does not know are refused.
DROPS = frozenset(["model", "stream"])
SETS: Mapping[str, object] = MappingProxyType({"anthropic_version": "bedrock-2023-05-31"})

_ENCODE = msgspec.json.Encoder().encode
_FRAMES = EventStream()
_CHUNK = event_headers("chunk")
_COMMENT = b":\n\n"
_TYPES = {
    "ThrottlingException": "rate_limit_error",
    "ValidationException": "invalid_request_error",
    "ServiceUnavailableException": "overloaded_error",
    "ModelTimeoutException": "timeout_error",
}


class _Chunk(msgspec.Struct, frozen=True, gc=False):
    bytes: str


class _Event(msgspec.Struct, frozen=True, gc=False):
    type: str


_READ_CHUNK = msgspec.json.Decoder(_Chunk)
_READ_EVENT = msgspec.json.Decoder(_Event)


class InvokedStream:
    """The Framing of `/invoke-with-response-stream`, whose events come out as Anthropic's server-sent events.

    So what reads and passes on those streams can do it with these; the unfinished rest is Amazon's bytes.
    """

    def split(self, buffer: bytes, seen: int) -> tuple[list[bytes], bytes]:
        frames, rest = _FRAMES.split(buffer, seen)
        events: list[bytes] = []
        for number, frame in enumerate(frames):
            try:
                events.append(_unwrapped(frame))
            except Malformed:
                if not events:
                    raise
                return events, b"".join((*frames[number:], rest))  # it is raised when it comes first
        return events, rest


def _unwrapped(frame: bytes) -> bytes:
    """A comment for events that are none of the model's."""
    block, payload = sections(frame)
    if block != _CHUNK:
        headers = read_headers(block)
        if headers.get(":message-type") in ("exception", "error"):
            said = read_error_event(headers, payload)
            error = {"type": _TYPES.get(said.type or "", "api_error"), "message": said.message}
            return _sent("error", _ENCODE({"type": "error", "error": error}))
        if headers.get(":event-type") != "chunk":
            return _COMMENT
    try:
        data = b64decode(_READ_CHUNK.decode(payload).bytes, validate=True)
        return _sent(_READ_EVENT.decode(data).type, data)
    except (msgspec.MsgspecError, binascii.Error, ValueError) as broken:
        raise Malformed(f"a chunk that holds no event: {broken}") from None


def _sent(name: str, data: bytes) -> bytes:
    # Line ends are white space in JSON, but the end of an event's data.
    line = data.replace(b"\r", b" ").replace(b"\n", b" ")
    return b"event: %b\ndata: %b\n\n" % ("".join(name.split()).encode(), line)
