"""What limits add to a call is measured on calls that are really reserved and settled."""

import asyncio
from pathlib import Path

import pytest

from bench import limits
from bench.limits import Caller, metering
from tests.storage.redis_server import redis_server


def test_a_limited_call_is_counted_by_four_meters_and_a_free_one_by_none() -> None:
    there, counting = limits.deployment(), metering()
    for team in ("free", "limited"):
        asyncio.run(Caller(there, counting, team).one())
    Caller(there, counting, "limited").at_once()
    found = {name.kind: (meter.spent, meter.held) for name, meter in counting.allowances.meters.items()}
    assert found == {
        "requests": (2, 0),
        "tokens": (2 * 420, 0),
        "concurrent": (0, 0),
        "spend": (2 * limits._COST, 0),
    }


async def test_leases_are_renewed_seldom(tmp_path: Path) -> None:
    with redis_server(tmp_path) as server:
        free, limited, renewals, calls = await limits.with_redis(limits.deployment(), server.url, 1.5)
    assert 0 < free < limited
    assert renewals < calls / 20


def test_the_report_says_whether_the_bound_is_held(capsys: pytest.CaptureFixture[str]) -> None:
    limits.say("four meters", 12.0, 0.2, 15.0)
    limits.say("four meters", 16.0, 0.3, 15.0)
    held, missed = capsys.readouterr().out.splitlines()
    assert held.endswith("within 15") and missed.endswith("above 15")
