"""What was masked in one turn comes back in the next, to whom it belongs and to nobody else."""

import base64
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import httpx
import pytest
from sqlalchemy import select

from config.retention import ContentKey, RetentionFacts
from config.secret import Secret
from gateway.call import Call
from gateway.contents.sealing import Locksmith
from gateway.contents.vault import Vault
from gateway.responses.masks import Masks, waiting
from ledger.principal import Principal
from storage.schema import contents
from tests.gateway.relaying.vendor import Line, line
from tests.gateway.responses.test_going_on import ADMIN, MORE, OPENAI, Keeping, asked, id_in, new_key
from tests.ledger.world import opened

MAIL = "tramper.37@night-train.example"
OTHER = "porter.11@night-train.example"
KEY = base64.b64encode(b"k" * 32).decode()
KEYS = RetentionFacts((ContentKey("one", Secret(KEY, "test")),))
ANN = Principal("k1", "", "caller", "ann", "red", "o")
BEN = replace(ANN, key_id="k2", user="ben")
VALUES = {"<EMAIL_0123456789ab>": MAIL}
MORE_VALUES = {"<EMAIL_1>": OTHER}


def call(name: str, values: dict[str, str], retention: RetentionFacts = KEYS) -> Call:
    catalog = SimpleNamespace(retention=retention)
    said = SimpleNamespace(id=name, masked=values, at_ms=1_000, deployment=SimpleNamespace(catalog=catalog))
    return cast(Call, said)


@asynccontextmanager
async def masking(place: Path, vendor: Keeping) -> AsyncIterator[Line]:
    more = f"{MORE}\nguardrails: [pii]\nretention: {{ keys: {{ one: '{KEY}' }} }}"
    async with line(place, vendor, more=more, kind=OPENAI) as relay:
        yield relay


def text_of(answer: httpx.Response) -> str:
    told = json.loads(answer.text.rpartition("data: ")[2])
    return str(told.get("response", told)["output"][0]["content"][0]["text"])


@pytest.mark.parametrize("stream", [False, True])
async def test_what_was_masked_before_comes_back_in_later_turns(tmp_path: Path, stream: bool) -> None:
    vendor = Keeping("a")
    async with masking(tmp_path, vendor) as relay:
        first = await asked(relay, input=f"{MAIL} ", stream=stream)
        second = await asked(relay, input="and? ", stream=stream, previous_response_id=id_in(first))
        assert text_of(second) == f"{MAIL} and? "
        if stream:
            assert MAIL in second.text.partition(".delta")[2].partition("response.completed")[0]
        third = await asked(relay, input=f"{OTHER} {MAIL}", stream=stream, previous_response_id=id_in(second))
        assert text_of(third) == f"{MAIL} and? {OTHER} {MAIL}"
        sent = b"".join(bytes(told.body) for told in vendor.asked)
        assert MAIL.encode() not in sent and OTHER.encode() not in sent


async def test_it_comes_back_after_a_restart_and_with_the_same_placeholder(tmp_path: Path) -> None:
    vendor = Keeping("a")
    async with masking(tmp_path, vendor) as relay:
        headers = relay.here.headers
        first = id_in(await asked(relay, input=f"{MAIL} "))
    async with masking(tmp_path, vendor) as relay:  # whose placeholders have another secret
        second = await asked(relay, headers, input=f"{MAIL}", previous_response_id=first)
        assert text_of(second) == f"{MAIL} {MAIL}"
        one, same = (json.loads(told.body)["input"].strip() for told in vendor.asked)
        assert one == same and one.startswith("<EMAIL_")
    with closing(sqlite3.connect(tmp_path / "state" / "signalbox.db")) as database:
        kept = [row[0] for row in database.execute("SELECT sealed FROM contents")]
    assert kept and not any(MAIL.encode() in sealed for sealed in kept)


async def test_to_another_person_of_the_team_nothing_comes_back(tmp_path: Path) -> None:
    async with masking(tmp_path, Keeping("a")) as relay:
        first = id_in(await asked(relay, input=MAIL))
        keys = (await relay.here.client.get("/admin/v1/keys", headers=ADMIN)).json()
        other = await new_key(relay, team=keys["data"][0]["team"])
        second = await asked(relay, other, input="", previous_response_id=first)
        assert text_of(second).startswith("<EMAIL_")


async def test_a_kept_map_is_given_to_who_said_it_alone(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as database:

        async def vault() -> Vault:
            return Vault(database, Locksmith(KEYS.keys))

        masks = Masks(vault)
        masks.put(["resp_1", "msg_1"], ANN, call("r1", VALUES))
        masks.add("conv_1", ANN, call("r1", VALUES), {})
        masks.add("conv_1", ANN, call("r2", {**VALUES, **MORE_VALUES}), VALUES)
        masks.add("conv_1", BEN, call("r3", {"<EMAIL_2>": "ben's"}), {})
        masks.add("conv_1", ANN, call("r4", VALUES), VALUES)
        for _ in ("waits", "is written"):
            assert await masks.of(["resp_1", "resp_2"], ANN) == VALUES
            assert await masks.of(["msg_1"], replace(ANN, key_id="k2")) == VALUES
            for other in ({"key_id": "k2", "user": "ben"}, {"key_id": "k2", "user": ""}, {"team": "blue"}):
                assert await masks.of(["resp_1"], replace(ANN, **other)) == {}
            assert await masks.of([], ANN, ["conv_1", "conv_2"]) == {**VALUES, **MORE_VALUES}
            assert await masks.of([], BEN, ["conv_1"]) == {"<EMAIL_2>": "ben's"}
            await masks.write()
        assert await Masks(vault).of(["resp_1"], ANN) == VALUES
        assert len(await database.fetch(select(contents))) == 5


@pytest.mark.parametrize(("values", "retention"), [({}, KEYS), (VALUES, RetentionFacts())])
def test_nothing_is_kept_where_nothing_was_masked_or_no_key_locks_it(
    values: dict[str, str], retention: RetentionFacts
) -> None:
    assert waiting(ANN, values, call("r1", values, retention)) is None


async def test_what_was_deleted_at_its_vendor_leaves_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as database:

        async def vault() -> Vault:
            return Vault(database, Locksmith(KEYS.keys))

        for written in (False, True):
            masks = Masks(vault)
            masks.put(["resp_1"], ANN, call("r1", VALUES))
            masks.put(["msg_1", "msg_2"], ANN, call("r1", VALUES))
            masks.put(["resp_2"], ANN, call("r2", VALUES))
            for each, of in (("conv_1", "r1"), ("conv_1", "r2"), ("conv_2", "r3")):
                masks.add(each, ANN, call(of, VALUES), {})
            if written:
                await masks.write()
            for name, left in (
                ("resp_1", 4),
                ("resp_of_nobody", 4),
                ("conv_1", 2),
                ("conv_2", 1),
                ("resp_2", 0),
            ):
                await masks.forget(name)
                await masks.write()
                assert len(await database.fetch(select(contents))) == left
            assert not await masks.of(["resp_1", "msg_1", "resp_2"], ANN, ["conv_1", "conv_2"])
