"""Anthropic's token-counting requests.

https://docs.anthropic.com/en/api/messages-count-tokens
"""

import msgspec

from dialects.anthropic.messages import AnthropicMessages
from dialects.anthropic.request import MOST_OUTPUT, finish, read_messages_request, write_members
from dialects.conversation import Conversation
from dialects.counting import Counting
from dialects.dialect import Destination
from dialects.errors import Malformed
from dialects.json_objects import encode

_REFUSED = ("temperature", "top_p", "top_k", "stop_sequences", "metadata", "service_tier")


class _Counted(msgspec.Struct, frozen=True, gc=False):
    input_tokens: int


_DECODE = msgspec.json.Decoder(_Counted).decode


def read_count_request(body: bytes) -> Conversation:
    """The conversation to count. Raises Malformed, with the place, on anything but such a request."""
    return read_messages_request(body, counting=True)


def write_count_request(conversation: Conversation, to: Destination) -> bytes:
    """The body of a count request to a vendor."""
    members = write_members(conversation, to, conversation.sampling.max_output or MOST_OUTPUT)
    return finish({name: value for name, value in members.items() if name not in _REFUSED}, to)


def read_count_answer(body: bytes) -> int:
    """The tokens that a vendor counted. Raises Malformed on anything but such an answer."""
    try:
        counted = _DECODE(body)
    except (ValueError, RecursionError):
        raise Malformed("the answer counts no input tokens") from None
    return max(0, counted.input_tokens)


def write_count_answer(tokens: int) -> bytes:
    """The body of a count answer to a client."""
    return encode({"input_tokens": tokens})


COUNTING = Counting(
    AnthropicMessages(), read_count_request, write_count_request, read_count_answer, write_count_answer
)
