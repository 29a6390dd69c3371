"""A process's access to contents: little is loaded until the first copy, as the libraries take 10 MB."""

import asyncio
import importlib
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from config.catalog import Catalog
from gateway.books import Books
from gateway.clock import Clock
from gateway.contents.copying import Copies
from gateway.telemetry.metrics import Metrics
from ledger.contents import expire
from storage.engine import Database
from storage.errors import StoreError

if TYPE_CHECKING:
    from gateway.contents.keeper import Keeper
    from gateway.contents.vault import Vault

log = logging.getLogger("signalbox.contents")

_TIDY_SECONDS = 60.0
_FINISH_SECONDS = 5.0


class Contents:
    """The duties that store contents; they run beside the server, and `close` writes what is left."""

    def __init__(
        self,
        copies: Copies,
        database: Database,
        current: Callable[[], Catalog],
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        self.database = database
        self._copies = copies
        self._current = current
        self._metrics = metrics
        self._clock = clock
        self._woken = asyncio.Event()
        self._keeper: Keeper | None = None
        copies.wake(self._woken.set)

    async def write(self) -> None:
        """A duty: writes all copies to the database."""
        await self._woken.wait()
        await (await self._opened()).run(self._woken)

    async def tidy(self) -> None:
        """A duty: deletes expired contents, even after a team has stopped storing them."""
        while True:
            await asyncio.sleep(_TIDY_SECONDS)
            try:
                if gone := await expire(self.database, self._clock.unix_ms()):
                    log.info("contents of %d calls have expired and were deleted", gone)
                if self._current().retention.keys:
                    await (await self._opened()).relock()
            except StoreError as error:
                log.debug("contents are not looked through now: %s", error)

    async def close(self) -> None:
        """Writes what is left."""
        if len(self._copies):
            await (await self._opened()).finish(_FINISH_SECONDS)

    async def vault(self) -> "Vault":
        """A vault with the keys of the current configuration."""
        sealing = await asyncio.to_thread(importlib.import_module, "gateway.contents.sealing")
        vault: type[Vault] = importlib.import_module("gateway.contents.vault").Vault
        return vault(self.database, sealing.Locksmith(self._current().retention.keys))

    async def _opened(self) -> "Keeper":
        if self._keeper is None:
            module = await asyncio.to_thread(importlib.import_module, "gateway.contents.keeper")
            self._keeper = module.Keeper(
                self._copies, self.database, self._current, self._metrics, self._clock
            )
        return self._keeper


def contents_of(
    books: Books, database: Database, current: Callable[[], Catalog], stack: AsyncExitStack
) -> Contents:
    """A process's contents; when the stack closes, what is left is written."""
    contents = Contents(books.copies, database, current, books.metrics, books.clock)
    stack.push_async_callback(contents.close)
    return contents
