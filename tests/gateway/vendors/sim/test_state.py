"""A simulator's state is its own."""

from gateway.vendors.sim.bill import Bill
from gateway.vendors.sim.director import Director
from gateway.vendors.sim.state import Identity, State


def test_two_simulators_share_nothing() -> None:
    identity = Identity(0, "run", lambda: 0)
    one, two = State(identity, Director(0), Bill()), State(identity, Director(0), Bill())
    one.stats.begin()
    assert (one.stats.requests, two.stats.requests) == (1, 0)
    assert one.requests is not two.requests
