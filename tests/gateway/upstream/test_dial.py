"""A connection is opened by its deadline, or nothing is left of the attempt."""

import asyncio

import pytest

from gateway.upstream import (
    ConnectFailed,
    ConnectRefused,
    ConnectTimeout,
    Deadlines,
    NameNotResolved,
    build_head,
)
from tests.gateway.upstream.scripts import AMPLE
from tests.patience import patient, until, within
from tests.ports import refusing

GET = build_head("GET", "/", [("host", "v")])


async def silent(wire):
    await wire.gone()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_port_where_nobody_listens_is_refused(upstream, host):
    with refusing() as port, pytest.raises(ConnectRefused) as refused:
        pool = upstream(f"http://{host}:{port}")
        await pool.send(GET, None, AMPLE)
    assert (refused.value.kind, refused.value.phase, pool.open_connections) == (
        "connect_refused",
        "connect",
        0,
    )


@pytest.mark.parametrize("host", ["x" * 70 + ".invalid", "a..b"])
async def test_a_name_that_cannot_be_one_has_no_address(upstream, host):
    with pytest.raises(NameNotResolved):
        await upstream(f"http://{host}").send(GET, None, AMPLE)


@patient
async def test_the_socket_of_a_handshake_that_takes_too_long_is_closed(vendor, upstream, ca_file):
    server = await vendor(silent)
    pool = upstream(server.url("https"), ca_file=ca_file)
    started = asyncio.get_running_loop().time()
    with within(0.5), pytest.raises(ConnectTimeout):
        await pool.send(GET, None, Deadlines(connect=0.15))
    assert asyncio.get_running_loop().time() - started > 0.1
    await until(lambda: server.connections == 1 and server.open == pool.open_connections == 0)


async def test_the_total_bounds_the_connecting_too(vendor, upstream, ca_file):
    server = await vendor(silent)
    with pytest.raises(ConnectTimeout):
        await upstream(server.url("https"), ca_file=ca_file).send(GET, None, Deadlines(connect=3, total=0.1))


async def test_a_cancelled_handshake_closes_its_socket(vendor, upstream, ca_file):
    server = await vendor(silent)
    pool = upstream(server.url("https"), ca_file=ca_file)
    calls = [asyncio.ensure_future(pool.send(GET, None, AMPLE)) for _ in range(20)]
    await until(lambda: server.open == 20)
    for call in calls:
        call.cancel()
    ended = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(one, asyncio.CancelledError) for one in ended)
    await until(lambda: server.open == pool.open_connections == 0)


async def test_a_handshake_that_the_vendor_ends_is_a_connect_failure(vendor, upstream, ca_file):
    async def hangs_up(wire):
        await wire.reader.read(10)
        wire.reset()

    server = await vendor(hangs_up)
    pool = upstream(server.url("https"), ca_file=ca_file)
    with pytest.raises(ConnectFailed) as failed:
        await pool.send(GET, None, AMPLE)
    assert failed.value.phase == "connect" and pool.open_connections == 0
