"""How properties are drawn, and what every process of the suite does before its first test."""

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests import tables
from tests.storage import postgres

settings.register_profile("quick", deadline=None, max_examples=25)
settings.register_profile("thorough", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Fifteen thousand tests are a large heap that stays: the collector need not walk it again and again."""
    if session.config.getoption("processes", 1) > 1:
        tables.template()  # once for all of them
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _copied_tables() -> None:
    """Migrations run once: who tests them asks for `tables.APART`."""
    tables.use()


@pytest.fixture(scope="session", autouse=True)
def _shared_database() -> Iterator[None]:
    """Ends the PostgreSQL server that tests share, if any has started it."""
    yield
    postgres.SHARED.stop()
