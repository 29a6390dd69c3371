"""Callers say how right an answer was, and are told what feedback is when it is none."""

from pathlib import Path
from typing import Any

import pytest

from tests.gateway.inside import gateway


async def test_feedback_is_taken_from_who_has_a_key(tmp_path: Path) -> None:
    async with gateway(tmp_path) as here:
        body = {"request_id": "req_01", "score": 1}
        taken = await here.client.post("/v1/feedback", json=body, headers=here.headers)
        stranger = await here.client.post("/feedback", json=body)
    assert (taken.status_code, taken.json()["accepted"]) == (202, True)
    assert taken.headers["x-request-id"].startswith("req_")
    assert (stranger.status_code, stranger.json()["error"]["code"]) == (401, "invalid_api_key")
    (labels,) = (tmp_path / "state" / "router").glob("labels-*.jsonl")
    assert labels.read_text() == '["req_01","default",1.0]\n'


@pytest.mark.parametrize(
    "body",
    [
        {"request_id": "req_1"},
        {"request_id": "x", "score": 1},
        {"request_id": "req_1", "score": 2},
        {"score": []},
        5,
    ],
    ids=str,
)
async def test_what_is_no_feedback_is_said(tmp_path: Path, body: Any) -> None:
    async with gateway(tmp_path) as here:
        refused = await here.client.post("/v1/feedback", json=body, headers=here.headers)
        large = await here.client.post("/v1/feedback", content=b" " * 5000, headers=here.headers)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_request")
    assert '"score": 1' in refused.json()["error"]["message"]
    assert large.status_code == 413


@pytest.mark.parametrize("body", [b'{"request_id":"req_\xff","score":1}', b"\xff", b"{", b"[" * 3000])
async def test_bytes_that_are_no_json_are_no_feedback(tmp_path: Path, body: bytes) -> None:
    async with gateway(tmp_path) as here:
        refused = await here.client.post("/v1/feedback", content=body, headers=here.headers)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_request")
    assert refused.headers["x-request-id"].startswith("req_")
