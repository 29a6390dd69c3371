"""Tools made for OpenAI's usage reports read ours: their shape, their pages, their names."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from openai.types.admin.organization import (
    UsageAudioSpeechesResponse,
    UsageAudioTranscriptionsResponse,
    UsageEmbeddingsResponse,
    UsageImagesResponse,
    UsageModerationsResponse,
)
from pydantic import BaseModel
from starlette.applications import Starlette

from dialects.usage import Usage
from gateway.admin.gate import OPERATOR
from gateway.admin.openai_usage import openai_usage_routes
from gateway.admin.server import starlette_routes
from ledger.principal import Principal
from ledger.row import UsageRow, first_id_at
from tests.ledger.facts import ROW, ledger_of

DAY = 86_400
MONDAY = 1_790_000_000 // DAY * DAY
TOKENS = "/v1/organization/usage/completions"
COSTS = "/v1/organization/costs"


def row(number: int, at: int, **changes: Any) -> UsageRow:
    return msgspec.structs.replace(
        ROW, attempt_id=f"{first_id_at(at * 1000)}{number:013x}.1", at_ms=at * 1000, **changes
    )


ROWS = [
    row(1, MONDAY + 10, usage=Usage(input=100, output=10, cached_read=40, input_audio=3, output_audio=2)),
    row(2, MONDAY + 70, team="sales", model_served="gpt-5"),
    row(3, MONDAY + DAY + 5, key_id="key_b"),
    row(4, MONDAY + 3 * DAY),
    row(5, MONDAY + 20, endpoint="embeddings", cost=500_000_000),
]
OTHERS = [
    row(6, MONDAY + 3 * DAY, endpoint="cohere_embed", usage=Usage(input=7)),
    row(7, MONDAY + 3 * DAY, endpoint="moderations", usage=Usage(input=5)),
    row(8, MONDAY + 3 * DAY, endpoint="image_edits", unit="image", units=2),
    row(9, MONDAY + 3 * DAY, endpoint="speech", unit="character", units=11),
    row(10, MONDAY + 3 * DAY, endpoint="translations", unit="second", units=13),
    row(11, MONDAY + 3 * DAY, endpoint="rerank", unit="search", units=1),
]


async def everybody(_authorization: bytes) -> Principal:
    return OPERATOR


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with ledger_of(tmp_path / "x.db", [*ROWS, *OTHERS]) as database:
        table = openai_usage_routes(database, lambda: MONDAY + 3.5 * DAY)
        app = Starlette(routes=starlette_routes(table, everybody))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://box") as opened:
            yield opened


async def page_of(client: httpx.AsyncClient, path: str, **query: Any) -> dict[str, Any]:
    answer = await client.get(path, params={"start_time": MONDAY, **query})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_day_of_completions_has_openais_shape_and_no_embeddings(client: httpx.AsyncClient) -> None:
    page = await page_of(client, TOKENS, end_time=MONDAY + DAY, **{"project_ids": "support"})
    assert page == {
        "object": "page",
        "data": [
            {
                "object": "bucket",
                "start_time": MONDAY,
                "end_time": MONDAY + DAY,
                "results": [
                    {
                        "object": "organization.usage.completions.result",
                        "input_tokens": 100,
                        "output_tokens": 10,
                        "input_cached_tokens": 40,
                        "input_audio_tokens": 3,
                        "output_audio_tokens": 2,
                        "num_model_requests": 1,
                        "project_id": None,
                        "user_id": None,
                        "api_key_id": None,
                        "model": None,
                        "batch": None,
                        "service_tier": None,
                    }
                ],
            }
        ],
        "has_more": False,
        "next_page": None,
    }


@pytest.mark.parametrize(
    ("name", "counted", "answer"),
    [
        ("embeddings", {"input_tokens": 7}, UsageEmbeddingsResponse),
        ("moderations", {"input_tokens": 5}, UsageModerationsResponse),
        ("images", {"images": 2}, UsageImagesResponse),
        ("audio_speeches", {"characters": 11}, UsageAudioSpeechesResponse),
        ("audio_transcriptions", {"seconds": 13}, UsageAudioTranscriptionsResponse),
    ],
)
async def test_each_sort_of_use_has_a_report_of_its_own(
    client: httpx.AsyncClient, name: str, counted: dict[str, int], answer: type[BaseModel]
) -> None:
    page = await page_of(client, f"/v1/organization/usage/{name}", start_time=MONDAY + 3 * DAY)
    answer.model_validate(page, strict=True)
    (result,) = page["data"][0]["results"]
    assert result["object"] == f"organization.usage.{name}.result"
    assert {**result, **counted, "num_model_requests": 1} == result


async def test_a_bucket_in_which_nothing_was_used_is_there_and_empty(client: httpx.AsyncClient) -> None:
    page = await page_of(client, TOKENS)
    assert [len(bucket["results"]) for bucket in page["data"]] == [1, 1, 0, 1]


async def test_pages_put_together_are_the_whole(client: httpx.AsyncClient) -> None:
    whole = (await page_of(client, TOKENS, bucket_width="1h"))["data"]
    found: list[Any] = []
    query: dict[str, Any] = {"bucket_width": "1h", "limit": 7}
    for _ in range(30):
        page = await page_of(client, TOKENS, **query)
        assert len(page["data"]) <= 7
        found += page["data"]
        if not page["has_more"]:
            break
        query["page"] = page["next_page"]
    assert len(found) == 84
    assert found[:24] == whole
    assert sum(result["num_model_requests"] for bucket in found for result in bucket["results"]) == 4


async def test_groups_have_openais_names(client: httpx.AsyncClient) -> None:
    groups = ["project_id", "user_id", "api_key_id", "model"]
    page = await page_of(client, TOKENS, end_time=MONDAY + DAY, **{"group_by[]": groups})
    found = {tuple(result[name] for name in groups) for result in page["data"][0]["results"]}
    assert found == {("support", "alice", "key_a", "gpt-4o-mini"), ("sales", "alice", "key_a", "gpt-5")}


async def test_what_nobody_knows_of_a_call_divides_nothing(client: httpx.AsyncClient) -> None:
    plain = await page_of(client, TOKENS, end_time=MONDAY + DAY, group_by="model")
    asked = {"group_by[]": ["model", "batch", "service_tier"]}
    assert await page_of(client, TOKENS, end_time=MONDAY + DAY, **asked) == plain


async def test_minutes_are_answered_from_the_rows(client: httpx.AsyncClient) -> None:
    page = await page_of(client, TOKENS, bucket_width="1m", limit=2)
    assert [len(bucket["results"]) for bucket in page["data"]] == [1, 1]
    assert page["has_more"]


async def test_costs_are_dollars_by_line_item_and_hold_embeddings(client: httpx.AsyncClient) -> None:
    page = await page_of(client, COSTS, end_time=MONDAY + DAY, group_by="line_item")
    results = page["data"][0]["results"]
    assert results[0] == {
        "object": "organization.costs.result",
        "amount": {"value": 0.500021, "currency": "usd"},
        "line_item": "gpt-4o-mini",
        "project_id": None,
        "api_key_id": None,
    }
    assert results[1]["line_item"] == "gpt-5"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"group_by": "size"}, "group_by: 'size' is not one of project_id"),
        ({"end_time": MONDAY}, "end_time: must be after"),
        ({"page": "page_7"}, "page: must be the next_page"),
        ({"page": "else"}, "page: must be the next_page"),
        ({"limit": 500}, "limit: at most 180 buckets of 1d"),
        ({"bucket_width": "1y"}, "bucket_width"),
    ],
)
async def test_a_wrong_parameter_is_named(
    client: httpx.AsyncClient, query: dict[str, Any], said: str
) -> None:
    answer = await client.get(TOKENS, params={"start_time": MONDAY, **query})
    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]
