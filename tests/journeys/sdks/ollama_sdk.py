"""Ollama's SDK."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

import ollama

from tests.journeys.sdks.asking import PERSON, PIXEL, PURPOSE, RESULT, TOOL, WEATHER, Ask, Called, Said, Seen


class Chat:
    name = "ollama"
    wishes = frozenset({"schema", "stop"})
    refusals: Mapping[int, type[Exception]] = MappingProxyType(
        dict.fromkeys((400, 401, 404, 429, 502), ollama.ResponseError)
    )
    broken = (ollama.ResponseError,)
    retries = False

    def __init__(self, address: str, key: str, retries: int = 0) -> None:
        self._client = ollama.Client(address, headers={"authorization": f"Bearer {key}"}, timeout=30)

    def whole(self, ask: Ask) -> Said:
        return _said([self._client.chat(**_request(ask))])

    def stream(self, ask: Ask) -> Said:
        chunks = list(self._client.chat(**_request(ask), stream=True))
        return _said(chunks, tuple(chunk.message.content for chunk in chunks if chunk.message.content))

    def embed(self, model: str, texts: list[str]) -> list[list[float]]:
        return [list(each) for each in self._client.embed(model=model, input=texts).embeddings]

    def seen(self, error: Any) -> Seen:
        return Seen(error.status_code, error.error, None, None)

    def close(self) -> None:
        self._client.close()


def _request(ask: Ask) -> Any:
    spoken: dict[str, Any] = {"role": ask.role, "content": ask.words}
    if ask.image:
        spoken["images"] = [PIXEL]
    messages: list[Any] = [{"role": "system", "content": ask.system}] if ask.system else []
    messages.append(spoken)
    if ask.said is not None:
        messages.append(ask.said.turn)
        messages += [{"role": "tool", "tool_name": call.name, "content": RESULT} for call in ask.said.calls]
    asked: dict[str, Any] = {"model": ask.model, "messages": messages}
    if ask.tool:
        function = {"name": TOOL, "description": PURPOSE, "parameters": WEATHER}
        asked["tools"] = [{"type": "function", "function": function}]
    if ask.schema:
        asked["format"] = PERSON
    if ask.thinks:
        asked["think"] = True
    options: dict[str, Any] = {}
    if ask.limit is not None:
        options["num_predict"] = ask.limit
    if ask.stop:
        options["stop"] = [ask.stop]
    if options:
        asked["options"] = options
    return asked


def _said(chunks: list[ollama.ChatResponse], pieces: tuple[str, ...] = ()) -> Said:
    last = chunks[-1]
    assert last.done, "a stream without its end looked like a clean one"
    messages = [chunk.message for chunk in chunks]
    calls = [call for message in messages for call in message.tool_calls or ()]
    text = "".join(message.content or "" for message in messages)
    thought = "".join(message.thinking or "" for message in messages)
    ended: Literal["stop", "length", "tools"] = "tools" if calls else "stop"
    if last.done_reason == "length":
        ended = "length"
    turn = ollama.Message(role="assistant", content=text, thinking=thought or None, tool_calls=calls or None)
    return Said(
        text,
        ended,
        (last.prompt_eval_count or 0, last.eval_count or 0),
        turn,
        thought,
        tuple(Called("", call.function.name, call.function.arguments) for call in calls),
        pieces,
    )
