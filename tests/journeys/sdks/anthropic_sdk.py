"""Anthropic's SDK."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

import anthropic

from tests.journeys.sdks.asking import (
    PERSON,
    PIXEL,
    PURPOSE,
    RESULT,
    ROOM,
    TOOL,
    WEATHER,
    Ask,
    Called,
    Said,
    Seen,
)

_ENDS: Mapping[str, Literal["stop", "length", "tools"]] = MappingProxyType(
    {"end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length", "tool_use": "tools"}
)


class Messages:
    name = "anthropic"
    wishes = frozenset({"schema", "stop"})
    refusals: Mapping[int, type[Exception]] = MappingProxyType(
        {
            400: anthropic.BadRequestError,
            401: anthropic.AuthenticationError,
            404: anthropic.NotFoundError,
            429: anthropic.RateLimitError,
            502: anthropic.InternalServerError,
        }
    )
    broken = (anthropic.APIError,)
    retries = True

    def __init__(self, address: str, key: str, retries: int = 0) -> None:
        self._client = anthropic.Anthropic(base_url=address, api_key=key, max_retries=retries, timeout=30)

    def whole(self, ask: Ask) -> Said:
        return _said(self._client.messages.create(**_request(ask)))

    def stream(self, ask: Ask) -> Said:
        with self._client.messages.stream(**_request(ask)) as stream:
            pieces = tuple(stream.text_stream)
            return _said(stream.get_final_message(), pieces)

    def embed(self, model: str, texts: list[str]) -> list[list[float]]:
        raise NotImplementedError

    def seen(self, error: Any) -> Seen:
        headers = error.response.headers
        return Seen(error.status_code, error.message, error.request_id, headers.get("retry-after"))

    def close(self) -> None:
        self._client.close()


def _request(ask: Ask) -> Any:
    content: Any = ask.words
    if ask.image:
        source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
        content = [{"type": "text", "text": ask.words}, {"type": "image", "source": source}]
    messages: list[Any] = [{"role": ask.role, "content": content}]
    if ask.said is not None:
        messages.append({"role": "assistant", "content": ask.said.turn})
        results = [
            {"type": "tool_result", "tool_use_id": call.id, "content": RESULT} for call in ask.said.calls
        ]
        messages.append({"role": "user", "content": results})
    asked: dict[str, Any] = {"model": ask.model, "messages": messages, "max_tokens": ask.limit or ROOM}
    if ask.system:
        asked["system"] = ask.system
    if ask.tool:
        asked["tools"] = [{"name": TOOL, "description": PURPOSE, "input_schema": WEATHER}]
    if ask.schema:
        asked["output_config"] = {"format": {"type": "json_schema", "schema": PERSON}}
    if ask.thinks:
        asked["thinking"] = {"type": "enabled", "budget_tokens": 1024}
    if ask.stop:
        asked["stop_sequences"] = [ask.stop]
    return asked


def _said(message: Any, pieces: tuple[str, ...] = ()) -> Said:
    blocks = message.content
    usage = message.usage
    return Said(
        "".join(block.text for block in blocks if block.type == "text"),
        _ENDS[message.stop_reason],
        (usage.input_tokens + (usage.cache_read_input_tokens or 0), usage.output_tokens),
        [block.to_dict() for block in blocks],
        "".join(block.thinking for block in blocks if block.type == "thinking"),
        tuple(Called(block.id, block.name, block.input) for block in blocks if block.type == "tool_use"),
        pieces,
    )
