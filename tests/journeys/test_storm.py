"""Several gateways on one Redis and one PostgreSQL: a hard budget holds, whoever leaves or is killed."""

import asyncio
from pathlib import Path

import pytest

from tests.journeys.program import Simulator, show, until
from tests.journeys.storm import LEVELS, Several, Storm, client_of, held, several, spent

NANO = 1_000_000_000


async def weather(
    there: Several, simulator: Simulator, seed: int, budget: int, size: tuple[int, int, int]
) -> None:
    """A storm, and what must be true after it. `size`: clients, calls of each, kills."""
    model = f"large@length={200 + seed}"
    storm = Storm(there, f"sim/{model}", seed, *size)
    await storm.rage()
    bill = spent(await asyncio.to_thread(simulator.settled), model)
    show(f"seed {seed}: billed {bill / NANO:.6f} of {budget / NANO:g} dollars, {dict(storm.statuses)}")
    assert 0 < bill <= budget
    assert set(storm.statuses) <= {0, 200, 429, 499, 503}
    for gateway in there.gateways:
        await asyncio.to_thread(
            until,
            lambda gateway=gateway: not any(held(gateway).values()),
            f"something is still held: {held(gateway)}",
            60,
        )
    # Whoever asks afterwards gets what is left, and nothing more.
    for gateway in there.gateways:
        async with client_of(gateway, there.key) as client:
            body = {"model": f"sim/{model}", "messages": [{"role": "user", "content": "more"}]}
            for _ in range(200):
                answer = await client.post("/v1/chat/completions", json=body)
                if answer.status_code == 429:
                    break
    told = answer.json()["error"]["message"]
    bill = spent(await asyncio.to_thread(simulator.settled), model)
    show(f"seed {seed}: then {bill / NANO:.6f}; {told}")
    assert budget * 0.6 < bill <= budget


@pytest.mark.parametrize("seed", [1])
async def test_two_gateways_do_not_overspend_a_budget_at_two_levels(
    tmp_path: Path, simulator: Simulator, seed: int
) -> None:
    budget = NANO // 10
    with several(tmp_path, simulator, LEVELS.format(dollars=budget / NANO), 2) as there:
        await weather(there, simulator, seed, budget, (24, 4, 1))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
async def test_four_gateways_do_not_overspend_a_dollar(
    tmp_path: Path, simulator: Simulator, seed: int
) -> None:
    with several(tmp_path, simulator, LEVELS.format(dollars=1), 4) as there:
        await weather(there, simulator, 100 + seed, NANO, (200, 8, 6))
