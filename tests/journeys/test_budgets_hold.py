"""A hard budget holds whatever goes beside a call: hedges, cascades and their judges, copies, a cache."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.journeys.program import ADMIN_KEY, Gateway, Row, Simulator, running, show, until
from tests.journeys.storm import client_of

NANO = 1_000_000_000
CALLS, AT_ONCE = 160, 24
LATE = "small@headers_ms=20,length=310,fault=late,ms=900,probability=0.12"
CHEAP, STRONG, JUDGE = "small@length=41", "large@length=211", "large@length=1900"
SERVED, COPIED = "small@length=121", "large@length=122"
OFTEN = "small@length=91"
CONFIGURATION = f"""\
vendors: {{ sim: {{ kind: sim, base_url: "URL" }} }}
reliability: {{ breakers: false }}
models:
  late: {{ targets: ["sim/{LATE}"], hedge: true }}
  cheap: {{ targets: ["sim/{CHEAP}"] }}
  strong: {{ targets: ["sim/{STRONG}"] }}
  nay: {{ targets: ["sim/{JUDGE}"] }}
  doubted: {{ strategy: {{ kind: cascade, cheap: cheap, strong: strong, verify: judge, judge: nay }} }}
  inside: {{ strategy: {{ kind: difficulty, cheap: strong, strong: doubted, dial: 1, explore: 0 }} }}
  shaded:
    targets: ["sim/{SERVED}", "sim/{COPIED}"]
    strategy: {{ kind: shadow, target: "sim/{COPIED}", share: 100%, budget: 0.0005 }}
  often: {{ targets: ["sim/{OFTEN}"] }}
teams:
  default: {{}}
  hedging: {{ budget: {{ amount: 0.016, per: month, mode: hard }} }}
  cascading: {{ budget: {{ amount: 0.5, per: month, mode: hard }} }}
  deeper: {{ budget: {{ amount: 0.5, per: month, mode: hard }} }}
  copying: {{ budget: {{ amount: 0.008, per: month, mode: hard }} }}
  asking:
    budget: {{ amount: 0.004, per: month, mode: hard }}
    limits: {{ requests: 90/hour }}
    cache: {{ exact: 10m }}
admin_key: {ADMIN_KEY}
"""


@pytest.fixture(scope="module")
def gateway(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    made = Gateway(tmp_path_factory.mktemp("budgets"), CONFIGURATION.replace("URL", simulator.base_url))
    with running(made):
        yield made


async def one(client: httpx.AsyncClient, dice: random.Random, model: str) -> int:
    """A call with a bound, whole or as a stream, one in seven of which leaves; its status, or 499."""
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": "user", "content": "x " * dice.randrange(30)}],
        "max_tokens": dice.randrange(50, 400),
        "stream": dice.random() < 0.5,
    }
    if model == "often" and dice.random() < 0.6:
        body |= {"messages": [{"role": "user", "content": "as always"}], "max_tokens": 300}
    patience = httpx.Timeout(60, read=dice.random() * 0.1 + 0.01 if dice.random() < 0.15 else 60)
    try:
        return (await client.post("/v1/chat/completions", json=body, timeout=patience)).status_code
    except httpx.ReadTimeout:
        return 499


async def storm(gateway: Gateway, key: str, model: str, calls: int, seed: int) -> Counter[int]:
    """So many calls of every kind, some at once; what became of them."""
    dice, found = random.Random(seed), Counter[int]()
    left = iter(range(calls))

    async def caller(client: httpx.AsyncClient) -> None:
        for _ in left:
            found[await one(client, dice, model)] += 1

    async with client_of(gateway, key) as client:
        await asyncio.gather(*(caller(client) for _ in range(AT_ONCE)))
    return found


def hedged(gateway: Gateway, lines: Sequence[Row]) -> None:
    """Some calls were asked twice, and paid from the budget that held."""
    assert gateway.metric("signalbox_extra_attempts_total", reason="hedge") > 0


def judged(gateway: Gateway, lines: Sequence[Row]) -> None:
    """The judge and the strong side were asked, and are in the bill that was compared."""
    assert {line["model"] for line in lines} >= {CHEAP, STRONG, JUDGE}


def copied(gateway: Gateway, lines: Sequence[Row]) -> None:
    """Copies have a budget of their own, which can be overspent by what is under way when it is reached."""
    copies = [line["nano_dollars"] for line in lines if line["model"] == COPIED]
    assert 0 < sum(copies) <= 500_000 + 8 * max(copies)


def remembered(gateway: Gateway, lines: Sequence[Row]) -> None:
    """Hits cost nothing, and are requests as others are."""
    found = "SELECT attempt_id, cache, cost_nano FROM usage WHERE team = 'asking' AND status != 'refused'"
    until(lambda: len(gateway.query(found)) >= 60, "the rows of those who asked did not arrive")
    rows = gateway.query(found)
    hits = [row for row in rows if row["cache"] in ("hit", "shared")]
    assert hits and not any(row["cost_nano"] for row in hits)
    [requests] = [meter for meter in meters_of(gateway, "asking") if meter["kind"] == "requests"]
    assert requests["used"] == len({row["attempt_id"].rpartition(".")[0] for row in rows}) <= 90


@dataclass(frozen=True)
class Case:
    """A team whose calls to `model` become calls to these models at the vendor, for so many nano-dollars."""

    team: str
    model: str
    billed: tuple[str, ...]
    budget: int
    also: Callable[[Gateway, Sequence[Row]], None]  # what else is true of the bill, and of the gateway


CASES = (
    Case("hedging", "late", (LATE,), 16_000_000, hedged),
    Case("cascading", "doubted", (CHEAP, STRONG, JUDGE), 500_000_000, judged),
    Case("deeper", "inside", (CHEAP, STRONG, JUDGE), 500_000_000, judged),
    Case("copying", "shaded", (SERVED,), 8_000_000, copied),
    Case("asking", "often", (OFTEN,), 4_000_000, remembered),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.team)
async def test_a_hard_budget_holds_by_the_vendors_own_bill(
    gateway: Gateway, simulator: Simulator, case: Case
) -> None:
    if case.team == "hedging":  # what takes long has to be learnt first, at somebody else's expense
        await storm(gateway, gateway.key, case.model, 80, 0)
    before = max((line["seq"] for line in await asyncio.to_thread(simulator.settled)), default=-1)
    _, key = await asyncio.to_thread(lambda: gateway.new_key(team=case.team))
    statuses = await storm(gateway, key, case.model, CALLS, 1)
    last = await storm(gateway, key, case.model, 40, 2)
    lines = [line for line in await asyncio.to_thread(simulator.settled) if line["seq"] > before]
    spent = sum(line["nano_dollars"] for line in lines if line["model"] in case.billed)
    show(f"{case.team}: {spent / NANO:.6f} of {case.budget / NANO:g} dollars, {dict(statuses + last)}")
    assert {200, 429} <= set(statuses + last) <= {200, 429, 499}
    assert case.budget * 0.3 < spent <= case.budget
    [money] = [meter for meter in meters_of(gateway, case.team) if meter["kind"] == "spend"]
    assert money["held"] == 0 and spent <= money["used"] <= case.budget
    await asyncio.to_thread(case.also, gateway, lines)


def meters_of(gateway: Gateway, team: str) -> list[Row]:
    with gateway.admin() as admin:
        found: list[Row] = admin.get("/admin/v1/limits", params={"owner": team}).json()["data"]
    return found
