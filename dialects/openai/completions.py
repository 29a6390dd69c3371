"""OpenAI's legacy completions: https://platform.openai.com/docs/api-reference/completions."""

import msgspec

from dialects.answer import Answer
from dialects.conversation import Conversation
from dialects.dialect import Asked, Destination, Reply, SaysAll, StreamWriter
from dialects.features import NAMES
from dialects.openai.chat import OpenAIChat
from dialects.openai.chat_answer import read_answer
from dialects.openai.chat_forms import ChatForms
from dialects.openai.common import StreamOptions, decode_request
from dialects.openai.completions_answer import CompletionWriter, write_answer
from dialects.openai.completions_request import NAME, SAYS, read_request, write_request


class _Request(msgspec.Struct, frozen=True, gc=False):
    model: str
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: int | None = None
    n: int | None = None
    prompt: msgspec.Raw = msgspec.Raw()


_REQUEST = msgspec.json.Decoder(_Request)
_LISTED = msgspec.json.Decoder(list[msgspec.Raw])


def _prompts(raw: msgspec.Raw) -> int:
    """The number of prompts, each of which gets its own choices. A list of token ids is one prompt."""
    said = bytes(raw)
    if said[:1] != b"[":
        return 1
    listed = _LISTED.decode(said)
    return len(listed) if listed and bytes(listed[0])[:1] in (b'"', b"[") else 1


class OpenAICompletions(SaysAll, OpenAIChat):
    """The Dialect of `/v1/completions`; its answers differ from chat's only inside a choice.

    In the typed form a request is one user turn, and an answer is text.
    """

    name = NAME
    cannot = NAMES - SAYS
    origins = frozenset()
    forms = ChatForms("text_completion", spoken=False)

    def peek(self, body: bytes) -> Asked:
        request = decode_request(_REQUEST, body)
        return Asked(
            model=request.model,
            stream=bool(request.stream),
            include_usage=request.stream_options is not None and bool(request.stream_options.include_usage),
            max_output=request.max_tokens,
            choices=(request.n or 1) * _prompts(request.prompt),
        )

    def read_request(self, body: bytes) -> Conversation:
        return read_request(body)

    def write_request(self, conversation: Conversation, to: Destination) -> bytes:
        return write_request(conversation, to)

    def read_answer(self, body: bytes) -> Answer:
        return read_answer(body, NAME)

    def write_answer(self, answer: Answer, reply: Reply) -> bytes:
        return write_answer(answer, reply)

    def writer(self, reply: Reply) -> StreamWriter:
        return CompletionWriter(reply)
