"""Only its own team goes on with a response, and only at the vendor and by the account that made it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.gateway.relaying.vendor import Answer, Line, Told, Vendor, answers, line

MORE = "admin_key: 'a-key-of-an-admin-that-is-long-enough'"
OPENAI = "kind: openai, api_key: sk-1"
BUSY = answers(503, b"{}")


class Keeping(Vendor):
    """A vendor that keeps what it answers, each by a new id: all that it was told.

    `refuses` are keys that it is out of.
    """

    def __init__(self, name: str, refuses: tuple[str, ...] = ()) -> None:
        super().__init__(self._answer)
        self.name = name
        self.refuses = refuses
        self.texts: dict[str | None, str] = {}  # by response
        self.shows = ""  # where no body asks for anything

    async def _answer(self, told: Told, writer: asyncio.StreamWriter) -> None:
        await told.whole.wait()
        if told.headers["authorization"].removeprefix("Bearer ") in self.refuses:
            return await answers(429, b'{"error": {"message": "slow"}}')(told, writer)
        body = json.loads(told.body or b"{}")
        number = len(self.asked)
        text = f"{self.texts.get(body.get('previous_response_id'), '')}{body.get('input', self.shows)}"
        content = [{"type": "output_text", "text": text, "annotations": []}]
        item = {
            "type": "message",
            "id": f"msg_{self.name}_{number}x",
            "role": "assistant",
            "content": content,
        }
        said = {"id": f"resp_{self.name}_{number}x", "object": "response", "status": "completed"}
        said |= {"output": [item], "store": body.get("store", True), "model": "m", "created_at": 1}
        self.texts[said["id"]] = text
        said |= {"usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}}
        answer: Answer = answers(200, json.dumps(said).encode())
        if body.get("stream"):
            begun = {**said, "output": [], "status": "in_progress"}
            events = [{"type": "response.created", "response": begun, "sequence_number": 0}]
            events += [{"type": "response.output_item.added", "item": item, "output_index": 0}]
            place = {"item_id": item["id"], "output_index": 0, "content_index": 0}
            events += [{"type": "response.output_text.delta", "delta": text, **place}]
            events += [{"type": "response.completed", "response": said}]
            wire = "".join(f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in events)
            answer = answers(200, wire.encode(), "text/event-stream")
        await answer(told, writer)


ADMIN = {"authorization": "Bearer a-key-of-an-admin-that-is-long-enough"}


async def new_key(relay: Line, **of: str) -> dict[str, str]:
    """Headers of somebody else."""
    made = await relay.here.client.post("/admin/v1/keys", json=of, headers=ADMIN)
    return {"authorization": f"Bearer {made.json()['key']}"}


async def stranger(relay: Line) -> dict[str, str]:
    """Headers of another team."""
    await relay.here.client.post("/admin/v1/teams", json={"name": "strangers"}, headers=ADMIN)
    return await new_key(relay, team="strangers")


async def asked(relay: Line, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
    asks = {"model": "one", "input": "hi", **body}
    headers = headers or relay.here.headers
    return await relay.here.client.post("/v1/responses", json=asks, headers=headers, timeout=20)


def id_in(answer: httpx.Response) -> str:
    """The id of a response, streamed or not."""
    assert answer.status_code == 200, answer.text
    text = answer.text.rpartition("data: ")[2]
    told = json.loads(text)
    return str(told.get("response", told)["id"])


@pytest.mark.parametrize("stream", [False, True])
async def test_a_response_is_gone_on_with_by_its_own_team_alone(tmp_path: Path, stream: bool) -> None:
    vendor = Keeping("a")
    async with line(tmp_path, vendor, more=MORE, kind=OPENAI) as relay:
        other = await stranger(relay)
        made = id_in(await asked(relay, stream=stream))
        item = made.replace("resp", "msg")
        ways: list[dict[str, Any]] = [
            {"previous_response_id": made},
            {"input": [{"type": "item_reference", "id": item}]},
            {"input": [{"id": item}, {"role": "user", "content": "go on"}]},
        ]
        for way in ways:
            assert (await asked(relay, **way)).status_code == 200
        own = len(vendor.asked)
        for way in (*ways, {"input": [{"type": "reasoning", "id": item, "summary": []}]}):
            refused = await asked(relay, other, **way)
            assert refused.status_code == 404, refused.text
            assert refused.json()["error"]["type"] == "invalid_request_error"
        assert len(vendor.asked) == own


async def test_a_number_beyond_every_bound_hides_no_name(tmp_path: Path) -> None:
    vendor = Keeping("a")
    async with line(tmp_path, vendor, more=MORE, kind=OPENAI) as relay:
        made = id_in(await asked(relay))
        item = f'{{"type":"item_reference","id":"{made.replace("resp", "msg")}","role":1e999}}'
        for said in (f'"input":"hi","previous_response_id":"{made}","store":1e999', f'"input":[{item}]'):
            refused = await relay.here.client.post(
                "/v1/responses",
                content=f'{{"model":"one",{said}}}',
                headers={**await stranger(relay), "content-type": "application/json"},
            )
            assert (refused.status_code, refused.json()["error"]["code"]) == (404, "not_found")
        assert len(vendor.asked) == 1


@pytest.mark.parametrize(("rule", "status"), [("deny", 404), ("allow", 200)])
async def test_what_nobody_made_here_is_refused_unless_it_is_allowed(
    tmp_path: Path, rule: str, status: int
) -> None:
    more = f"{MORE}\nretention: {{ unknown_objects: {rule} }}"
    async with line(tmp_path, Keeping("a"), more=more, kind=OPENAI) as relay:
        made = id_in(await asked(relay))
        for member in ("previous_response_id", "conversation"):
            assert (await asked(relay, **{member: "an_old_one"})).status_code == status
        other = await stranger(relay)
        assert (await asked(relay, other, previous_response_id=made)).status_code == 404


async def test_what_was_not_to_be_kept_is_nobodys(tmp_path: Path) -> None:
    async with line(tmp_path, Keeping("a"), kind=OPENAI) as relay:
        made = id_in(await asked(relay, store=False))
        assert (await asked(relay, previous_response_id=made)).status_code == 404


async def test_a_response_is_gone_on_with_where_it_was_made(tmp_path: Path) -> None:
    vendors = Vendor(BUSY), Keeping("b")
    async with line(tmp_path, *vendors, kind=OPENAI) as relay:
        made = id_in(await asked(relay, model="many"))
        failed = len(vendors[0].asked)
        assert id_in(await asked(relay, model="many", previous_response_id=made)).startswith("resp_b")
        assert len(vendors[0].asked) == failed
        nowhere = await asked(relay, model="one", previous_response_id=made)
        assert (nowhere.status_code, len(vendors[0].asked)) == (400, failed)


async def test_no_fallback_takes_it_elsewhere(tmp_path: Path) -> None:
    first = Keeping("a")
    second = Keeping("b")
    async with line(tmp_path, first, second, kind=OPENAI) as relay:
        made = id_in(await asked(relay, model="many"))
        first.refuses = ("sk-1",)
        assert (await asked(relay, model="many", previous_response_id=made)).status_code == 429
        assert second.asked == []


async def test_it_goes_by_the_account_that_made_it(tmp_path: Path) -> None:
    vendor = Keeping("a", refuses=("sk-1",))
    for number in (1, 2):
        (tmp_path / f"key{number}").write_text(f"sk-{number}")
    keys = f"kind: openai, api_keys: ['file:{tmp_path}/key1', 'file:{tmp_path}/key2']"
    async with line(tmp_path, vendor, kind=keys) as relay:
        made = id_in(await asked(relay))
        vendor.refuses = ()
        for way in ("gone on with", "shown"):
            if way == "shown":
                assert (await relay.here.get(f"/v1/responses/{made}")).status_code == 200
            else:
                assert (await asked(relay, previous_response_id=made)).status_code == 200
            assert vendor.asked[-1].headers["authorization"] == "Bearer sk-2"
        vendor.refuses = ("sk-2",)
        assert (await asked(relay, previous_response_id=made)).status_code == 429


async def test_a_response_is_shown_and_deleted_for_its_own_team_alone(tmp_path: Path) -> None:
    vendor = Keeping("a")
    async with line(tmp_path, vendor, more=MORE, kind=OPENAI) as relay:
        made = id_in(await asked(relay))
        other = await stranger(relay)
        for method, path in (
            ("GET", ""),
            ("GET", "/input_items?limit=2"),
            ("POST", "/cancel"),
            ("DELETE", ""),
        ):
            url = f"/v1/responses/{made}{path}"
            refused = await relay.here.client.request(method, url, headers=other)
            assert (refused.status_code, refused.json()["error"]["code"]) == (404, "not_found")
            before = len(vendor.asked)
            given = await relay.here.client.request(method, url, headers=relay.here.headers)
            assert (given.status_code, len(vendor.asked)) == (200, before + 1), given.text
            assert vendor.asked[-1].line == f"{method} {url} HTTP/1.1"
        assert (await asked(relay, previous_response_id=made)).status_code == 404
        assert (await relay.here.get("/v1/responses/resp_x")).status_code == 404
        assert (await relay.here.get("/v1/responses/")).status_code == 404


async def test_a_line_of_a_batch_is_held_to_the_same(tmp_path: Path) -> None:
    vendor = Keeping("a")
    async with line(tmp_path, vendor, more=MORE, kind=f"{OPENAI}, batches: gateway") as relay:
        made = id_in(await asked(relay))
        other = await stranger(relay)
        body = {"model": "one", "input": "hi", "previous_response_id": made}
        one = {"custom_id": "a", "method": "POST", "url": "/v1/responses", "body": body}
        file = {"file": json.dumps(one).encode()}
        client = relay.here.client
        sent = await client.post("/v1/files", files=file, data={"purpose": "batch"}, headers=other)
        order = {"input_file_id": sent.json()["id"], "endpoint": "/v1/responses", "completion_window": "24h"}
        batch = (await client.post("/v1/batches", json=order, headers=other)).json()
        for _ in range(200):
            told = (await client.get(f"/v1/batches/{batch['id']}", headers=other)).json()
            if told["status"] == "completed":
                break
            await asyncio.sleep(0.05)
        errors = await client.get(f"/v1/files/{told['error_file_id']}/content", headers=other)
        assert json.loads(errors.text)["response"]["status_code"] == 404
        assert len(vendor.asked) == 1
