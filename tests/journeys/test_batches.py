"""Batches that the gateway runs: made, watched, cancelled and read with OpenAI's own SDK."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from openai import BadRequestError, ConflictError, NotFoundError, OpenAI

from tests.journeys.program import ADMIN_KEY, Gateway, Simulator, until

CONFIGURATION = """\
vendors:
  sim: {{ kind: sim, base_url: "{url}", batches: gateway }}
  claude: {{ kind: anthropic, base_url: "{root}", api_key: none-needed }}
models:
  small: {{ targets: [sim/small] }}
  embed: {{ targets: [sim/embed-small] }}
  claude: {{ targets: [claude/small] }}
  "sim/*": {{ passthrough: sim }}
prices:
  "claude/*": {{ input: 1, output: 5, batch: 50% }}
batches: {{ concurrency: 4, max_lines: 300 }}
admin_key: {admin}
log: {{ format: json }}
"""
SLOW = "sim/small@first_ms=200,length=5"
CHAT = "/v1/chat/completions"
DONE = ("completed", "failed", "expired", "cancelled")


@pytest.fixture(scope="module")
def batching(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway whose vendors run no batches."""
    gateway = Gateway(tmp_path_factory.mktemp("batching"), configured(simulator))
    try:
        gateway.start()
        yield gateway
    finally:
        gateway.stop()


@pytest.fixture
def client(batching: Gateway) -> Iterator[OpenAI]:
    with client_of(batching) as client:
        yield client


def configured(simulator: Simulator) -> str:
    url = simulator.base_url
    return CONFIGURATION.format(url=url, root=url.removesuffix("/v1"), admin=ADMIN_KEY)


def client_of(gateway: Gateway, key: str = "") -> OpenAI:
    return OpenAI(base_url=gateway.base_url, api_key=key or gateway.key, max_retries=0, timeout=30)


def line(custom_id: str, url: str = CHAT, **body: Any) -> dict[str, Any]:
    asked = {"model": "small", "messages": [{"role": "user", "content": f"I am {custom_id}."}], **body}
    return {"custom_id": custom_id, "method": "POST", "url": url, "body": asked}


def jsonl(*lines: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in lines)


def begun(client: OpenAI, *lines: dict[str, Any], url: str = CHAT) -> Any:
    file = client.files.create(file=("in.jsonl", jsonl(*lines)), purpose="batch")
    return client.batches.create(input_file_id=file.id, endpoint=url, completion_window="24h")  # type: ignore[arg-type]


def ended(client: OpenAI, batch_id: str, seconds: float = 60) -> Any:
    """The batch, once nothing more becomes of it."""
    found: list[Any] = []

    def over() -> bool:
        found[:] = [client.batches.retrieve(batch_id)]
        return found[0].status in DONE

    until(over, f"batch {batch_id} did not end", seconds)
    return found[0]


def read(client: OpenAI, file_id: str | None) -> list[dict[str, Any]]:
    if file_id is None:
        return []
    return [json.loads(each) for each in client.files.content(file_id).content.splitlines()]


def test_a_batch_runs_from_its_file_to_its_files(batching: Gateway, client: OpenAI) -> None:
    batch = begun(client, *(line(f"n{number}") for number in range(10)))
    assert (batch.status, batch.object, batch.completion_window) == ("validating", "batch", "24h")
    done = ended(client, batch.id)
    assert (done.status, done.errors, done.error_file_id) == ("completed", None, None)
    assert (done.request_counts.total, done.request_counts.completed) == (10, 10)
    assert batch.created_at <= done.in_progress_at <= done.finalizing_at <= done.completed_at
    output = read(client, done.output_file_id)
    assert [each["custom_id"] for each in output] == [f"n{number}" for number in range(10)]
    for each in output:
        assert (each["error"], each["response"]["status_code"]) == (None, 200)
        assert each["response"]["body"]["choices"][0]["message"]["role"] == "assistant"
        [row] = batching.attempts(each["response"]["request_id"])
        assert json.loads(row["tags"]) == {"batch": batch.id}


def test_every_endpoint_has_batches(client: OpenAI) -> None:
    hello = [{"role": "user", "content": "Hello!"}]
    bodies: dict[str, dict[str, Any]] = {
        "/v1/completions": {"model": "small", "prompt": "Hello!"},
        "/v1/embeddings": {"model": "embed", "input": "Hello!"},
        "/v1/responses": {"model": "small", "input": "Hello!"},
        "/v1/messages": {"model": "claude", "max_tokens": 9, "messages": hello},
        "/v1beta/models/small:generateContent": {"contents": [{"parts": [{"text": "Hello!"}]}]},
    }
    made = {
        url: begun(client, {"custom_id": "a", "method": "POST", "url": url, "body": body}, url=url).id
        for url, body in bodies.items()
    }
    members = ("choices", "data", "output", "content", "candidates")
    for member, (url, batch_id) in zip(members, made.items(), strict=True):
        done = ended(client, batch_id)
        assert done.status == "completed", (url, done.errors)
        [told] = read(client, done.output_file_id)
        assert told["response"]["body"][member], url


