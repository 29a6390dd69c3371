"""Cohere's SDK, by the second version of its API."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

import cohere
import httpx
from cohere.core.api_error import ApiError

from tests.journeys.sdks.asking import PERSON, PIXEL, PURPOSE, RESULT, TOOL, WEATHER, Ask, Called, Said, Seen

_ENDS: Mapping[str, Literal["stop", "length", "tools"]] = MappingProxyType(
    {"COMPLETE": "stop", "STOP_SEQUENCE": "stop", "MAX_TOKENS": "length", "TOOL_CALL": "tools"}
)


class Chat:
    name = "cohere"
    wishes = frozenset({"schema", "stop"})
    refusals: Mapping[int, type[Exception]] = MappingProxyType(
        {
            400: cohere.BadRequestError,
            401: cohere.UnauthorizedError,
            404: cohere.NotFoundError,
            429: cohere.TooManyRequestsError,
            502: ApiError,
        }
    )
    broken = (ApiError, httpx.TransportError)
    retries = True

    def __init__(self, address: str, key: str, retries: int = 0) -> None:
        self._again: Any = {"max_retries": retries}
        self._http = httpx.Client(timeout=30)
        self._client = cohere.ClientV2(api_key=key, base_url=address, httpx_client=self._http)

    def whole(self, ask: Ask) -> Said:
        answer = self._client.chat(**_request(ask), request_options=self._again)
        return _said(answer.message, answer.finish_reason, answer.usage)

    def stream(self, ask: Ask) -> Said:
        return _gathered(self._client.chat_stream(**_request(ask), request_options=self._again))

    def embed(self, model: str, texts: list[str]) -> list[list[float]]:
        kinds: Any = ["float"]
        found = self._client.embed(
            model=model, texts=texts, input_type="search_document", embedding_types=kinds
        )
        return found.embeddings.float_ or []

    def seen(self, error: Any) -> Seen:
        body = error.body if isinstance(error.body, dict) else {"message": str(error.body)}
        headers = {name.lower(): value for name, value in (error.headers or {}).items()}
        message = str(body.get("message"))
        return Seen(error.status_code, message, headers.get("x-request-id"), headers.get("retry-after"))

    def close(self) -> None:
        self._http.close()


def _request(ask: Ask) -> Any:
    content: Any = ask.words
    if ask.image:
        url = {"url": f"data:image/png;base64,{PIXEL}"}
        content = [{"type": "text", "text": ask.words}, {"type": "image_url", "image_url": url}]
    messages: list[Any] = [{"role": "system", "content": ask.system}] if ask.system else []
    messages.append({"role": ask.role, "content": content})
    if ask.said is not None:
        messages.append(ask.said.turn)
        messages += [{"role": "tool", "tool_call_id": call.id, "content": RESULT} for call in ask.said.calls]
    asked: dict[str, Any] = {"model": ask.model, "messages": messages}
    if ask.tool:
        function = {"name": TOOL, "description": PURPOSE, "parameters": WEATHER}
        asked["tools"] = [{"type": "function", "function": function}]
    if ask.schema:
        asked["response_format"] = {"type": "json_object", "schema": PERSON}
    if ask.thinks:
        asked["thinking"] = {"type": "enabled", "token_budget": 1024}
    if ask.limit is not None:
        asked["max_tokens"] = ask.limit
    if ask.stop:
        asked["stop_sequences"] = [ask.stop]
    return asked


def _said(message: Any, reason: str, usage: Any, pieces: tuple[str, ...] = ()) -> Said:
    content = message.content or ()
    calls = message.tool_calls or ()
    return Said(
        "".join(part.text for part in content if part.type == "text"),
        _ENDS[reason],
        (int(usage.tokens.input_tokens), int(usage.tokens.output_tokens)),
        message,
        "".join(part.thinking for part in content if part.type == "thinking"),
        tuple(Called(call.id, call.function.name, json.loads(call.function.arguments)) for call in calls),
        pieces,
    )


def _gathered(events: Any) -> Said:
    """Pieces put together as Cohere's own examples do: the SDK leaves it to its users."""
    texts: list[str] = []
    thoughts: list[str] = []
    calls: list[Any] = []
    reason, usage, ended = "", None, False
    for event in events:
        said = getattr(event, "delta", None)
        if event.type == "content-delta":
            content = said.message.content
            (texts if content.text else thoughts).append(content.text or content.thinking)
        elif event.type == "tool-call-start":
            calls.append(said.message.tool_calls)
        elif event.type == "tool-call-delta":
            calls[-1].function.arguments += said.message.tool_calls.function.arguments
        elif event.type == "message-end":
            reason, usage, ended = said.finish_reason, said.usage, True
    assert ended, "a stream without message-end looked like a clean one"
    content = [{"type": "thinking", "thinking": "".join(thoughts)}] if thoughts else []
    content += [{"type": "text", "text": "".join(texts)}] if texts else []
    message = cohere.AssistantMessageResponse(
        role="assistant",
        content=content or None,
        tool_calls=calls or None,  # type: ignore[arg-type]
    )
    return _said(message, reason, usage, tuple(texts))
