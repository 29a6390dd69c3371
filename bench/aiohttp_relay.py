"""The same relay on aiohttp, tuned: what a careful engineer would write with the usual library."""

import argparse
from collections.abc import AsyncGenerator

import aiohttp
import msgspec
import uvloop
from aiohttp import web


class _Ask(msgspec.Struct):
    model: str
    stream: bool = False


_read_ask = msgspec.json.Decoder(_Ask).decode
_SESSION = web.AppKey("session", aiohttp.ClientSession)
_ORIGIN = web.AppKey("origin", str)


async def relay(request: web.Request) -> web.StreamResponse:
    """Forwards one call; a stream is passed on piece by piece as it arrives."""
    body = await request.read()
    ask = _read_ask(body)
    headers = {"content-type": "application/json"}
    url = request.app[_ORIGIN] + request.path
    async with request.app[_SESSION].post(url, data=body, headers=headers) as answer:
        kind = answer.headers["content-type"]
        if not ask.stream:
            return web.Response(
                status=answer.status, body=await answer.read(), headers={"content-type": kind}
            )
        response = web.StreamResponse(status=answer.status, headers={"content-type": kind})
        await response.prepare(request)
        async for piece in answer.content.iter_any():
            await response.write(piece)
        await response.write_eof()
        return response


async def _session(app: web.Application) -> AsyncGenerator[None]:
    connector = aiohttp.TCPConnector(limit=0, use_dns_cache=True)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=False) as session:
        app[_SESSION] = session
        yield


def application(upstream_port: int) -> web.Application:
    """The application; it opens its session at startup and closes it at shutdown."""
    app = web.Application(client_max_size=64 * 1024 * 1024, handler_args={"access_log": None})
    app[_ORIGIN] = f"http://127.0.0.1:{upstream_port}"
    app.cleanup_ctx.append(_session)
    app.router.add_post("/v1/chat/completions", relay)
    return app


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream-port", type=int, required=True)
    options = parser.parse_args()
    app = application(options.upstream_port)
    loop = uvloop.new_event_loop()
    web.run_app(
        app,
        host="127.0.0.1",
        port=options.port,
        access_log=None,
        print=None,
        loop=loop,
        backlog=4096,
        handler_cancellation=True,  # a client that disconnects cancels its upstream call
        shutdown_timeout=1,
    )


if __name__ == "__main__":
    main()
