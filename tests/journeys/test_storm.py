"""Several gateways on one Redis and one PostgreSQL: a hard budget holds, whoever leaves or is killed."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from gateway.metering.leasing import RENEWAL
from tests.journeys.program import Gateway, Simulator, environment, show, until
from tests.journeys.room import MOMENT, room_of
from tests.journeys.storm import LEVELS, Several, Storm, client_of, held, several, spent, was_there
from tests.nursery import command

NANO = 1_000_000_000
MOST = 12_000_000  # nano-dollars of one call of the storm


async def weather(
    there: Several, simulator: Simulator, seed: int, budget: int, size: tuple[int, int, int]
) -> None:
    """A storm, and what must be true in it and after it. `size`: clients, calls of each, kills."""
    model = f"large@length={200 + seed}"
    storm = Storm(there, f"sim/{model}", seed, *size)
    async with room_of(there) as room:
        await storm.rage()
        await asyncio.sleep(MOMENT)
    bill = spent(await asyncio.to_thread(simulator.settled), model)
    show(f"seed {seed}: billed {bill / NANO:.6f} of {budget / NANO:g} dollars, {dict(storm.statuses)}")
    assert 0 < bill <= budget
    assert set(storm.statuses) <= {0, 200, 429, 499, 503}
    await drained(there)
    async with room_of(there) as now:
        room.database = now.database
        judged, wrong = await room.wrongly(storm.refused, budget, await asyncio.to_thread(bound, there))
    show(f"seed {seed}: {judged} of {len(storm.refused)} refusals judged, wrong: {wrong[:3]}")
    assert not wrong
    for gateway in there.gateways:
        await asyncio.to_thread(
            until,
            lambda gateway=gateway: not any(held(gateway).values()),
            f"something is still held: {held(gateway)}",
            60,
        )
    # Whoever asks afterwards gets what is left, and nothing more; what killed gateways held is free again.
    told = ""
    for gateway in there.gateways:
        told = await refused(gateway, there.key, model)
    left, asked = was_there(told)
    bill = spent(await asyncio.to_thread(simulator.settled), model)
    show(f"seed {seed}: then {bill / NANO:.6f}, {left} nano-dollars left, {asked} asked for")
    assert left < asked, "nobody else asks, nothing is under way: it would have fitted"
    assert bill <= budget
    await equal(there, bill, size[2])


async def drained(there: Several) -> None:
    """Return when every row is in the ledger."""
    for gateway in there.gateways:
        await asyncio.to_thread(
            until,
            lambda gateway=gateway: gateway.metric("signalbox_spool_rows") == 0,
            "rows wait in the spool",
        )


async def equal(there: Several, bill: int, kills: int) -> None:
    """The meter is what the ledger says, and both are no less than the bill."""
    await drained(there)
    async with room_of(there) as room:
        seen = await room.look()
        for _ in range(20):
            await asyncio.sleep(RENEWAL)
            seen = await room.look()
            if not seen.leased and not seen.ended:
                break
    show(f"bill {bill}, ledger {seen.ledger}, meter {seen.counted} and {seen.leased} leased")
    assert not seen.leased, "nobody asks, and something is leased"
    assert not seen.ended, "nobody reported for a process that was killed"
    assert bill <= seen.ledger
    # Who is killed between noting a call here and there leaves it in one of them, which is rare.
    assert abs(seen.counted - seen.ledger) <= min(kills, 2) * MOST


def bound(there: Several) -> int:
    """What `signalbox check` says may be leased in advance, by all gateways."""
    gateway = there.gateways[0]
    done = command(("check", str(gateway.file), "--json"), gateway.home, environment(gateway.home))
    assert done.returncode == 0, done.stderr
    budgets = json.loads(done.stdout)["hard_budgets"]
    return len(there.gateways) * max(int(each["most_in_advance_nano"]) for each in budgets)


async def refused(gateway: Gateway, key: str, model: str) -> str:
    """Ask until a call is refused although others had time to return their leases; what it is told."""
    body: dict[str, Any] = {"model": f"sim/{model}", "messages": [{"role": "user", "content": "more"}]}
    refusals = 0
    async with client_of(gateway, key) as client:
        for _ in range(500):
            answer = await client.post("/v1/chat/completions", json=body)
            refusals = refusals + 1 if answer.status_code == 429 else 0
            if refusals == 2:
                break
            if refusals:
                body["max_tokens"] = 1  # the cheapest that can be asked for
                await asyncio.sleep(3 * RENEWAL)
    message: str = answer.json()["error"]["message"]
    return message


def key_of(budget: int) -> dict[str, Any]:
    """A key whose user and which itself may use so many nano-dollars, as its team and organisation may."""
    return {"user": "ann", "limits": [f"{budget / NANO:g}USD/month"]}


@pytest.mark.parametrize("seed", [1])
async def test_two_gateways_do_not_overspend_a_budget_at_four_levels(
    tmp_path: Path, simulator: Simulator, seed: int
) -> None:
    budget = NANO // 10
    with several(tmp_path, simulator, LEVELS.format(dollars=budget / NANO), 2, key_of(budget)) as there:
        await weather(there, simulator, seed, budget, (24, 4, 1))


@pytest.mark.soak
@pytest.mark.timeout(400)
@pytest.mark.parametrize("seed", range(20))
async def test_four_gateways_do_not_overspend_a_dollar(
    tmp_path: Path, simulator: Simulator, seed: int
) -> None:
    with several(tmp_path, simulator, LEVELS.format(dollars=1), 4, key_of(NANO)) as there:
        await weather(there, simulator, 100 + seed, NANO, (200, 8, 6))
