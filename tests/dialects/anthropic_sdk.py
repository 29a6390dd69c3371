"""Anthropic's own SDK as the judge of what is written for its users."""

import anthropic
import httpx2
from anthropic.types import Message

_ASKED = {"model": "m", "max_tokens": 5, "messages": [{"role": "user", "content": "x"}]}


def _client(status: int, kind: str, body: bytes) -> anthropic.Anthropic:
    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(status, headers={"content-type": kind}, content=body)

    transport = httpx2.MockTransport(answer)
    return anthropic.Anthropic(
        api_key="none", max_retries=0, http_client=anthropic.DefaultHttpxClient(transport=transport)
    )


def accumulated(stream: bytes) -> Message:
    """What the SDK makes of a streamed answer; raises what its user would see."""
    with _client(200, "text/event-stream", stream).messages.stream(**_ASKED) as events:  # type: ignore[arg-type]
        return events.get_final_message()


def received(status: int, body: bytes) -> Message:
    """What the SDK makes of a whole answer, or the error that its user would see."""
    return _client(status, "application/json", body).messages.create(**_ASKED)  # type: ignore[call-overload,no-any-return]
