"""Every fault of a vendor of any format, met by a caller of any: another target answers while it can."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import combinations, product

import aiohttp
import pytest

from config.kinds import Operation
from tests.formats import FORMATS, Format
from tests.journeys.faults import BREAKS, FAILS, FAULTS, WHOLE_CODES, Fault, the_row_is_true
from tests.journeys.program import ADMIN_KEY, Gateway, Row, Simulator, running, show
from tests.journeys.vendors import KINDS, price_lines, vendor_lines

WORDS = "Tell me of the night train and its signals."
TOOL = "throw_signal"
AT_ONCE = 60  # calls: so few that no deadline is missed for want of a processor
CALLERS = (
    Operation.CHAT,
    Operation.RESPONSES,
    Operation.MESSAGES,
    Operation.GENERATE_CONTENT,
    Operation.GENERATE_CONTENT_ARRAY,
    Operation.CONVERSE,
    Operation.COHERE_CHAT,
    Operation.OLLAMA_CHAT,
)
OTHERS = (Operation.CHAT, Operation.MESSAGES, Operation.GENERATE_CONTENT, Operation.CONVERSE)
# Who answers when a vendor of that format does not: always one that speaks another.
SECOND = {
    each: Operation.GENERATE_CONTENT if each is Operation.MESSAGES else Operation.MESSAGES for each in KINDS
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One call: who asks whom, which fault, how, and whether a second target is there."""

    caller: Operation
    vendor: Operation
    fault: Fault
    stream: bool
    second: bool

    @property
    def expected(self) -> str:
        return self.fault.stream if self.stream else self.fault.whole

    @property
    def model(self) -> str:
        """The group of the configuration that meets it."""
        return f"{'pair' if self.second else 'alone'}-{self.vendor.value}-{FAULTS.index(self.fault)}"

    @property
    def form(self) -> Format:
        return FORMATS[self.caller]

    def __str__(self) -> str:
        how = f"{'stream' if self.stream else 'whole'}, {'with a second' if self.second else 'alone'}"
        return f"{self.caller.value} of {self.vendor.value}, {self.fault.name}, {how}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the caller saw, and the request's rows."""

    status: int
    headers: dict[str, str]
    body: bytes
    rows: list[Row]

    @property
    def together(self) -> bool:
        """Content and fault came in one piece, as on a busy machine: nothing had gone to the caller yet."""
        return self.status != 200 or self.headers["x-signalbox-attempts"] == "2"


def expected(cell: Cell, outcome: Outcome) -> str:
    return FAILS if cell.expected == BREAKS and outcome.together else cell.expected


def every_cell() -> list[Cell]:
    return [
        Cell(caller, vendor, fault, stream, second)
        for caller in CALLERS
        for vendor in dict.fromkeys((caller, *OTHERS))
        if vendor in KINDS
        for fault, stream, second in product(FAULTS, (True, False), (True, False))
        if caller is not Operation.GENERATE_CONTENT_ARRAY or stream
    ]


def chosen_cells() -> list[Cell]:
    """So few that any two facts of a cell, and any fault of a vendor whole or streamed, still meet."""
    met: set[tuple[object, ...]] = set()
    chosen = []
    cells = every_cell()
    step = 619  # walks through all of them, as it is a prime, in an order in which neighbours differ
    for number in range(len(cells)):
        cell = cells[number * step % len(cells)]
        facts = (cell.caller, cell.vendor.value, cell.fault.name, cell.stream, f"second {cell.second}")
        pairs = {*combinations(facts, 2), (cell.vendor, cell.fault.name, cell.stream)}
        if pairs - met:
            met |= pairs
            chosen.append(cell)
    return chosen


def configuration(base_url: str) -> str:
    groups = [
        f'  {name}-{vendor.value}-{number}: {{ targets: ["{vendor.value}/{model}@{fault.told}"]{fallback} }}'
        for vendor in KINDS
        for number, fault in enumerate(FAULTS)
        for model in ("tools" if "tool" in fault.name else "small",)
        for name, fallback in (("alone", ""), ("pair", f", fallback: [well-{SECOND[vendor].value}]"))
    ]
    wells = [
        f"  well-{each.value}: {{ targets: [{each.value}/large] }}" for each in sorted(set(SECOND.values()))
    ]
    deadlines = "{ connect: 10s, headers: 4s, first_content: 4s, idle: 4s, total: 60s }"
    vendors = vendor_lines(base_url, deadlines)
    return "\n".join(
        (
            *vendors,
            "models:",
            *wells,
            *groups,
            *price_lines(),
            # Each cell is to be met as if it were the first.
            "reliability: { breakers: false, retry_budget: 1 }",
            f"admin_key: {ADMIN_KEY}",
            "log: { format: json }",
        )
    )


async def meet(session: aiohttp.ClientSession, cell: Cell) -> tuple[int, dict[str, str], bytes]:
    tool = TOOL if "tool" in cell.fault.name else ""
    body = cell.form.ask(cell.model, WORDS, stream=cell.stream, tool=tool)
    # Cohere's SDK raises for no event, so there a stream that breaks ends with its connection.
    severed = cell.stream and cell.expected == BREAKS and cell.caller is Operation.COHERE_CHAT
    came: list[bytes] = []
    async with session.post(cell.form.at(cell.model, stream=cell.stream), json=body) as response:
        # What broke before its content was passed on is an error like any other.
        begun = severed and response.status == 200
        with pytest.raises(aiohttp.ClientPayloadError) if begun else nullcontext():
            async for piece in response.content.iter_any():
                came.append(piece)
        return response.status, {k.lower(): v for k, v in response.headers.items()}, b"".join(came)


