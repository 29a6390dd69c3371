"""The verdict on cancelled streams, and the whole of it against a relay that lets go."""

import pytest

from bench import storms, subjects
from bench.crowd import Crowd
from bench.load import LoadFailed
from bench.runs import site
from bench.storms import Storm, judged

VERDICTS = {
    "all at once": ({1: 1.0, 2: 1.0}, {1: 1.1, 2: 1.2}, Storm(2, 2, 2, 200.0, 3.0)),
    "one late": ({1: 1.0, 2: 1.0}, {1: 1.1, 2: 2.5}, Storm(2, 2, 1, 1500.0, 3.0)),
    "one never": ({1: 1.0, 2: 1.0}, {1: 1.1}, Storm(2, 1, 1, 100.0, 3.0)),
    "none": ({1: 1.0}, {}, Storm(1, 0, 0, 0.0, 3.0)),
    "somebody else's": ({1: 1.0}, {1: 1.5, 9: 9.0}, Storm(1, 1, 1, 500.0, 3.0)),
}


@pytest.mark.parametrize(("cut", "closed", "verdict"), VERDICTS.values(), ids=VERDICTS)
def test_a_storm_is_judged_stream_by_stream(
    cut: dict[int, float], closed: dict[int, float], verdict: Storm
) -> None:
    found = judged(cut, closed, 3.0)
    assert found.slowest_ms == pytest.approx(verdict.slowest_ms)
    assert (found.streams, found.closed, found.closed_within_1s) == (
        verdict.streams,
        verdict.closed,
        verdict.closed_within_1s,
    )


def test_what_was_left_open_is_said() -> None:
    assert Storm(1000, 990, 980, 1500.0, 0.0).text == "980 of 1,000 in 1 s, slowest 1,500 ms, 10 left open"
    assert Storm(1000, 1000, 1000, 7.0, 0.0).text == "1,000 of 1,000 in 1 s, slowest 7 ms"


def test_open_and_cancelled_streams_of_a_relay_that_looks_whether_its_client_is_there() -> None:
    with site(()) as here, here.started(subjects.aiohttp_relay) as server:
        assert 1 < storms.open_stream_kb(server, 100) < 500
        found = storms.storm(server, here.upstream_port, 60, 30)
    assert (found.streams, found.closed) == (60, 60)
    assert found.slowest_ms < 5_000


def test_a_server_that_is_gone_fails_the_measurement() -> None:
    with site(()) as here, here.started(subjects.relay) as server:
        pass
    with pytest.raises(LoadFailed, match="broke off"):
        storms.cut(Crowd(storms.job(server, storms.CUT), 1, 1))
