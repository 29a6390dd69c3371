"""What a process uses, according to the operating system."""

import os
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
RESOLUTION = 1 / _TICKS  # seconds: less CPU time than this cannot be measured


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of a process and its descendants, in megabytes of 10⁶ bytes.

    `rss` counts shared pages once per process; `pss` divides them among the processes that share them.
    """

    rss: float
    pss: float


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of several rounds, with the least and the greatest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        return cls(statistics.median(values), min(values), max(values))


def ticks_of(stat: str) -> int:
    """CPU clock ticks in the text of a `/proc/PID/stat`: the process's own and those of reaped children."""
    # The command name is in parentheses, and may itself contain spaces and parentheses.
    fields = stat[stat.rindex(")") + 2 :].split()
    return sum(int(field) for field in fields[11:15])


def kilobytes_of(smaps_rollup: str) -> dict[str, int]:
    """The figures in the text of a `/proc/PID/smaps_rollup`, by name."""
    found = {}
    for line in smaps_rollup.splitlines()[1:]:
        name, _, rest = line.partition(":")
        figure = rest.split()
        if len(figure) == 2 and figure[1] == "kB":
            found[name] = int(figure[0])
    return found


def family(pid: int) -> list[int]:
    """A process and all its living descendants."""
    found = [pid]
    for member in found:  # grows during the loop, so that grandchildren are found too
        for tasks in _PROC.glob(f"{member}/task/*/children"):
            try:
                found.extend(int(child) for child in tasks.read_text().split())
            except OSError:  # the thread ended between listing and reading
                continue
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time that a process and its descendants have used, to a hundredth of a second.

    Raises ProcessLookupError if the process has ended.
    """
    ticks = 0
    for member in family(pid):
        try:
            ticks += ticks_of((_PROC / str(member) / "stat").read_text())
        except FileNotFoundError:
            if member == pid:
                raise ProcessLookupError(f"process {pid} has ended") from None
    return ticks / _TICKS


def memory(pid: int) -> Memory:
    """The memory that a process and its descendants use now. Raises ProcessLookupError if it has ended."""
    rss = pss = 0
    for member in family(pid):
        try:
            figures = kilobytes_of((_PROC / str(member) / "smaps_rollup").read_text())
        except (FileNotFoundError, ProcessLookupError):
            if member == pid:
                raise ProcessLookupError(f"process {pid} has ended") from None
            continue
        rss += figures["Rss"]
        pss += figures["Pss"]
    return Memory(rss * 1024 / 1e6, pss * 1024 / 1e6)


@dataclass(frozen=True, slots=True)
class Cores:
    """The cores for the server under test, and those for the load and the upstream."""

    server: frozenset[int]
    others: frozenset[int]

    @classmethod
    def split(cls, available: Sequence[int]) -> "Cores":
        """The first core for the server, the others for the rest; a single core is shared."""
        first, *rest = sorted(available)
        return cls(frozenset({first}), frozenset(rest or [first]))


@contextmanager
def pinned(cores: frozenset[int]) -> Iterator[None]:
    """Processes started inside inherit this affinity; the caller's own is restored afterwards."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
