"""Google's SDK."""

import base64
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from google import genai
from google.genai import errors, types

from tests.journeys.sdks.asking import PERSON, PIXEL, PURPOSE, RESULT, TOOL, WEATHER, Ask, Called, Said, Seen


class Gemini:
    name = "google-genai"
    wishes = frozenset({"schema", "stop"})
    # One class for each half of the statuses is all that this SDK has.
    refusals: Mapping[int, type[Exception]] = MappingProxyType(
        {**dict.fromkeys((400, 401, 404, 429), errors.ClientError), 502: errors.ServerError}
    )
    broken = (errors.APIError,)
    retries = True

    def __init__(self, address: str, key: str, retries: int = 0) -> None:
        again = types.HttpRetryOptions(attempts=retries + 1, initial_delay=0.1)
        options = types.HttpOptions(base_url=address, timeout=30_000, retry_options=again)
        self._client = genai.Client(api_key=key, http_options=options)

    def whole(self, ask: Ask) -> Said:
        return _said([self._client.models.generate_content(**_request(ask))])

    def stream(self, ask: Ask) -> Said:
        chunks = list(self._client.models.generate_content_stream(**_request(ask)))
        said = [part.text for part in _parts(chunks) if part.text and not part.thought]
        return _said(chunks, tuple(said))

    def embed(self, model: str, texts: list[str]) -> list[list[float]]:
        contents: Any = texts
        found = self._client.models.embed_content(model=model, contents=contents).embeddings
        return [list(each.values or ()) for each in found or ()]

    def seen(self, error: Any) -> Seen:
        headers = error.response.headers
        return Seen(error.code, error.message, headers.get("x-request-id"), headers.get("retry-after"))

    def close(self) -> None:
        self._client.close()


def _request(ask: Ask) -> Any:
    parts = [types.Part.from_text(text=ask.words)]
    if ask.image:
        parts.append(types.Part.from_bytes(data=base64.b64decode(PIXEL), mime_type="image/png"))
    contents: list[Any] = [types.Content(role=ask.role, parts=parts)]
    if ask.said is not None:
        contents.append(types.Content(role="model", parts=ask.said.turn))
        answered = [
            types.FunctionResponse(id=call.id or None, name=call.name, response={"result": RESULT})
            for call in ask.said.calls
        ]
        results = [types.Part(function_response=each) for each in answered]
        contents.append(types.Content(role="user", parts=results))
    config = types.GenerateContentConfig(
        system_instruction=ask.system or None,
        max_output_tokens=ask.limit,
        stop_sequences=[ask.stop] if ask.stop else None,
    )
    if ask.tool:
        declared = types.FunctionDeclaration(name=TOOL, description=PURPOSE, parameters_json_schema=WEATHER)
        config.tools = [types.Tool(function_declarations=[declared])]
    if ask.schema:
        config.response_mime_type = "application/json"
        config.response_json_schema = PERSON
    if ask.thinks:
        config.thinking_config = types.ThinkingConfig(include_thoughts=True, thinking_budget=1024)
    return {"model": ask.model, "contents": contents, "config": config}


def _parts(answers: list[types.GenerateContentResponse]) -> list[types.Part]:
    contents = [answer.candidates[0].content for answer in answers if answer.candidates]
    return [part for content in contents if content is not None for part in content.parts or ()]


def _said(answers: list[types.GenerateContentResponse], pieces: tuple[str, ...] = ()) -> Said:
    parts = _parts(answers)
    calls = [part.function_call for part in parts if part.function_call]
    reasons = [answer.candidates[0].finish_reason for answer in answers if answer.candidates]
    assert reasons[-1] in ("STOP", "MAX_TOKENS"), reasons
    ended: Literal["stop", "length", "tools"] = "tools" if calls else "stop"
    if reasons[-1] == "MAX_TOKENS":
        ended = "length"
    usage = answers[-1].usage_metadata
    assert usage is not None
    output = (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)
    return Said(
        "".join(part.text for part in parts if part.text and not part.thought),
        ended,
        (usage.prompt_token_count or 0, output),
        parts,
        "".join(part.text for part in parts if part.text and part.thought),
        tuple(Called(call.id or "", call.name or "", call.args or {}) for call in calls),
        pieces,
    )
