"""Sends a request body that arrives in pieces as chunks, unless the answer comes first."""

import asyncio
from collections.abc import AsyncIterator

from config.catalog import Deadlines
from gateway.upstream.connection import Connection
from gateway.upstream.errors import IdleTimeout


async def upload(connection: Connection, body: AsyncIterator[bytes], deadlines: Deadlines) -> None:
    """Send `body` until it ends or the answer's head comes, whichever is first.

    If the answer comes first, the upload stops and the connection is not reused: the vendor will not read the
    rest. What the iterator raises is raised here, after the socket is closed.
    """
    if connection.failure is not None:  # the connection died before its request was written
        return
    loop = asyncio.get_running_loop()
    # A task, because the iterator may sleep while the answer arrives; it never outlives this function.
    sending = loop.create_task(_send_all(connection, body, deadlines))
    answer = connection.news()
    try:
        await asyncio.wait((sending, answer), return_when=asyncio.FIRST_COMPLETED)
        if sending.done():
            sending.result()
        else:
            connection.spoil()
    except BaseException:
        connection.abort()
        raise
    finally:
        connection.unwatched()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


async def _send_all(connection: Connection, body: AsyncIterator[bytes], deadlines: Deadlines) -> None:
    async for piece in body:
        if not piece:  # an empty chunk would end the body
            continue
        connection.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        if (writable := connection.writable) is not None:
            try:
                async with asyncio.timeout(deadlines.idle):
                    await writable
            except TimeoutError:
                connection.fail(
                    IdleTimeout(connection.host, "send", f"did not read the request for {deadlines.idle:g} s")
                )
                return
    connection.write(b"0\r\n\r\n")
    connection.sent()
