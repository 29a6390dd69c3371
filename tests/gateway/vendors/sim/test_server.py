"""The simulator within another process: it starts, it stops, it leaves nothing behind."""

import asyncio
import json
import logging
import signal
import socket
from pathlib import Path

import httpx
import pytest

from gateway.vendors.sim.server import Address, EmbeddedSimulator, base_url, bind, make_simulator

BODY = {"model": "small@length=1000,tps=1", "messages": [{"role": "user", "content": "Hi"}], "stream": True}


async def test_it_answers_where_it_says_and_nowhere_once_stopped() -> None:
    handler = signal.getsignal(signal.SIGTERM)
    simulator = EmbeddedSimulator()
    url = await simulator.start()
    assert signal.getsignal(signal.SIGTERM) is handler
    async with httpx.AsyncClient(base_url=url) as client:
        assert (await client.get("/models")).status_code == 200
        await simulator.stop()
        with pytest.raises(httpx.TransportError):
            await client.get("/models")


async def test_stopping_cuts_open_streams_and_bills_them_in_the_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "bill.jsonl"
    simulator = EmbeddedSimulator(Address(bill_file=str(file)))
    url = await simulator.start()
    async with httpx.AsyncClient(base_url=url) as client:
        async with client.stream("POST", "/chat/completions", json=BODY) as answer:
            assert answer.status_code == 200
            began = asyncio.get_running_loop().time()
            await simulator.stop()
            assert asyncio.get_running_loop().time() - began < 2
    (line,) = [json.loads(text) for text in file.read_text().splitlines()]
    assert line["cancelled"] and line["input"] > 0
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_it_can_be_stopped_twice_or_unstarted() -> None:
    simulator = EmbeddedSimulator()
    await simulator.stop()
    await simulator.start()
    await simulator.stop()
    await simulator.stop()


async def test_a_port_that_is_taken_is_an_error_that_says_so() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            await EmbeddedSimulator(Address(port=taken.getsockname()[1])).start()


async def test_a_bill_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        await EmbeddedSimulator(Address(bill_file=str(tmp_path / "nowhere" / "bill"))).start()


@pytest.mark.parametrize(("host", "begins"), [("127.0.0.1", "http://127.0.0.1:"), ("::1", "http://[::1]:")])
def test_a_base_url_is_one_that_clients_take(host: str, begins: str) -> None:
    with bind(Address(host)) as listener:
        assert base_url(listener).startswith(begins)
        assert base_url(listener).endswith("/v1")


def test_two_runs_never_share_an_id() -> None:
    one, two = make_simulator(Address(), lambda: 1), make_simulator(Address(), lambda: 2)
    assert one.state.identity.run != two.state.identity.run
