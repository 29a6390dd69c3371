"""Rows and databases for the ledger's tests."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ledger.row import Begun, UsageRow
from storage.engine import Database
from tests.ledger.facts import BEGUN, ROW, ledger_of


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
    async with ledger_of(tmp_path / "ledger.db") as opened:
        yield opened
