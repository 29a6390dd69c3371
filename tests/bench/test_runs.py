"""A run, short, from one end to the other."""

import os

import pytest

from bench import subjects
from bench.load import LoadFailed
from bench.report import Figures
from bench.runs import Run, Streams, _noted, measured, site
from bench.scenarios import QUICK, Pace, Scenario
from bench.storms import CUT, HELD
from bench.wire import Shape


def _run(*, streams: Streams | None) -> Run:
    scenario = Scenario("stream", "streams", 8, "chunk", shape=Shape(10, 2))
    return Run({"aiohttp": subjects.aiohttp_relay}, (scenario,), Pace(0.1, 0.3, 1), streams)


def test_a_run_fills_every_figure_and_tells_every_step() -> None:
    steps: list[str] = []
    run = _run(streams=Streams(20, 20, 10))
    figures = measured(run, lambda _, who: steps.append(who))
    assert len(steps) == run.steps == 7
    assert list(figures) == ["relay", "aiohttp"]
    whole = figures["aiohttp"]
    assert whole.results["stream"].micros.median > 0
    assert whole.storm is not None
    assert whole.storm.closed == 20
    assert None not in (whole.rss_mb, whole.rss_after_mb, whole.ready_seconds, whole.open_stream_kb)
    assert figures["relay"].storm is None  # it does not look whether its client is there


def test_a_run_without_streams_has_fewer_steps_and_models() -> None:
    assert _run(streams=None).steps == 4
    assert _run(streams=None).models == ("fast-10x2ms",)
    assert _run(streams=Streams(1, 1, 1)).models == ("fast-10x2ms", HELD.model, CUT.model)


def test_a_site_keeps_us_off_the_servers_core_and_gives_it_back() -> None:
    before = os.sched_getaffinity(0)
    with site(()) as here:
        assert os.sched_getaffinity(0) == here.cores.others
    assert os.sched_getaffinity(0) == before


def test_servers_of_one_site_share_nothing_but_the_upstream() -> None:
    places: list[subjects.Place] = []

    def noted(place: subjects.Place) -> subjects.Server:
        places.append(place)
        return subjects.relay(place)

    with site(("fast",)) as here:
        here.server(noted)
        here.server(noted)
    one, other = places
    assert one.upstream_port == other.upstream_port
    assert one.folder != other.folder


def test_what_another_gateway_cannot_do_is_noted_and_ours_is_a_failure() -> None:
    run = Run({}, (), QUICK, None, peers=frozenset(["theirs"]))
    figures = Figures()
    with _noted(run, "theirs", figures):
        raise LoadFailed("theirs did not open 2,000 streams")
    assert figures.as_json()["failed"] == ["theirs did not open 2,000 streams"]
    with pytest.raises(LoadFailed), _noted(run, "ours", figures):
        raise LoadFailed("ours did not open 2,000 streams")
