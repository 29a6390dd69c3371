"""What a vendor keeps is shown as an answer is: guarded, and with what was masked."""

import asyncio
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.contents.sealing import Locksmith
from gateway.contents.vault import Vault
from gateway.responses import stored
from gateway.responses.masks import Masks
from storage.engine import open_database
from tests.gateway.relaying.vendor import Told, Vendor, answers, line
from tests.gateway.responses.test_going_on import ADMIN, MORE, OPENAI, Keeping, asked, id_in, new_key
from tests.gateway.responses.test_masks import ANN, KEY, KEYS, MAIL, OTHER, call, masking, text_of
from tests.patience import until

STRICT = """\
  strict: { targets: [v0/m], guardrails: [projects] }
guards:
  projects: { kind: words, stages: [output], words: [Project Nightjar] }
"""
SECRET = "of Project Nightjar"
ASKS = "teams: { default: { unmask: on-request } }\nguardrails: [pii]"


async def test_what_was_masked_is_shown_to_who_said_it(tmp_path: Path) -> None:
    vendor = Keeping("a")
    async with masking(tmp_path, vendor) as relay:
        made = id_in(await asked(relay, input=MAIL))
        vendor.shows = vendor.texts[made]
        assert MAIL not in vendor.shows
        shown = await relay.here.get(f"/v1/responses/{made}")
        assert text_of(shown) == MAIL
        keys = (await relay.here.client.get("/admin/v1/keys", headers=ADMIN)).json()
        other = await new_key(relay, team=keys["data"][0]["team"])
        shown = await relay.here.client.get(f"/v1/responses/{made}", headers=other)
        assert text_of(shown) == vendor.shows


async def test_it_is_shown_as_its_team_and_its_caller_want_it(tmp_path: Path) -> None:
    vendor = Keeping("a")
    more = f"{MORE}\n{ASKS}\nretention: {{ keys: {{ one: '{KEY}' }} }}"
    async with line(tmp_path, vendor, more=more, kind=OPENAI) as relay:
        own = relay.here.headers
        for asks in ({"x-signalbox-unmask": "true"}, {}):
            made = id_in(await asked(relay, {**own, **asks}, input=MAIL))
            vendor.shows = vendor.texts[made]
            for wish, text in (({}, vendor.shows), ({"x-signalbox-unmask": "true"}, MAIL)):
                shown = await relay.here.client.get(f"/v1/responses/{made}", headers={**own, **wish})
                assert text_of(shown) == text


@pytest.mark.parametrize("refusal", ["error", "finish"])
async def test_what_a_guard_stops_is_not_to_be_had_from_what_the_vendor_keeps(
    tmp_path: Path, refusal: str
) -> None:
    vendor = Keeping("a")
    models = f"{STRICT}guarding: {{ refusal: {refusal} }}"
    async with line(tmp_path, vendor, more=MORE, kind=OPENAI, models=models) as relay:
        stopped = await asked(relay, model="strict", input=SECRET)
        assert SECRET not in stopped.text
        # Nobody can tell by which model it was asked, once it lies there.
        made = id_in(await asked(relay, input=SECRET) if refusal == "error" else stopped)
        vendor.shows = vendor.texts[made]
        shown = await relay.here.get(f"/v1/responses/{made}")
        assert SECRET in vendor.shows and SECRET not in shown.text
        if refusal == "error":
            assert (shown.status_code, shown.json()["error"]["code"]) == (400, "content_filter")
        else:
            assert (shown.status_code, shown.json()["status"]) == (200, "incomplete")
        pieces = await relay.here.get(f"/v1/responses/{made}?stream=true")
        assert (pieces.status_code, pieces.json()["error"]["param"]) == (400, "stream")


async def test_what_is_no_json_is_the_vendors_fault(tmp_path: Path) -> None:
    conversation = answers(200, b'{"id": "conv_1"}')
    vendor = Vendor(conversation, answers(200, f"so {SECRET}".encode(), "text/plain"))
    async with line(tmp_path, vendor, kind=OPENAI, models=STRICT) as relay:
        assert (await relay.post("/v1/conversations", json={})).status_code == 200
        shown = await relay.here.get("/v1/conversations/conv_1/items")
        assert (shown.status_code, shown.json()["error"]["code"]) == (502, "vendor_failed")


@pytest.mark.parametrize("refusal", ["error", "finish"])
async def test_what_a_caller_said_is_no_answer(tmp_path: Path, refusal: str) -> None:
    words = [{"type": "output_text", "text": SECRET}]
    mine = {"type": "message", "role": "user", "content": f"{MAIL} {SECRET}"}
    model = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "fine"}]}
    call = {"type": "function_call", "name": "f", "arguments": "{}"}

    def listed(*items: Any) -> Any:
        return answers(200, json.dumps({"object": "list", "data": items, "first_id": "a"}).encode())

    lists = listed(mine, model, mine), listed({**model, "content": words}, mine, call)
    vendor = Vendor(answers(200, b'{"id": "conv_1"}'), *lists, answers(200, json.dumps(mine).encode()))
    models = f"{STRICT}guarding: {{ refusal: {refusal} }}"
    async with line(tmp_path, vendor, kind=OPENAI, models=models) as relay:
        assert (await relay.post("/v1/conversations", json={})).status_code == 200
        shown = await relay.here.get("/v1/conversations/conv_1/items")
        assert shown.json() == {"object": "list", "data": [mine, model, mine], "first_id": "a"}
        stopped = await relay.here.get("/v1/conversations/conv_1/items")
        if refusal == "error":
            assert (stopped.status_code, stopped.json()["error"]["code"]) == (400, "content_filter")
        else:
            blank = {**model, "content": [{"type": "output_text", "text": ""}]}
            assert stopped.json()["data"] == [blank, mine]
        one = await relay.here.get("/v1/conversations/conv_1/items/msg_1")
        assert one.json() == mine


