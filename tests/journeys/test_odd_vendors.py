"""Vendors that break HTTP, their own format or the custom of it: another target answers while it can."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import aiohttp
import pytest

from config.kinds import Operation
from tests.formats import FORMATS
from tests.journeys.matrix import ASKED, Must
from tests.journeys.odd_vendor import TEXT, WIRES, OddVendor, Step, Wire
from tests.journeys.oddities import ODD, Odd
from tests.journeys.program import ADMIN_KEY, Gateway, Row, running, show

WELL = "well"


@dataclass(frozen=True, slots=True)
class Cell:
    odd: Odd
    asked: Operation
    stream: bool

    @property
    def must(self) -> Must:
        return self.odd.must if self.stream or self.odd.must_whole is None else self.odd.must_whole

    @property
    def name(self) -> str:
        return f"o{ODD.index(self.odd)}-{self.asked.value}-{'stream' if self.stream else 'whole'}"

    def __str__(self) -> str:
        return f"{self.odd.name}, {self.asked.value}, {'stream' if self.stream else 'whole'}"


EVERY = [Cell(*each) for each in product(ODD, ASKED, (True, False))]
# Each oddity streamed in one format and whole in another, for a run that is quick.
CHOSEN = [
    Cell(odd, ASKED[(number + stream) % len(ASKED)], stream)
    for number, odd in enumerate(ODD)
    for stream in (True, False)
]
_KINDS = {
    Operation.CHAT: ("openai-like", "/v1"),
    Operation.RESPONSES: ("openai", "/v1"),
    Operation.MESSAGES: ("anthropic", ""),
}


def configuration(port: int, cells: Sequence[Cell]) -> str:
    deadlines = "{ connect: 5s, headers: 3s, first_content: 3s, idle: 2s, total: 20s }"
    lines = ["reliability: { retry_budget: 1, breakers: false }", f"admin_key: {ADMIN_KEY}", "vendors:"]
    names = [
        *((cell.name, cell.asked) for cell in cells),
        *((f"{WELL}-{each.value}", each) for each in ASKED),
    ]
    for name, asked in names:
        kind, path = _KINDS[asked]
        told = f'kind: {kind}, base_url: "http://127.0.0.1:{port}/{name}{path}", api_key: none'
        lines.append(f"  {name}: {{ {told}, deadlines: {deadlines} }}")
    lines.append("models:")
    for name, asked in names:
        fallback = "" if name.startswith(WELL) else f", fallback: [{WELL}-{asked.value}]"
        model = "larger" if name.startswith(WELL) else "m"
        lines.append(f"  {name}: {{ targets: [{name}/{model}]{fallback} }}")
    lines += ["prices:", *(f'  "{name}/*": {{ input: 1, output: 2 }}' for name, _ in names)]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Outcome:
    status: int
    headers: dict[str, str]
    body: bytes
    rows: list[Row]


async def meet_all(gateway: Gateway, cells: Sequence[Cell]) -> list[tuple[int, dict[str, str], bytes]]:
    gate = asyncio.Semaphore(60)

    async def meet(session: aiohttp.ClientSession, cell: Cell) -> tuple[int, dict[str, str], bytes]:
        form = FORMATS[cell.asked]
        body = form.ask(cell.name, "Which train?", stream=cell.stream)
        async with gate, session.post(form.at(cell.name, stream=cell.stream), json=body) as response:
            came = b""
            try:
                async for data in response.content.iter_any():
                    came += data
            except aiohttp.ClientError as error:
                came += f"<<{error!r}>>".encode()
            came = came.replace(b"\r\n", b"\n")
            return response.status, {k.lower(): v for k, v in response.headers.items()}, came

    headers = {"authorization": f"Bearer {gateway.key}"}
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(gateway.address, headers=headers, connector=connector) as session:
        return await asyncio.gather(*(meet(session, cell) for cell in cells))


def judge(cell: Cell, found: Outcome) -> None:
    form = FORMATS[cell.asked]
    attempts = 2 if cell.must == "falls back" else 1
    assert len(found.rows) == attempts, "rows"
    first = found.rows[0]
    if cell.must == "falls back":
        assert found.status == 200
        assert found.rows[1]["status"] == "ok"
        assert first["status"] != "ok" and first["error_code"]
        refused = first["http_status"] not in (0, 200)
        assert bool(first["cost_nano"]) != refused, "cost"
        assert bool(first["estimated"]) != refused, "estimated"
    if cell.must in ("falls back", "answers"):
        assert found.status == 200
        assert TEXT in form.text(found.body, stream=cell.stream)
        if cell.stream:
            assert form.clean.search(found.body)
        assert found.rows[-1]["output_tokens"] == 4 and not found.rows[-1]["estimated"]
    elif cell.must == "stays":
        assert found.status == 400, found.status
        assert form.error(found.body, stream=False)
        assert not first["cost_nano"]
    else:
        assert found.status == 200
        assert not form.clean.search(found.body), "clean"
        assert form.error(found.body, stream=True)
        assert first["status"] in ("cut", "timeout"), first["status"]
        assert first["cost_nano"] > 0


@pytest.mark.parametrize(
    "cells",
    [CHOSEN, pytest.param(EVERY, marks=[pytest.mark.soak, pytest.mark.timeout(600)])],
    ids=["chosen", "every"],
)
def test_odd_vendors_are_met_as_they_should_be(
    cells: Sequence[Cell], tmp_path_factory: pytest.TempPathFactory
) -> None:
    scripts: dict[str, Sequence[Step] | Wire] = {f"{WELL}-{each.value}": WIRES[each] for each in ASKED}
    scripts |= {cell.name: cell.odd.script(cell.asked, stream=cell.stream) for cell in cells}
    complaints: list[str] = []
    with OddVendor(scripts) as vendor:
        gateway = Gateway(tmp_path_factory.mktemp("odd"), configuration(vendor.port, cells))
        with running(gateway):
            met = asyncio.run(meet_all(gateway, cells))
            for cell, seen in zip(cells, met, strict=True):
                count = int(seen[1].get("x-signalbox-attempts", 1))
                complaints += judged(cell, Outcome(*seen, gateway.attempts(seen[1]["x-request-id"], count)))
    show(f"{len(cells)} cells, {len(complaints)} complaints")
    assert not complaints, "\n".join(complaints)


def judged(cell: Cell, found: Outcome) -> Iterator[str]:
    """What is wrong with the outcome, if anything is."""
    try:
        judge(cell, found)
    except (AssertionError, KeyError, ValueError, IndexError, TypeError) as wrong:
        rows = [
            (row["status"], row["http_status"], row["error_code"], row["cost_nano"]) for row in found.rows
        ]
        yield (
            f"{cell} must {cell.must}: {type(wrong).__name__} {str(wrong)[:200]}\n"
            f"    {found.status} {found.body[-300:]!r}\n    {rows}"
        )
