"""Answers held against their schemas over real sockets, whoever asks and whoever answers."""

import json
from collections.abc import Iterator

import pytest

from config.kinds import Operation
from tests.formats import FORMATS
from tests.journeys.program import ADMIN_KEY, Gateway, Simulator, running
from tests.journeys.vendors import price_lines, vendor_lines

WORDS = "Name the train."
SCHEMA = {"type": "object", "properties": {"train": {"type": "string"}}, "required": ["train"]}
GOOD = '{"text":"{\\"train\\":\\"night\\"}"}'
WISHES = {
    Operation.CHAT: {
        "response_format": {"type": "json_schema", "json_schema": {"name": "t", "schema": SCHEMA}}
    },
    Operation.RESPONSES: {"text": {"format": {"type": "json_schema", "name": "t", "schema": SCHEMA}}},
    Operation.MESSAGES: {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
    Operation.GENERATE_CONTENT: {
        "generationConfig": {"responseMimeType": "application/json", "responseJsonSchema": SCHEMA}
    },
    Operation.OLLAMA_CHAT: {"format": SCHEMA},
}
GROUPS = f"""\
models:
  stubborn: {{ targets: ["chat/small@text=prose"], json_schema: {{}} }}
  rescued: {{ targets: ["chat/small@text=prose"], fallback: [good], json_schema: {{}} }}
  good: {{ targets: ['chat/small@{GOOD}'] }}
  told: {{ targets: ["messages/small@text=prose"], json_schema: {{ check: unenforced, repair: false }} }}
capabilities:
  messages/*: {{ json_schema: false }}
"""


@pytest.fixture(scope="module")
def strict(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    deadlines = "{ connect: 5s, headers: 20s, first_content: 20s, idle: 20s }"
    lines = (*vendor_lines(simulator.base_url, deadlines), *price_lines(), GROUPS, f"admin_key: {ADMIN_KEY}")
    gateway = Gateway(tmp_path_factory.mktemp("checked"), "\n".join(lines))
    with running(gateway):
        yield gateway


def ask(gateway: Gateway, caller: Operation, model: str, *, stream: bool) -> tuple[int, str, bytes]:
    """Status, the request's id, body."""
    form = FORMATS[caller]
    asked = {**form.ask(model, WORDS, stream=stream), **WISHES[caller]}
    with gateway.client() as client:
        answer = client.post(form.at(model, stream=stream), json=asked)
    return answer.status_code, answer.headers["x-request-id"], answer.content


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("caller", WISHES)
def test_asked_again_and_then_elsewhere(strict: Gateway, caller: Operation, stream: bool) -> None:
    status, request, body = ask(strict, caller, "rescued", stream=stream)
    form = FORMATS[caller]
    assert status == 200
    assert json.loads(form.text(body, stream=stream)) == {"train": "night"}
    assert not stream or form.clean.search(body)
    rows = strict.attempts(request, 3)
    assert [(row["status"], row["error_code"]) for row in rows] == [
        ("error", "answer_not_valid"),
        ("error", "answer_not_valid"),
        ("ok", ""),
    ]
    assert all(row["cost_nano"] > 0 for row in rows)
    assert rows[1]["input_tokens"] > rows[0]["input_tokens"]  # it was shown its answer


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("caller", WISHES)
def test_what_is_not_valid_reaches_nobody(strict: Gateway, caller: Operation, stream: bool) -> None:
    status, _, body = ask(strict, caller, "stubborn", stream=stream)
    assert status == 502
    assert "it is not JSON" in FORMATS[caller].error(body, stream=False)


def test_a_model_without_schemas_is_told_in_words(strict: Gateway) -> None:
    status, request, _ = ask(strict, Operation.CHAT, "told", stream=False)
    assert status == 502
    [row] = strict.attempts(request)
    assert row["error_code"] == "answer_not_valid"
    assert row["input_tokens"] > 60  # the schema was in the question
