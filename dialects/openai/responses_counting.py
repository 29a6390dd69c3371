"""OpenAI's endpoint that counts a Responses request's input tokens.

https://platform.openai.com/docs/api-reference/responses/input-tokens
"""

from dataclasses import replace

import msgspec

from dialects.conversation import Conversation
from dialects.counting import Counting
from dialects.dialect import Asked, Destination, WholeAnswer, top_level
from dialects.errors import UNREADABLE, Malformed
from dialects.openai.common import edit_body
from dialects.openai.responses import OpenAIResponses
from dialects.openai.responses_request import read_request, write_request
from dialects.usage import Usage

# Other members do not affect the count, and are rejected.
_TAKEN = (
    "model",
    "instructions",
    "input",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "text",
    "reasoning",
)
_FREE = WholeAnswer(Usage(), None, 0)  # no vendor bills counting
_ENCODE = msgspec.json.Encoder().encode


class _Counted(msgspec.Struct, frozen=True, gc=False):
    input_tokens: int


_DECODE = msgspec.json.Decoder(_Counted).decode


def read_count_request(body: bytes) -> Conversation:
    """The conversation to count. Raises Malformed, with the position, on bytes that are not a request."""
    return read_request(body)


def write_count_request(conversation: Conversation, to: Destination) -> bytes:
    """The body that asks a vendor to count."""
    members = top_level(write_request(conversation))
    body = _ENCODE({name: members[name] for name in _TAKEN if name in members})
    return edit_body(body, replace(to, ask_usage=False))


def read_count(body: bytes) -> int:
    """The tokens that a vendor counted. Raises Malformed on bytes that are not a count answer."""
    try:
        return max(0, _DECODE(body).input_tokens)
    except UNREADABLE:
        raise Malformed("the answer counts no input tokens") from None


def write_count(tokens: int) -> bytes:
    """The answer for a client."""
    return _ENCODE({"object": "response.input_tokens", "input_tokens": tokens})


class ResponsesCounting(OpenAIResponses):
    """The Dialect of `/v1/responses/input_tokens`; bytes pass, as requests may refer to stored objects."""

    def peek(self, body: bytes) -> Asked:
        return msgspec.structs.replace(super().peek(body), stream=False, max_output=None)

    def peek_answer(self, body: bytes) -> WholeAnswer:
        read_count(body)
        return _FREE


COUNTING = Counting(OpenAIResponses(), read_count_request, write_count_request, read_count, write_count)
