"""AWS's SDK for the runtime of Bedrock."""

import base64
import json
from collections.abc import Mapping
from contextlib import closing
from types import MappingProxyType
from typing import Any, Literal

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.journeys.sdks.asking import PERSON, PIXEL, PURPOSE, RESULT, TOOL, WEATHER, Ask, Called, Said, Seen

_ENDS: Mapping[str, Literal["stop", "length", "tools"]] = MappingProxyType(
    {"end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length", "tool_use": "tools"}
)
_PLACE: Any = {"region_name": "us-east-1", "aws_secret_access_key": "nobody looks at it"}


class Converse:
    name = "boto3"
    wishes = frozenset({"schema", "stop"})
    broken = (ClientError, BotoCoreError)
    retries = True

    def __init__(self, address: str, key: str, retries: int = 0) -> None:
        again: Any = {"total_max_attempts": retries + 1}
        self._client: Any = boto3.client(
            "bedrock-runtime",
            endpoint_url=address,
            aws_access_key_id=key,
            config=Config(retries=again, read_timeout=30),
            **_PLACE,
        )
        made = self._client.exceptions
        self.refusals: Mapping[int, type[Exception]] = {
            400: made.ValidationException,
            401: ClientError,  # UnrecognizedClientException, for which the SDK has no class of its own
            404: made.ResourceNotFoundException,
            429: made.ThrottlingException,
            502: made.InternalServerException,
        }

    def whole(self, ask: Ask) -> Said:
        answer = self._client.converse(**_request(ask))
        blocks = answer["output"]["message"]["content"]
        return _said(blocks, answer["stopReason"], answer["usage"])

    def stream(self, ask: Ask) -> Said:
        with closing(self._client.converse_stream(**_request(ask))["stream"]) as events:
            return _gathered(events)

    def embed(self, model: str, texts: list[str]) -> list[list[float]]:
        raise NotImplementedError

    def seen(self, error: Any) -> Seen:
        about, said = error.response["ResponseMetadata"], error.response["Error"]
        headers = about["HTTPHeaders"]
        return Seen(about["HTTPStatusCode"], said["Message"], about["RequestId"], headers.get("retry-after"))

    def close(self) -> None:
        self._client.close()


def _request(ask: Ask) -> Any:
    content: list[Any] = [{"text": ask.words}]
    if ask.image:
        content.append({"image": {"format": "png", "source": {"bytes": base64.b64decode(PIXEL)}}})
    messages: list[Any] = [{"role": ask.role, "content": content}]
    if ask.said is not None:
        messages.append({"role": "assistant", "content": ask.said.turn})
        results = [{"toolUseId": call.id, "content": [{"text": RESULT}]} for call in ask.said.calls]
        messages.append({"role": "user", "content": [{"toolResult": each} for each in results]})
    asked: dict[str, Any] = {"modelId": ask.model, "messages": messages}
    bounds: dict[str, Any] = {}
    if ask.limit is not None:
        bounds["maxTokens"] = ask.limit
    if ask.stop:
        bounds["stopSequences"] = [ask.stop]
    if bounds:
        asked["inferenceConfig"] = bounds
    if ask.system:
        asked["system"] = [{"text": ask.system}]
    if ask.tool:
        spec = {"name": TOOL, "description": PURPOSE, "inputSchema": {"json": WEATHER}}
        asked["toolConfig"] = {"tools": [{"toolSpec": spec}]}
    if ask.schema:
        form = {"jsonSchema": {"name": "person", "schema": json.dumps(PERSON)}}
        asked["outputConfig"] = {"textFormat": {"type": "json_schema", "structure": form}}
    if ask.thinks:
        thinking = {"type": "enabled", "budget_tokens": 1024}
        asked["additionalModelRequestFields"] = {"thinking": thinking}
    return asked


def _said(blocks: list[Any], reason: str, usage: Any, pieces: tuple[str, ...] = ()) -> Said:
    thoughts = [
        each["reasoningContent"]["reasoningText"]["text"] for each in blocks if "reasoningContent" in each
    ]
    uses = [each["toolUse"] for each in blocks if "toolUse" in each]
    return Said(
        "".join(each["text"] for each in blocks if "text" in each),
        _ENDS[reason],
        (usage["inputTokens"], usage["outputTokens"]),
        blocks,
        "".join(thoughts),
        tuple(Called(use["toolUseId"], use["name"], use["input"]) for use in uses),
        pieces,
    )


def _gathered(events: Any) -> Said:
    """Blocks put together as AWS's own examples do: the SDK leaves it to its users."""
    blocks: dict[int, Any] = {}
    pieces: list[str] = []
    reason, usage = "", None
    for event in events:
        ((kind, found),) = event.items()
        if kind == "contentBlockStart":
            use = found["start"]["toolUse"]
            blocks[found["contentBlockIndex"]] = {"toolUse": {**use, "input": ""}}
        elif kind == "contentBlockDelta":
            _grow(blocks, found["contentBlockIndex"], found["delta"], pieces)
        elif kind == "messageStop":
            reason = found["stopReason"]
        elif kind == "metadata":
            usage = found["usage"]
    whole = [blocks[index] for index in sorted(blocks)]
    for use in [each["toolUse"] for each in whole if "toolUse" in each]:
        use["input"] = json.loads(use["input"])
    return _said(whole, reason, usage, tuple(pieces))


def _grow(blocks: dict[int, Any], index: int, delta: Any, pieces: list[str]) -> None:
    if "text" in delta:
        pieces.append(delta["text"])
        blocks.setdefault(index, {"text": ""})["text"] += delta["text"]
    elif "toolUse" in delta:
        blocks[index]["toolUse"]["input"] += delta["toolUse"]["input"]
    else:
        thought = blocks.setdefault(index, {"reasoningContent": {"reasoningText": {"text": ""}}})
        text = thought["reasoningContent"]["reasoningText"]
        for name, value in delta["reasoningContent"].items():
            text[name] = text.get(name, "") + value
