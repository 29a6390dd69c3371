"""The arithmetic of turns and rounds, and one real round."""

from pathlib import Path

import pytest

from bench import subjects
from bench.client import Load
from bench.measure import Spread
from bench.runs import site
from bench.scenarios import SCENARIOS, Pace, Scenario, Turn, rounds, summary
from bench.servers import Running, Server

LOAD = Load(calls=100, seconds=2.0, p50_ms=1.0, p99_ms=5.0, errors={}, events=5400, reads=5400)


def test_ratios_are_taken_round_by_round() -> None:
    base = [Turn(10, LOAD), Turn(40, LOAD), Turn(20, LOAD)]
    slow = [Turn(15, LOAD), Turn(80, LOAD), Turn(20, LOAD)]
    result = summary(base, slow)
    assert result.ratio == Spread(1.5, 1.0, 2.0)  # the ratio of the medians would be 1
    assert result.micros == Spread(20, 15, 80)
    assert (result.per_second, result.p50_ms, result.p99_ms, result.reads_per_event) == (50.0, 1.0, 5.0, 1.0)


def test_rounds_without_their_relay_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        summary([Turn(10, LOAD)], [Turn(10, LOAD), Turn(10, LOAD)])


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_cost_is_per_chunk_for_streams_and_per_call_else(scenario: Scenario) -> None:
    assert scenario.units(LOAD) == (5400 if scenario.name.startswith("stream") else 100)


def test_a_job_carries_the_servers_headers() -> None:
    server = Running(Server("x", ("x",), 5001, headers={"authorization": "Bearer k"}), 1, 0.1)
    job = SCENARIOS[1].job(server, 3.0)
    assert (job.port, job.seconds, job.stream, job.model) == (5001, 3.0, True, "fast-50x5ms")
    assert job.headers == {"authorization": "Bearer k"}
    assert Path(job.path) == Path("/v1/chat/completions")


def test_servers_take_turns_and_each_step_is_told() -> None:
    steps: list[str] = []
    short = Scenario("stream", "short", 16, "chunk", shape=SCENARIOS[1].shape)
    with site((short.model,)) as here:
        with here.started(subjects.relay) as relay, here.started(subjects.aiohttp_relay) as other:
            results = rounds(short, [relay, other], Pace(0.1, 0.3, 2), steps.append)
    assert steps == ["relay", "aiohttp"] * 3
    assert results["relay"].ratio == Spread(1.0, 1.0, 1.0)
    assert 0 < results["aiohttp"].micros.median < 5_000
    assert 0 < results["aiohttp"].reads_per_event <= 1.2  # who reads late finds several events
