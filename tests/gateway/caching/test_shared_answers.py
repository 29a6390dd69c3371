"""A store is opened only where it is configured and used; a server that is away holds up no start."""

from dataclasses import replace
from pathlib import Path

from config.caching import CacheFacts, CachePolicy
from config.catalog import Settings
from gateway.caching.shared_answers import FILE, shared_answers
from gateway.clock import SYSTEM_CLOCK
from tests.gateway.caching.test_rules import CATALOG

AWAY = Settings(redis="redis://127.0.0.1:1/0")


async def test_it_is_opened_where_it_is_used(tmp_path: Path) -> None:
    facts = CacheFacts(store="redis", everybody=CachePolicy(exact=60.0))
    async with shared_answers(replace(CATALOG, settings=AWAY, cache=facts), SYSTEM_CLOCK, tmp_path) as store:
        assert store is not None
        assert await store.get(b"x") is None


async def test_it_is_not_opened_elsewhere(tmp_path: Path) -> None:
    for catalog in (CATALOG, replace(CATALOG, settings=AWAY)):
        async with shared_answers(catalog, SYSTEM_CLOCK, tmp_path) as store:
            assert store is None
    unused = replace(CATALOG, settings=AWAY, cache=CacheFacts(store="redis"))
    async with shared_answers(unused, SYSTEM_CLOCK, tmp_path) as store:
        assert store is None


async def test_a_file_is_beside_the_state(tmp_path: Path) -> None:
    facts = CacheFacts(store="sqlite", everybody=CachePolicy(exact=60.0))
    async with shared_answers(replace(CATALOG, cache=facts), SYSTEM_CLOCK, tmp_path) as store:
        assert store is not None
        assert await store.get(b"x" * 32) is False
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
