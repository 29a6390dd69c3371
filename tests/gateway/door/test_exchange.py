"""What an answer looks like on the wire, to the byte, and that nothing is written to a client that left."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from gateway.door.exchange import Exchange
from gateway.door.head import RequestHead
from gateway.door.protocol import Protocol
from gateway.frames import Head

WHOLE = Head(b"a: b\r\n", whole=True)
STREAM = Head(b"a: b\r\n", whole=False)


class Connection:
    """Takes what is written, and is told when an answer is complete."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.transport = SimpleNamespace(
            write=self.written.append, abort=lambda: self.written.append(b"ABORT")
        )
        self.done: list[Exchange] = []
        self.answered = self.done.append
        self.tasks: set[Any] = set()
        self.running: Exchange | None = None

    def abort(self) -> None:
        self.written.append(b"ABORT")

    def exchange(self, *, chunked: bool = True, keep_alive: bool = True) -> Exchange:
        head = RequestHead(cast(Any, None), chunked=chunked, keep_alive=keep_alive)
        exchange = Exchange(cast(Protocol, self), head, keep_alive)
        exchange.identity = b"x-id: 7\r\n"
        exchange.received()
        return exchange


@pytest.fixture
def connection() -> Connection:
    return Connection()


def test_a_whole_answer_is_one_write(connection: Connection) -> None:
    exchange = connection.exchange()
    exchange.begin(WHOLE, b"hello")
    exchange.end()
    assert connection.written == [b"HTTP/1.1 200 OK\r\na: b\r\nx-id: 7\r\ncontent-length: 5\r\n\r\nhello"]
    assert connection.done == [exchange] and exchange.response_complete


def test_the_last_answer_of_a_connection_says_so(connection: Connection) -> None:
    connection.exchange(keep_alive=False).begin(WHOLE, b"hello")
    assert connection.written[0].count(b"\r\nconnection: close\r\n") == 1
    connection.exchange(keep_alive=False).begin(STREAM, b"x")
    assert connection.written[1].count(b"\r\nconnection: close\r\n") == 1


def test_a_streamed_answer_comes_in_chunks(connection: Connection) -> None:
    exchange = connection.exchange()
    exchange.begin(STREAM, b"one")
    exchange.write(b"x" * 16)
    exchange.end()
    exchange.end()
    head = b"HTTP/1.1 200 OK\r\na: b\r\nx-id: 7\r\ntransfer-encoding: chunked\r\n\r\n"
    assert connection.written == [
        head + b"3\r\none\r\n",
        b"10\r\n" + b"x" * 16 + b"\r\n",
        b"0\r\n\r\n",
    ]
    assert connection.done == [exchange]


def test_nothing_to_say_is_not_the_end(connection: Connection) -> None:
    exchange = connection.exchange()
    exchange.begin(STREAM, b"")
    exchange.write(b"")
    assert connection.written == [b"HTTP/1.1 200 OK\r\na: b\r\nx-id: 7\r\ntransfer-encoding: chunked\r\n\r\n"]
    exchange.finish(b"last")
    assert connection.written[1:] == [b"4\r\nlast\r\n0\r\n\r\n"]


def test_a_client_that_knows_no_chunks_gets_bytes_until_the_end(connection: Connection) -> None:
    exchange = connection.exchange(chunked=False)
    exchange.begin(STREAM, b"one")
    exchange.write(b"two")
    exchange.finish(b"three")
    assert b"".join(connection.written).endswith(b"connection: close\r\n\r\nonetwothree")
    assert not exchange.keep_alive


@pytest.mark.parametrize("whole", [True, False], ids=["a request that came", "one that is on its way"])
def test_a_refusal_keeps_the_connection_only_behind_a_whole_request(
    connection: Connection, whole: bool
) -> None:
    exchange = connection.exchange()
    exchange.whole = whole
    exchange.refuse(418, b"a: b\r\n", b"no")
    end = b"content-length: 2\r\n\r\nno"
    close = b"" if whole else b"connection: close\r\n"
    assert connection.written == [b"HTTP/1.1 418 I'm a Teapot\r\na: b\r\n" + close + end]
    assert exchange.begun and exchange.response_complete and exchange.keep_alive is whole


@pytest.mark.parametrize("status", [299, 460, 599])
def test_a_status_without_a_name_is_passed_on(connection: Connection, status: int) -> None:
    connection.exchange().refuse(status, b"", b"")
    assert connection.written[0].startswith(b"HTTP/1.1 %d " % status)


def test_nothing_is_written_to_a_client_that_left(connection: Connection) -> None:
    for head in (WHOLE, STREAM):
        exchange = connection.exchange()
        exchange.disconnected = True
        exchange.begin(head, b"x")
        exchange.write(b"y")
        exchange.finish(b"z")
    exchange = connection.exchange()
    exchange.disconnected = True
    exchange.refuse(500, b"", b"")
    assert connection.written == []
    assert exchange.response_complete


def test_a_body_is_what_its_pieces_are_together(connection: Connection) -> None:
    for pieces in ([], [b"one"], [b"one", b"two", b"three"]):
        exchange = Exchange(cast(Protocol, connection), RequestHead(cast(Any, None)))
        for piece in pieces:
            exchange.receive(piece)
        assert not exchange.whole
        exchange.received()
        assert (exchange.body, exchange.size) == (b"".join(pieces), sum(map(len, pieces)))
        assert exchange.whole


def test_a_severed_answer_says_its_last_words_and_never_its_end(connection: Connection) -> None:
    exchange = connection.exchange()
    exchange.begin(STREAM, b"x")
    exchange.sever(b"broken")
    assert connection.written[-1] == b"6\r\nbroken\r\n"
    assert connection.done == [exchange] and not exchange.keep_alive


async def test_a_call_that_ended_does_not_forget_the_one_that_follows(connection: Connection) -> None:
    first, second = connection.exchange(), connection.exchange()
    task = asyncio.ensure_future(asyncio.sleep(0))
    connection.tasks.add(task)
    connection.running = second  # it began when the first one's answer was complete
    first.ended(cast(Any, task))
    assert connection.running is second and not connection.tasks
    second.ended(cast(Any, task))
    assert connection.running is None
    await task


def test_who_was_told_to_wait_gets_the_head_once(connection: Connection) -> None:
    exchange = connection.exchange()
    for _ in range(2):
        exchange.hold(Head(b"a: b\r\n", whole=False), b": wait\n\n")
    assert exchange.begun and not exchange.response_complete
    exchange.begin(Head(b"c: d\r\n", whole=False), b"first")
    assert b"".join(connection.written) == (
        b"HTTP/1.1 200 OK\r\na: b\r\nx-id: 7\r\ntransfer-encoding: chunked\r\n\r\n"
        b"8\r\n: wait\n\n\r\n8\r\n: wait\n\n\r\n5\r\nfirst\r\n"
    )
