"""Gemini's token-counting requests: https://ai.google.dev/api/tokens."""

from typing import Any

import msgspec

from dialects.conversation import Conversation
from dialects.counting import Counting
from dialects.dialect import Asked, Destination, top_level
from dialects.errors import Malformed
from dialects.gemini.answer import decoded
from dialects.gemini.content import Gemini
from dialects.gemini.members import cameled, encoded, object_in, whole_number
from dialects.gemini.request import read_members, write_request
from dialects.openai.common import decode_request

_WHOLE = "generateContentRequest"
_DECODER = msgspec.json.Decoder(dict[str, Any])


def read_count_request(body: bytes) -> Conversation:
    """The conversation to count, from either form: bare contents, or a whole request.

    Raises Malformed, with the place, on anything else.
    """
    members = cameled(decode_request(_DECODER, body))
    whole = members.get(_WHOLE)
    # If both are given, only the whole request counts.
    return read_members(members if whole is None else object_in(whole, _WHOLE))


def write_count_request(conversation: Conversation, to: Destination, *, vertex: bool = False) -> bytes:
    """The body for a vendor; Vertex AI takes the request's members without a wrapper."""
    whole = write_request(conversation, to)
    if vertex:
        return whole
    members = top_level(whole)
    return encoded({_WHOLE: {"model": _named(to.model), **members}})


def _named(model: str) -> str:
    return model if "/" in model else f"models/{model}"


def read_count(body: bytes) -> int:
    """The tokens that a vendor counted; 0 may be omitted. Raises Malformed on anything but a count."""
    found = decoded(body)
    count = whole_number(found.get("totalTokens", 0)) if isinstance(found, dict) else None
    if count is None or count < 0 or "error" in found:
        raise Malformed("the answer has no totalTokens")
    return count


def write_count(tokens: int) -> bytes:
    """The body for a client."""
    return encoded({"totalTokens": tokens})


class GeminiCounting(Gemini):
    """The Dialect of `:countTokens`; its requests have two forms, its errors are Gemini's."""

    def peek(self, body: bytes) -> Asked:
        decode_request(_DECODER, body)
        return Asked(model="", include_usage=True)


COUNTING = Counting(Gemini(), read_count_request, write_count_request, read_count, write_count)
