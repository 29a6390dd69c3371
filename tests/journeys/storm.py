"""Callers without patience on gateways that are killed: everything that may make a budget be spent twice."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from gateway.clock import SYSTEM_CLOCK
from tests.journeys.program import Gateway, Simulator, running
from tests.storage.postgres import PostgresServer, postgres_server
from tests.storage.redis_server import RedisServer, redis_server

CONFIGURATION = """\
vendors:
  sim: {{ kind: sim, base_url: "{url}" }}
models:
  small: {{ targets: [sim/small] }}
  "sim/*": {{ passthrough: sim }}
{limits}
capabilities: {{ "sim/large@*": {{ context: 4000, output: 800 }} }}
admin_key: journeys-admin
log: {{ format: json }}
stores: {{ redis: '{redis}', database: '{database}' }}
"""
LEVELS = """\
organisations:
  default: {{ budget: {{ amount: {dollars}, per: month, mode: hard }} }}
teams:
  default:
    budget: {{ amount: {dollars}, per: month, mode: hard }}
    limits: {{ requests: 1000000/min, concurrent: 1000 }}
    users: {{ ann: {{ budget: {{ amount: {dollars}, per: month, mode: hard }} }} }}
"""


@dataclass(frozen=True)
class Several:
    """Gateways on one Redis and one PostgreSQL; each has the first one's key."""

    gateways: list[Gateway]
    redis: RedisServer
    database: PostgresServer

    @property
    def key(self) -> str:
        return self.gateways[0].key


@contextmanager
def several(
    folder: Path, simulator: Simulator, limits: str, count: int, key: Mapping[str, Any] | None = None
) -> Iterator[Several]:
    """So many of them, started one after the other; `key`: all are asked with one that is made so."""
    with ExitStack() as stack:
        server = stack.enter_context(redis_server(folder))
        database = stack.enter_context(postgres_server())
        text = CONFIGURATION.format(
            url=simulator.base_url, limits=limits, redis=server.url, database=database.url
        )
        gateways: list[Gateway] = []
        for number in range(count):
            home = folder / f"several-{number}"
            home.mkdir()
            gateways.append(Gateway(home, text))
            stack.enter_context(running(gateways[-1]))
            gateways[-1].key = gateways[0].key
        if key:
            _, plaintext = gateways[0].new_key(**key)
            for gateway in gateways:
                gateway.key = plaintext
        yield Several(gateways, server, database)


@asynccontextmanager
async def client_of(gateway: Gateway, key: str) -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=400, max_keepalive_connections=100)
    headers = {"authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        base_url=gateway.address, headers=headers, timeout=60, limits=limits
    ) as client:
        yield client


@dataclass(frozen=True)
class Refused:
    """A call that a budget did not pay: Unix seconds around it, and what it may have cost."""

    began: float
    ended: float
    asked: int


async def one_call(client: httpx.AsyncClient, dice: random.Random, model: str, refused: list[Refused]) -> int:
    """A call of a random kind: its status, 499 for who left early, 0 where nobody answered."""
    began = SYSTEM_CLOCK.unix_seconds()
    stream = dice.random() < 0.5
    content = "x " * dice.randrange(60)
    body: dict[str, Any] = {"model": model, "messages": [{"role": "user", "content": content}]}
    if dice.random() < 0.5:
        body["max_tokens"] = dice.randrange(1, 600)
    patience = httpx.Timeout(60, read=dice.random() * 0.3 + 0.01 if dice.random() < 0.3 else 60)
    path = "/v1/chat/completions"
    try:
        if not stream:
            whole = await client.post(path, json=body, timeout=patience)
            note(whole, began, refused)
            return whole.status_code
        async with client.stream("POST", path, json=body | {"stream": True}, timeout=patience) as answer:
            await answer.aread()
            note(answer, began, refused)
            return answer.status_code
    except httpx.ReadTimeout:
        return 499
    except httpx.HTTPError:
        return 0


def note(answer: httpx.Response, began: float, refused: list[Refused]) -> None:
    """Remember a refusal of a budget."""
    if answer.status_code == 429 and answer.json()["error"]["code"] == "insufficient_quota":
        refused.append(
            Refused(began, SYSTEM_CLOCK.unix_seconds(), was_there(answer.json()["error"]["message"])[1])
        )


@dataclass
class Storm:
    """`clients` at once, each making `calls`, while `kills` gateways die and come back."""

    several: Several
    model: str
    seed: int
    clients: int
    calls: int
    kills: int
    statuses: Counter[int] = field(default_factory=Counter)
    refused: list[Refused] = field(default_factory=list)

    async def rage(self) -> None:
        dice = random.Random(self.seed)
        done = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            killing = tasks.create_task(self._kill(random.Random(self.seed + 1), done))
            callers = [
                tasks.create_task(self._caller(random.Random(dice.random()), place))
                for place in range(self.clients)
            ]
            await asyncio.wait(callers)
            done.set()
            await killing

    async def _caller(self, dice: random.Random, place: int) -> None:
        gateways = self.several.gateways
        async with client_of(gateways[place % len(gateways)], self.several.key) as client:
            for _ in range(self.calls):
                status = await one_call(client, dice, self.model, self.refused)
                self.statuses[status] += 1
                if status == 0:
                    await asyncio.sleep(dice.random())

    async def _kill(self, dice: random.Random, done: asyncio.Event) -> None:
        for _ in range(self.kills):
            await asyncio.sleep(0.5 + dice.random())
            if done.is_set():
                return
            gateway = dice.choice(self.several.gateways)
            await asyncio.to_thread(gateway.kill)
            await asyncio.to_thread(gateway.start)
            gateway.key = self.several.key


_FIGURES = re.compile(r"is \$(\S+) a month.*?: \$(\S+) spent, \$(\S+) reserved .* may cost \$([\d.]+\d)")


def was_there(refusal: str) -> tuple[int, int]:
    """What a refusal says was left of the budget, and what was asked for, in nano-dollars."""
    found = _FIGURES.search(refusal)
    assert found is not None, refusal
    limit, used, open_, asked = (int(Decimal(each.replace(",", "")) * 10**9) for each in found.groups())
    return limit - used - open_, asked


def spent(bill: Sequence[dict[str, Any]], model: str) -> int:
    """Nano-dollars, as the vendor has it."""
    return sum(line["nano_dollars"] for line in bill if line["model"] == model)


def held(gateway: Gateway) -> dict[str, int]:
    """What a gateway holds for calls under way, by whose limit and of what."""
    with gateway.admin() as admin:
        found = admin.get("/admin/v1/limits").raise_for_status().json()["data"]
    return {f"{each['level']} {each['kind']}": each["held"] for each in found}
