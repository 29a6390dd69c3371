"""Redis slow, dead or empty, PostgreSQL away: callers go on by the declared rule, and nothing is lost."""

import asyncio
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from redis import Redis

from ledger.keys import mint
from tests.journeys.program import Gateway, Simulator, show, until
from tests.journeys.storm import Several, client_of, several
from tests.patience import TooLong, patient

LIMITS = """\
teams:
  default: { limits: { requests: 100000/min, tokens: 100M/day, on_store_failure: local-share } }
"""
BODY = {"model": "small", "messages": [{"role": "user", "content": "Say hello."}]}
SLOW_SECONDS = 5.0
ADDED_MS = 10.0


@pytest.fixture
def there(tmp_path: Path, simulator: Simulator) -> Iterator[Several]:
    with several(tmp_path, simulator, LIMITS, 2) as found:
        yield found


async def timed(client: httpx.AsyncClient, seconds: float) -> list[float]:
    """The milliseconds of calls one after the other for so long, each of which must be answered."""
    ends = time.monotonic() + seconds
    took = []
    while time.monotonic() < ends:
        began = time.perf_counter()
        answer = await client.post("/v1/chat/completions", json=BODY)
        took.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, answer.text
    return took


def nearly_all(took: list[float]) -> float:
    """Milliseconds within which 99 of 100 were answered."""
    return sorted(took)[len(took) * 99 // 100]


@patient
async def test_a_slow_redis_slows_nobody(there: Several) -> None:
    async with client_of(there.gateways[0], there.key) as client:
        await timed(client, 1)
        before = await timed(client, SLOW_SECONDS)
        there.redis.freeze()
        try:
            slow = await timed(client, SLOW_SECONDS)
        finally:
            there.redis.thaw()
    usual, added = nearly_all(before), nearly_all(slow) - nearly_all(before)
    show(f"99 of 100 in {usual:.1f} ms; with Redis stopped for {SLOW_SECONDS:g} s {added:+.1f} ms")
    if added > ADDED_MS:
        raise TooLong(f"{added:.1f} ms more, at most {ADDED_MS:g} are allowed")


def rows(gateway: Gateway, database: str, team: str) -> int:
    """Requests of a team in the ledger."""
    report = gateway.command("usage", "--since", "1h", "--team", team, "--database", database)
    return int(report["total"]["requests"])


@pytest.mark.parametrize(
    "seconds",
    [5.0, pytest.param(60.0, marks=[pytest.mark.soak, pytest.mark.timeout(300)])],
    ids=["quick", "soak"],
)
async def test_without_the_database_known_keys_go_on_and_no_row_is_lost(
    there: Several, seconds: float
) -> None:
    answered = 0
    async with client_of(there.gateways[0], there.key) as one, client_of(there.gateways[1], there.key) as two:
        for client in (one, two):
            answered += len(await timed(client, 0.5))
        await asyncio.to_thread(there.database.stop)
        for took in await asyncio.gather(timed(one, seconds), timed(two, seconds)):
            answered += len(took)
        stranger = await one.post(
            "/v1/chat/completions", json=BODY, headers={"authorization": "Bearer sk-sb-unknown"}
        )
        assert stranger.status_code in (401, 503)
        await asyncio.to_thread(there.database.start)
    for gateway in there.gateways:
        await asyncio.to_thread(
            until,
            lambda gateway=gateway: gateway.metric("signalbox_spool_rows") == 0,
            "rows wait in the spool",
        )
    assert rows(there.gateways[0], there.database.url, "default") == answered
    show(f"the database was away for {seconds:g} s: {answered} calls, all answered, all in the ledger")


async def test_a_start_without_the_database_serves_who_was_known_and_turns_no_key_down(
    there: Several,
) -> None:
    gateway = there.gateways[0]
    answered = 0
    async with client_of(gateway, there.key) as client:
        answered += len(await timed(client, 0.5))
        noted, key_id = gateway.state / "keys.json", there.key.encode()[6:16]
        await asyncio.to_thread(until, lambda: key_id in noted.read_bytes(), "the key is not noted", 30)
        await asyncio.to_thread(there.database.stop)
        await asyncio.to_thread(gateway.kill)
        await asyncio.to_thread(gateway.start)
        gateway.key = there.key
        took = await timed(client, 1)
        answered += len(took)
        stranger = {"authorization": f"Bearer {mint(secrets.token_bytes).plaintext}"}
        refusal = await client.post("/v1/chat/completions", json=BODY, headers=stranger)
        assert (refusal.status_code, refusal.json()["error"]["code"]) == (503, "store_unavailable")
        assert "database" in (await client.get("/readyz")).json()["problems"]
        await asyncio.to_thread(there.database.start)

        def there_again() -> bool:
            return rows(gateway, there.database.url, "default") == answered

        await asyncio.to_thread(until, there_again, "rows are missing")
        await asyncio.to_thread(until, lambda: "database" not in problems(gateway), "it is not noticed")
        refusal = await client.post("/v1/chat/completions", json=BODY, headers=stranger)
        assert refusal.status_code == 401
    show(f"started without the database: {answered} calls, all answered, all in the ledger")


def problems(gateway: Gateway) -> dict[str, str]:
    with gateway.client() as client:
        found: dict[str, str] = client.get("/readyz").json()["problems"]
    return found


def used(gateway: Gateway, kind: str) -> int:
    with gateway.admin() as admin:
        found = admin.get("/admin/v1/limits").raise_for_status().json()["data"]
    return int(next(each["used"] for each in found if each["kind"] == kind))


async def equal(there: Several, tokens: int) -> None:
    """Return when every gateway's meter of tokens says so many."""
    seen: list[int] = []

    def are() -> bool:
        seen[:] = [used(gateway, "tokens") for gateway in there.gateways]
        return seen == [tokens] * len(seen)

    try:
        await asyncio.to_thread(until, are, "the meters are not equal to the ledger", 60)
    finally:
        show(f"{tokens} tokens were used, {seen} say the meters")


async def told_again(there: Several) -> None:
    """Return when every gateway has told an empty Redis; what is used before that may count twice."""

    def told() -> int:
        with Redis.from_url(there.redis.url) as client:
            meters = [key for key in client.keys() if b":tokens:" in key]
            return sum(int(client.hget(key, "t") or 0) for key in meters)

    def tells(gateway: Gateway) -> bool:
        before = told()
        used(gateway, "tokens")  # who looks asks Redis, once it is asked again; else says what was heard last
        return told() > before

    for gateway in there.gateways:
        await asyncio.to_thread(until, lambda each=gateway: tells(each), "Redis learns nothing", 60)


@pytest.mark.parametrize("both", [False, True], ids=["alone", "with the database"])
async def test_an_empty_redis_learns_from_the_ledger(there: Several, both: bool) -> None:
    tokens = 0
    async with client_of(there.gateways[0], there.key) as one, client_of(there.gateways[1], there.key) as two:
        for client in (one, two, one):
            answer = await client.post("/v1/chat/completions", json=BODY)
            assert answer.status_code == 200, answer.text
            tokens += answer.json()["usage"]["total_tokens"]
        await equal(there, tokens)
        if both:
            await asyncio.to_thread(there.database.stop)
        there.redis.kill()
        there.redis.start()
        if both:
            await asyncio.to_thread(there.database.start)
        await told_again(there)
        await equal(there, tokens)
        answer = await two.post("/v1/chat/completions", json=BODY)
        assert answer.status_code == 200, answer.text
        await equal(there, tokens + answer.json()["usage"]["total_tokens"])


async def test_a_redis_that_comes_back_older_learns_from_the_ledger(there: Several) -> None:
    tokens = 0
    older: dict[bytes, bytes] = {}
    async with client_of(there.gateways[0], there.key) as one, client_of(there.gateways[1], there.key) as two:
        for _ in range(2):
            for client in (one, two):
                answer = await client.post("/v1/chat/completions", json=BODY)
                assert answer.status_code == 200, answer.text
                tokens += answer.json()["usage"]["total_tokens"]
            await equal(there, tokens)
            with Redis.from_url(there.redis.url) as redis:
                older = older or {key: redis.dump(key) for key in redis.keys() if b":tokens:" in key}
        assert older
        with Redis.from_url(there.redis.url) as redis:
            for key, state in older.items():
                redis.restore(key, 0, state, replace=True)
        await equal(there, tokens)
