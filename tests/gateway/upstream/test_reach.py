"""A name with several addresses is reached as long as one of them answers, and soon."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from gateway.upstream import ConnectTimeout, Deadlines, build_head
from gateway.upstream.reach import Address, first_of, in_turn
from tests.gateway.upstream.scripts import AMPLE
from tests.patience import ARRIVAL_SECONDS, patient, until, within
from tests.ports import refusing

GET = build_head("GET", "/", [("host", "v")])


async def answers(wire):
    await wire.request()
    await wire.send(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")


@pytest.fixture
def silence() -> Iterator[Address]:
    """Where nobody answers, not even to refuse: a listener whose queue is full, so that the kernel drops."""
    with ExitStack() as open_sockets:
        listener = open_sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(2):
            filler = open_sockets.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield socket.AF_INET, listener.getsockname()


@pytest.fixture
def nobody() -> Iterator[Address]:
    with refusing() as port:
        yield socket.AF_INET, ("127.0.0.1", port)


@pytest.fixture
def named(monkeypatch):
    """Let vendor.example have these addresses."""

    def give(*addresses: Address) -> None:
        loop = asyncio.get_running_loop()
        real = loop.getaddrinfo

        async def getaddrinfo(host, port, **options):
            if host != "vendor.example":  # uvloop asks for addresses, too
                return await real(host, port, **options)
            return [(family, socket.SOCK_STREAM, 6, "", address) for family, address in addresses]

        monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)

    return give


@patient
async def test_an_address_that_does_not_answer_delays_a_call_and_fails_none(vendor, upstream, named, silence):
    server = await vendor(answers)
    named(silence, (socket.AF_INET, ("127.0.0.1", server.port)))
    with within(1.5):
        answer = await upstream("http://vendor.example").send(GET, None, AMPLE)
        assert await answer.read() == b"ok"


async def test_where_no_address_answers_the_deadline_is_kept_and_every_socket_closed(
    upstream, named, silence
):
    named(silence, silence)
    pool = upstream("http://vendor.example")
    with pytest.raises(ConnectTimeout):
        await pool.send(GET, None, Deadlines(connect=0.4))
    assert pool.open_connections == 0


async def test_an_address_that_refuses_makes_room_at_once(vendor, nobody):
    server = await vendor(answers)
    async with asyncio.timeout(ARRIVAL_SECONDS):
        reached = await first_of([*[nobody] * 40, (socket.AF_INET, ("127.0.0.1", server.port))])
    with reached:
        assert reached.getpeername()[1] == server.port
        assert reached.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_nobody_is_asked_for_the_address_of_an_address(vendor, monkeypatch):
    server = await vendor(answers)

    async def asked(*said, **options):
        raise AssertionError(said)

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", asked)
    with await first_of([(socket.AF_INET, ("127.0.0.1", server.port))]) as reached:
        assert reached.getpeername()[1] == server.port


async def test_of_two_that_answer_one_is_kept(vendor):
    first, second = await vendor(silent), await vendor(silent)
    with await first_of([(socket.AF_INET, ("127.0.0.1", one.port)) for one in (first, second)]) as reached:
        assert reached.getpeername()[1] == first.port
    await until(lambda: first.open == second.open == 0)


async def test_what_says_more_than_that_nobody_listens_is_told(nobody, silence):
    unreachable = (socket.AF_INET, ("255.255.255.255", 1))
    with pytest.raises(OSError) as told:
        await first_of([nobody, unreachable, nobody])
    assert not isinstance(told.value, ConnectionRefusedError)
    with pytest.raises(ConnectionRefusedError):
        await first_of([nobody, nobody])


def test_families_take_turns_and_the_systems_preference_goes_first():
    four, six = socket.AF_INET, socket.AF_INET6
    found = [(six, ("a", 1)), (six, ("b", 1)), (six, ("c", 1)), (four, ("d", 1))]
    assert [host for _, (host, _) in in_turn(found)] == ["a", "d", "b", "c"]
    assert in_turn(found[3:]) == found[3:]


async def silent(wire):
    await wire.gone()
