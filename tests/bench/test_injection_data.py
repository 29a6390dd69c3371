"""Data that is harmless says what stands around the orders in data, too."""

from bench.injection_data import ATTACKS, HARMLESS, SLOTS
from bench.injection_drawn import drawn


def test_what_stands_around_an_order_stands_alone_as_well() -> None:
    around = set(SLOTS["doc"].strip("{}").split("|"))
    harmless = set(drawn(HARMLESS[:1], 400, SLOTS))
    attacks = list(drawn(ATTACKS, 20, SLOTS))
    assert len(harmless & around) > len(around) / 2 and harmless.isdisjoint(attacks)
