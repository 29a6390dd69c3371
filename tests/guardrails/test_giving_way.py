"""A look in a thread lets others have their turn, and ends when its time is over."""

import threading
import time

import pytest

from config.catalog import GuardFacts
from guardrails.guard import GivingWay, GuardKind, Lengthy, Segment, Span
from guardrails.guards import pii

GUARD: GuardKind = pii.GUARD
MAIL = "".join(f"ann{number}@night.example " for number in range(15_000)).encode()


def test_who_waits_for_the_lock_gets_it_between_thousands_of_searches() -> None:
    guard = GUARD.build(GuardFacts("pii", "pii"))
    found: list[int] = []
    look = threading.Thread(target=lambda: found.append(len(guard.inspect(Segment("input", MAIL)))))
    began = last = time.perf_counter()
    look.start()
    held = 0.0
    while look.is_alive():
        time.sleep(0.0002)
        now = time.perf_counter()
        held += now - last if now - last > 0.02 else 0.0
        last = time.perf_counter()
    assert found[0] >= 15_000
    # Without giving way it is two thirds of it; what the collector and busy neighbours hold counts, too.
    assert held < (last - began) / 3


@pytest.mark.parametrize("kind", [GivingWay, Span])
def test_a_look_ends_when_its_time_is_over(kind: type[Span]) -> None:
    guard = GUARD.build(GuardFacts("pii", "pii"))
    guard.inspect(Segment("input", MAIL[:1000]))
    began = time.thread_time()
    with pytest.raises(Lengthy):
        guard.inspect(Segment("input", MAIL, span=kind(0.05)))
    assert time.thread_time() - began < 0.25


def test_what_the_system_gives_to_others_is_no_time_of_a_look() -> None:
    span = Span(0.02)
    time.sleep(0.05)
    span.step()
    until = time.thread_time() + 0.03
    while time.thread_time() < until:
        pass
    with pytest.raises(Lengthy):
        span.step()
