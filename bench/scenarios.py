"""The scenarios, measured in rounds over all servers so that drift affects all alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from bench import wire
from bench.client import Job, Load
from bench.load import put
from bench.measure import RESOLUTION, Spread, cpu_seconds
from bench.servers import Running


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of load, and the unit in which its cost is stated."""

    name: str
    title: str
    connections: int
    unit: Literal["call", "chunk"] = "call"
    prompt_bytes: int = 1024
    shape: wire.Shape | None = None  # None: answers are not streamed

    @property
    def model(self) -> str:
        return self.shape.model if self.shape else wire.MODEL

    def job(self, server: Running, seconds: float) -> Job:
        return Job(
            port=server.server.port,
            seconds=seconds,
            connections=self.connections,
            model=self.model,
            prompt_bytes=self.prompt_bytes,
            stream=self.shape is not None,
            headers=dict(server.server.headers),
        )

    def units(self, load: Load) -> int:
        return load.calls if self.unit == "call" else load.events


SCENARIOS = (
    Scenario("whole", "whole answers, 1 KB prompts", 32),
    Scenario("stream", "streams, an event every 5 ms", 64, "chunk", shape=wire.Shape(50, 5)),
    Scenario("stream_unpaced", "streams, as fast as they come", 32, "chunk", shape=wire.Shape(50, 0)),
    Scenario("prompt_100kb", "whole answers, 100 KB prompts", 16, prompt_bytes=100_000),
)


@dataclass(frozen=True, slots=True)
class Pace:
    """The durations and the number of rounds."""

    warm_up: float
    seconds: float  # of one server's turn in one round
    rounds: int


FULL = Pace(warm_up=3, seconds=5, rounds=7)
QUICK = Pace(warm_up=1, seconds=2, rounds=3)


@dataclass(frozen=True, slots=True)
class Turn:
    """One server's turn in one round."""

    micros: float  # CPU per unit
    load: Load


@dataclass(frozen=True, slots=True)
class Result:
    """One server in one scenario. `ratio` is relative to the relay's turn in the same round."""

    micros: Spread
    ratio: Spread
    per_second: float  # calls
    p50_ms: float
    p99_ms: float
    reads_per_event: float  # 1.0: each event arrived on its own; 0 if there are no events


Step = Callable[[str], None]  # called with the name of each server after its turn


def rounds(scenario: Scenario, servers: Sequence[Running], pace: Pace, step: Step) -> dict[str, Result]:
    """Measures the servers in turn; the others are compared with the first."""
    for server in servers:
        put(scenario.job(server, pace.warm_up))
        step(server.server.name)
    turns: dict[str, list[Turn]] = {server.server.name: [] for server in servers}
    for _ in range(pace.rounds):
        for server in servers:
            turns[server.server.name].append(_turn(scenario, server, pace.seconds))
            step(server.server.name)
    base = turns[servers[0].server.name]
    return {name: summary(base, taken) for name, taken in turns.items()}


def _turn(scenario: Scenario, server: Running, seconds: float) -> Turn:
    before = cpu_seconds(server.pid)
    load = put(scenario.job(server, seconds))
    spent = max(RESOLUTION, cpu_seconds(server.pid) - before)  # at least one tick, even if none was measured
    return Turn(spent * 1e6 / scenario.units(load), load)


def summary(base: Sequence[Turn], turns: Sequence[Turn]) -> Result:
    """The figures of a server's turns, compared with the relay's of the same rounds."""
    loads = [turn.load for turn in turns]
    events = sum(load.events for load in loads)
    return Result(
        micros=Spread.of([turn.micros for turn in turns]),
        ratio=Spread.of([turn.micros / floor.micros for turn, floor in zip(turns, base, strict=True)]),
        per_second=median(load.per_second for load in loads),
        p50_ms=median(load.p50_ms for load in loads),
        p99_ms=median(load.p99_ms for load in loads),
        reads_per_event=sum(load.reads for load in loads) / events if events else 0.0,
    )
