"""OpenAI's SDK, by chat completions or by responses."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

import openai

from tests.journeys.sdks.asking import PERSON, PIXEL, PURPOSE, RESULT, TOOL, WEATHER, Ask, Called, Said, Seen

_REFUSALS: Mapping[int, type[Exception]] = MappingProxyType(
    {
        400: openai.BadRequestError,
        401: openai.AuthenticationError,
        404: openai.NotFoundError,
        429: openai.RateLimitError,
        502: openai.InternalServerError,
    }
)
_IMAGE = f"data:image/png;base64,{PIXEL}"


class _OpenAI:
    refusals = _REFUSALS
    broken = (openai.APIError,)
    retries = True

    def __init__(self, address: str, key: str, retries: int = 0) -> None:
        self._client = openai.OpenAI(base_url=f"{address}/v1", api_key=key, max_retries=retries, timeout=30)

    def embed(self, model: str, texts: list[str]) -> list[list[float]]:
        return [each.embedding for each in self._client.embeddings.create(model=model, input=texts).data]

    def seen(self, error: Any) -> Seen:
        return Seen(
            error.status_code, error.message, error.request_id, error.response.headers.get("retry-after")
        )

    def close(self) -> None:
        self._client.close()


class Chat(_OpenAI):
    name = "openai chat"
    wishes = frozenset({"schema", "stop"})

    def whole(self, ask: Ask) -> Said:
        return _chat_said(self._client.chat.completions.create(**_chat(ask)))

    def stream(self, ask: Ask) -> Said:
        usage: Any = {"include_usage": True}
        with self._client.chat.completions.stream(**_chat(ask), stream_options=usage) as stream:
            pieces = tuple(event.delta for event in stream if event.type == "content.delta")
            # The helper's last word raises where the limit was met, so it is asked what it put together.
            return _chat_said(stream.current_completion_snapshot, pieces)


def _chat(ask: Ask) -> Any:
    content: Any = ask.words
    if ask.image:
        content = [
            {"type": "text", "text": ask.words},
            {"type": "image_url", "image_url": {"url": _IMAGE}},
        ]
    messages: list[Any] = [{"role": "system", "content": ask.system}] if ask.system else []
    messages.append({"role": ask.role, "content": content})
    if ask.said is not None:
        messages.append(ask.said.turn)
        messages += [{"role": "tool", "tool_call_id": call.id, "content": RESULT} for call in ask.said.calls]
    asked: dict[str, Any] = {"model": ask.model, "messages": messages}
    if ask.tool:
        function = {"name": TOOL, "description": PURPOSE, "parameters": WEATHER, "strict": True}
        asked["tools"] = [{"type": "function", "function": function}]
    if ask.schema:
        form = {"name": "person", "schema": PERSON, "strict": True}
        asked["response_format"] = {"type": "json_schema", "json_schema": form}
    if ask.thinks:
        asked["reasoning_effort"] = "low"
    if ask.limit is not None:
        asked["max_completion_tokens"] = ask.limit
    if ask.stop:
        asked["stop"] = [ask.stop]
    return asked


_CHAT_ENDS: Mapping[str, Literal["stop", "length", "tools"]] = MappingProxyType(
    {"stop": "stop", "length": "length", "tool_calls": "tools"}
)


def _chat_said(answer: Any, pieces: tuple[str, ...] = ()) -> Said:
    (choice,) = answer.choices
    message = choice.message
    calls = message.tool_calls or ()
    turn = {"role": "assistant", "content": message.content}
    if calls:
        turn["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.function.name, "arguments": call.function.arguments},
            }
            for call in calls
        ]
    return Said(
        message.content or "",
        _CHAT_ENDS[choice.finish_reason],
        (answer.usage.prompt_tokens, answer.usage.completion_tokens),
        turn,
        getattr(message, "reasoning_content", None) or "",
        tuple(Called(call.id, call.function.name, json.loads(call.function.arguments)) for call in calls),
        pieces,
    )


class Responses(_OpenAI):
    name = "openai responses"
    wishes = frozenset({"schema"})

    def whole(self, ask: Ask) -> Said:
        return _response_said(self._client.responses.create(**_response(ask)))

    def stream(self, ask: Ask) -> Said:
        with self._client.responses.stream(**_response(ask)) as stream:
            events = list(stream)
        pieces = tuple(event.delta for event in events if event.type == "response.output_text.delta")
        # The helper's last word knows no incomplete response, but its events do.
        last: Any = events[-1]
        return _response_said(last.response, pieces)

    def embed(self, model: str, texts: list[str]) -> list[list[float]]:
        raise NotImplementedError


def _response(ask: Ask) -> Any:
    content: list[Any] = [{"type": "input_text", "text": ask.words}]
    if ask.image:
        content.append({"type": "input_image", "image_url": _IMAGE, "detail": "auto"})
    items: list[Any] = [{"type": "message", "role": ask.role, "content": content}]
    if ask.said is not None:
        items += ask.said.turn
        items += [
            {"type": "function_call_output", "call_id": call.id, "output": RESULT} for call in ask.said.calls
        ]
    asked: dict[str, Any] = {"model": ask.model, "input": items, "store": False}
    if ask.system:
        asked["instructions"] = ask.system
    if ask.tool:
        function = {"name": TOOL, "description": PURPOSE, "parameters": WEATHER, "strict": True}
        asked["tools"] = [{"type": "function", **function}]
    if ask.schema:
        form = {"type": "json_schema", "name": "person", "schema": PERSON, "strict": True}
        asked["text"] = {"format": form}
    if ask.thinks:
        asked["reasoning"] = {"effort": "low", "summary": "auto"}
        asked["include"] = ["reasoning.encrypted_content"]
    if ask.limit is not None:
        asked["max_output_tokens"] = ask.limit
    return asked


def _response_said(answer: Any, pieces: tuple[str, ...] = ()) -> Said:
    calls = [item for item in answer.output if item.type == "function_call"]
    thoughts = [item for item in answer.output if item.type == "reasoning"]
    ended: Literal["stop", "length", "tools"] = "tools" if calls else "stop"
    if answer.status == "incomplete":
        assert answer.incomplete_details.reason == "max_output_tokens"
        ended = "length"
    parsed = {"parsed_arguments", "parsed"}  # the streaming helper's own, which are not sent back
    return Said(
        answer.output_text,
        ended,
        (answer.usage.input_tokens, answer.usage.output_tokens),
        [
            {name: value for name, value in item.to_dict().items() if name not in parsed}
            for item in answer.output
        ],
        "".join(part.text for item in thoughts for part in item.summary or item.content or ()),
        tuple(Called(call.call_id, call.name, json.loads(call.arguments)) for call in calls),
        pieces,
    )
