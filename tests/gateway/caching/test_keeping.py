"""Everything passes to the caller and is held for followers, without whom the caller decides alone."""

import asyncio
from typing import Any

import msgspec

from caching.controls import NOTHING_SAID
from caching.flight import Flight
from caching.replaying import Form
from config.caching import CachePolicy
from config.kinds import Operation
from gateway.caching.keeping import Keeping
from gateway.caching.sought import Sought
from gateway.call import Cleared
from gateway.frames import Head
from tests.gateway.road import WHO, Answer, Caller, Road

TARGET = b"x-signalbox-target: v/m\r\n"
HEAD = Head(b"content-type: x\r\n" + TARGET + b"x-signalbox-cost: 1\r\n", whole=False, lasting=TARGET)
FOLLOWER = object()


class Connection:
    def __init__(self, lingers: bool = False) -> None:
        self.disconnected, self.lingers = False, lingers
        self.task: asyncio.Task[Any] | None = None


def keeping(caller: Caller, flight: Flight, connection: Connection | None = None) -> Keeping:
    call = msgspec.structs.replace(Road({"one": [Answer()]}).call(), caller=connection)
    cleared, form = Cleared(call, WHO, call.body), Form(Operation.CHAT, stream=False, include_usage=False)
    sought = Sought(cleared, CachePolicy(exact=60.0), NOTHING_SAID, b"print", form, None)
    return Keeping(caller, flight, sought, lambda _, sink, error: isinstance(error, KeyError)).__enter__()


def test_what_passes_is_held() -> None:
    caller, flight = Caller([]), Flight(100)
    sink = keeping(caller, flight)
    sink.hold(HEAD, b": wait")
    sink.begin(HEAD, b"a")
    sink.write(b"b")
    sink.end()
    assert (caller.body, caller.complete, len(caller.held)) == (b"ab", True, 1)
    assert (b"".join(flight.pieces), flight.lines) == (b"ab", b"x-signalbox-target: v/m\r\n")
    assert flight.comment == b": wait"


def test_a_failure_that_was_made_good_is_none() -> None:
    with keeping(Caller([]), Flight(100)):
        raise KeyError


async def test_only_the_lasting_lines_of_a_head_are_for_others() -> None:
    flight = Flight(100)
    with keeping(Caller([]), flight) as sink:
        sink.begin(Head(b"a: b\r\nc: d\r\n", True, b"c: d\r\n"), b"x")
    assert flight.lines == b"c: d\r\n"


async def test_the_caller_slows_it_down_only_while_nobody_follows() -> None:
    caller, flight = Caller([], room=0), Flight(100)
    sink = keeping(caller, flight)
    assert sink.paused
    caller.stuck = True
    waiting = asyncio.ensure_future(sink.drained())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not waiting.done()
    flight.join(FOLLOWER)
    await waiting
    assert not sink.paused
    flight.write(b"x" * 101)
    flight.take(FOLLOWER)
    flight.write(b"x")
    assert sink.paused  # a long answer is not held for ever


async def test_its_connection_lingers_while_it_is_followed() -> None:
    connection, flight = Connection(), Flight(100)
    keeping(Caller([]), flight, connection)
    connection.task = asyncio.ensure_future(asyncio.Event().wait())
    flight.join(FOLLOWER)
    assert connection.lingers
    flight.leave(FOLLOWER)
    await asyncio.sleep(0)
    assert not connection.lingers
    assert not connection.task.done()
    flight.join(FOLLOWER)
    connection.disconnected = True
    flight.leave(FOLLOWER)
    await asyncio.wait([connection.task])
    assert connection.task.cancelled()


async def test_one_that_lingers_anyway_goes_on() -> None:
    connection, flight = Connection(lingers=True), Flight(100)
    keeping(Caller([]), flight, connection)
    connection.task = asyncio.ensure_future(asyncio.sleep(0))
    flight.join(FOLLOWER)
    connection.disconnected = True
    flight.leave(FOLLOWER)
    await connection.task
    assert connection.lingers
