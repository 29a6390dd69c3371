"""Each relayed attempt leaves one row that says what it came to."""

import asyncio
from pathlib import Path

import pytest

from routing.breaker import FAILURES_IN_A_ROW
from tests.gateway.relaying.vendor import Answer, Vendor, answers, begins, line, silent
from tests.patience import until

SPEECH = {"model": "one", "input": "hello", "voice": "a"}
EVENTS = (
    b'data: {"type":"speech.audio.delta"}\n\n'
    b'data: {"type":"speech.audio.done","usage":{"input_tokens":3,"output_tokens":9}}\n\n'
)


@pytest.mark.parametrize(
    ("answer", "status", "http", "code", "units", "estimated"),
    [
        pytest.param(answers(200, b"RIFF", "audio/wav"), "ok", 200, "", 5, 0, id="whole"),
        pytest.param(answers(200, b"", "audio/wav"), "ok", 200, "", 5, 0, id="empty"),
        pytest.param(answers(500, b"{}"), "error", 500, "vendor_failed", 0, 0, id="failed"),
        pytest.param(answers(404, b"{}"), "error", 404, "model_not_found", 0, 0, id="unknown there"),
        pytest.param(answers(302, b""), "error", 302, "vendor_failed", 0, 0, id="sent elsewhere"),
        pytest.param(begins(b"RI", "audio/wav", then=b""), "cut", 200, "vendor_cut", 5, 1, id="cut"),
    ],
)
async def test_a_row_says_how_it_ended(
    tmp_path: Path, answer: Answer, status: str, http: int, code: str, units: int, estimated: int
) -> None:
    async with line(tmp_path, Vendor(answer)) as relay:
        try:
            await relay.post("/v1/audio/speech", json=SPEECH)
        except OSError:
            pass
        except Exception as error:  # noqa: BLE001 - the answer that breaks off; the row is what counts here
            assert "incomplete" in str(error) or "peer closed" in str(error)
        [row] = await relay.rows()
    found = (row["status"], row["http_status"], row["error_code"], row["units"], row["estimated"])
    assert found == (status, http, code, units, estimated)


async def test_a_vendors_request_id_is_kept(tmp_path: Path) -> None:
    vendor = Vendor(answers(200, b"RIFF", "audio/wav", "x-request-id: theirs"))
    async with line(tmp_path, vendor) as relay:
        answer = await relay.post("/v1/audio/speech", json=SPEECH)
        [row] = await relay.rows()
        assert row["vendor_request_id"] == "theirs"
        assert row["attempt_id"] == f"{answer.headers['x-request-id']}.1"
        assert row["total_ms"] >= row["first_ms"] >= row["queue_ms"] > 0


async def test_what_it_asks_for_is_written_down_before_it_is_made(tmp_path: Path) -> None:
    vendor = Vendor(silent)
    async with line(tmp_path, vendor) as relay:
        body = {"model": "one", "prompt": "a cat", "n": 3}
        asking = asyncio.ensure_future(relay.post("/v1/images/generations", json=body))
        await until(lambda: vendor.asked)
        spooled = b"".join(each.read_bytes() for each in (tmp_path / "state" / "spool").glob("*.jsonl"))
        assert b',3,"image"]' in spooled  # what it is worth should this process die now
        asking.cancel()


async def test_events_tell_the_tokens(tmp_path: Path) -> None:
    async with line(tmp_path, Vendor(answers(200, EVENTS, "text/event-stream"))) as relay:
        answer = await relay.post("/v1/audio/speech", json={**SPEECH, "stream_format": "sse"})
        assert answer.content == EVENTS
        [row] = await relay.rows()
        assert (row["input_tokens"], row["output_tokens"], row["units"], row["stream"]) == (3, 9, 5, 1)


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [("{ input: 1, output: 2 }", (2, 7, 1)), ("{ per: character, amount: 0.5 }", (0, 0, 0))],
    ids=["by tokens", "by letters"],
)
async def test_speech_without_counts_is_guessed_where_it_is_billed_by_tokens(
    tmp_path: Path, wanted: str, kept: tuple[int, int, int]
) -> None:
    async with line(tmp_path, Vendor(answers(200, b"RIFF", "audio/wav")), price=wanted) as relay:
        await relay.post("/v1/audio/speech", json=SPEECH)
        [row] = await relay.rows()
    assert (row["input_tokens"], row["output_audio_tokens"], row["estimated"]) == kept
    assert row["priced"] and row["units"] == 5
    assert row["cost_nano"] == (2 * 1_000 + 7 * 2_000 if kept[0] else 2_500_000_000)


async def test_what_has_another_unit_than_its_price_is_unpriced(tmp_path: Path) -> None:
    async with line(tmp_path, Vendor(answers(200, b"RIFF", "audio/wav"))) as relay:
        await relay.post("/v1/audio/speech", json=SPEECH)  # its price is per image
        [row] = await relay.rows()
        assert (row["priced"], row["cost_nano"]) == (0, 0)


async def test_a_target_that_fails_is_skipped_as_with_any_other_call(tmp_path: Path) -> None:
    dead, well = Vendor(answers(500, b"{}")), Vendor(answers(200, b"RIFF", "audio/wav"))
    async with line(tmp_path, dead, well) as relay:
        for _ in range(FAILURES_IN_A_ROW + 2):
            answer = await relay.post("/v1/audio/speech", json={**SPEECH, "model": "many"})
            assert answer.content == b"RIFF"
    assert len(dead.asked) == FAILURES_IN_A_ROW
    assert len(well.asked) == FAILURES_IN_A_ROW + 2


async def test_a_target_that_asks_to_wait_is_left_alone(tmp_path: Path) -> None:
    full = Vendor(answers(429, b"{}", "application/json", "retry-after: 30"))
    well = Vendor(answers(200, b"RIFF", "audio/wav"))
    async with line(tmp_path, full, well) as relay:
        for _ in range(3):
            await relay.post("/v1/audio/speech", json={**SPEECH, "model": "many"})
    assert (len(full.asked), len(well.asked)) == (1, 3)


async def test_a_moment_that_has_passed_is_not_waited_for(tmp_path: Path) -> None:
    free = Vendor(
        answers(429, b"{}", "application/json", "retry-after: Thu, 01 Jan 2026 00:00:00 GMT"),
    )
    async with line(tmp_path, free, Vendor(answers(200, b"RIFF", "audio/wav"))) as relay:
        for _ in range(3):
            await relay.post("/v1/audio/speech", json={**SPEECH, "model": "many"})
    assert len(free.asked) == 3


async def test_what_a_caller_did_wrong_is_held_against_nobody(tmp_path: Path) -> None:
    strict = Vendor(answers(400, b"{}"))
    async with line(tmp_path, strict, Vendor(answers(200, b"RIFF", "audio/wav"))) as relay:
        for _ in range(FAILURES_IN_A_ROW + 1):
            await relay.post("/v1/audio/speech", json={**SPEECH, "model": "many"})
    assert len(strict.asked) == FAILURES_IN_A_ROW + 1
