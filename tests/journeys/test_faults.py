"""Every fault of a vendor in every phase: another target answers while it can, nobody is lied to after."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import aiohttp
import pytest

from tests.journeys.faults import BREAKS, FAILS, FAULTS, WHOLE_CODES, Fault, the_row_is_true
from tests.journeys.program import ADMIN_KEY, Gateway, Row, Simulator, running, show

TOOL = {"type": "function", "function": {"name": "throw_signal", "parameters": {"type": "object"}}}


@dataclass(frozen=True, slots=True)
class Cell:
    """One call: a fault, how it is asked for, and whether a second target is there."""

    fault: Fault
    stream: bool
    chat: bool
    second: bool

    @property
    def expected(self) -> str:
        return self.fault.stream if self.stream else self.fault.whole

    @property
    def model(self) -> str:
        """The group of the configuration that meets it."""
        return f"{'pair' if self.second else 'alone'}-{FAULTS.index(self.fault)}"

    def __str__(self) -> str:
        words = ("stream" if self.stream else "whole", "chat" if self.chat else "completion")
        return f"{self.fault.name}, {', '.join(words)}, {'with a second' if self.second else 'alone'}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the caller saw, and the request's rows."""

    status: int
    headers: dict[str, str]
    body: bytes
    rows: list[Row]

    @property
    def events(self) -> list[Any]:
        """A stream's events; the last may be `[DONE]`."""
        datas = [each.removeprefix(b"data: ") for each in self.body.split(b"\n\n") if each]
        return ["[DONE]" if data == b"[DONE]" else json.loads(data) for data in datas]

    @property
    def error(self) -> dict[str, Any]:
        said = self.events[-1] if "event-stream" in self.headers["content-type"] else json.loads(self.body)
        found: dict[str, Any] = said["error"]
        return found


CELLS = [
    Cell(*each)
    for each in product(FAULTS, (True, False), (True, False), (True, False))
    if each[2] or each[0].name != "cut amid a tool"  # completions know no tools
]


def configuration(base_url: str) -> str:
    groups = [
        f'  {name}-{number}: {{ targets: ["sim/{model}@{fault.told}"]{fallback} }}'
        for number, fault in enumerate(FAULTS)
        for model in ("tools" if "tool" in fault.name else "small",)
        for name, fallback in (("alone", ""), ("pair", ", fallback: [well]"))
    ]
    deadlines = "{ connect: 2s, headers: 1s, first_content: 1s, idle: 1s, total: 30s }"
    return "\n".join(
        (
            "vendors:",
            f'  sim: {{ kind: sim, base_url: "{base_url}", deadlines: {deadlines} }}',
            "models:",
            "  well: { targets: [sim/large] }",
            *groups,
            # Each cell is to be met as if it were the first.
            "reliability: { breakers: false, retry_budget: 1 }",
            f"admin_key: {ADMIN_KEY}",
        )
    )


async def meet(session: aiohttp.ClientSession, cell: Cell) -> tuple[int, dict[str, str], bytes]:
    words = "Tell me of the night train and its signals."
    body: dict[str, Any] = {"model": cell.model, "stream": cell.stream}
    body |= {"messages": [{"role": "user", "content": words}]} if cell.chat else {"prompt": words}
    if "tool" in cell.fault.name:
        body["tools"] = [TOOL]
    path = "/v1/chat/completions" if cell.chat else "/v1/completions"
    async with session.post(path, json=body) as response:
        return response.status, {k.lower(): v for k, v in response.headers.items()}, await response.read()


@pytest.fixture(scope="module")
def outcomes(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Cell, Outcome]]:
    """Every cell, called at the same time: the slow ones wait for their deadlines together."""
    gateway = Gateway(tmp_path_factory.mktemp("faults"), configuration(simulator.base_url))

    async def meet_all() -> list[tuple[int, dict[str, str], bytes]]:
        headers = {"authorization": f"Bearer {gateway.key}"}
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(gateway.address, headers=headers, connector=connector) as session:
            return await asyncio.gather(*(meet(session, cell) for cell in CELLS))

    with running(gateway):
        met = asyncio.run(meet_all())
        found = {
            cell: Outcome(*seen, gateway.attempts(seen[1]["x-request-id"], count=attempts_of(cell)))
            for cell, seen in zip(CELLS, met, strict=True)
        }
        show(table(found))
        yield found


def attempts_of(cell: Cell) -> int:
    return 2 if cell.second and cell.expected == FAILS else 1


def table(found: dict[Cell, Outcome]) -> str:
    """What each fault came to: status, attempts and the rows' own statuses."""
    kinds = [(stream, second) for stream in (True, False) for second in (False, True)]
    heads = [f"{'stream' if a else 'whole'} {'+ second' if b else 'alone'}" for a, b in kinds]
    lines = [f"{'chat':<20}" + "".join(f"{head:<26}" for head in heads)]
    for fault in FAULTS:
        cells = (found[Cell(fault, stream, True, second)] for stream, second in kinds)
        texts = (f"{each.status} {'+'.join(row['status'] for row in each.rows)}" for each in cells)
        lines.append(f"{fault.name:<20}" + "".join(f"{text:<26}" for text in texts))
    return "\n".join(lines)


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_a_fault_is_met_as_it_should_be(cell: Cell, outcomes: dict[Cell, Outcome]) -> None:
    outcome = outcomes[cell]
    if cell.expected == BREAKS:
        it_breaks_openly(cell, outcome)
    elif cell.expected == FAILS and not cell.second:
        it_is_refused(cell, outcome)
    else:
        it_is_answered(cell, outcome)
    for row in outcome.rows:
        the_row_is_true(row)


def it_is_answered(cell: Cell, outcome: Outcome) -> None:
    attempts = attempts_of(cell)
    assert outcome.status == 200
    assert outcome.headers["x-signalbox-attempts"] == str(attempts)
    assert outcome.rows[-1]["status"] == "ok"
    assert len(outcome.rows) == attempts
    if attempts == 2:
        assert outcome.headers["x-signalbox-target"] == "sim/large"
        assert outcome.rows[-1]["estimated"] == 0
    if cell.stream:
        assert outcome.events[-1] == "[DONE]"
        assert {each["model"] for each in outcome.events[:-1]} == {
            "large" if attempts == 2 else outcome.rows[0]["model_served"]
        }
    else:
        assert json.loads(outcome.body)["choices"]


def it_is_refused(cell: Cell, outcome: Outcome) -> None:
    code = cell.fault.code if cell.stream else WHOLE_CODES.get(cell.fault.code, cell.fault.code)
    assert (outcome.status, outcome.error["code"]) == (cell.fault.status, code)
    assert outcome.error["type"] == "upstream_error"
    assert outcome.error["message"].startswith(f"sim/{outcome.rows[0]['model_served']}")
    assert outcome.headers.get("retry-after") == ("3" if cell.fault.status == 429 else None)
    assert len(outcome.rows) == 1


def it_breaks_openly(cell: Cell, outcome: Outcome) -> None:
    assert outcome.status == 200
    assert outcome.headers["x-signalbox-attempts"] == "1"
    assert "[DONE]" not in outcome.events
    assert outcome.error["type"] == "upstream_error"
    assert outcome.error["message"]
    assert len(outcome.events) >= 2, "what the vendor said before it broke is missing"
    assert len(outcome.rows) == 1
    assert outcome.rows[0]["status"] in ("cut", "timeout")
    assert outcome.rows[0]["output_tokens"] > 0
