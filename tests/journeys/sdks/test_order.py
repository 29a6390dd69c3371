"""The events of streams come in the order on which the official SDKs rely, whichever vendor answers."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import httpx
import pytest

from tests.dialects import anthropic_order, openai_chat_order, openai_responses_order
from tests.journeys.program import Gateway
from tests.journeys.sdks.asking import CALLING, PURPOSE, ROOM, TOOL, WEATHER, WORDS


class Face(NamedTuple):
    """One of the three big formats: where and how a stream is asked for, and how it is checked."""

    path: str
    said: Callable[[str], dict[str, Any]]
    tool: dict[str, Any]
    thinks: dict[str, Any]
    check: Callable[[bytes], None]


def _messages(words: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": words}]}


_FUNCTION = {"name": TOOL, "description": PURPOSE, "parameters": WEATHER}
FACES: Mapping[str, Face] = MappingProxyType(
    {
        "chat": Face(
            "/v1/chat/completions",
            lambda words: {**_messages(words), "stream_options": {"include_usage": True}},
            {"type": "function", "function": _FUNCTION},
            {"reasoning_effort": "low"},
            openai_chat_order.check_order,
        ),
        "responses": Face(
            "/v1/responses",
            lambda words: {"input": words},
            {"type": "function", **_FUNCTION},
            {"reasoning": {"effort": "low", "summary": "auto"}},
            openai_responses_order.check_order,
        ),
        "messages": Face(
            "/v1/messages",
            lambda words: {**_messages(words), "max_tokens": ROOM},
            {"name": TOOL, "description": PURPOSE, "input_schema": WEATHER},
            {"thinking": {"type": "enabled", "budget_tokens": 1024}},
            anthropic_order.check_order,
        ),
    }
)


@pytest.fixture(scope="module")
def client(gateway: Gateway) -> Iterator[httpx.Client]:
    with gateway.client() as client:
        yield client


@pytest.mark.parametrize("model", ["small", "reasoner", "reasoner@text=Well.", "large@length=0"])
@pytest.mark.parametrize("words", [WORDS, CALLING], ids=["text", "a call"])
@pytest.mark.parametrize("face", FACES.values(), ids=FACES)
def test_the_events_come_in_order(
    client: httpx.Client, vendor: str, face: Face, words: str, model: str
) -> None:
    asked = {"model": f"{vendor}/{model}", "stream": True, "tools": [face.tool], **face.said(words)}
    if model.startswith("reasoner"):
        asked |= face.thinks
    answer = client.post(face.path, json=asked)
    assert answer.status_code == 200, answer.text
    face.check(answer.content)
