"""Every fault in every phase and format: another target answers while it can, and it breaks openly after."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from tests.formats import FORMATS
from tests.journeys.faults import the_row_is_true
from tests.journeys.matrix import ASKED, DOCUMENT, ROWS, SHORT, SHOWN, Cell, cells, configuration, with_table
from tests.journeys.program import ADMIN_KEY, Gateway, Row, Simulator, running, show
from tests.ports import refusing

WORDS = "Tell me of the night train and its signals."
TOOL = "throw_signal"
AT_ONCE = 60  # calls: so few that no deadline is missed for want of a processor


@dataclass(frozen=True, slots=True)
class Met:
    """What the caller saw, and the request's rows."""

    status: int
    headers: dict[str, str]
    body: bytes
    rows: Sequence[Row] = ()

    @property
    def attempts(self) -> int:
        return int(self.headers.get("x-signalbox-attempts", "1"))


async def ask(session: aiohttp.ClientSession, cell: Cell) -> Met:
    form = FORMATS[cell.asked]
    body = form.ask(cell.name, WORDS, stream=cell.stream, tool=TOOL if cell.row.model == "tools" else "")
    async with session.post(form.at(cell.name, stream=cell.stream), json=body) as response:
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Met(response.status, headers, await response.read())


async def ask_all(gateway: Gateway, found: Sequence[Cell]) -> list[Met]:
    headers = {"authorization": f"Bearer {gateway.key}"}
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(gateway.address, headers=headers, connector=connector) as session:
        return await asyncio.gather(*(ask(session, cell) for cell in found))


@pytest.mark.parametrize(
    "rows",
    [SHORT, pytest.param(ROWS, marks=[pytest.mark.soak, pytest.mark.timeout(900)])],
    ids=["short", "whole"],
)
def test_the_matrix(rows: Sequence[object], simulator: Simulator, tmp_path: Path) -> None:
    found = [cell for cell in cells(ROWS) if cell.row in rows]
    with refusing() as port:
        address = f"127.0.0.1:{port}"
        gateway = Gateway(tmp_path, configuration(simulator.base_url, address, found, ADMIN_KEY))
        with running(gateway):
            met = asyncio.run(ask_all(gateway, found))
            complaints = [
                complaint
                for cell, seen in zip(found, met, strict=True)
                for complaint in judged(cell, with_rows(gateway, seen))
            ]
    show(table(found, met), f"{len(found)} cells, {len(complaints)} complaints")
    assert not complaints, "\n".join(complaints)


def with_rows(gateway: Gateway, seen: Met) -> Met:
    rows = gateway.attempts(seen.headers["x-request-id"], seen.attempts)
    return Met(seen.status, seen.headers, seen.body, rows)


def judged(cell: Cell, met: Met) -> Iterator[str]:
    """What is wrong, if anything is."""
    try:
        judge(cell, met)
    except (AssertionError, KeyError, ValueError, IndexError, TypeError) as wrong:
        rows = [(row["status"], row["error_code"], row["model_served"]) for row in met.rows]
        said = f"{met.status} {met.body[-300:]!r}"
        yield f"{cell}: {type(wrong).__name__} {str(wrong)[:300]}\n    {said}\n    {rows}"


def judge(cell: Cell, met: Met) -> None:
    # On a busy machine content and fault may come in one piece: then nothing had gone to the caller yet.
    together = cell.must == "breaks" and met.attempts == 2
    must = "falls back" if together else cell.must
    form = FORMATS[cell.asked]
    assert len(met.rows) == met.attempts == (2 if must == "falls back" else 1)
    if must == "breaks":
        assert met.status == 200
        assert form.error(met.body, stream=True) and not form.clean.search(met.body)
        assert met.rows[0]["status"] in ("cut", "timeout")
    elif must == "stays":
        assert 400 <= met.status < 500 and form.error(met.body, stream=False)
    else:
        assert met.status == 200
        assert not cell.stream or form.clean.search(met.body)
        assert met.rows[-1]["status"] == "ok"
        assert (met.headers["x-signalbox-target"] == "well/large") == (must == "falls back")
    for row in met.rows:
        the_row_is_true_of(cell, row)


def the_row_is_true_of(cell: Cell, row: Row) -> None:
    if row["error_code"] == "vendor_empty":
        assert not row["estimated"] and row["input_tokens"] > 0
        return
    reached = cell.row.vendor == "sim" or row["vendor"] == "well"
    if reached and row["http_status"] not in (400, 413, 422):
        the_row_is_true({**row, "cost_nano": row["cost_nano"] or (row["priced"] == 0 and _owed(row))})
    else:
        assert row["status"] == "error" and row["error_code"] and row["cost_nano"] == 0


def _owed(row: Row) -> int:
    """Models of other kinds than the simulator's have no price here: their tokens tell the same."""
    return int(row["input_tokens"] + row["output_tokens"])


def table(found: Sequence[Cell], met: Sequence[Met]) -> str:
    """What came of each cell: attempts, and whether there was an answer."""
    seen = {(cell.row.name, cell.asked, cell.stream): each for cell, each in zip(found, met, strict=True)}
    columns = [(asked, stream) for asked in ASKED for stream in (False, True)]
    heads = [f"{asked.value} {'stream' if stream else 'whole'}" for asked, stream in columns]
    lines = [f"{'the vendor':<30}" + "".join(f"{head:<18}" for head in heads)]
    for row in dict.fromkeys(cell.row.name for cell in found):
        marks = (_mark(seen[row, *column]) for column in columns)
        lines.append(f"{row:<30}" + "".join(f"{mark:<18}" for mark in marks))
    return "\n".join(lines)


def _mark(met: Met) -> str:
    if met.status != 200:
        return f"{met.status}"
    if met.attempts == 2:
        return SHOWN["falls back"]
    broke = b"error" in met.body[-400:] and met.rows == ()
    return f"{met.status} {'with an error' if broke else ''}".strip()


def test_the_documentation_has_the_matrix_that_is_tried() -> None:
    text = DOCUMENT.read_text()
    assert with_table(text) == text, "run `make docs`"
