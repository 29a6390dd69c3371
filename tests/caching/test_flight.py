"""Followers get the whole answer at their own pace, and nobody waits for the slowest."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from caching.flight import Flight

ANN, BOB = object(), object()


@given(st.lists(st.one_of(st.binary(min_size=1, max_size=9), st.sampled_from([ANN, BOB]))))
def test_whenever_they_look_they_get_what_was_written(acts: list[object]) -> None:
    flight = Flight(10_000)
    flight.join(ANN)
    flight.join(BOB)
    written, had = b"", {ANN: b"", BOB: b""}
    for act in acts:
        if isinstance(act, bytes):
            flight.write(act)
            written += act
        else:
            had[act] += flight.take(act) or b""
    assert all(before + (flight.take(who) or b"") == written for who, before in had.items())


def test_beyond_its_bound_nobody_joins_and_only_what_is_owed_is_held() -> None:
    flight = Flight(10)
    flight.join(ANN)
    for _ in range(4):
        flight.write(b"xxxx")
        assert flight.take(ANN) == b"xxxx"
    assert not flight.joinable
    assert not flight.complete
    flight.write(b"y")
    assert sum(map(len, flight.pieces)) <= 10
    assert flight.take(ANN) == b"y"


def test_who_lags_too_far_behind_is_lost() -> None:
    flight = Flight(10)
    flight.join(ANN)
    for _ in range(10):
        flight.write(b"xxxx")
    assert sum(map(len, flight.pieces)) <= 10
    assert flight.take(ANN) is None


def test_for_who_is_lost_nothing_is_held_any_more() -> None:
    flight, stalled, quick = Flight(10), object(), object()
    flight.begin(b"12345678", b"", False)
    for each in (stalled, quick):
        flight.join(each)
    for _ in range(5):
        flight.take(quick)
        flight.write(b"1234")
    assert flight.take(stalled) is None
    assert flight.take(quick) == b"1234"
    flight.write(b"1234")
    assert flight.pieces == [b"1234"]


async def test_news_come_to_all_and_one_that_gives_up_takes_them_from_nobody() -> None:
    flight = Flight(10)
    news = flight.news()
    impatient = asyncio.ensure_future(asyncio.wait_for(asyncio.shield(news), 0.001))
    await asyncio.wait([impatient])
    flight.write(b"x")
    assert news.done()
    assert flight.news() is not news


def test_a_whole_answer_is_held_however_large_it_is() -> None:
    flight = Flight(10)
    flight.join(ANN)
    flight.begin(b"x" * 1000, b"", True)
    assert flight.joinable
    assert flight.take(ANN) == b"x" * 1000


def test_its_end_is_its_end() -> None:
    flight = Flight(10)
    flight.land(None)
    flight.lose(None)
    assert flight.state == "landed"
    assert not flight.joinable


class Leading:
    """A leader that notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def joined(self) -> None:
        self.told.append("joined")

    def abandoned(self) -> None:
        self.told.append("abandoned")


def test_it_tells_when_somebody_joins_and_when_all_have_left() -> None:
    flight, leader = Flight(10), Leading()
    flight.leader = leader
    flight.join(ANN)
    flight.join(BOB)
    flight.leave(ANN)
    assert flight.followed
    flight.leave(BOB)
    assert leader.told == ["joined", "joined", "abandoned"]
    flight.hold(b": wait")
    assert (flight.holds, flight.comment) == (1, b": wait")


def test_when_it_has_ended_nobody_is_told_of_leaving() -> None:
    flight, leader = Flight(10), Leading()
    flight.leader = leader
    flight.join(ANN)
    flight.land(None)
    flight.leave(ANN)
    assert leader.told == ["joined"]