def test_a_batch_has_its_own_price(batching: Gateway, client: OpenAI) -> None:
    asked = line("a", model="claude")
    done = ended(client, begun(client, asked).id)
    [told] = read(client, done.output_file_id)
    [row] = batching.attempts(told["response"]["request_id"])
    with batching.client() as plain:
        answer = plain.post(CHAT, json=asked["body"])
    [usual] = batching.attempts(answer.headers["x-request-id"])
    assert row["input_tokens"] == usual["input_tokens"]
    assert row["cost_nano"] * 2 == usual["cost_nano"] > 0


def test_lines_that_fail_stand_in_the_error_file(client: OpenAI) -> None:
    refused = line("bad", model="sim/small@fault=status,status=400")
    done = ended(client, begun(client, line("good"), refused).id)
    assert (done.status, done.request_counts.completed, done.request_counts.failed) == ("completed", 1, 1)
    assert [each["custom_id"] for each in read(client, done.output_file_id)] == ["good"]
    [told] = read(client, done.error_file_id)
    assert (told["custom_id"], told["response"]["status_code"], told["error"]) == ("bad", 400, None)
    assert told["response"]["body"]["error"]["message"]


@pytest.mark.parametrize(
    ("wrong", "code", "param"),
    [
        (b"{not json", "invalid_json_line", None),
        (b"[1]", "invalid_json_line", None),
        (jsonl({**line("a"), "custom_id": 7}), "invalid_custom_id", "custom_id"),
        (jsonl(line("first")), "duplicate_custom_id", "custom_id"),
        (jsonl(line("b", url="/v1/embeddings")), "mismatched_url", "url"),
        (jsonl({**line("c"), "method": "GET"}), "invalid_method", "method"),
        (jsonl({**line("d"), "body": "x"}), "invalid_body", "body"),
        (jsonl(line("e", model="nobodys")), "model_not_found", "body.model"),
        (jsonl(line("f", model=7)), "invalid_body", "body.model"),
        (jsonl(line("g", stream=True)), "streamed_line", "body.stream"),
    ],
)
def test_a_line_that_cannot_be_asked_is_named(
    client: OpenAI, wrong: bytes, code: str, param: str | None
) -> None:
    content = jsonl(line("first")) + b"\n" + wrong.rstrip() + b"\n" + jsonl(line("last"))
    file = client.files.create(file=("in.jsonl", content), purpose="batch")
    batch = client.batches.create(input_file_id=file.id, endpoint=CHAT, completion_window="24h")
    done = ended(client, batch.id)
    assert (done.status, done.output_file_id, done.request_counts.total) == ("failed", None, 0)
    [told] = done.errors.data
    assert (told.code, told.line, told.param) == (code, 3, param)
    assert told.message


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\n\n", "empty_file"),
        (jsonl(*(line(f"n{n}") for n in range(301))), "too_many_lines"),
    ],
)
def test_a_file_that_is_no_batch_is_refused_whole(client: OpenAI, content: bytes, code: str) -> None:
    file = client.files.create(file=("in.jsonl", content), purpose="batch")
    batch = client.batches.create(input_file_id=file.id, endpoint=CHAT, completion_window="24h")
    done = ended(client, batch.id)
    assert (done.status, [each.code for each in done.errors.data]) == ("failed", [code])


def test_a_key_that_may_not_use_every_model_may_start_a_batch_of_its_own(batching: Gateway) -> None:
    _, key = batching.new_key(models=["small"])
    with client_of(batching, key) as scoped:
        assert ended(scoped, begun(scoped, line("a")).id).status == "completed"
        refused = ended(scoped, begun(scoped, line("a"), line("b", model="claude")).id)
    assert [(each.code, each.line) for each in refused.errors.data] == [("model_not_allowed", 2)]


def test_a_cancelled_batch_keeps_what_was_answered(client: OpenAI) -> None:
    batch = begun(client, *(line(f"n{n}", model=SLOW) for n in range(100)))
    until(lambda: client.batches.retrieve(batch.id).request_counts.completed >= 3, "no line was answered")
    assert client.batches.cancel(batch.id).status == "cancelling"
    done = ended(client, batch.id)
    assert done.status == "cancelled"
    assert done.cancelling_at <= done.cancelled_at
    answers = read(client, done.output_file_id)
    assert 3 <= len(answers) == done.request_counts.completed < 100
    assert client.batches.cancel(batch.id).status == "cancelled"
    with pytest.raises(BadRequestError):
        client.batches.cancel(begun_and_done(client))


def begun_and_done(client: OpenAI) -> str:
    return str(ended(client, begun(client, line("a")).id).id)


def test_a_batch_ends_with_its_key(batching: Gateway) -> None:
    name, key = batching.new_key()
    with client_of(batching, key) as client, client_of(batching) as colleague:
        batch = begun(client, *(line(f"n{n}", model=SLOW) for n in range(100)))
        until(lambda: client.batches.retrieve(batch.id).request_counts.completed >= 2, "no line was answered")
        with batching.admin() as admin:
            admin.post(f"/admin/v1/keys/{name}/revoke").raise_for_status()
        done = ended(colleague, batch.id)
        assert done.status == "failed"
        [told] = done.errors.data
        assert told.code == "invalid_api_key" and "revoked" in told.message
        assert len(read(colleague, done.output_file_id)) == done.request_counts.completed >= 2


