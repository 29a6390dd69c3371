"""How old an answer may be for a call, and what of it is kept at all."""

import msgspec
import pytest

from caching.controls import Controls
from caching.flight import Flight
from caching.kept import Kept
from caching.replaying import Form
from config.caching import CachePolicy
from config.kinds import Operation
from gateway.caching.freshness import is_fresh, kept_of, may_be_renewed, may_stand_in
from gateway.caching.sought import Sought
from gateway.call import Cleared
from tests.gateway.road import WHO, Answer, Road
from tests.ledger.facts import ROW

ROAD = Road({"one": [Answer()]})
AT = 1000.0
POLICY = CachePolicy(exact=60.0, stale_while_revalidate=30.0, stale_if_error=100.0)


def sought(seconds: float, **controls: int) -> Sought:
    """A call that comes so long after the answer."""
    call = msgspec.structs.replace(ROAD.call(), at_ms=int((AT + seconds) * 1000))
    form = Form(Operation.CHAT, False, False)
    return Sought(Cleared(call, WHO, call.body), POLICY, Controls(**controls), b"print", form, None)  # type: ignore[arg-type]


def kept() -> Kept:
    flight = Flight(100)
    flight.begin(b"answer", b"", True)
    asking = sought(0)
    asking.cleared.call.served = ROW
    found = kept_of(asking, flight, AT)
    assert found is not None
    return found


AGES = [
    # seconds, fresh, renewed, stands in
    (0, True, False, True),
    (59.9, True, False, True),
    (60, False, True, True),
    (89.9, False, True, True),
    (90, False, False, True),
    (160, False, False, False),
]


@pytest.mark.parametrize(("seconds", "fresh", "renewed", "stands_in"), AGES)
def test_what_an_answer_of_this_age_is_good_for(
    seconds: float, fresh: bool, renewed: bool, stands_in: bool
) -> None:
    asking, answer = sought(seconds), kept()
    assert is_fresh(answer, asking) is fresh
    assert may_be_renewed(answer, asking) is renewed
    assert may_stand_in(answer, asking) is stands_in


def test_who_wants_a_young_answer_gets_no_old_one() -> None:
    assert is_fresh(kept(), sought(10, max_age=10))
    assert not is_fresh(kept(), sought(11, max_age=10))
    assert not may_be_renewed(kept(), sought(70, max_age=100))


def test_what_stands_in_is_what_its_caller_would_take() -> None:
    assert may_stand_in(kept(), sought(70, max_age=70))
    assert not may_stand_in(kept(), sought(70, max_age=69))
    assert not may_stand_in(kept(), sought(70, no_cache=True))


def test_what_is_kept_says_whose_it_is_and_how_long() -> None:
    found = kept()
    assert (found.body, found.team, found.organisation, found.model) == (b"answer", WHO.team, "acme", "fast")
    assert (found.at, found.fresh_until, found.gone_at) == (AT, AT + 60, AT + 160)
    assert (found.cost, found.vendor) == (ROW.cost, ROW.vendor)


def test_an_answer_that_is_not_whole_is_not_kept() -> None:
    asking = sought(0)
    assert kept_of(asking, Flight(100), AT) is None  # nobody was asked
    asking.cleared.call.served = ROW
    assert kept_of(asking, Flight(100), AT) is None  # nothing came
    long = Flight(3)
    long.begin(b"four", b"", True)
    assert kept_of(asking, long, AT) is None
