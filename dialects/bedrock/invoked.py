"""Anthropic's Messages in Bedrock's InvokeModel: events in frames, errors in Bedrock's format.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html
"""

from base64 import b64encode

from dialects import sse
from dialects.anthropic.messages import AnthropicMessages
from dialects.bedrock import errors
from dialects.bedrock.eventstream import pack, write_headers
from dialects.errors import VendorError

_CHUNK = write_headers(
    {":event-type": "chunk", ":content-type": "application/json", ":message-type": "event"}
)


class InvokedMessages(AnthropicMessages):
    """The Messages dialect for InvokeModel; its events become frames only at the end, by `framed`."""

    stream_type = b"application/vnd.amazon.eventstream"

    def write_error(self, error: VendorError, status: int) -> bytes:
        return errors.write_error(error, status)

    def write_error_event(self, error: VendorError, status: int) -> bytes:
        return errors.write_error_event(error, status)


def framed(events: bytes) -> bytes:
    """Complete events, each in its own frame."""
    found = map(sse.data_of, sse.events(events))
    return b"".join([pack(_CHUNK, b'{"bytes":"%b"}' % b64encode(data)) for data in found if data])
