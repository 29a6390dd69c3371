"""Reads and writes a legacy completion request: one text to be continued."""

from typing import Any

from dialects.checking import checked, unknown, wrong
from dialects.conversation import Conversation, Extra, Message, Text, ToolResult
from dialects.dialect import Destination
from dialects.openai.chat_body import finished, write_sampling
from dialects.openai.chat_request import OBJECT, Wishes, read_options, sampling_of
from dialects.openai.common import decode_request

NAME = "openai_completions"
# The features that it can express.
SAYS = frozenset(
    [
        "max_output",
        "temperature",
        "top_p",
        "top_k",
        "stop",
        "seed",
        "choices",
        "frequency_penalty",
        "presence_penalty",
        "logit_bias",
        "logprobs",
        "prefill",
        "user",
        "extra",
    ]
)


class _Wire(Wishes, frozen=True, gc=False, kw_only=True):
    prompt: str | list[Any]
    logprobs: int | None = None


def read_request(body: bytes) -> Conversation:
    """Raises Malformed, with the position, on bytes that are not a request with one text prompt."""
    found = decode_request(OBJECT, body)
    wire = checked(found, _Wire)
    extra: Extra = unknown(found, _Wire) or {}
    return Conversation(
        dialect=NAME,
        model=wire.model,
        messages=(Message("user", (Text(_prompt(wire.prompt)),)),),
        sampling=sampling_of(wire, wire.max_tokens, wire.logprobs),
        stream=bool(wire.stream),
        include_usage=read_options(found.get("stream_options"), extra),
        user=wire.user,
        extra=extra or None,
    )


def _prompt(found: str | list[Any]) -> str:
    if isinstance(found, str):
        return found
    if len(found) == 1 and isinstance(found[0], str):
        return found[0]
    texts = bool(found) and all(isinstance(each, str) for each in found)
    what = "several prompts" if texts else "an empty list" if not found else "token ids"
    raise wrong(
        "prompt", f"the model's vendor speaks another format, which takes one text as a prompt, not {what}"
    )


def write_request(conversation: Conversation, to: Destination) -> bytes:
    """The body: all text as one prompt, with an empty line between parts."""
    sampling = conversation.sampling
    members: dict[str, Any] = {"model": to.model, "prompt": _said(conversation)}
    if sampling.max_output is not None:
        members["max_tokens"] = sampling.max_output
    members |= write_sampling(sampling)
    if sampling.logprobs is not None:
        members["logprobs"] = sampling.logprobs
    if conversation.user is not None:
        members["user"] = conversation.user
    return finished(members, conversation, to)


def _said(conversation: Conversation) -> str:
    parts = [part for message in conversation.messages for part in message.parts]
    inner = [each for part in parts for each in (part.parts if isinstance(part, ToolResult) else (part,))]
    return "\n\n".join(part.text for part in inner if isinstance(part, Text))
