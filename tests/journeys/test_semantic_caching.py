"""The semantic cache over real sockets: what differs only in its words is answered once."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from tests.journeys.conftest import Making
from tests.journeys.program import ADMIN_KEY, Gateway, Simulator, running, until
from tests.storage.redis_server import redis_server

POLICY = """\
cache: { exact: 10m, semantic: { embedder: embed, check: 0, max_wrong_rate: 100%, start: 0.7, floor: 0.6 } }
"""
FIRST = "How do I reset the password of my account?"
Json = dict[str, Any]


def ask(gateway: Gateway, words: str, about: str, **more: Any) -> httpx.Response:
    """`about` is the system prompt, which keeps the tests apart."""
    messages = [{"role": "system", "content": about}, {"role": "user", "content": words}]
    body = {"model": "small", "messages": messages, "max_tokens": 400, **more}
    with gateway.client() as client:
        answer = client.post("/v1/chat/completions", json=body)
    assert answer.status_code == 200, answer.text
    return answer


@pytest.fixture(scope="module")
def gateway(configuration: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    gateway = Gateway(tmp_path_factory.mktemp("semantic"), configuration + POLICY)
    with running(gateway):
        yield gateway


def test_the_same_in_other_words_is_answered_from_memory(gateway: Gateway) -> None:
    first = ask(gateway, FIRST, "one")
    second = ask(gateway, "How can I reset the password of my account, please?", "one")
    assert first.headers["x-signalbox-cache"] == "miss"
    assert second.headers["x-signalbox-cache"] == "semantic"
    assert second.content == first.content
    assert second.headers["x-signalbox-saved"] == first.headers["x-signalbox-cost"]
    (given,) = gateway.attempts(second.headers["x-request-id"])
    (bought,) = gateway.attempts(first.headers["x-request-id"])
    assert (given["cache"], given["cost_nano"], given["saved_nano"]) == ("semantic", 0, bought["cost_nano"])


def test_it_is_said_as_a_stream_too(gateway: Gateway) -> None:
    first = ask(gateway, FIRST, "two")
    streamed = ask(gateway, "How could I reset the password of my account?", "two", stream=True)
    assert streamed.headers["x-signalbox-cache"] == "semantic"
    said = [json.loads(line[6:]) for line in streamed.text.splitlines() if line.startswith("data: {")]
    text = "".join(each["choices"][0]["delta"].get("content", "") for each in said if each["choices"])
    assert text == first.json()["choices"][0]["message"]["content"]


@pytest.mark.parametrize(
    "words",
    [
        "How do I not reset the password of my account?",
        "How do I reset the password of my 2 accounts?",
        "How do I reset the password of my GitHub account?",
        "How do I delete the password of my account?",
    ],
)
def test_what_differs_goes_to_a_vendor(gateway: Gateway, words: str) -> None:
    ask(gateway, FIRST, words)
    assert ask(gateway, words, words).headers["x-signalbox-cache"] == "miss"


def test_all_around_the_text_must_be_the_same(gateway: Gateway) -> None:
    ask(gateway, FIRST, "three")
    other = "How can I reset the password of my account?"
    assert ask(gateway, other, "three", temperature=0.5).headers["x-signalbox-cache"] == "miss"
    assert ask(gateway, other, "not three").headers["x-signalbox-cache"] == "miss"
    assert ask(gateway, other, "three").headers["x-signalbox-cache"] == "semantic"


def test_a_hit_that_was_wrong_is_forgotten(gateway: Gateway) -> None:
    ask(gateway, FIRST, "four")
    given = ask(gateway, "How can I reset the password of my account?", "four")
    assert given.headers["x-signalbox-cache"] == "semantic"
    with gateway.client() as client:
        told = {"request_id": given.headers["x-request-id"], "score": 0}
        assert client.post("/v1/feedback", json=told).status_code == 202
    assert ask(gateway, FIRST, "four").headers["x-signalbox-cache"] != "hit"


def test_hits_are_checked_beside_their_callers(gateway: Gateway, simulator: Simulator) -> None:
    ask(gateway, FIRST, "five")
    before = len(simulator.bill())
    given = ask(gateway, "How can I reset the password of my account?", "five")
    assert given.headers["x-signalbox-cache"] == "semantic"
    asked: list[str] = []
    for _ in range(500):
        asked = [line["model"] for line in simulator.bill()[before:]]
        if "small" in asked:
            break
        time.sleep(0.02)
    assert "small" in asked  # the first hits are all checked


def stats(gateway: Gateway, *words: str) -> Json:
    url = gateway.base_url.removesuffix("/v1")
    told = CliRunner().invoke(app, [*words, "--url", url, "--admin-key", ADMIN_KEY, "--json"])
    assert told.exit_code == 0, told.output
    found: Json = json.loads(told.stdout)
    return found


def test_people_see_what_is_kept(gateway: Gateway) -> None:
    first = ask(gateway, FIRST, "six")
    ask(gateway, "How can I reset the password of my account?", "six")
    shown = stats(gateway, "cache", "stats")
    (threshold,) = shown["semantic"]
    assert (threshold["model"], threshold["max_wrong_rate"]) == ("small", 1.0)
    assert threshold["given"] >= 1 and shown["texts"] >= 1
    (bought,) = gateway.attempts(first.headers["x-request-id"])
    (key,) = [step[3]["key"] for step in json.loads(str(bought["trail"])) if step[:2] == ["cache", "miss"]]
    kept = stats(gateway, "cache", "inspect", f" {key.upper()}")
    assert (kept["key"], kept["cost_nano"]) == (key, bought["cost_nano"])


def test_a_file_of_requests_is_known_beforehand(gateway: Gateway, tmp_path: Path) -> None:
    file = tmp_path / "requests.jsonl"
    messages = [{"role": "user", "content": "How warm is it?"}]
    file.write_text(json.dumps({"model": "small", "messages": messages}) + "\n")
    url = gateway.base_url.removesuffix("/v1")
    arguments = ["cache", "warm", str(file), "--key", gateway.key, "--url", url, "--json"]
    said = [json.loads(CliRunner().invoke(app, arguments).stdout) for _ in range(2)]
    assert said == [{"requests": 1, "miss": 1}, {"requests": 1, "hit": 1}]


def test_replicas_learn_from_one_another(
    make_gateway: Making, configuration: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with redis_server(tmp_path_factory.mktemp("redis")) as redis:
        policy = POLICY.replace("{ exact", "{ store: redis, exact")
        stores = f"stores: {{ redis: '{redis.url}', redis_deadline: 2s }}\n"
        one, other = (make_gateway(configuration + stores + policy) for _ in range(2))
        ask(one, FIRST, "seven")
        assert (
            ask(one, "How can I reset the password of my account?", "seven").headers["x-signalbox-cache"]
            == "semantic"
        )
        labels = 0
        for number in range(20):
            ask(other, FIRST, f"not seven {number}")
            labels = sum(each["labels"] for each in stats(other, "cache", "stats")["semantic"])
            if labels:
                break
            time.sleep(1)
        assert labels == 1


OTHER_WORDS = "How can I reset the password of my account?"


def meet(gateway: Gateway, theirs: int) -> None:
    """Until it compares so many texts that others were asked, or it was before it was started again.

    It looks for them beside calls that are compared; a store that is too slow is asked by the next one.
    """
    for own in range(1, 11):
        ask(gateway, FIRST, f"something else {own}")
        for _ in range(40):
            if (found := stats(gateway, "cache", "stats")["texts"]) == theirs + own:
                return
            time.sleep(0.05)
    raise AssertionError(f"{found} texts, {own} of them its own, and not {theirs} of others")


def test_what_one_replica_was_asked_the_others_answer_in_other_words_until_it_is_purged(
    make_gateway: Making, configuration: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with redis_server(tmp_path_factory.mktemp("redis")) as redis:
        policy = POLICY.replace("{ exact", "{ store: redis, exact")
        stores = f"stores: {{ redis: '{redis.url}', redis_deadline: 2s }}\n"
        one, other, late = (make_gateway(configuration + stores + policy) for _ in range(3))
        bought = ask(one, FIRST, "eight")
        until(lambda: redis.command("KEYS", "*texts*").startswith(b"*1"), "the text is told", 20)
        meet(other, 1)
        given = ask(other, OTHER_WORDS, "eight")
        assert given.headers["x-signalbox-cache"] == "semantic"
        assert given.content == bought.content
        with one.admin() as client:
            client.post("/admin/v1/cache/purge", json={"what": "all"}).raise_for_status()
        until(lambda: redis.command("KEYS", "sb:cache:*").startswith(b"*0"), "all is forgotten", 20)
        meet(late, 0)
        assert ask(other, OTHER_WORDS, "eight").headers["x-signalbox-cache"] == "miss"


def test_what_was_asked_before_a_restart_is_answered_in_other_words_after_it(
    configuration: str, tmp_path: Path
) -> None:
    gateway = Gateway(tmp_path, configuration + POLICY.replace("{ exact", "{ store: sqlite, exact"))
    with running(gateway):
        bought = ask(gateway, FIRST, "nine")
    with running(gateway):
        meet(gateway, 1)
        given = ask(gateway, OTHER_WORDS, "nine")
        assert given.headers["x-signalbox-cache"] == "semantic"
        assert given.content == bought.content
