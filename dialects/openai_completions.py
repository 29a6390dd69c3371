"""OpenAI's legacy completions: https://platform.openai.com/docs/api-reference/completions."""

import msgspec

from dialects.dialect import Asked
from dialects.openai_chat import OpenAIChat
from dialects.openai_common import StreamOptions, decode_request


class _Request(msgspec.Struct, frozen=True, gc=False):
    model: str
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: int | None = None
    n: int | None = None


_REQUEST = msgspec.json.Decoder(_Request)


class OpenAICompletions(OpenAIChat):
    """The Dialect of `/v1/completions`; its answers differ from chat's only inside a choice."""

    name = "openai_completions"

    def peek(self, body: bytes) -> Asked:
        request = decode_request(_REQUEST, body)
        return Asked(
            model=request.model,
            stream=bool(request.stream),
            include_usage=request.stream_options is not None and bool(request.stream_options.include_usage),
            max_output=request.max_tokens,
            choices=request.n or 1,
        )
