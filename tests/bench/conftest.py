"""The benchmark's own upstream, on a free port."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bench.upstream import Stats, serve


@dataclass(frozen=True)
class Upstream:
    port: int
    stats: Stats

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    stats = Stats()
    server = await serve(0, stats)
    async with server:
        yield Upstream(server.sockets[0].getsockname()[1], stats)
