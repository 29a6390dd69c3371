"""One way to Redis: every call has a deadline, a server that failed is left alone for a while."""

import asyncio
import builtins
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError, TimeoutError

from storage.errors import StoreDown, StoreSlow

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 2.0  # seconds in which a server that failed is not asked
_SCRIPTS = Path(__file__).parent / "lua"


class RedisStore:
    """Runs the scripts of `storage/lua`. For one event loop only. Works with Valkey too."""

    def __init__(self, url: str, monotonic: Callable[[], float]) -> None:
        self._client = Redis.from_url(url, decode_responses=True, socket_connect_timeout=1.0)
        self._scripts = {
            path.stem: self._client.register_script(path.read_text()) for path in _SCRIPTS.glob("*.lua")
        }
        self._monotonic = monotonic
        self._pause = 0.0
        self._away_until = 0.0

    @property
    def away(self) -> bool:
        """Whether it failed just now, and is not asked."""
        return self._monotonic() < self._away_until

    async def run(
        self, script: str, keys: Sequence[str], values: Sequence[int | str], deadline: float
    ) -> list[Any]:
        """What a script answers. `deadline` is in seconds.

        Raises StoreSlow when it did not answer in time (whether it took effect is not known), StoreDown
        when it cannot be reached, or failed less than a pause ago.
        """
        if self.away:
            raise StoreDown("Redis failed just now and is not asked yet.")
        try:
            async with asyncio.timeout(deadline):
                answer: list[Any] = await self._scripts[script](keys=keys, args=values)
        except (builtins.TimeoutError, TimeoutError) as error:
            self._rest()
            raise StoreSlow(f"Redis did not answer in {deadline * 1000:g} ms.") from error
        # A RuntimeError is how uvloop says that a connection was closed before it is written to.
        except (RedisError, OSError, RuntimeError) as error:
            self._rest()
            raise StoreDown(f"Redis cannot be used now ({type(error).__name__}).") from error
        self._pause = 0.0
        return answer

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    def _rest(self) -> None:
        self._pause = min(LONGEST_PAUSE, max(FIRST_PAUSE, self._pause * 2))
        self._away_until = self._monotonic() + self._pause
