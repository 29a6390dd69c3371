"""One line on the road: as its key's holder, as often as that may help."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.batching.asking import Asker, face_of
from gateway.batching.lines import Line, Wrong
from gateway.endpoints.faces import Faces
from gateway.errors import Unauthenticated
from ledger.batches import Batch
from ledger.principal import Principal
from ledger.scope import compile_scope
from tests.gateway.batching.bench import CHAT, NOW, Bench, bench
from tests.gateway.road import WHO, WHOLE, Answer

BATCH = Batch(
    id="batch_sb1",
    team="support",
    key_id="key_1",
    endpoint=CHAT,
    input_file_id="f",
    completion_window="24h",
    created_ms=NOW,
    expires_ms=NOW,
)


def asker(here: Bench) -> Asker:
    face = face_of(Faces(), CHAT)
    assert face is not None
    return Asker(BATCH, *face, here.road.services)


def line(**body: Any) -> Line:
    return Line("a", msgspec.json.encode({"model": "fast", "messages": [], **body}))


@pytest.mark.parametrize(
    ("endpoint", "model"),
    [
        ("/v1/chat/completions", ""),
        ("/v1/messages", ""),
        ("/v1beta/models/m:generateContent", "m"),
        ("/v1beta/models/m:streamGenerateContent?alt=sse", None),
        ("/v1/files", None),
    ],
)
def test_a_batch_can_be_for(endpoint: str, model: str | None) -> None:
    found = face_of(Faces(), endpoint)
    assert (None if found is None else found[1]) == model


async def test_an_answer_is_the_vendors(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        found = await asker(here).ask(line(), here.road.deployment, asyncio.Event())
        assert found is not None and (found.status, found.body) == (200, WHOLE)
        [row] = here.road.rows
        assert row.attempt_id == f"{found.call_id}.1"
        assert here.porter.asked == ["key_1"]


async def test_a_failure_that_may_pass_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.batching.asking.pause", lambda error, tries: 0.0 if tries < 3 else None)
    busy = Answer(steps=(b"{}",), status=503)
    async with bench(tmp_path, {"a": [busy, busy, Answer()]}) as here:
        found = await asker(here).ask(line(), here.road.deployment, asyncio.Event())
        assert found is not None and found.status == 200
        assert [row.status for row in here.road.rows] == ["error", "error", "ok"]
    (tmp_path / "a.db").unlink()
    async with bench(tmp_path, {"a": [busy]}) as here:
        found = await asker(here).ask(line(), here.road.deployment, asyncio.Event())
        assert found is not None and found.status == 503
        assert b"error" in found.body
        assert len(here.road.rows) == 3


async def test_who_waits_to_ask_again_stops_when_the_batch_ends(tmp_path: Path) -> None:
    async with bench(tmp_path, {"a": [Answer(steps=(b"{}",), status=503)]}) as here:
        ended = asyncio.Event()
        ended.set()
        assert await asker(here).ask(line(), here.road.deployment, ended) is None


async def test_a_key_that_ended_is_told(tmp_path: Path) -> None:
    async with bench(tmp_path) as here:
        here.porter.revoked = True
        with pytest.raises(Unauthenticated):
            await asker(here).ask(line(), here.road.deployment, asyncio.Event())


async def test_what_breaks_us_is_a_failed_line(tmp_path: Path) -> None:
    async with bench(tmp_path, {"a": [Answer(fails=RuntimeError("ours"))]}) as here:  # type: ignore[arg-type]
        found = await asker(here).ask(line(), here.road.deployment, asyncio.Event())
        assert found is not None and found.status == 500
        assert b"ours" not in found.body


@pytest.mark.parametrize(
    ("asked", "who", "code"),
    [
        ({"model": "nobodys"}, WHO, "model_not_found"),
        ({"model": 7}, WHO, "invalid_body"),
        ({"stream": True}, WHO, "streamed_line"),
        ({}, msgspec.UNSET, "model_not_allowed"),
    ],
)
async def test_what_cannot_be_asked_is_said_before(
    tmp_path: Path, asked: dict[str, Any], who: Any, code: str
) -> None:
    if who is msgspec.UNSET:
        who = Principal("k", "k", "caller", "", "t", "o", scope=compile_scope(("other",)))
    async with bench(tmp_path) as here:
        with pytest.raises(Wrong) as wrong:
            asker(here).check(line(**asked), who)
        assert wrong.value.code == code
        asker(here).check(line(), WHO)
