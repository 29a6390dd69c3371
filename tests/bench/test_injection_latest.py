"""What the latest texts add is new, and of one kind each."""

from bench import injection_later
from bench.injection_latest import ATTACKS_IN_DATA, HARMLESS_DATA


def test_no_text_of_data_is_there_twice() -> None:
    known = {*injection_later.ATTACKS_IN_DATA, *injection_later.HARMLESS_DATA}
    assert known.isdisjoint((*ATTACKS_IN_DATA, *HARMLESS_DATA))
