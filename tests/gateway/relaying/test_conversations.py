"""Conversations at a vendor: made, gone on with and deleted by their own team, with OpenAI's SDK."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from openai import AsyncOpenAI, NotFoundError

from tests.gateway.relaying.vendor import Told, Vendor, answers, line
from tests.gateway.responses.test_going_on import MORE, OPENAI, stranger

LIST: dict[str, Any] = {"object": "list", "data": [], "has_more": False, "first_id": "", "last_id": ""}
RESPONSE = {"id": "resp_1", "object": "response", "status": "completed", "model": "m", "created_at": 1}
RESPONSE |= {"output": [], "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}}


async def talks(told: Told, writer: asyncio.StreamWriter) -> None:
    await told.whole.wait()
    method, path, _ = told.line.split(" ")
    said: dict[str, Any] = {"id": "conv_1", "object": "conversation", "created_at": 1, "metadata": {}}
    if path.endswith("/items"):
        said = LIST
    elif path.endswith("/responses"):
        said = RESPONSE
    elif method == "DELETE":
        said = {"id": "conv_1", "object": "conversation.deleted", "deleted": True}
    await answers(200, json.dumps(said).encode())(told, writer)


def client(base: str, headers: dict[str, str]) -> AsyncOpenAI:
    key = headers["authorization"].removeprefix("Bearer ")
    return AsyncOpenAI(base_url=f"{base}/v1", api_key=key, max_retries=0)


async def test_a_conversation_is_its_own_teams(tmp_path: Path) -> None:
    vendor = Vendor(talks)
    async with line(tmp_path, vendor, more=MORE, kind=OPENAI) as relay:
        base = str(relay.here.client.base_url)
        async with client(base, relay.here.headers) as own, client(base, await stranger(relay)) as other:
            words: Any = [{"type": "message", "role": "user", "content": "hi"}]
            made = await own.conversations.create(items=words)
            assert made.id == "conv_1"
            before = len(vendor.asked)
            ways = [
                lambda who: who.conversations.retrieve(made.id),
                lambda who: who.conversations.update(made.id, metadata={"a": "b"}),
                lambda who: who.conversations.items.create(made.id, items=words),
                lambda who: who.conversations.items.list(made.id),
                lambda who: who.responses.create(model="one", input="go on", conversation=made.id),
                lambda who: who.conversations.delete(made.id),
            ]
            for way in ways:
                with pytest.raises(NotFoundError):
                    await way(other)
            assert len(vendor.asked) == before
            for number, way in enumerate(ways, 1):
                await way(own)
                assert len(vendor.asked) == before + number
            with pytest.raises(NotFoundError):
                await own.conversations.retrieve(made.id)
        assert (await relay.here.get("/v1/conversations")).status_code == 404


@pytest.mark.parametrize(
    "item",
    [
        {"type": "item_reference", "id": "msg_of_another"},
        {"role": "user", "content": [{"type": "input_file", "file_id": "file_of_another"}]},
    ],
)
async def test_no_item_of_another_team_is_put_into_one(tmp_path: Path, item: dict[str, Any]) -> None:
    vendor = Vendor(talks)
    async with line(tmp_path, vendor, kind=OPENAI) as relay:
        assert (await relay.post("/v1/conversations", json={"items": [item]})).status_code == 404
        assert vendor.asked == []
        assert (await relay.post("/v1/conversations", json={"items": []})).status_code == 200
        added = await relay.post("/v1/conversations/conv_1/items", json={"items": [item]})
        assert (added.status_code, len(vendor.asked)) == (404, 1)


async def test_what_is_put_into_one_is_guarded(tmp_path: Path) -> None:
    vendor = Vendor(talks)
    async with line(tmp_path, vendor, more="guardrails: [pii]", kind=OPENAI) as relay:
        words = [{"type": "message", "role": "user", "content": "write to ann.lee@example.com"}]
        assert (await relay.post("/v1/conversations", json={"items": words})).status_code == 200
        assert b"ann.lee" not in bytes(vendor.asked[-1].body)


async def test_a_vendor_that_keeps_none_is_named(tmp_path: Path) -> None:
    async with line(tmp_path, Vendor(answers(404, b"{}")), more=MORE, kind=OPENAI) as relay:
        refused = await relay.post("/v1/conversations", json={})
        assert refused.status_code == 404
        assert "does not have this object, or no longer has it" in refused.json()["error"]["message"]
