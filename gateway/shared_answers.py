"""Opens the store of kept answers that is shared by many processes, where the configuration names one."""

import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from caching.remote import Remote
from config.catalog import Catalog
from gateway.clock import Clock


@asynccontextmanager
async def shared_answers(catalog: Catalog, clock: Clock) -> AsyncIterator[Remote | None]:
    """The store, as it was configured at the start. A server that is away is not waited for."""
    url = catalog.settings.redis
    if url is None or catalog.cache.store != "redis" or not catalog.cache.used:
        yield None
        return
    # Only here: the driver would take 20 MB of every gateway that uses none.
    driver = importlib.import_module("storage.redis")
    redis = driver.Redis(url, catalog.settings.redis_deadline, clock.monotonic)
    try:
        yield Remote(redis)
    finally:
        await redis.close()
