"""The matrix of faults and its table in docs/reliability.md: `python -m tests.journeys.matrix` writes it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal

from config.kinds import Operation
from tests.journeys.vendors import KINDS

DOCUMENT = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN = "<!-- matrix: begin, written by `make docs` -->"
END = "<!-- matrix: end -->"
ASKED = (Operation.CHAT, Operation.RESPONSES, Operation.MESSAGES)
# What must come of a call that has a second target. `stays`: the request's own fault, nobody else is asked.
Must = Literal["falls back", "breaks", "answers", "stays"]
SHOWN = {"falls back": "→", "breaks": "✕", "answers": "✓", "stays": "4xx"}


@dataclass(frozen=True, slots=True)
class Broken:
    """A row of the matrix: what the vendor does, and what must come of it."""

    name: str
    told: str  # to the simulator; "": the vendor's address is the fault
    stream: Must
    whole: Must
    vendor: str = "sim"

    @property
    def model(self) -> str:
        return "tools" if "cut_tool" in self.told else "small"


STATUSES = (400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529)
# The request is wrong wherever it goes. With 413 another model may have a larger window.
_OWN_FAULT = (400, 422)
# A pace makes sure that content has gone to the caller: what comes in one piece with a fault is held back.
_PACE = "tps=20,length=12,"


def _status(status: int) -> Broken:
    must: Must = "stays" if status in _OWN_FAULT else "falls back"
    return Broken(f"status {status}", f"fault=status,status={status}", must, must)


ROWS = (
    Broken("nobody listens", "", "falls back", "falls back", "nobody"),
    Broken("no such name", "", "falls back", "falls back", "nameless"),
    Broken("TLS fails", "", "falls back", "falls back", "insecure"),
    *map(_status, STATUSES),
    Broken(
        "status 429 with retry-after",
        "fault=status,status=429,retry_after=3",
        "falls back",
        "falls back",
    ),
    Broken("closed before the head", "fault=refuse", "falls back", "falls back"),
    Broken("silent before the head", "fault=stall_headers", "falls back", "falls back"),
    Broken("silent before content", "fault=stall_content", "falls back", "falls back"),
    Broken("cut before content", "fault=cut_text,after=0", "falls back", "falls back"),
    Broken("ended before content", "fault=cut_text,after=0,end=close", "falls back", "falls back"),
    Broken("an error before content", "fault=inband_error,after=0", "falls back", "falls back"),
    Broken("malformed before content", "fault=malformed,after=0", "falls back", "falls back"),
    Broken("silent amid the text", f"{_PACE}fault=stall_content,after=3", "breaks", "falls back"),
    Broken("cut amid the text", f"{_PACE}fault=cut_text,after=3", "breaks", "falls back"),
    Broken("ended amid the text", f"{_PACE}fault=cut_text,after=3,end=close", "breaks", "falls back"),
    Broken("an error amid the text", f"{_PACE}fault=inband_error,after=3", "breaks", "falls back"),
    Broken("malformed amid the text", f"{_PACE}fault=malformed,after=3", "breaks", "falls back"),
    Broken("cut amid a tool's arguments", "tps=20,fault=cut_tool", "breaks", "falls back"),
    Broken("no usage at the end", "fault=no_usage", "answers", "answers"),
    Broken("finish without content", "length=0", "falls back", "falls back"),
    Broken("no finish", f"{_PACE}fault=no_finish", "breaks", "answers"),
)
# Of every phase one, for a run that is quick.
SHORT = tuple(
    row
    for row in ROWS
    if row.name
    in (
        "no such name",
        "status 429",
        "status 503",
        "silent before content",
        "an error before content",
        "cut amid the text",
        "an error amid the text",
        "cut amid a tool's arguments",
        "no usage at the end",
        "finish without content",
    )
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One call of the matrix."""

    row: Broken
    asked: Operation
    stream: bool

    @property
    def must(self) -> Must:
        return self.row.stream if self.stream else self.row.whole

    @property
    def name(self) -> str:
        """Its group's, and its vendor's: no breaker and no key has to do with two cells."""
        return f"c{ROWS.index(self.row)}-{self.asked.value}-{'stream' if self.stream else 'whole'}"

    @property
    def target(self) -> str:
        return f"{self.name}/{self.row.model}" + (f"@{self.row.told}" if self.row.told else "")

    def __str__(self) -> str:
        return f"{self.row.name}, {self.asked.value}, {'stream' if self.stream else 'whole'}"


def cells(rows: Iterable[Broken]) -> list[Cell]:
    """Every cell of these rows."""
    return [Cell(*each) for each in product(rows, ASKED, (True, False))]


def configuration(base_url: str, refusing: str, found: Sequence[Cell], admin_key: str) -> str:
    """Each cell's group with its broken target first and a good one after it."""
    lines = (*_vendors(base_url, refusing, found), *_groups(found), f"admin_key: {admin_key}")
    return "\n".join(lines)


def _vendors(base_url: str, refusing: str, found: Sequence[Cell]) -> Iterator[str]:
    deadlines = "{ connect: 10s, headers: 3s, first_content: 3s, idle: 3s, total: 60s }"
    yield "vendors:"
    yield f'  well: {{ kind: sim, base_url: "{base_url}" }}'
    for cell in found:
        kind, address = KINDS[cell.asked]
        url = address.format(base=base_url, root=base_url.removesuffix("/v1"))
        url = {
            "nobody": f"http://{refusing}",
            "nameless": "http://no-such-host.invalid",
            "insecure": url.replace("http://", "https://"),
        }.get(cell.row.vendor, url)
        key = "" if kind == "sim" else ", api_key: none-needed"
        yield f'  {cell.name}: {{ kind: {kind}, base_url: "{url}", deadlines: {deadlines}{key} }}'


def _groups(found: Sequence[Cell]) -> Iterator[str]:
    yield "reliability: { retry_budget: 1, empty_fails: true }"
    yield "models:"
    yield "  well: { targets: [well/large] }"
    for cell in found:
        yield f'  {cell.name}: {{ targets: ["{cell.target}"], fallback: [well] }}'


def rendered() -> str:
    """A line per fault, a column per format, whole and streamed."""
    columns = [f"{each.value}, {how}" for each in ASKED for how in ("whole", "stream")]
    lines = [f"| the vendor | {' | '.join(columns)} |", f"| --- |{' :-: |' * len(columns)}"]
    for row in ROWS:
        shown = [SHOWN[Cell(row, asked, stream).must] for asked in ASKED for stream in (False, True)]
        lines.append(f"| {row.name} | {' | '.join(shown)} |")
    return "\n".join(lines)


def with_table(text: str) -> str:
    """A document with its table replaced."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the document needs the two lines {BEGIN!r} and {END!r}, in this order")
    return f"{before}{BEGIN}\n\n{rendered()}\n\n{END}{after}"


if __name__ == "__main__":
    DOCUMENT.write_text(with_table(DOCUMENT.read_text()))
