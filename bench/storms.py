"""What open streams cost a server in memory, and whether it frees those of disconnected clients."""

import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import httpx
import msgspec

from bench import wire
from bench.client import Job
from bench.crowd import OPEN_SECONDS, Crowd, Cuts
from bench.load import LoadFailed
from bench.measure import memory
from bench.servers import Running

HELD = wire.Shape(9_000, 4_000)
CUT = wire.Shape(36_000, 1_000)
_SETTLE_SECONDS = 1.0
_PATIENCE = 30.0  # seconds for the upstream to see its connections close


@dataclass(frozen=True, slots=True)
class Storm:
    """What became of cancelled streams. `kept_mb` is RSS after the storm minus RSS after a first wave."""

    streams: int
    closed: int  # upstream connections that were closed
    closed_within_1s: int
    slowest_ms: float  # from the client's cut until the upstream connection closed
    kept_mb: float

    def as_json(self) -> dict[str, Any]:
        return {name: round(value, 2) for name, value in asdict(self).items()}

    @property
    def text(self) -> str:
        left = self.streams - self.closed
        tail = f", {left:,} left open" if left else ""
        return (
            f"{self.closed_within_1s:,} of {self.streams:,} in 1 s, slowest {self.slowest_ms:,.0f} ms{tail}"
        )


def open_stream_kb(server: Running, streams: int) -> float:
    """RSS growth per open stream, in units of 1000 bytes. Raises LoadFailed."""
    crowd = Crowd(job(server, HELD), streams, streams, hold=True)
    before = memory(server.pid).rss
    with subprocess.Popen(_command(crowd), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        said = process.stdout.readline()
        if said.strip() != b"open":
            raise LoadFailed(f"{server.server.name} did not open {streams:,} streams")
        time.sleep(_SETTLE_SECONDS)
        grown = memory(server.pid).rss - before
        process.stdin.close()
    return grown * 1000 / streams


def storm(server: Running, upstream_port: int, streams: int, at_once: int) -> Storm:
    """Cancels streams in waves of `at_once`, and measures what is left. Raises LoadFailed."""
    wanted = job(server, CUT)
    with httpx.Client(base_url=f"http://127.0.0.1:{upstream_port}", timeout=10, trust_env=False) as upstream:
        cut(Crowd(wanted, at_once, at_once))  # what one wave needs is not a leak
        _wait_until_closed(upstream)
        upstream.post("/reset")
        before = memory(server.pid).rss
        left = cut(Crowd(wanted, streams, at_once))
        _wait_until_closed(upstream)
        closed = dict(upstream.get("/stats").json()["cuts"])
    time.sleep(_SETTLE_SECONDS)
    return judged(left, closed, memory(server.pid).rss - before)


def judged(cut: Mapping[int, float], closed: Mapping[int, float], kept_mb: float) -> Storm:
    """The result for streams cut at these times, with upstream connections that closed at those."""
    delays = [closed[number] - moment for number, moment in cut.items() if number in closed]
    return Storm(
        streams=len(cut),
        closed=len(delays),
        closed_within_1s=sum(delay <= 1 for delay in delays),
        slowest_ms=max(delays, default=0.0) * 1000,
        kept_mb=kept_mb,
    )


def job(server: Running, shape: wire.Shape) -> Job:
    """A job of streams of this shape; the crowd determines their number."""
    headers = dict(server.server.headers)
    return Job(server.server.port, seconds=0, connections=0, model=shape.model, stream=True, headers=headers)


def _command(crowd: Crowd) -> list[str]:
    return [sys.executable, "-m", "bench.crowd", msgspec.json.encode(crowd).decode()]


def cut(crowd: Crowd) -> dict[int, float]:
    """Opens and cuts a crowd in a separate process; the times of the cuts by number. Raises LoadFailed."""
    waves = -(-crowd.streams // crowd.at_once)
    ended = subprocess.run(_command(crowd), capture_output=True, timeout=waves * OPEN_SECONDS, check=False)
    if ended.returncode:
        raise LoadFailed(f"the storm broke off: {ended.stderr.decode(errors='replace')[-500:]}")
    return msgspec.json.decode(ended.stdout, type=Cuts).at


def _wait_until_closed(upstream: httpx.Client) -> None:
    deadline = time.monotonic() + _PATIENCE
    while upstream.get("/stats").json()["streams_open"] and time.monotonic() < deadline:
        time.sleep(0.05)
