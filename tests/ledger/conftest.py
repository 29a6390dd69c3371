"""Rows, spools and databases for the ledger's tests."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dialects.usage import Usage
from ledger.row import Begun, NanoDollars, UsageRow
from storage.engine import Database, open_database
from storage.schema import metadata

NOON_MS = 1_790_000_000_000

ROW = UsageRow(
    attempt_id="req_0.1",
    at_ms=NOON_MS,
    key_id="key_a",
    user="alice",
    team="support",
    organisation="acme",
    endpoint="chat",
    model_asked="fast",
    vendor="openai",
    model_served="gpt-4o-mini",
    status="ok",
    http_status=200,
    error_code="",
    usage=Usage(input=100, output=10),
    cost=NanoDollars(21_000),
    price_version="1-abcd",
    priced=True,
    estimated=False,
    stream=False,
    queue_ms=0.5,
    first_ms=0.0,
    total_ms=12.5,
)
BEGUN = Begun(
    attempt_id="req_0.1",
    at_ms=NOON_MS,
    key_id="key_a",
    user="alice",
    team="support",
    organisation="acme",
    endpoint="chat",
    model_asked="fast",
    vendor="openai",
    model_served="gpt-4o-mini",
    price_version="1-abcd",
    input_estimate=120,
)


@pytest.fixture
def make_row() -> Callable[..., UsageRow]:
    """A usage row that differs from the plain one in what is given."""

    def make(request: object = 0, attempt: int = 1, **changes: Any) -> UsageRow:
        return msgspec.structs.replace(ROW, attempt_id=f"req_{request}.{attempt}", **changes)

    return make


@pytest.fixture
def make_begun() -> Callable[..., Begun]:
    """The beginning of an attempt."""

    def make(request: object = 0, attempt: int = 1, **changes: Any) -> Begun:
        return msgspec.structs.replace(BEGUN, attempt_id=f"req_{request}.{attempt}", **changes)

    return make


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty SQLite database with every table."""
    opened = open_database(f"sqlite:///{tmp_path}/ledger.db")
    async with opened.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield opened
    await opened.close()
