"""Whole calls: who is billed for what, under which id, and what is counted."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.vendors.sim.prices import price_of
from tests.journeys.program import until as wait_until


@pytest.mark.parametrize("prefix", ["", "/v1"])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/chat/completions", {"messages": [{"role": "user", "content": "Hi"}]}),
        ("/completions", {"prompt": "Hi"}),
        ("/embeddings", {"input": "Hi"}),
    ],
)
def test_every_endpoint_answers_with_and_without_v1(sim: Any, prefix: str, path: str, body: Any) -> None:
    answer = sim.http.post(prefix + path, json={"model": "sim-any", **body})
    assert answer.status_code == 200
    assert answer.json()["model"] == "sim-any"


def test_a_line_names_the_call_on_both_sides(sim: Any) -> None:
    answer = sim.chat(headers={"x-client-request-id": "req-9.1"})
    (line,) = sim.lines()
    assert answer.headers["x-request-id"] == f"req_{line['id']}"
    assert (line["client_request_id"], line["endpoint"], line["model"]) == ("req-9.1", "chat", "small")
    for name in ("openai-processing-ms", "x-ratelimit-remaining-requests", "x-ratelimit-reset-tokens"):
        assert name in answer.headers


def test_the_bill_says_what_the_usage_said(sim: Any) -> None:
    usage = sim.chat("large@input=1234567,cached=1000000,output=7654321,reasoning=5").json()["usage"]
    (line,) = sim.lines()
    assert (usage["prompt_tokens"], usage["completion_tokens"]) == (1234567, 7654321)
    assert (line["input"], line["cached_input"], line["output"], line["reasoning"]) == (
        1234567,
        1000000,
        7654321,
        5,
    )
    assert line["nano_dollars"] == (234567 * 2500 + 1000000 * 1250 + 7654321 * 10000)
    assert line["usage_delivered"] is True


def test_a_call_that_is_refused_costs_nothing_and_is_on_the_bill(sim: Any) -> None:
    assert sim.http.post("/v1/chat/completions", content=b"{").status_code == 400
    assert sim.chat("gpt-4o").json()["error"]["code"] == "model_not_found"
    assert [(line["status"], line["nano_dollars"]) for line in sim.lines()] == [(400, 0), (404, 0)]


def test_a_behaviour_comes_by_header_metadata_or_model_name(sim: Any) -> None:
    by_header = sim.chat(headers={"x-sim": '{"text":"said"}'})
    by_metadata = sim.chat(metadata={"sim": "text=said"})
    by_model = sim.chat("small@text=said")
    for answer in (by_header, by_metadata, by_model):
        assert answer.json()["choices"][0]["message"]["content"] == "said"


def test_the_same_question_is_answered_alike(sim: Any) -> None:
    one, two = sim.chat().json(), sim.chat().json()
    assert one["choices"] == two["choices"] and one["usage"] == two["usage"]
    assert one["id"] != two["id"]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["small", "reasoner", "sim-x"]),
            st.sampled_from(
                ["", "@fault=status", "@fault=cut_text,after=3", "@fault=no_usage", "@fault=no_finish"]
            ),
            st.booleans(),
        ),
        max_size=6,
    )
)
def test_totals_are_the_sum_of_lines_priced_by_the_table(
    sim: Any, calls: list[tuple[str, str, bool]]
) -> None:
    sim.reset()
    for model, fault, stream in calls:
        sim.raw(sim.request(model + fault, stream=stream), wait=0.02)
    wait_until(lambda: len(sim.get("/sim/bill")["lines"]) == len(calls), "a call is on no bill")
    bill = sim.get("/sim/bill")
    assert bill["totals"]["calls"] == len(calls)
    for line in bill["lines"]:
        price = price_of(line["model"])
        assert price is not None
        fresh = line["input"] - line["cached_input"]
        exact = (
            fresh * price.input + line["cached_input"] * price.cached_input + line["output"] * price.output
        )
        assert line["nano_dollars"] == (exact + 500_000) // 1_000_000
    assert bill["totals"]["nano_dollars"] == sum(line["nano_dollars"] for line in bill["lines"])


async def open_stream(sim: Any, number: int) -> asyncio.StreamWriter:
    reader, writer = await asyncio.open_connection(sim.host, sim.port)
    body = json.dumps(sim.request("small@length=100000,tps=2", stream=True)).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: sim\r\nx-client-request-id: {number}\r\n"
    writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
    await reader.readuntil(b'"role":"assistant"')
    return writer


async def test_hundreds_of_streams_end_within_a_second_when_their_callers_leave(
    sim: Any,
) -> None:
    writers = [await open_stream(sim, number) for number in range(200)]
    assert (await asyncio.to_thread(sim.get, "/sim/stats"))["open_streams"] == 200
    for writer in writers:
        writer.close()
    await asyncio.gather(*(writer.wait_closed() for writer in writers))
    deadline = asyncio.get_running_loop().time() + 1
    while (stats := await asyncio.to_thread(sim.get, "/sim/stats"))["open_streams"]:
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.01)
    assert stats["cancelled"] == 200
    assert {each["client_request_id"] for each in stats["disconnects"]} == {str(n) for n in range(200)}
    assert all(line["cancelled"] for line in await asyncio.to_thread(sim.lines))
