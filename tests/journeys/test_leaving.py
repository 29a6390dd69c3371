"""A caller who leaves takes the vendor's work with them, at once, and is billed truthfully."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import aiohttp
import pytest

from config.kinds import Operation
from tests.formats import FORMATS
from tests.journeys.conftest import Making
from tests.journeys.program import Gateway, Row, Simulator, show, until
from tests.journeys.vendors import KINDS

WITHIN_MS = 1000
SLOW: Any = {"sim": {"length": 5000, "tokens_per_second": 50}}
WORDS: Any = [{"role": "user", "content": "Describe every signal between here and the sea."}]


async def leave_amid_a_stream(session: aiohttp.ClientSession, events: int) -> tuple[str, int]:
    """The request's id, and when its caller left, in Unix milliseconds."""
    body = {"model": "small", "messages": WORDS, "stream": True, "metadata": SLOW}
    async with session.post("/v1/chat/completions", json=body) as response:
        assert response.status == 200
        seen = 0
        async for line in response.content:
            seen += line.startswith(b"data: ")
            if seen >= events:
                break
        left = time.time_ns() // 1_000_000
        response.close()
        return response.headers["x-request-id"], left


async def leave_before_the_answer(session: aiohttp.ClientSession, body: dict[str, Any]) -> int:
    """When the caller left."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            async with session.post("/v1/chat/completions", json={"messages": WORDS, **body}):
                raise AssertionError("an answer came")
    return time.time_ns() // 1_000_000


def session_for(gateway: Gateway) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        gateway.address,
        connector=aiohttp.TCPConnector(limit=0),
        headers={"authorization": f"Bearer {gateway.key}"},
        timeout=aiohttp.ClientTimeout(total=60),
    )


def when_the_vendor_saw_it(simulator: Simulator, attempts: Sequence[str]) -> dict[str, int]:
    """When each attempt's connection ended for the vendor, in Unix milliseconds."""
    wanted = set(attempts)

    def seen() -> dict[str, int]:
        ends = {each["client_request_id"]: each["at_ms"] for each in simulator.get("stats")["disconnects"]}
        return {attempt: at for attempt, at in ends.items() if attempt in wanted}

    until(lambda: len(seen()) == len(wanted), "the vendor did not see that its caller left")
    return seen()


def test_a_caller_who_leaves_amid_a_stream_ends_it_for_the_vendor(
    gateway: Gateway, simulator: Simulator
) -> None:
    async def leave() -> tuple[str, int]:
        async with session_for(gateway) as session:
            return await leave_amid_a_stream(session, 12)

    request, left = asyncio.run(leave())
    ends = when_the_vendor_saw_it(simulator, [f"{request}.1"])
    assert ends[f"{request}.1"] - left < WITHIN_MS
    (row,) = gateway.attempts(request)
    line = line_of(simulator, row)
    assert (row["status"], row["estimated"], row["stream"]) == ("cancelled", 1, 1)
    assert row["cost_nano"] > 0
    # Four characters make a token for the estimate, four bytes for the vendor: words without accents agree.
    assert row["output_tokens"] == pytest.approx(line["output"], abs=5)
    assert line["input"] <= row["input_tokens"] <= line["input"] + 60
    assert 200 < row["total_ms"] < 5000


VENDORS = (Operation.CHAT, Operation.MESSAGES, Operation.GENERATE_CONTENT, Operation.CONVERSE)
LEAVINGS = [
    (caller, vendor)
    for caller in FORMATS
    if caller is not Operation.COMPLETIONS
    for vendor in dict.fromkeys((caller, *VENDORS))
    if vendor in KINDS
]


async def leave_in_another_format(
    session: aiohttp.ClientSession, caller: Operation, vendor: Operation
) -> tuple[str, int]:
    form, model = FORMATS[caller], f"{vendor.value}/small@length=5000,tps=50"
    body = form.ask(model, "Describe every signal between here and the sea.", stream=True)
    async with session.post(form.at(model, stream=True), json=body) as response:
        assert response.status == 200
        seen = 0
        async for data in response.content.iter_any():
            seen += bool(data)
            if seen >= 12:
                break
        left = time.time_ns() // 1_000_000
        response.close()
        return response.headers["x-request-id"], left


