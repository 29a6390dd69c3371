"""A small server that somebody's webhook may be."""

import asyncio
from types import TracebackType
from typing import NamedTuple


class Heard(NamedTuple):
    head: str
    body: str

    def header(self, name: str) -> str:
        for line in self.head.splitlines()[1:]:
            found, _, value = line.partition(":")
            if found.lower() == name:
                return value.strip()
        raise KeyError(name)


class Listener:
    """Answers with one status after the other, the last for ever."""

    def __init__(self, statuses: list[int], headers: str = "") -> None:
        self.requests: list[Heard] = []
        self._statuses = statuses
        self._headers = headers
        self._server: asyncio.Server | None = None

    @property
    def host(self) -> str:
        assert self._server is not None
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/hook?team=a"

    async def __aenter__(self) -> "Listener":
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        heard = Heard(head, "")
        body = await reader.readexactly(int(heard.header("content-length")))
        status = self._statuses[min(len(self.requests), len(self._statuses) - 1)]
        self.requests.append(heard._replace(body=body.decode()))
        answer = f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\n{self._headers}connection: close\r\n\r\n"
        writer.write(answer.encode())
        await writer.drain()
        writer.close()
