"""Plain facts for tests of the ledger: a row, a beginning, and a database that holds some."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from dialects.usage import Usage
from ledger.row import Begun, NanoDollars, UsageRow
from ledger.store import RowStore
from storage.engine import Database, open_database
from tests import tables

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


@asynccontextmanager
async def ledger_of(file: Path, rows: Sequence[UsageRow] = ()) -> AsyncIterator[Database]:
    """An open SQLite database with every table and these rows."""
    tables.put(file)
    opened = open_database(f"sqlite:///{file}")
    await RowStore(opened, "facts").ship(rows, refused)
    yield opened
    await opened.close()


def refused(row: UsageRow) -> None:
    """No table refuses a row of a test that does not say so."""
    raise AssertionError(row)