def test_a_caller_of_any_format_who_leaves_ends_it_for_a_vendor_of_any(
    every_format: Gateway, simulator: Simulator
) -> None:
    async def leave_all() -> list[tuple[str, int]]:
        async with session_for(every_format) as session:
            return await asyncio.gather(*(leave_in_another_format(session, *each) for each in LEAVINGS))

    left = asyncio.run(leave_all())
    ends = when_the_vendor_saw_it(simulator, [f"{request}.1" for request, _ in left])
    for (caller, vendor), (request, at) in zip(LEAVINGS, left, strict=True):
        assert ends[f"{request}.1"] - at < WITHIN_MS, (caller, vendor)
        (row,) = every_format.attempts(request)
        line = line_of(simulator, row)
        assert (row["status"], row["estimated"], row["vendor"]) == ("cancelled", 1, vendor.value)
        assert line["endpoint"] == vendor.value
        assert row["output_tokens"] == pytest.approx(line["output"], abs=8), (caller, vendor)
        assert row["cost_nano"] > 0
        if vendor is Operation.MESSAGES:  # it counts the input before it answers
            assert row["input_tokens"] == line["input"]


def line_of(simulator: Simulator, row: Row) -> Row:
    (line,) = [line for line in simulator.settled() if line["client_request_id"] == row["attempt_id"]]
    assert line["cancelled"]
    return line


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_caller_who_leaves_before_the_answer_ends_it_for_the_vendor(
    gateway: Gateway, simulator: Simulator, stream: bool
) -> None:
    model = f"sim/small@first_ms=20{stream:d}00"  # a name of its own, to be found again
    body = {"model": model, "stream": stream}

    async def leave() -> int:
        async with session_for(gateway) as session:
            return await leave_before_the_answer(session, body)

    left = asyncio.run(leave())
    rows: list[Row] = []

    def arrived() -> bool:
        rows[:] = gateway.query("SELECT * FROM usage WHERE model_asked = ?", model)
        return bool(rows)

    until(arrived, "the row of a caller who left did not arrive")
    (row,) = rows
    ends = when_the_vendor_saw_it(simulator, [row["attempt_id"]])
    assert ends[row["attempt_id"]] - left < WITHIN_MS
    assert (row["status"], row["estimated"], row["output_tokens"]) == ("cancelled", 1, 0)
    assert 250 < row["total_ms"] < 2000
    assert row["input_tokens"] >= line_of(simulator, row)["input"]


def test_who_leaves_takes_nothing_from_who_stays(gateway: Gateway) -> None:
    async def both() -> list[float]:
        waits = []
        async with session_for(gateway) as session, asyncio.TaskGroup() as tasks:
            for _ in range(30):
                tasks.create_task(leave_amid_a_stream(session, 5))
            for number in range(30):
                began = time.monotonic()
                body = {"model": "echo", "messages": [{"role": "user", "content": f"Train {number}"}]}
                async with session.post("/v1/chat/completions", json=body) as response:
                    assert (await response.json())["choices"][0]["message"]["content"] == f"Train {number}"
                waits.append(time.monotonic() - began)
        return waits

    assert max(asyncio.run(both())) < 2.0


@pytest.mark.parametrize(
    ("waves", "streams", "growth"),  # megabytes
    [(5, 100, 6), pytest.param(50, 200, 6, marks=[pytest.mark.soak, pytest.mark.timeout(900)])],
    ids=["quick", "soak"],
)
def test_a_storm_of_leavings_leaves_nothing_behind(
    make_gateway: Making, configuration: str, simulator: Simulator, waves: int, streams: int, growth: int
) -> None:
    gateway = make_gateway(configuration)
    delays: list[int] = []
    memory: list[int] = []

    async def wave() -> list[tuple[str, int]]:
        async with session_for(gateway) as session:
            leaving = (leave_amid_a_stream(session, 2 + number % 7) for number in range(streams))
            return await asyncio.gather(*leaving)

    asyncio.run(wave())  # what is made once, and kept, is not what the storm costs
    memory.append(gateway.memory())
    for _ in range(waves):
        left = asyncio.run(wave())
        ends = when_the_vendor_saw_it(simulator, [f"{request}.1" for request, _ in left])
        delays += [ends[f"{request}.1"] - at for request, at in left]
        memory.append(gateway.memory())
    until(lambda: gateway.metric("signalbox_open_streams") == 0, "streams stay open in the metrics")
    count = (waves + 1) * streams
    until(lambda: cancelled(gateway) == count, f"{count} cancelled rows did not arrive", 30)
    show(
        f"{count} streams left: the vendor saw the last of a wave {max(delays)} ms after its caller had gone",
        f"memory of the gateway after each wave, MB: {' '.join(f'{each / 1e6:.1f}' for each in memory)}",
    )
    assert max(delays) < WITHIN_MS
    assert memory[-1] < memory[0] + growth * 1_000_000
    assert simulator.get("stats")["open_streams"] == 0


def cancelled(gateway: Gateway) -> int:
    (found,) = gateway.query(
        "SELECT count(*) n FROM usage WHERE status = 'cancelled' AND estimated AND output_tokens > 0"
    )
    return int(found["n"])
