"""A meter outlives changes of its limit, and is another one for another account, kind, window or models."""

from dataclasses import replace

import pytest

from config.limit import Limit
from ledger.meters.registry import Meters, Owner

LIMIT = Limit("requests", 3, "minute")
TEAM = Owner("team", "support")


def test_a_changed_amount_goes_on_with_what_was_used() -> None:
    meters = Meters()
    first = meters.find(TEAM, LIMIT, 0).meter
    first.take(2, 0)
    again = meters.find(TEAM, replace(LIMIT, amount=5), 0).meter
    assert again is first
    assert again.room(0) == 3


def test_everything_else_makes_another_meter() -> None:
    meters = Meters()
    others = [
        (Owner("team", "sales"), LIMIT),
        (Owner("key", "support"), LIMIT),
        (TEAM, replace(LIMIT, kind="tokens")),
        (TEAM, replace(LIMIT, per="hour")),
        (TEAM, replace(LIMIT, models=("fast",))),
        (TEAM, replace(LIMIT, zone="Europe/Berlin")),
    ]
    found = [meters.find(owner, limit, 0).meter for owner, limit in [(TEAM, LIMIT), *others]]
    assert len({id(meter) for meter in found}) == len(meters.items()) == 7


def test_a_new_meter_is_fresh_until_the_ledger_was_counted() -> None:
    meters = Meters()
    name = meters.find(TEAM, LIMIT, 0).id
    assert meters.find(TEAM, LIMIT, 0).fresh
    meters.counted(name)
    assert not meters.find(TEAM, LIMIT, 0).fresh
    assert str(name.owner) == "team support"


def test_a_limit_that_is_taken_away_and_put_back_is_another_meter() -> None:
    meters = Meters()
    taken, kept = meters.find(TEAM, LIMIT, 0), meters.find(TEAM, replace(LIMIT, kind="tokens"), 0)
    other = meters.find(Owner("team", "sales"), LIMIT, 0)
    for each in (taken, kept, other):
        meters.counted(each.id)
    assert meters.keep(TEAM, [replace(LIMIT, kind="tokens", amount=9)]) == [taken.meter]
    assert meters.holds(kept) and meters.holds(other) and not meters.holds(taken)
    again = meters.find(TEAM, LIMIT, 0)
    assert again.fresh
    assert again.meter is not taken.meter
    assert not meters.fresh(taken) and meters.fresh(again)


def test_who_has_no_limit_left_has_no_meters() -> None:
    meters = Meters()
    meters.find(TEAM, LIMIT, 0)
    assert meters.keep(Owner("team", "sales"), []) == []
    assert len(meters.keep(TEAM, [])) == 1
    assert meters.by_owner == {}


@pytest.mark.parametrize("team", ["support", "acme/support", "50%", "a%2Fb", "/"])
def test_no_two_users_have_one_name(team: str) -> None:
    owner = Owner.of_user(team, "ann/lee")
    assert owner.team_and_user == (team, "ann/lee")
    assert owner != Owner.of_user(f"{team}/ann", "lee")
    assert Owner.of_user("support", "ann") == Owner("user", "support/ann")