async def meet_all(gateway: Gateway, cells: Sequence[Cell]) -> list[tuple[int, dict[str, str], bytes]]:
    """Called many at a time: the slow ones wait for their deadlines together."""
    headers = {"authorization": f"Bearer {gateway.key}"}
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(gateway.address, headers=headers, connector=connector) as session:
        return await asyncio.gather(*(meet(session, cell) for cell in cells))


@pytest.mark.parametrize(
    "cells",
    [chosen_cells(), pytest.param(every_cell(), marks=[pytest.mark.soak, pytest.mark.timeout(1200)])],
    ids=["chosen", "every"],
)
def test_faults_are_met_as_they_should_be(
    cells: Sequence[Cell], simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> None:
    gateway = Gateway(tmp_path_factory.mktemp("format-faults"), configuration(simulator.base_url))
    complaints: list[str] = []
    together = 0
    with running(gateway):
        met = asyncio.run(meet_all(gateway, cells))
        for cell, seen in zip(cells, met, strict=True):
            rows = gateway.attempts(seen[1]["x-request-id"], int(seen[1].get("x-signalbox-attempts", 1)))
            outcome = Outcome(*seen, rows)
            complaints += judged(cell, outcome)
            together += expected(cell, outcome) != cell.expected
    show(table(cells), f"{len(cells)} cells, {len(complaints)} complaints; {together} not in time to break")
    assert not complaints, "\n".join(complaints)
    assert together <= len(cells) // 50


def table(cells: Sequence[Cell]) -> str:
    """How many cells of which caller met a vendor of which format."""
    vendors = list(KINDS)
    lines = [f"{'caller':<24}" + "".join(f"{each.value:<18}" for each in vendors)]
    for caller in CALLERS:
        counts = [sum((cell.caller, cell.vendor) == (caller, each) for cell in cells) for each in vendors]
        lines.append(f"{caller.value:<24}" + "".join(f"{count or '-':<18}" for count in counts))
    return "\n".join(lines)


def judged(cell: Cell, outcome: Outcome) -> Iterator[str]:
    """What is wrong with the outcome, if anything is."""
    try:
        judge(cell, outcome)
    except (AssertionError, KeyError, ValueError, IndexError, TypeError) as wrong:
        said = outcome.body[-300:]
        rows = [(row["status"], row["error_code"], row["model_served"]) for row in outcome.rows]
        yield f"{cell}: {type(wrong).__name__} {str(wrong)[:300]}\n    {outcome.status} {said!r}\n    {rows}"


def judge(cell: Cell, outcome: Outcome) -> None:
    met = expected(cell, outcome)
    attempts = 2 if cell.second and met == FAILS else 1
    if met == BREAKS:
        it_breaks_openly(cell, outcome)
    elif met == FAILS and not cell.second:
        it_is_refused(cell, outcome)
    else:
        it_is_answered(cell, outcome, attempts)
    assert len(outcome.rows) == attempts
    for row in outcome.rows:
        the_row_is_true(row)


def it_is_answered(cell: Cell, outcome: Outcome, attempts: int) -> None:
    assert outcome.status == 200
    assert outcome.headers["x-signalbox-attempts"] == str(attempts)
    assert outcome.rows[-1]["status"] == "ok"
    if attempts == 2:
        assert outcome.headers["x-signalbox-target"] == f"{SECOND[cell.vendor].value}/large"
        assert outcome.rows[-1]["estimated"] == 0
    if cell.stream:
        assert cell.form.clean.search(outcome.body)
    if "tool" in cell.fault.name and attempts == 1:
        assert TOOL in outcome.body.decode("utf-8", "replace")
    else:
        assert "night train" in cell.form.text(outcome.body, stream=cell.stream)


def it_is_refused(cell: Cell, outcome: Outcome) -> None:
    code = cell.fault.code if cell.stream else WHOLE_CODES.get(cell.fault.code, cell.fault.code)
    assert outcome.status == cell.fault.status
    assert cell.form.error(outcome.body, stream=False).startswith(f"{cell.vendor.value}/")
    assert outcome.headers.get("retry-after") == ("3" if cell.fault.status == 429 else None)
    if cell.caller in (Operation.CHAT, Operation.RESPONSES) and cell.fault.code != "simulated_failure":
        assert json.loads(outcome.body)["error"]["code"] == code


def it_breaks_openly(cell: Cell, outcome: Outcome) -> None:
    assert outcome.status == 200
    assert outcome.headers["x-signalbox-attempts"] == "1"
    assert not cell.form.clean.search(outcome.body)
    assert cell.form.error(outcome.body, stream=True)
    if "tool" not in cell.fault.name:
        assert cell.form.text(outcome.body, stream=True), "what the vendor said before it broke is missing"
    assert outcome.rows[0]["status"] in ("cut", "timeout")
    assert outcome.rows[0]["output_tokens"] > 0
