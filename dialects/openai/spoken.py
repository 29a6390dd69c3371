"""What OpenAI's formats share when bytes pass unchanged."""

from dialects import sse
from dialects.errors import VendorError
from dialects.framing import ServerSentEvents
from dialects.openai.common import edit_body, read_error_body, write_error_body
from dialects.openai.stream import OpenAIStream
from dialects.weighing import weigh


class OpenAISpoken:
    """Edits, relayed streams and errors, which are the same for every operation."""

    stream_type = b"text/event-stream; charset=utf-8"
    keep_alive = sse.KEEP_ALIVE
    framing = ServerSentEvents()
    edit = staticmethod(edit_body)

    def watcher(self, *, hide_usage: bool) -> OpenAIStream:
        return OpenAIStream(hide_usage=hide_usage)

    def read_error(self, status: int, body: bytes) -> VendorError:
        return read_error_body(status, body)

    def write_error(self, error: VendorError, status: int) -> bytes:
        return write_error_body(error)

    def write_error_event(self, error: VendorError, status: int) -> bytes:
        return sse.event(write_error_body(error))

    def input_estimate(self, body: bytes) -> int:
        return weigh(body)