def test_files_and_batches_are_there_for_their_team_alone(batching: Gateway, client: OpenAI) -> None:
    with batching.admin() as admin:
        admin.post("/admin/v1/teams", json={"name": "strangers"})
    _, key = batching.new_key(team="strangers")
    batch = begun(client, line("a"))
    output = ended(client, batch.id).output_file_id
    with client_of(batching, key) as stranger:
        for asked in (stranger.files.retrieve, stranger.files.content, stranger.files.delete):
            for file_id in (batch.input_file_id, output):
                with pytest.raises(NotFoundError):
                    asked(file_id)
        for asked in (stranger.batches.retrieve, stranger.batches.cancel):
            with pytest.raises(NotFoundError):
                asked(batch.id)
        with pytest.raises(NotFoundError):
            stranger.batches.create(input_file_id=batch.input_file_id, endpoint=CHAT, completion_window="24h")
        assert (stranger.files.list().data, stranger.batches.list().data) == ([], [])


def test_lists_are_paged_newest_first(client: OpenAI) -> None:
    made = [begun(client, line("a")).id for _ in range(3)]
    page = client.batches.list(limit=2)
    assert [each.id for each in page.data] == made[:0:-1]
    assert page.has_more
    assert next(iter(client.batches.list(limit=2, after=made[1]))).id == made[0]
    files = [each.id for each in client.files.list(purpose="batch", limit=2)]
    assert len(set(files)) == len(files) > 2
    with pytest.raises(NotFoundError):
        client.batches.list(after="batch_sbnone")


def test_a_file_is_kept_until_no_batch_needs_it(client: OpenAI) -> None:
    content = jsonl(*(line(f"n{n}", model=SLOW) for n in range(40)))
    file = client.files.create(file=("mine.jsonl", content), purpose="batch")
    assert (file.bytes, file.filename, file.purpose) == (len(content), "mine.jsonl", "batch")
    assert client.files.content(file.id).content == content
    batch = client.batches.create(input_file_id=file.id, endpoint=CHAT, completion_window="24h")
    with pytest.raises(ConflictError):
        client.files.delete(file.id)
    client.batches.cancel(batch.id)
    ended(client, batch.id)
    assert client.files.delete(file.id).deleted
    with pytest.raises(NotFoundError):
        client.files.content(file.id)


@pytest.mark.parametrize(
    ("wish", "param"),
    [
        ({"endpoint": "/v1/nothing"}, "endpoint"),
        ({"endpoint": "/v1beta/models/small:streamGenerateContent?alt=sse"}, "endpoint"),
        ({"completion_window": "3d"}, "completion_window"),
        ({"completion_window": "169h"}, "completion_window"),
        ({"metadata": {f"n{n}": "" for n in range(17)}}, "metadata"),
    ],
)
def test_what_no_batch_can_be_is_refused_at_once(client: OpenAI, wish: dict[str, Any], param: str) -> None:
    file = client.files.create(file=("in.jsonl", jsonl(line("a"))), purpose="batch")
    usual: Any = {"input_file_id": file.id, "endpoint": CHAT, "completion_window": "24h"}
    with pytest.raises(BadRequestError) as refusal:
        client.batches.create(**{**usual, **wish})
    assert refusal.value.param == param


def test_a_file_for_something_else_is_no_business_of_ours(batching: Gateway, client: OpenAI) -> None:
    made = client.files.create(file=("a.jsonl", b"{}\n"), purpose="fine-tune")
    assert not made.id.startswith("file-sb")
    with batching.client() as plain:
        late = plain.post("/v1/files", files=[("file", b"{}"), ("purpose", (None, b"fine-tune"))])
        named = plain.post(
            "/v1/files",
            headers={"x-signalbox-vendor": "sim"},
            data={"purpose": "batch"},
            files={"file": b"{}"},
        )
    assert (late.status_code, late.json()["error"]["param"]) == (400, "purpose")
    assert not named.json()["id"].startswith("file-sb")


def test_the_command_line_shows_and_cancels(batching: Gateway, client: OpenAI) -> None:
    slow = [line(f"n{n}", model="sim/small@first_ms=1500,length=5") for n in range(200)]
    batch = begun(client, *slow)
    assert batch.id in [each["id"] for each in batching.command("batches", "list")]
    assert batching.command("batches", "cancel", batch.id)["status"] in ("cancelling", "cancelled")
    assert ended(client, batch.id).status == "cancelled"


def test_what_batches_do_is_measured(batching: Gateway, client: OpenAI) -> None:
    before = batching.metric("signalbox_batch_lines_total", outcome="completed")
    ended(client, begun(client, *(line(f"n{n}") for n in range(5))).id)
    assert batching.metric("signalbox_batch_lines_total", outcome="completed") == before + 5
    assert batching.metric("signalbox_batch_lines_open") == 0
    assert batching.metric("signalbox_batch_lines_waiting") == 0
