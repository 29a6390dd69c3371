"""Anthropic's Message Batches, as its own SDK makes and reads them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anthropic
import pytest
from msgspec.structs import replace

from gateway.batching.messages import message_batch
from ledger.batches import Batch
from tests.gateway.relaying.vendor import Line, Vendor, answers, line, silent

CHAT = b'{"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}'
BATCH = Batch(
    id="batch_sb1",
    team="red",
    key_id="k",
    endpoint="/v1/messages",
    input_file_id="f1",
    completion_window="24h",
    created_ms=1_800_000_000_000,
    expires_ms=1_800_086_400_000,
    total=9,
    completed=3,
    failed=1,
)


@pytest.fixture
async def relay(tmp_path: Path) -> AsyncIterator[Line]:
    vendor = Vendor(answers(200, CHAT), answers(400, b'{"error":{"message":"no"}}'), answers(200, CHAT))
    async with line(tmp_path, vendor, more="batches: { concurrency: 1, max_lines: 5 }") as relay:
        yield relay


def client_of(relay: Line) -> anthropic.AsyncAnthropic:
    key = relay.here.headers["authorization"].removeprefix("Bearer ")
    url = str(relay.here.client.base_url)
    return anthropic.AsyncAnthropic(base_url=url, api_key=key, max_retries=0)


def request(custom_id: str, **params: Any) -> Any:
    asked = {"model": "one", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}], **params}
    return {"custom_id": custom_id, "params": asked}


async def test_a_batch_is_made_watched_and_read(relay: Line) -> None:
    async with client_of(relay) as client:
        made = await client.messages.batches.create(requests=[request(name) for name in "abc"])
        assert (made.id[:11], made.type, made.results_url) == ("msgbatch_sb", "message_batch", None)
        for _ in range(600):
            batch = await client.messages.batches.retrieve(made.id)
            if batch.processing_status == "ended":
                break
            await asyncio.sleep(0.02)
        counts = batch.request_counts
        assert (counts.succeeded, counts.errored, counts.processing) == (2, 1, 0)
        results = {}
        async for told in await client.messages.batches.results(made.id):
            results[told.custom_id] = told.result
        assert {name: result.type for name, result in results.items()} == {
            "a": "succeeded",
            "b": "errored",
            "c": "succeeded",
        }
        told = results["a"]
        assert told.type == "succeeded" and told.message.content[0].text == "Hello"  # type: ignore[union-attr]
        listed = [each.id async for each in client.messages.batches.list()]
        assert listed == [made.id]
        assert (await client.messages.batches.cancel(made.id)).processing_status == "ended"
        assert (await client.messages.batches.delete(made.id)).type == "message_batch_deleted"
        assert not (await client.messages.batches.list()).data
    assert list((relay.place / "state" / "files").iterdir()) == []  # noqa: ASYNC240 - an empty folder


@pytest.mark.parametrize(
    "requests",
    [
        [],
        [request(str(number)) for number in range(6)],
        [request("a"), request("a")],
        [request("a", model="nobodys")],
        [request("a", stream=True)],
        [request("")],
        "x",
    ],
)
async def test_what_cannot_be_asked_is_refused_whole(relay: Line, requests: Any) -> None:
    async with client_of(relay) as client:
        with pytest.raises(anthropic.BadRequestError) as refusal:
            await client.messages.batches.create(requests=requests)
        assert refusal.value.body["error"]["type"] == "invalid_request_error"  # type: ignore[index]
        assert not (await client.messages.batches.list()).data
        for missing in ("msgbatch_sbnone", "batch_sbnone"):
            with pytest.raises(anthropic.NotFoundError):
                await client.messages.batches.retrieve(missing)
        with pytest.raises(anthropic.NotFoundError):
            await client.messages.batches.delete("msgbatch_sbnone")


async def test_what_is_at_work_has_no_results_and_is_not_deleted(tmp_path: Path) -> None:
    async with line(tmp_path, Vendor(silent)) as relay, client_of(relay) as client:
        made = await client.messages.batches.create(requests=[request("a")])
        with pytest.raises(anthropic.BadRequestError):
            await client.messages.batches.delete(made.id)
        with pytest.raises(anthropic.AnthropicError):
            await client.messages.batches.results(made.id)
        answer = await relay.here.client.get(
            f"/v1/messages/batches/{made.id}/results", headers=relay.here.headers
        )
        assert answer.status_code == 400
        assert (await client.messages.batches.cancel(made.id)).cancel_initiated_at is not None


@pytest.mark.parametrize(
    ("status", "shown", "counts"),
    [
        ("validating", "in_progress", {"processing": 5}),
        ("in_progress", "in_progress", {"processing": 5}),
        ("cancelling", "canceling", {"processing": 5}),
        ("cancelled", "ended", {"canceled": 5}),
        ("expired", "ended", {"expired": 5}),
        ("failed", "ended", {"errored": 6}),
    ],
)
def test_a_status_is_told_in_its_words(status: str, shown: str, counts: dict[str, int]) -> None:
    told = message_batch(replace(BATCH, status=status))
    usual = {"processing": 0, "succeeded": 3, "errored": 1, "canceled": 0, "expired": 0}
    assert (told["processing_status"], told["request_counts"]) == (shown, {**usual, **counts})
    assert told["id"] == "msgbatch_sb1"
    assert told["created_at"] == "2027-01-15T08:00:00Z"
