"""Answers cut anywhere, a transport without a network, and vendors that follow a script."""

import asyncio

from gateway.outbox import Outbox
from gateway.upstream import Deadlines
from gateway.upstream.connection import Connection

# Whoever meets one of these has hung, also on a busy machine.
AMPLE = Deadlines(connect=30, headers=30, first_content=30, idle=30, total=60)
ASK = b"GET / HTTP/1.1\r\nhost: v\r\n\r\n"
MAX_HEAD = 4096


class Pool:
    """Keeps count of what a connection tells its owner."""

    def __init__(self):
        self.released = 0
        self.lost_count = 0

    def release(self, connection):
        self.released += 1

    def lost(self, connection):
        self.lost_count += 1


class Socket(asyncio.Transport):
    """A transport without a network; what is fed to it while paused waits, as it would in the kernel."""

    def __init__(self, connection):
        super().__init__()
        self.connection = connection
        self.written = b""
        self.aborted = False
        self.reading = True

    def write(self, data):
        self.written += data

    def is_reading(self):
        return self.reading

    def pause_reading(self):
        self.reading = False

    def resume_reading(self):
        self.reading = True

    def abort(self):
        if not self.aborted:
            self.aborted = True
            asyncio.get_running_loop().call_soon(self.connection.connection_lost, None)


def connect(max_head=MAX_HEAD):
    connection = Connection(Pool(), "vendor:80", max_head, Outbox())
    connection.connection_made(Socket(connection))
    return connection


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def says(*steps, hold=True):
    """A script: bytes are sent, numbers are seconds of silence; then it holds the line, or hangs up."""

    async def script(wire):
        await wire.request()
        for step in steps:
            if isinstance(step, bytes):
                await wire.send(step)
            else:
                await asyncio.sleep(step)
        if hold:
            await wire.gone()

    return script


ANSWERS = {
    "sized": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: 1\r\n\r\nhello",
    "empty": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "chunked": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    b"3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nT: u\r\n\r\n",
    "until close": b"HTTP/1.1 200 OK\r\nX-A: 1\r\n\r\nhello",
    "no content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "not modified with a length": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
    "after interim heads": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nlink: x\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "closing": b"HTTP/1.1 500 Oops\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno",
    "after empty lines": b"\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "followed by garbage": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokgarbage",
    "followed by another": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "cut in the body": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
    "cut in the head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "not HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "bad chunk": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    "two framings": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
    "switching protocols": b"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nabc",
    "another protocol's name": b"RTSP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    "impossible status": b"HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n",
    "endless interim": b"HTTP/1.1 100 Continue\r\n\r\n" * 200,
    "huge head": b"HTTP/1.1 200 OK\r\nx: " + b"y" * 5000 + b"\r\nContent-Length: 0\r\n\r\n",
}
