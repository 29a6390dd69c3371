"""Times a month's report over many rows: `python -m bench.reports --rows 1000000 [--database URL]`."""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Boolean, Column, String, insert, select, text
from sqlalchemy.sql.elements import ColumnElement

from ledger.months import month_at
from ledger.reports import Question
from ledger.reports import usage as report
from ledger.statements import HOUR_KEYS, HOUR_MS, hourly_columns
from storage.engine import Database, open_database
from storage.migrate import migrate
from storage.schema import usage, usage_hourly

TEAMS, MODELS = 20, 5  # each key calls every model in every hour, if there are enough rows
_CHUNK = 250_000  # rows per statement
_TRIES = 5
_PATIENCE = 3600.0  # seconds for one statement


class Timed(NamedTuple):
    """The results. Times are in seconds: the fastest and the slowest of several tries."""

    rows: int
    hours: int  # rows of the hourly totals
    lines: int  # of the report
    best: float
    worst: float
    cpu: float  # of this process; with SQLite that is all of it


async def measure(database: Database, rows: int, keys: int, month_ms: int) -> Timed:
    """Fills an empty database with a month of rows, and asks for the month by team and model."""
    month, following = month_at(month_ms), month_at(month_ms, 1)
    span = following.starts_ms - month.starts_ms
    for start in range(0, rows, _CHUNK):
        await _fill(database, start, min(rows, start + _CHUNK), (month.starts_ms, span / rows), keys)
    await _roll_up(database)
    async with database.engine.connect() as connection:
        await connection.execute(text("ANALYZE"))
        await connection.commit()
    question = Question(("team", "model"), month.starts_ms, following.starts_ms)
    took, cpu = [], []
    for _ in range(_TRIES):
        began, used = time.perf_counter(), time.process_time()
        lines = await report(database, question)
        took.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
    assert sum(line.counts.attempts for line in lines) == rows
    hours = (await database.fetch(select(text("count(*)")).select_from(usage_hourly)))[0][0]
    return Timed(rows, hours, len(lines), min(took), max(took), min(cpu))


async def _fill(database: Database, start: int, end: int, pace: tuple[int, float], keys: int) -> None:
    """Inserts rows; `pace` is the first row's time and the milliseconds between two rows."""
    since_ms, step = pace
    sqlite = database.dialect == "sqlite"
    at = f"({since_ms} + CAST(i * {step} AS BIGINT))"
    name = f"printf('req_%011x%013x.1', {at}, i)"
    if not sqlite:
        name = f"'req_' || lpad(to_hex({at}), 11, '0') || lpad(to_hex(i), 13, '0') || '.1'"
    key = f"((i * 7919) % {keys})"
    said = {
        "attempt_id": name,
        "at_ms": at,
        "key_id": f"'key_' || {key}",
        "team": f"'team_' || ({key} % {TEAMS})",
        "user": f"'user_' || {key}",
        "organisation": "'acme'",
        "endpoint": "'chat'",
        "model_asked": "'fast'",
        "model_served": f"'model_' || ((i / {keys}) % {MODELS})",
        "vendor": "'openai'",
        "status": "'ok'",
        "input_tokens": "(i % 4000)",
        "output_tokens": "(i % 500)",
        "cost_nano": "(i % 100000)",
        "trail": '\'[["route","planned","the only target",{}]]\'',
    }
    series = f"WITH RECURSIVE n(i) AS (SELECT {start} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {end})"
    if not sqlite:
        series = f"WITH n(i) AS (SELECT generate_series({start}::bigint, {end - 1}::bigint))"
    names = ", ".join(f'"{column.name}"' for column in usage.c)
    listed = ", ".join(said.get(column.name, _nothing(column, sqlite)) for column in usage.c)
    async with database.transaction() as transaction:
        await transaction.execute(text(f"INSERT INTO usage ({names}) {series} SELECT {listed} FROM n"))


def _nothing(column: Column[object], sqlite: bool) -> str:
    if isinstance(column.type, Boolean):
        return "1" if sqlite else "true"
    return "''" if isinstance(column.type, String) else "0"


async def _roll_up(database: Database) -> None:
    columns: dict[str, ColumnElement[object]] = hourly_columns()
    chosen = select(*columns.values()).group_by(*(columns[name] for name in HOUR_KEYS))
    async with database.transaction() as transaction:
        await transaction.execute(insert(usage_hourly).from_select(list(columns), chosen))


async def _main(rows: int, keys: int, url: str | None) -> None:
    with tempfile.TemporaryDirectory(prefix="signalbox-reports-") as folder:
        database = open_database(url or f"sqlite:///{Path(folder) / 'a.db'}", deadline=_PATIENCE)
        await migrate(database)
        began = time.perf_counter()
        timed = await measure(database, rows, keys, 20_000 * 24 * HOUR_MS)
        filling = time.perf_counter() - began
        print(f"{database.dialect}: {timed.rows:,} rows, {timed.hours:,} hours, {timed.lines} lines")
        print(f"month by team and model: {timed.best:.3f} to {timed.worst:.3f} s, CPU {timed.cpu:.3f} s")
        print(f"filled in {filling:.0f} s")
        await database.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--keys", type=int, default=40)
    parser.add_argument("--database", help="an empty one, by URL; a SQLite file that goes, if left out")
    options = parser.parse_args()
    asyncio.run(_main(options.rows, options.keys, options.database))
