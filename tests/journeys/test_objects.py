"""Files and batches at a vendor: made, listed, read, deleted by their own team, and not there for another."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from openai import NotFoundError, OpenAI, PermissionDeniedError

from tests.journeys.program import Gateway
from tests.journeys.sdk import Sdk

LINES = b'{"custom_id": "a"}\n'


@pytest.fixture
def stranger(gateway: Gateway) -> Iterator[OpenAI]:
    """Somebody of another team."""
    with gateway.admin() as admin:
        admin.post("/admin/v1/teams", json={"name": "strangers"})
        made = admin.post("/admin/v1/keys", json={"team": "strangers"}).raise_for_status().json()
    with OpenAI(base_url=gateway.base_url, api_key=made["key"], max_retries=0) as client:
        yield client


@pytest.fixture
def client(gateway: Gateway) -> Iterator[OpenAI]:
    with OpenAI(base_url=gateway.base_url, api_key=gateway.key, max_retries=0) as client:
        yield client


def test_a_file_is_kept_read_and_deleted(sdk: Sdk) -> None:
    made = sdk.ask(lambda client: client.files.create(file=("a.jsonl", LINES), purpose="batch"))
    assert made.bytes == len(LINES)
    shown = sdk.ask(lambda client: client.files.retrieve(made.id))
    content = sdk.ask(lambda client: client.files.content(made.id))
    assert (shown.id, content.content) == (made.id, LINES)
    assert sdk.ask(lambda client: client.files.delete(made.id)).deleted
    with pytest.raises(NotFoundError):
        sdk.ask(lambda client: client.files.retrieve(made.id))


def test_a_file_is_not_there_for_another_team(client: OpenAI, stranger: OpenAI) -> None:
    made = client.files.create(file=("a.jsonl", LINES), purpose="batch")
    for asked in (stranger.files.retrieve, stranger.files.content, stranger.files.delete):
        with pytest.raises(NotFoundError):
            asked(made.id)
    assert client.files.retrieve(made.id).id == made.id


def test_a_list_holds_only_the_teams_own_also_behind_pages_of_others(
    client: OpenAI, stranger: OpenAI
) -> None:
    theirs = stranger.files.create(file=("a.jsonl", LINES), purpose="batch").id
    for _ in range(5):
        client.files.create(file=("a.jsonl", LINES), purpose="batch")
    assert [each.id for each in stranger.files.list(limit=2)][0] == theirs
    assert theirs not in [each.id for each in client.files.list(limit=100)]


def test_a_batch_runs_and_its_output_is_the_teams(client: OpenAI, stranger: OpenAI) -> None:
    file = client.files.create(file=("a.jsonl", LINES), purpose="batch")
    batch = client.batches.create(
        input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
    )
    assert client.batches.retrieve(batch.id).output_file_id == batch.output_file_id
    assert batch.output_file_id is not None
    assert client.files.content(batch.output_file_id).content == LINES
    assert batch.id in [each.id for each in client.batches.list()]
    with pytest.raises(NotFoundError):
        stranger.files.content(batch.output_file_id)
    with pytest.raises(NotFoundError):
        stranger.batches.cancel(batch.id)


def test_a_batch_of_another_teams_file_is_not_made(client: OpenAI, stranger: OpenAI) -> None:
    file = client.files.create(file=("a.jsonl", LINES), purpose="batch")
    with pytest.raises(NotFoundError):
        stranger.batches.create(
            input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
        )


def test_a_key_that_may_not_use_every_model_starts_no_batch(gateway: Gateway, client: OpenAI) -> None:
    file = client.files.create(file=("a.jsonl", LINES), purpose="batch")
    _, key = gateway.new_key(models=["small"])
    with (
        OpenAI(base_url=gateway.base_url, api_key=key, max_retries=0) as scoped,
        pytest.raises(PermissionDeniedError),
    ):
        scoped.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")


def test_each_call_leaves_a_row(gateway: Gateway) -> None:
    with gateway.client() as client:
        answer = client.post("/v1/files", data={"purpose": "batch"}, files={"file": LINES})
    [row] = gateway.attempts(answer.headers["x-request-id"])
    assert (row["endpoint"], row["vendor"], row["status"]) == ("files", "sim", "ok")
    assert (row["units"], row["unit"], row["priced"], row["cost_nano"]) == (1, "call", 0, 0)


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("GET", "/v1/files/%2e%2e/models", {}, 404),
        ("GET", "/v1/files/a%20b", {}, 404),
        ("GET", "/v1/files", {"headers": {"x-signalbox-vendor": "nobody"}}, 400),
        ("GET", "/v1/fine_tuning/alpha/graders", {}, 404),
        ("POST", "/v1/batches", {"content": b"{"}, 400),
        ("POST", "/v1/batches", {"files": {"a": b"b"}}, 400),
        ("PUT", "/v1/files", {}, 405),
    ],
)
def test_what_is_refused(
    gateway: Gateway, method: str, path: str, options: dict[str, Any], status: int
) -> None:
    with gateway.client() as client:
        answer = client.request(method, path, **options)
    assert answer.status_code == status, answer.text
    assert json.loads(answer.content)["error"]["code"]
