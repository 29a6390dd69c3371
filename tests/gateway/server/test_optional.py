"""What is not configured is not opened, and nothing that it needs is loaded."""

import sys
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from config.catalog import Catalog
from config.defaults import default_catalog
from config.errors import ConfigError
from config.trace import TracingFacts
from gateway.clock import SYSTEM_CLOCK
from gateway.server.optional import agents_of, leasing_of, tracing_of


async def no_use() -> Any:
    raise AssertionError("nobody asked what was used")


async def test_without_a_redis_nobody_leases(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        assert await leasing_of(None, cast(Any, no_use), SYSTEM_CLOCK, stack, tmp_path) is None


async def test_with_a_redis_leases_are_given_back_at_the_end(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        # Nothing is connected before the first limit is counted.
        leasing = await leasing_of("redis://127.0.0.1:1/0", cast(Any, no_use), SYSTEM_CLOCK, stack, tmp_path)
        assert leasing is not None
        assert list((tmp_path / "leases").glob("*.owed"))
    assert not list((tmp_path / "leases").iterdir()), "nothing was owed"


async def test_without_agents_there_are_no_runs() -> None:
    services = cast(Any, SimpleNamespace(deployment=SimpleNamespace(catalog=SimpleNamespace(agents={}))))
    async with AsyncExitStack() as stack:
        assert await agents_of(services, cast(Any, None), SYSTEM_CLOCK, stack) is None


def tracing(facts: TracingFacts | None) -> Catalog:
    plain = default_catalog({}, {}).catalog
    return replace(plain, settings=replace(plain.settings, tracing=facts))


async def test_without_a_collector_nothing_is_traced() -> None:
    async with AsyncExitStack() as stack:
        assert tracing_of(tracing(None), "1", stack) is None


async def test_without_its_library_tracing_is_a_mistake_that_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "gateway.tracing.opening", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    facts = TracingFacts("http://127.0.0.1:1/v1/traces", (), 1.0, "x")
    async with AsyncExitStack() as stack:
        with pytest.raises(ConfigError, match=r"pip install 'signalbox-gateway\[otel\]'"):
            tracing_of(tracing(facts), "1", stack)
