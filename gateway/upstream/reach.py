"""Connects to whichever of a name's addresses answers first, as in RFC 8305.

Neither asyncio nor uvloop does this: they try addresses one after another, so that one that drops packets
uses up the whole deadline.
"""

import asyncio
import os
import socket
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import zip_longest

Address = tuple[socket.AddressFamily, tuple[str | int | bytes, ...]]

_HEAD_START = 0.25  # seconds before the next address is tried in parallel


async def connected(host: str, port: int) -> socket.socket:
    """A socket connected to a host. Raises OSError, or UnicodeError if `host` cannot be a name."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return await first_of(in_turn([(one[0], one[4]) for one in found]))


def in_turn(found: Sequence[Address]) -> list[Address]:
    """Addresses in the system's order of preference, with the address families alternating."""
    preferred = [one for one in found if one[0] == found[0][0]]
    others = [one for one in found if one[0] != found[0][0]]
    return [one for pair in zip_longest(preferred, others) for one in pair if one is not None]


async def first_of(addresses: Iterable[Address]) -> socket.socket:
    """A socket to the first address that answers. Starts are staggered; a failure starts the next at once."""
    loop = asyncio.get_running_loop()
    left = list(addresses)[::-1]
    tries: set[asyncio.Task[socket.socket]] = set()
    failures: list[OSError] = []
    try:
        while True:
            if left:
                # Tasks, because the attempts race; none outlives this function.
                tries.add(loop.create_task(_socket_to(*left.pop())))
            head_start = _HEAD_START if left else None
            done, _ = await asyncio.wait(tries, timeout=head_start, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                tries.discard(one)
                try:
                    return one.result()
                except OSError as error:
                    failures.append(error)
            if not left and not tries:
                raise _telling(failures)
    finally:
        for one in tries:
            one.cancel()
        for late in await asyncio.gather(*tries, return_exceptions=True):
            if isinstance(late, socket.socket):
                late.close()


async def _socket_to(family: socket.AddressFamily, address: tuple[str | int | bytes, ...]) -> socket.socket:
    one = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        one.setblocking(False)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await _connect(one, address)
    except BaseException:
        one.close()
        raise
    return one


async def _connect(one: socket.socket, address: tuple[str | int | bytes, ...]) -> None:
    # uvloop's `sock_connect` resolves even numeric addresses, for which it starts four threads.
    with suppress(BlockingIOError):
        return one.connect(address)
    loop = asyncio.get_running_loop()
    answered = loop.create_future()
    loop.add_writer(one, answered.cancel)
    try:
        await asyncio.wait([answered])
    finally:
        loop.remove_writer(one)
    if error := one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        raise OSError(error, os.strerror(error))


def _telling(failures: Sequence[OSError]) -> OSError:
    # A refused connection is the least informative: it is reported only if every address failed so.
    return next((one for one in failures if not isinstance(one, ConnectionRefusedError)), failures[0])
