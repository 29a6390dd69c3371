"""What the gateway answers fits the document that OpenAI publishes of its API, whoever the vendor is."""

from typing import Any

import httpx
import pytest

from tests.journeys.program import ADMIN_KEY, Gateway
from tests.journeys.vendors import KINDS
from tests.published import published

OPENAI = published("openai")
USER = [{"role": "user", "content": "Is the signal green?"}]
TOOL = {"name": "look", "description": "Looks.", "parameters": {"type": "object", "properties": {}}}
CHATS: dict[str, dict[str, Any]] = {
    "plain": {"messages": USER},
    "tools": {"messages": USER, "tools": [{"type": "function", "function": TOOL}]},
    "schema": {
        "messages": USER,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "s", "schema": {"type": "object"}},
        },
    },
}
VENDORS = [each.value for each in KINDS]


def ask(gateway: Gateway, method: str, path: str, body: Any = None, key: str = "") -> httpx.Response:
    headers = {"authorization": f"Bearer {key or gateway.key}"}
    return httpx.request(method, f"{gateway.address}{path}", json=body, headers=headers, timeout=60)


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("kind", list(CHATS))
def test_chat_of_every_vendor(every_format: Gateway, vendor: str, kind: str) -> None:
    model = f"{vendor}/{'tools' if kind == 'tools' else 'small'}"
    answer = ask(every_format, "POST", "/v1/chat/completions", {"model": model, **CHATS[kind]})
    assert answer.status_code == 200, answer.text
    assert not OPENAI.answered("post", "/chat/completions", 200, answer.json())


@pytest.mark.parametrize("vendor", VENDORS)
def test_responses_of_every_vendor(every_format: Gateway, vendor: str) -> None:
    answer = ask(every_format, "POST", "/v1/responses", {"model": f"{vendor}/small", "input": "Is it green?"})
    assert answer.status_code == 200, answer.text
    assert not OPENAI.answered("post", "/responses", 200, answer.json())


OTHERS: list[tuple[str, str, str, Any]] = [
    ("post", "/completions", "/v1/completions", {"model": "small", "prompt": "Once"}),
    ("post", "/embeddings", "/v1/embeddings", {"model": "embed", "input": ["one", "two"]}),
    ("get", "/models", "/v1/models", None),
    ("get", "/models/{model}", "/v1/models/small", None),
    ("get", "/files", "/v1/files", None),
    ("get", "/batches", "/v1/batches", None),
]


@pytest.mark.parametrize(("method", "form", "path", "body"), OTHERS, ids=[each[1] for each in OTHERS])
def test_what_else_is_asked(gateway: Gateway, method: str, form: str, path: str, body: Any) -> None:
    answer = ask(gateway, method.upper(), path, body)
    assert answer.status_code == 200, answer.text
    assert not OPENAI.answered(method, form, 200, answer.json())


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("usage/completions", "/organization/usage/completions"),
        ("costs", "/organization/costs"),
    ],
)
def test_reports(gateway: Gateway, path: str, form: str) -> None:
    answer = ask(gateway, "GET", f"/v1/organization/{path}?start_time=1700000000&limit=2", key=ADMIN_KEY)
    assert answer.status_code == 200, answer.text
    assert not OPENAI.answered("get", form, 200, answer.json())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"model": "nobody", "messages": USER}, 404),
        ({"model": "small"}, 400),
        ({"model": 7, "messages": USER}, 400),
        ([], 400),
    ],
)
def test_errors(gateway: Gateway, body: Any, status: int) -> None:
    answer = ask(gateway, "POST", "/v1/chat/completions", body)
    assert answer.status_code == status
    assert not OPENAI.misfits("ErrorResponse", answer.json())


def test_a_wrong_key(gateway: Gateway) -> None:
    answer = ask(
        gateway, "POST", "/v1/chat/completions", {"model": "small", "messages": USER}, key="sk-wrong"
    )
    assert answer.status_code == 401
    assert not OPENAI.misfits("ErrorResponse", answer.json())
