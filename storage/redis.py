"""Access to Redis, a single server or a cluster.

Imported only if the configuration names such a server: the driver takes 20 MB. Works with Valkey too.
"""

import importlib
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from redis.asyncio import Redis as Driver
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.commands.core import AsyncScript

from storage.errors import StoreDown
from storage.node import ELSEWHERE, FIRST_PAUSE, LONGEST_PAUSE, Command, Node, Question, sent

if TYPE_CHECKING:
    from storage.cluster import Cluster

__all__ = ["FIRST_PAUSE", "LONGEST_PAUSE", "Command", "Redis"]

_CONNECT_SECONDS = 1.0
_SCRIPTS = Path(__file__).parent / "lua"


class Redis:
    """For one event loop only. `deadline` is in seconds and bounds each question to a server.

    A server that redirects is a cluster node; from then on its cluster is asked. Raises StoreSlow past the
    deadline, StoreDown if a server is unavailable or failed less than a pause ago; then the effect of a
    write is unknown. StoreConflict: a command was refused.
    """

    def __init__(self, url: str, deadline: float, clock: Callable[[], float]) -> None:
        """`clock` is monotonic seconds. Raises ValueError if the URL is invalid."""
        self._url = url
        self._deadline = deadline
        self._clock = clock
        self._driver = _driver(url)
        self._node = Node(self._driver, deadline, clock)
        self._cluster: Cluster | None = None
        self._scripts = {
            path.stem: self._driver.register_script(path.read_text()) for path in _SCRIPTS.glob("*.lua")
        }

    @property
    def resting(self) -> bool:
        """Whether the configured server failed recently and is not asked."""
        return self._node.resting

    async def run(self, *commands: Command) -> list[Any]:
        """The reply to each command. They run atomically; in a cluster, those of one hash slot do."""
        if self._cluster is None:
            try:
                return list(await self._node.ask(partial(sent, commands)))
            except ELSEWHERE:
                pass
        return list(await self._asked(lambda cluster: cluster.run(commands)))

    async def script(self, name: str, keys: Sequence[str], values: Sequence[int | str]) -> list[Any]:
        """The reply of a script in `storage/lua`, whose keys must be in one hash slot."""
        question: Question = partial(_scripted, self._scripts[name], keys, values)
        if self._cluster is None:
            try:
                return list(await self._node.ask(question))
            except ELSEWHERE:
                pass
        return list(await self._asked(lambda cluster: cluster.ask(keys[0], question)))

    async def close(self) -> None:
        """Close every connection."""
        await self._driver.aclose()
        if self._cluster is not None:
            await self._cluster.close()

    async def _asked(self, asking: "Callable[[Cluster], Awaitable[Any]]") -> Any:
        cluster = self._joined()
        try:
            return await asking(cluster)
        except StoreDown:
            if not cluster.known:  # perhaps a single server after all, or again: ask it anew
                self._cluster = None
            raise

    def _joined(self) -> "Cluster":
        """The cluster that the configured server belongs to."""
        if self._cluster is None:
            found: Cluster = importlib.import_module("storage.cluster").Cluster(
                self._node, urlsplit(self._url).hostname or "localhost", self._join
            )
            self._cluster = found
        return self._cluster

    def _join(self, address: tuple[str, int]) -> Node:
        """Another node, reached with the first one's URL settings."""
        host, port = address
        there = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        before, at, _ = urlsplit(self._url).netloc.rpartition("@")
        url = urlsplit(self._url)._replace(netloc=f"{before}{at}{there}").geturl()
        return Node(_driver(url), self._deadline, self._clock)


def _driver(url: str) -> Driver:
    return Driver.from_url(
        url, socket_connect_timeout=_CONNECT_SECONDS, retry=Retry(NoBackoff(), 0), max_connections=64
    )


async def _scripted(
    script: AsyncScript, keys: Sequence[str], values: Sequence[int | str], driver: Driver, asking: bool
) -> Any:
    if not asking:
        return await script(keys=keys, args=values, client=driver)
    pipeline = driver.pipeline(transaction=False)
    pipeline.execute_command("ASKING")
    await script(keys=keys, args=values, client=pipeline)
    return (await pipeline.execute())[1]
