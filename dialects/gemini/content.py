"""Gemini's own format, at Google AI and Vertex AI: https://ai.google.dev/api/generate-content."""

from functools import partial
from typing import Any

import msgspec

from dialects import sse
from dialects.answer import Answer
from dialects.checking import decoded_at
from dialects.conversation import Conversation
from dialects.dialect import Asked, Destination, Framing, LooksTwice, Parts, Reply, WholeAnswer, top_level
from dialects.errors import VendorError
from dialects.framing import ServerSentEvents
from dialects.gemini import answer as gemini_answer
from dialects.gemini import errors as gemini_errors
from dialects.gemini import request as gemini_request
from dialects.gemini.forms import GeminiForms
from dialects.gemini.framing import JsonArray
from dialects.gemini.members import cameled, encoded, whole_number, wrong
from dialects.gemini.parts import NAME
from dialects.gemini.stream import GeminiReader
from dialects.gemini.writer import GeminiWriter
from dialects.openai.common import decode_request
from dialects.watching import Watched
from dialects.weighing import weigh

# The API accepts both spellings, and counts as numbers or strings.
_Count = int | float | str | None


class _Config(msgspec.Struct, frozen=True, gc=False):
    maxOutputTokens: _Count = None
    max_output_tokens: _Count = None
    candidateCount: _Count = None
    candidate_count: _Count = None


class _Request(msgspec.Struct, frozen=True, gc=False):
    contents: msgspec.Raw
    generationConfig: _Config | None = None
    generation_config: _Config | None = None


_REQUEST = msgspec.json.Decoder(_Request)


class Gemini(LooksTwice):
    """The Dialect of `:generateContent` and `:streamGenerateContent`.

    `array`: the caller did not ask for `alt=sse`, so a stream is one growing JSON array.
    """

    name = NAME
    # Never sent to a vendor of this format.
    cannot = frozenset(
        [
            *("logit_bias", "parallel_tools", "verbosity", "user", "metadata", "cache_key", "store"),
            *("tools.strict", "image.detail", "audio.stored", "file.name", "refusal", "thinking.redacted"),
            *("thinking.id", "citations", "name", "developer", "cache"),
        ]
    )
    origins = frozenset(["gemini"])
    # Google's own SDK parses every line as JSON, comments too: https://github.com/googleapis/python-genai
    keep_alive = b""

    def __init__(self, *, array: bool = False) -> None:
        self._array = array
        self.framing: Framing = JsonArray() if array else ServerSentEvents()
        self.forms = GeminiForms(array=array)
        self.stream_type = (
            b"application/json; charset=utf-8" if array else b"text/event-stream; charset=utf-8"
        )

    def peek(self, body: bytes) -> Asked:
        request = decode_request(_REQUEST, body)
        if bytes(request.contents)[:1] not in (b"[", b"{"):
            raise wrong("contents", "an array", decoded_at("contents", request.contents))
        configs = [each for each in (request.generationConfig, request.generation_config) if each is not None]
        # Of two limits the greater counts, as the vendor might use either.
        bounds = [_count(each.maxOutputTokens, each.max_output_tokens) for each in configs]
        choices = [_count(each.candidateCount, each.candidate_count) for each in configs]
        return Asked(
            model="",
            include_usage=True,
            max_output=max((each for each in bounds if each is not None), default=None),
            choices=max((each for each in choices if each is not None), default=1) or 1,
        )

    def edit(self, body: bytes, to: Destination, parts: Parts | None = None) -> bytes:
        """Re-encoded from its members, so that the vendor never sees duplicate keys."""
        members: dict[str, Any] = cameled(top_level(body))
        return encoded(gemini_request.edited(members, to))

    def peek_answer(self, body: bytes) -> WholeAnswer:
        return gemini_answer.peek_answer(body)

    def watcher(self, *, hide_usage: bool) -> Watched:
        return Watched(self.framing, self.reader())

    def read_error(self, status: int, body: bytes) -> VendorError:
        return gemini_errors.read_error(status, body)

    def write_error(self, error: VendorError, status: int) -> bytes:
        body = gemini_errors.write_error(error, status)
        return b"[%b]" % body if self._array else body

    def write_error_event(self, error: VendorError, status: int) -> bytes:
        """The error as an event; in an array it is the last element, after at least one other."""
        body = gemini_errors.write_error(error, status)
        return b",\n%b\n]" % body if self._array else sse.event(body)

    def input_estimate(self, body: bytes) -> int:
        return weigh(body)

    def unsaid(self, conversation: Conversation, to: Destination) -> tuple[str, ...]:
        return gemini_request.unsaid(conversation)

    def read_request(self, body: bytes) -> Conversation:
        return gemini_request.read_request(body)

    def write_request(self, conversation: Conversation, to: Destination) -> bytes:
        return gemini_request.write_request(conversation, to)

    def read_answer(self, body: bytes) -> Answer:
        return gemini_answer.read_answer(body)

    def write_answer(self, answer: Answer, reply: Reply) -> bytes:
        return gemini_answer.write_answer(answer, reply)

    def reader(self) -> GeminiReader:
        return GeminiReader(array=self._array)

    def writer(self, reply: Reply) -> GeminiWriter:
        return GeminiWriter(reply, array=self._array)


def _count(*spellings: _Count) -> int | None:
    counts = [count for each in spellings if (count := whole_number(each)) is not None]
    return max(counts, default=None)


in_an_array = partial(Gemini, array=True)
