"""What a process costs, according to the operating system."""

import os
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
RESOLUTION = 1 / _TICKS  # seconds: less CPU than this cannot be seen


@dataclass(frozen=True, slots=True)
class Memory:
    """Of a process and its descendants, in megabytes of 10⁶ bytes.

    `rss` counts pages shared between the processes once for each; `pss` divides them among their sharers.
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
    """Clock ticks of CPU in the text of a `/proc/PID/stat`: own and of children that were waited for."""
    # The command's name stands in parentheses, and may hold spaces and parentheses itself.
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
    for member in found:  # grows while it is walked: children of children are found too
        for tasks in _PROC.glob(f"{member}/task/*/children"):
            try:
                found.extend(int(child) for child in tasks.read_text().split())
            except OSError:  # the thread ended between the listing and the reading
                continue
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time that a process and its descendants have used so far, to a hundredth of a second.

    Raises ProcessLookupError when the process is gone.
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
    """What a process and its descendants hold now. Raises ProcessLookupError when the process is gone."""
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
    """Where the server under test runs, and where the load and the upstream do."""

    server: frozenset[int]
    others: frozenset[int]

    @classmethod
    def split(cls, available: Sequence[int]) -> "Cores":
        """The first core for the server, the others for the rest; a single core is shared."""
        first, *rest = sorted(available)
        return cls(frozenset({first}), frozenset(rest or [first]))


@contextmanager
def pinned(cores: frozenset[int]) -> Iterator[None]:
    """Processes started inside inherit this affinity; the caller has its own back afterwards."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
