"""Opens a connection: TCP, the proxy's tunnel, TLS."""

import asyncio
import ssl

from gateway.upstream.connection import Connection
from gateway.upstream.errors import ConnectTimeout, UpstreamFailure, translate
from gateway.upstream.origin import Origin, Proxy
from gateway.upstream.proxy import Tunnel
from gateway.upstream.reach import connected


async def dial(origin: Origin, context: ssl.SSLContext | None, connection: Connection, due: float) -> None:
    """Connect `connection` to `origin` by the loop time `due`.

    Raises UpstreamFailure with the phase "connect". Leaves no socket open if it fails or is cancelled.
    """
    try:
        async with asyncio.timeout_at(due):
            if origin.proxy is None:
                await _direct(origin, context, connection)
            else:
                await _tunnelled(origin, Proxy.of(origin.proxy), context, connection)
    except UpstreamFailure:
        connection.abort()
        raise
    except TimeoutError:
        connection.abort()
        raise ConnectTimeout(
            connection.host, "connect", "no connection before the connect deadline"
        ) from None
    except (OSError, UnicodeError) as error:
        connection.abort()
        raise translate(error, connection.host, "connect") from error
    except asyncio.CancelledError:
        connection.abort()
        raise


async def _direct(origin: Origin, context: ssl.SSLContext | None, connection: Connection) -> None:
    loop = asyncio.get_running_loop()
    name = origin.host if context is not None else None
    reached = await connected(origin.host, origin.port)
    await loop.create_connection(lambda: connection, sock=reached, ssl=context, server_hostname=name)


async def _tunnelled(
    origin: Origin, proxy: Proxy, context: ssl.SSLContext | None, connection: Connection
) -> None:
    loop = asyncio.get_running_loop()
    tunnel = Tunnel(origin, proxy)
    try:
        reached = await connected(proxy.host, proxy.port)
        transport, _ = await loop.create_connection(lambda: tunnel, sock=reached)
        await tunnel.opened
        if context is None:
            transport.set_protocol(connection)
            connection.connection_made(transport)
            transport.resume_reading()
        else:
            secured = await loop.start_tls(transport, connection, context, server_hostname=origin.host)
            if secured is None:
                raise ConnectionAbortedError("the transport closed during the handshake")
            connection.connection_made(secured)
    except BaseException:
        tunnel.abort()
        raise
