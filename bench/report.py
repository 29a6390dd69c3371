"""Writes the results file, the table for the terminal and the table in the documentation."""

import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from rich.table import Table

from bench.scenarios import SCENARIOS, Result, Scenario
from bench.storms import Storm

RELAY = "relay"
BEGIN = "<!-- bench: begin, written by `make bench` -->"
END = "<!-- bench: end -->"

Rows = list[tuple[str, ...]]


@dataclass(slots=True)
class Figures:
    """Everything measured for one server; what was not measured is absent."""

    results: dict[str, Result] = field(default_factory=dict)  # by scenario
    rss_mb: float | None = None  # idle: after the start and one call
    rss_after_mb: float | None = None  # after all load
    ready_seconds: float | None = None
    open_stream_kb: float | None = None
    storm: Storm | None = None
    failed: list[str] = field(default_factory=list)  # what it was asked to do and could not

    def as_json(self) -> dict[str, Any]:
        """Nested objects with names that are stable across versions."""
        out: dict[str, Any] = {
            s.name: _result(s, self.results[s.name]) for s in SCENARIOS if s.name in self.results
        }
        for name in ("rss_mb", "rss_after_mb", "ready_seconds", "open_stream_kb"):
            value = getattr(self, name)
            if value is not None:
                out[name] = round(value, 2)
        if self.storm is not None:
            out["storm"] = self.storm.as_json()
        if self.failed:
            out["failed"] = self.failed
        return out


def _result(scenario: Scenario, result: Result) -> dict[str, Any]:
    per = "_per_chunk" if scenario.unit == "chunk" else ""
    out = {
        f"cpu_us{per}": result.micros.median,
        f"cpu_us{per}_low": result.micros.low,
        f"cpu_us{per}_high": result.micros.high,
        f"cpu_ratio{per}": result.ratio.median,
        f"cpu_ratio{per}_low": result.ratio.low,
        f"cpu_ratio{per}_high": result.ratio.high,
        "calls_per_second": result.per_second,
        "p50_ms": result.p50_ms,
        "p99_ms": result.p99_ms,
    }
    if result.reads_per_event:
        out["reads_per_event"] = result.reads_per_event
    return {name: round(value, 3) for name, value in out.items()}


def machine(now: datetime) -> dict[str, Any]:
    """The machine on which the figures were taken."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(Path("/proc/cpuinfo")),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "date": now.strftime("%Y-%m-%d"),
    }


def _processor(cpuinfo: Path) -> str:
    for line in cpuinfo.read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def document(subject: str, servers: Mapping[str, Figures], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The whole report: the subject's figures at the top, the relay's and the peers' under their names."""
    peers = {name: figures.as_json() for name, figures in servers.items() if name not in (subject, RELAY)}
    whole = {"subject": subject, **servers[subject].as_json(), "machine": dict(facts)}
    whole[RELAY] = servers[RELAY].as_json()
    return whole | ({"peers": peers} if peers else {})


def write(report: Mapping[str, Any], file: Path) -> None:
    """Writes the report as JSON, atomically."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".part")
    draft.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    draft.replace(file)


def rows(servers: Mapping[str, Figures]) -> Rows:
    """The table: headings in the first row, then one row per figure, with one column per server."""
    lines: Rows = [("", *servers)]
    for scenario in SCENARIOS:
        results = {name: figures.results.get(scenario.name) for name, figures in servers.items()}
        if not any(results.values()):
            continue
        lines.append((f"{scenario.title}: CPU µs per {scenario.unit}", *map(_cost, results.values())))
        lines.append(("– calls per second on one core", *map(_rate, results.values())))
        lines.append(("– p50 / p99 in ms", *map(_latency, results.values())))
    for title, text in _FOOTPRINT.items():
        cells = tuple(text(figures) for figures in servers.values())
        if any(cell != "–" for cell in cells):
            lines.append((title, *cells))
    return lines


def _cost(result: Result | None) -> str:
    if result is None:
        return "–"
    if result.ratio.low == result.ratio.high == 1:
        return f"{result.micros.median:,.0f}"
    ratio = result.ratio
    places = 2 if ratio.median < 10 else 0
    low, high = f"{ratio.low:,.{places}f}", f"{ratio.high:,.{places}f}"
    return f"{result.micros.median:,.0f} = {ratio.median:,.{places}f} × ({low}–{high})"


def _rate(result: Result | None) -> str:
    return f"{result.per_second:,.0f}" if result else "–"


def _latency(result: Result | None) -> str:
    return f"{result.p50_ms:,.1f} / {result.p99_ms:,.1f}" if result else "–"


def _number(value: float | None, places: int = 0) -> str:
    return "–" if value is None else f"{value:,.{places}f}"


_FOOTPRINT: dict[str, Callable[[Figures], str]] = {
    "seconds from start to first answer": lambda f: _number(f.ready_seconds, 1),
    "RSS at rest, MB": lambda f: _number(f.rss_mb),
    "RSS after the load, MB": lambda f: _number(f.rss_after_mb),
    "memory per open stream, KB": lambda f: "failed" if f.failed else _number(f.open_stream_kb, 1),
    "cancelled streams whose upstream closed": lambda f: "–" if f.storm is None else f.storm.text,
    "– memory after it, MB more": lambda f: "–" if f.storm is None else _number(f.storm.kept_mb, 1),
}


def terminal(lines: Rows) -> Table:
    """The table for a terminal."""
    table = Table(*lines[0])
    for column in table.columns[1:]:
        column.justify = "right"
    for line in lines[1:]:
        table.add_row(*line)
    return table


def markdown(lines: Rows, facts: Mapping[str, Any]) -> str:
    """The table for the documentation, with the machine it was measured on."""
    ruler = ("---", *("--:" for _ in lines[0][1:]))
    table = "\n".join(f"| {' | '.join(line)} |" for line in (lines[0], ruler, *lines[1:]))
    where = f"{facts['processor']}, {facts['cores']} cores, {facts['system']}, Python {facts['python']}"
    return f"{table}\n\nMeasured on {facts['date']}: {where}."


def between_markers(text: str, table: str) -> str:
    """A document with its table replaced. Raises ValueError unless it has both markers in order."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the document needs the two lines {BEGIN!r} and {END!r}, in this order")
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"
