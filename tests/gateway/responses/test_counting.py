"""Tokens of a Responses request are counted by who can, else here; what others said before is not counted."""

import json
from pathlib import Path

import httpx
import pytest

from tests.gateway.relaying.vendor import Answer, Line, Vendor, answers, line
from tests.gateway.responses.test_going_on import OPENAI

COUNTED = b'{"object": "response.input_tokens", "input_tokens": 17}'
NO_PATH = answers(404, b"not found", "text/plain")
NO_MODEL = answers(404, b'{"error": {"message": "no", "code": "model_not_found"}}')


async def counted(relay: Line, **body: object) -> httpx.Response:
    answer: httpx.Response = await relay.post(
        "/v1/responses/input_tokens", json={"model": "one", "input": "How long is this?", **body}
    )
    return answer


async def test_the_vendor_counts_where_it_can(tmp_path: Path) -> None:
    vendor = Vendor(answers(200, COUNTED))
    async with line(tmp_path, vendor, kind=OPENAI) as relay:
        answer = await counted(relay)
        assert (answer.status_code, answer.content) == (200, COUNTED)
        assert vendor.asked[0].line == "POST /v1/responses/input_tokens HTTP/1.1"
        assert json.loads(vendor.asked[0].body)["model"] == "m"
        row = (await relay.rows())[0]
        assert (row["endpoint"], row["cost_nano"]) == ("count_responses", 0)
        refused = await counted(relay, previous_response_id="resp_of_another")
        assert (refused.status_code, len(vendor.asked)) == (404, 1)
        messages = {"model": "one", "messages": [{"role": "user", "content": "hi"}]}
        anthropic = await relay.post("/v1/messages/count_tokens", json=messages)
        assert anthropic.json() == {"input_tokens": 17}


@pytest.mark.parametrize(
    ("kind", "answer", "status"),
    [(OPENAI, NO_PATH, 200), (OPENAI, NO_MODEL, 404), ("kind: openai-like", NO_PATH, 200)],
)
async def test_where_no_vendor_counts_it_is_estimated(
    tmp_path: Path, kind: str, answer: Answer, status: int
) -> None:
    async with line(tmp_path, Vendor(answer), kind=kind) as relay:
        told = await counted(relay)
        assert told.status_code == status, told.text
        if status == 200:
            assert told.headers["x-signalbox-estimated"] == "true"
            assert 3 <= told.json()["input_tokens"] <= 12
