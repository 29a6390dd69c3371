"""What four meters cost a call in the steady state: in memory, and with leases from Redis.

`python -m bench.limits` prints CPU time and its ratio to a loop that never changes; with `--redis URL` also
the cost of leasing, renewals included, and their number.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from bench.steady import Cost, costs, floor
from config.discover import discover
from config.kinds import Operation, VendorKind
from config.load import load_file
from dialects.usage import Usage
from gateway.books import Books
from gateway.call import Call
from gateway.clock import SYSTEM_CLOCK
from gateway.deployment import Deployment
from gateway.formats import SPOKEN
from gateway.metering.allowances import Allowances
from gateway.metering.leasing import DEADLINE, Leasing
from gateway.metering.metering import Metering
from gateway.routing.offline import chat_body, deployment_of
from gateway.telemetry.metrics import Metrics
from ledger.meters.estate import Estate
from ledger.principal import Principal
from storage.redis import Redis

MEMORY_MOST, REDIS_MOST = 15.0, 25.0  # our own goal: CPU microseconds that limits may add to a call
_FOUR = "limits: { requests: 100000000/min, tokens: 900000000000/min, concurrent: 100 },"
_FILE = f"""
vendors: {{ openai: {{ api_key: none }} }}
models: {{ fast: {{ targets: [openai/gpt-4o-mini] }} }}
teams:
  free: {{}}
  limited: {{ {_FOUR} budget: {{ amount: 1000000 USD, per: month, mode: hard }} }}
"""
_USED, _COST = Usage(input=300, output=120), 117_000


def deployment() -> Deployment:
    """A team without limits, and one with four."""
    with TemporaryDirectory(prefix="bench-") as folder:
        file = Path(folder) / "signalbox.yaml"
        file.write_text(_FILE)
        catalog = load_file(file, discover("gateway.vendors", "VENDOR", VendorKind), {}).catalog
    return deployment_of(catalog, datetime.now(UTC))


@dataclass(frozen=True)
class Caller:
    """One team's calls of 1 KB, each reserved, attempted once and settled."""

    there: Deployment
    metering: Metering
    team: str

    async def one(self) -> None:
        """Makes one call, from reservation to settlement."""
        dialect, body = SPOKEN[Operation.CHAT], _BODY
        now = SYSTEM_CLOCK.unix_ms()
        call = Call("req_1", Operation.CHAT, "chat", dialect, body, _ASKED, b"", 0.0, now, self.there, [])
        with await self.metering.reserve(_WHO[self.team], call):
            call.attempts = 1
            if (held := call.held) is not None:
                held.attempt(len(body), _ASKED.max_output)
                held.spent(_USED, _COST, False, True)

    def at_once(self) -> None:
        """Makes one call without an event loop: in the steady state nothing is awaited."""
        running: Coroutine[Any, Any, None] = self.one()
        with suppress(StopIteration):
            running.send(None)
            raise RuntimeError("a call waited for something: this is no steady state")


_BODY = chat_body("fast", "Which train goes to the sea? " * 35, max_output=300)
_ASKED = SPOKEN[Operation.CHAT].peek(_BODY)
_WHO = {
    team: Principal(f"key_{team}", "key", "caller", "", team, "default", None) for team in ("free", "limited")
}


def metering(leasing: Leasing | None = None) -> Metering:
    """A server's Metering, without a ledger that would know of earlier use."""
    books = Books(cast(Any, None), Metrics(), SYSTEM_CLOCK)
    return Metering(books, Allowances(None, SYSTEM_CLOCK.unix_ms, leasing=leasing))


def in_memory(there: Deployment) -> tuple[Cost, Cost]:
    """The cost of a call without limits, and with four."""
    counting = metering()
    cases: dict[str, Callable[[], object]] = {
        team: Caller(there, counting, team).at_once for team in ("free", "limited")
    }
    for team in cases:
        asyncio.run(Caller(there, counting, team).one())
    found = costs(cases)
    return found["free"], found["limited"]


async def with_redis(there: Deployment, url: str, seconds: float) -> tuple[float, float, int, int]:
    """CPU microseconds of a call without limits and with four leased; renewals; calls. Raises StoreError."""
    store = Redis(url, DEADLINE, SYSTEM_CLOCK.monotonic)
    folder = TemporaryDirectory(prefix="bench-")
    process = f"bench-{time.monotonic_ns()}"
    estate = Estate(Path(folder.name), process)
    leasing = Leasing(store, process, SYSTEM_CLOCK.unix_ms, None, estate)
    counting = metering(leasing)
    renewing = asyncio.ensure_future(leasing.run())
    try:
        free, _ = await _spell(Caller(there, counting, "free"), seconds / 4)
        await _spell(Caller(there, counting, "limited"), seconds / 4)
        before = leasing.calls
        limited, calls = await _spell(Caller(there, counting, "limited"), seconds)
        return free, limited, leasing.calls - before, calls
    finally:
        renewing.cancel()
        await leasing.give_back()
        estate.close()
        folder.cleanup()
        await store.close()


async def _spell(caller: Caller, seconds: float) -> tuple[float, int]:
    """Makes calls for some seconds, yielding to the loop after every ten; CPU µs per call, count of calls."""
    ends, calls = time.monotonic() + seconds, 0
    began = time.thread_time_ns()
    while time.monotonic() < ends:
        for _ in range(10):
            await caller.one()
        calls += 10
        await asyncio.sleep(0)
    return (time.thread_time_ns() - began) / 1000 / calls, calls


def main(arguments: Sequence[str]) -> None:
    """Measures, and prints a line for each result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--redis", metavar="URL", help="a server to lease from")
    asked = parser.parse_args(arguments)
    there = deployment()
    free, limited = in_memory(there)
    say("four meters in memory", limited.best - free.best, limited.ratio - free.ratio, MEMORY_MOST)
    if asked.redis:
        alone, leased, renewals, calls = asyncio.run(with_redis(there, asked.redis, 4.0))
        say("four meters in leases from Redis", leased - alone, (leased - alone) / floor(), REDIS_MOST)
        sys.stdout.write(f"{'renewals for 1,000 calls':36} {renewals / calls * 1000:7.2f} of {calls} calls\n")


def say(what: str, added: float, ratio: float, most: float) -> None:
    """Prints a line: the cost added to a call, and whether it is within our own goal."""
    verdict = "within" if added <= most else "above"
    sys.stdout.write(f"{what:36} {added:7.1f} µs more a call = {ratio:5.2f} x; {verdict} {most:g}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
