"""The report over HTTP equals the ledger, and says what is wrong with a question."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from starlette.applications import Starlette

from gateway.admin.gate import OPERATOR
from gateway.admin.server import starlette_routes
from gateway.admin.usage import filters_of, usage_routes
from ledger.principal import Principal
from storage.engine import Database
from tests.ledger.facts import NOON_MS, ROW, ledger_of

ROWS = [
    msgspec.structs.replace(ROW, attempt_id="req_1.1", cost=1_234_500_000_001, tags='{"app":"mail"}'),
    msgspec.structs.replace(ROW, attempt_id="req_2.1", team="sales", estimated=True, priced=False),
    msgspec.structs.replace(ROW, attempt_id="req_3.1", team="sales", status="error"),
    msgspec.structs.replace(ROW, attempt_id="req_4.1", at_ms=NOON_MS - 30 * 86_400_000),
]


async def everybody(_authorization: bytes) -> Principal:
    return OPERATOR


def client_of(database: Database) -> httpx.AsyncClient:
    table = usage_routes(database, lambda: NOON_MS / 1000 + 60)
    app = Starlette(routes=starlette_routes(table, everybody))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://box")


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with ledger_of(tmp_path / "x.db", ROWS) as database, client_of(database) as opened:
        yield opened


async def asked(client: httpx.AsyncClient, query: str) -> dict[str, Any]:
    answer = await client.get(f"/admin/v1/usage?{query}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_the_week_by_team_with_exact_dollars_and_marks(client: httpx.AsyncClient) -> None:
    report = await asked(client, "until=now")
    first, second = report["data"]
    assert (first["group"], first["cost_usd"]) == ({"team": "support"}, "1234.500000001")
    assert (second["group"], second["errors"], second["estimated"], second["unpriced"]) == (
        {"team": "sales"},
        1,
        1,
        1,
    )
    assert report["total"]["requests"] == 3
    assert report["total"]["cost_nano"] == 1_234_500_000_001 + 2 * ROW.cost


@pytest.mark.parametrize(
    ("query", "requests"),
    [
        ("since=60d", 4),
        ("team=sales", 2),
        ("team=sales&team=support", 3),
        ("tag=app=mail", 1),
        ("by=tag:app&by=day&user=alice", 3),
        ("model=unknown", 0),
    ],
)
async def test_what_is_left_out(client: httpx.AsyncClient, query: str, requests: int) -> None:
    assert (await asked(client, query))["total"]["requests"] == requests


async def test_time_buckets_begin_at_their_start(client: httpx.AsyncClient) -> None:
    (line,) = (await asked(client, "by=hour"))["data"]
    assert line["start_time"] == NOON_MS // 3_600_000 * 3600
    assert line["group"] == {}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("by=colour", "'colour' is not something to group by; allowed: organisation, team"),
        ("since=yesterday", "'yesterday' is not a point in time"),
        ("since=now", "after its beginning"),
        ("tag=mail", "write NAME=VALUE"),
        ("colour=red", "no such field; allowed: by, since"),
    ],
)
async def test_a_wrong_question_is_told_what_is_allowed(
    client: httpx.AsyncClient, query: str, said: str
) -> None:
    answer = await client.get(f"/admin/v1/usage?{query}")
    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]


def test_filters_of_one_name_are_alternatives() -> None:
    assert filters_of(["team=a", "team=b=c", "tag:x=1"]) == {"team": ["a", "b=c"], "tag:x": ["1"]}
