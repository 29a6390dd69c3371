"""Opens the store of answers that several processes share, if one is configured."""

import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from caching.store import Store
from config.catalog import Catalog
from config.extras import install
from gateway.clock import Clock

FILE = "answers.sqlite"  # in the state directory


@asynccontextmanager
async def shared_answers(
    catalog: Catalog, clock: Clock, state: Path, *, several: bool = False
) -> AsyncIterator[Store | None]:
    """The configured store; None for memory only. Does not wait for an unavailable server.

    `several`: other processes of this machine open it too. Raises ValueError if encryption is not installed.
    """
    facts, url = catalog.cache, catalog.settings.redis
    if not facts.used or facts.store == "memory" or (facts.store == "redis" and url is None):
        yield None
        return
    # Imported here, so that a gateway with answers only in memory does not load them.
    try:
        sealing = importlib.import_module("caching.sealing").Sealing([key.value for key in facts.encrypt])
    except ModuleNotFoundError:
        raise ValueError(f"cache.encrypt needs the extra `encrypt`: {install('encrypt')}") from None
    if facts.store == "sqlite":
        opened = importlib.import_module("caching.disk").Disk
        disk = opened(state / FILE, facts.disk, sealing, clock.unix_seconds, several=several)
        try:
            yield disk
        finally:
            await disk.close()
        return
    # The driver would cost 20 MB in every gateway that uses none.
    driver = importlib.import_module("storage.redis")
    redis = driver.Redis(url, catalog.settings.redis_deadline, clock.monotonic)
    try:
        yield importlib.import_module("caching.remote").Remote(redis, sealing=sealing)
    finally:
        await redis.close()
