"""Who decides how a call is answered."""

import pytest

from gateway.vendors.sim.behaviour import Behaviour, Fault, ServerBehaviour
from gateway.vendors.sim.director import Director
from gateway.vendors.sim.errors import Refused


def faults(director: Director, model: str, times: int, *asked: str) -> list[str | None]:
    decisions = [director.decide(model, *asked) for _ in range(times)]
    return [decision.fault.kind if decision.fault else None for decision in decisions]


def test_header_comes_before_metadata_before_model_before_server() -> None:
    director = Director(0)
    director.set(ServerBehaviour(Behaviour(length=4, text="server", first_ms=4, headers_ms=4)))
    behaviour, _ = director.decide("small@length=3,text=model,first_ms=3", "length=1", "length=2,text=two")
    assert behaviour == Behaviour(length=1, text="two", first_ms=3, headers_ms=4)


def test_a_schedule_counts_the_requests_that_asked_in_the_same_words() -> None:
    director = Director(0)
    assert faults(director, "small@fault=refuse,first=1", 2) == ["refuse", None]
    assert faults(director, "small@fault=refuse,first=1,tps=9", 2) == ["refuse", None]
    assert faults(director, "small", 3, "fault=status,every=2") == [None, "status", None]


def test_the_servers_faults_leave_alone_a_call_that_has_its_own() -> None:
    director = Director(0)
    director.set(ServerBehaviour(faults=(Fault("refuse"),)))
    assert faults(director, "small@fault=no_usage,first=1", 2) == ["no_usage", None]
    assert faults(director, "small@length=3", 1) == ["refuse"]


def test_a_server_wide_schedule_begins_anew_when_it_is_set() -> None:
    director = Director(0)
    server = ServerBehaviour(Behaviour(fault=Fault("refuse", first=1)))
    for _ in range(2):
        director.set(server)
        assert faults(director, "small", 2) == ["refuse", None]
    director.reset()
    assert faults(director, "small", 2) == [None, None]
    assert director.server == ServerBehaviour()


def test_the_same_seed_strikes_the_same_requests() -> None:
    mix = ServerBehaviour(faults=(Fault("refuse", probability=0.5),), seed=3)
    one, two = Director(0), Director(1)
    one.set(mix)
    two.set(mix)
    assert faults(one, "small", 64) == faults(two, "small", 64)
    two.set(ServerBehaviour(faults=mix.faults, seed=4))
    assert faults(one, "small", 64) != faults(two, "small", 64)


def test_a_behaviour_it_cannot_read_is_refused() -> None:
    with pytest.raises(Refused, match="nonsense"):
        Director(0).decide("small@nonsense=1")