class Talking(Vendor):
    """A vendor with one conversation. A model there says all that was said in it."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.said: list[Any] = []

    async def _answer(self, told: Told, writer: asyncio.StreamWriter) -> None:
        await told.whole.wait()
        body = json.loads(told.body or b"{}")
        self.said += [each["content"] for each in body.get("items", [])]
        if told.line.split(" ")[1].endswith("/responses"):
            self.said.append(body["input"])
            content = [{"type": "output_text", "text": " ".join(self.said), "annotations": []}]
            item = {
                "type": "message",
                "id": f"msg_{len(self.asked)}",
                "role": "assistant",
                "content": content,
            }
            said = {
                "id": f"resp_{len(self.asked)}",
                "object": "response",
                "status": "completed",
                "model": "m",
            }
            said |= {"created_at": 1, "output": [item], "usage": {"input_tokens": 1, "output_tokens": 1}}
        elif told.line.split(" ")[1].endswith("/items"):
            items = [{"type": "message", "role": "user", "content": each} for each in self.said]
            said = {"object": "list", "data": items}
        else:
            said = {"id": "conv_1", "object": "conversation", "metadata": body.get("metadata", {})}
        await answers(200, json.dumps(said).encode())(told, writer)


@pytest.mark.parametrize("keys", [True, False], ids=["kept", "not kept"])
async def test_what_was_masked_in_a_conversation_comes_back_in_all_of_it(tmp_path: Path, keys: bool) -> None:
    vendor = Talking()
    more = f"{MORE}\n" + (f"retention: {{ keys: {{ one: '{KEY}' }} }}" if keys else "")
    guarded = "  guarded: { targets: [v0/m], guardrails: [pii] }"
    async with line(tmp_path, vendor, more=more, kind=OPENAI, models=guarded) as relay:
        item = {"type": "message", "role": "user", "content": MAIL}
        made = await relay.post("/v1/conversations", json={"metadata": {"m": MAIL}, "items": [item]})
        assert made.json()["metadata"] == {"m": MAIL}
        turn = {"conversation": "conv_1", "model": "guarded", "store": False}
        second = text_of(await asked(relay, input=OTHER, **turn))
        assert OTHER in second and (MAIL in second) is keys
        # A model before which no guard stands says them as well.
        third = await asked(relay, input="and?", model="one", conversation={"id": "conv_1"})
        items = (await relay.here.get("/v1/conversations/conv_1/items")).json()["data"]
        if keys:
            assert text_of(third) == f"{MAIL} {OTHER} and?"
            assert [each["content"] for each in items] == [MAIL, OTHER, "and?"]
        stranger = await new_key(relay, team="default")
        for headers in [stranger] if keys else [stranger, relay.here.headers]:
            fourth = text_of(await asked(relay, headers, input="", **turn))
            shown = await relay.here.client.get("/v1/conversations/conv_1/items", headers=headers)
            for text in (fourth, shown.text):
                assert len(re.findall("<EMAIL_[0-9a-f]{12}>", text)) == 2
                assert MAIL not in text and OTHER not in text
        assert not any(each.encode() in told.body for told in vendor.asked for each in (MAIL, OTHER))


async def test_what_another_process_writes_down_meanwhile_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "_PATIENCE", (0.05,) * 400)  # however long that takes on a busy machine
    vendor, name = Talking(), "<EMAIL_0123456789ab>"
    more = f"{MORE}\nretention: {{ keys: {{ one: '{KEY}' }} }}"
    async with line(tmp_path, vendor, more=more, kind=OPENAI) as relay:
        assert (await relay.post("/v1/conversations", json={"items": []})).status_code == 200
        [key] = (await relay.here.client.get("/admin/v1/keys", headers=ADMIN)).json()["data"]
        who = replace(ANN, key_id=key["id"], team=key["team"])
        vendor.said = [name]
        async with asyncio.TaskGroup() as tasks:
            answering = tasks.create_task(relay.here.get("/v1/conversations/conv_1/items"))
            await until(lambda: len(vendor.asked) == 2)
            database = open_database(f"sqlite:///{tmp_path}/state/signalbox.db")

            async def vault() -> Vault:
                return Vault(database, Locksmith(KEYS.keys))

            other, turn = Masks(vault), call("r", {name: MAIL})
            turn.at_ms = 4_000_000_000_000
            other.add("conv_1", who, turn, {})
            await other.write()
            await database.close()
        items = answering.result().json()["data"]
        assert [each["content"] for each in items] == [MAIL]
