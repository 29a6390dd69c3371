"""The paths by which a test or an operator steers and reads the simulator."""

import json
from typing import Any

import pytest

from gateway.vendors.sim.control import body_of
from gateway.vendors.sim.errors import ClientLeft, Refused
from gateway.vendors.sim.prices import MODELS, PRICES


@pytest.mark.parametrize("prefix", ["", "/v1"])
def test_models_are_listed_with_and_without_v1(sim: Any, prefix: str) -> None:
    listed = sim.get(f"{prefix}/models")
    assert [model["id"] for model in listed["data"]] == list(MODELS)
    assert sim.get(f"{prefix}/models/small") in listed["data"]
    assert sim.get(f"{prefix}/models/sim-mine")["id"] == "sim-mine"


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/v1/models/gpt-4o", 404, "gpt-4o"),
        ("GET", "/v1/nothing", 404, "Invalid URL"),
        ("GET", "/v1/chat/completions", 405, "POST"),
        ("POST", "/sim/bill", 405, "GET, DELETE"),
        ("GET", "/sim/bill?since=x", 400, "whole number"),
        ("GET", "/sim/requests?limit=-1", 400, "whole number"),
    ],
)
def test_a_wrong_path_is_answered_with_what_is_allowed(
    sim: Any, method: str, path: str, status: int, said: str
) -> None:
    answer = sim.http.request(method, path)
    assert answer.status_code == status
    assert said in answer.json()["error"]["message"]


def test_prices_are_published_with_their_unit(sim: Any) -> None:
    found = sim.get("/sim/prices")
    assert found["unit"] == "nano-dollars per million tokens"
    assert found["prices"]["small"]["output"] == PRICES["small"].output
    assert set(found["prices"]) == set(PRICES)


def test_a_behaviour_for_all_is_set_shown_and_taken_back(sim: Any) -> None:
    wanted = {
        "behaviour": {"text": "All say this."},
        "faults": [{"kind": "status", "status": 500, "every": 2}],
    }
    shown = sim.http.put("/sim/behaviour", json=wanted).json()
    assert shown == sim.get("/sim/behaviour")
    assert sim.chat().json()["choices"][0]["message"]["content"] == "All say this."
    assert sim.chat().status_code == 500
    assert sim.http.delete("/sim/behaviour").json() == {}
    assert sim.chat().json()["choices"][0]["message"]["content"] != "All say this."


@pytest.mark.parametrize("body", [b"{", b'{"speed":1}', b'{"faults":[{"kind":"no"}]}', b"\xff"])
def test_a_wrong_behaviour_changes_nothing(sim: Any, body: bytes) -> None:
    answer = sim.http.put("/sim/behaviour", content=body)
    assert answer.status_code == 400
    assert "behaviour, faults, seed" in answer.json()["error"]["message"]
    assert sim.get("/sim/behaviour") == {}


def test_requests_are_shown_with_their_bodies(sim: Any) -> None:
    sim.chat(headers={"authorization": "Bearer sk-abcdefghijkl", "x-client-request-id": "attempt.1"})
    (request,) = sim.get("/sim/requests")["requests"]
    assert request["body"]["model"] == "small"
    assert ["authorization", "Bearer …ijkl"] in request["headers"]
    assert request["path"] == "/v1/chat/completions"


def test_the_bill_is_read_from_a_line_on_as_json_or_lines(sim: Any) -> None:
    for _ in range(3):
        sim.chat()
    lines = sim.lines()
    after = sim.get(f"/sim/bill?since={lines[1]['seq']}")
    assert after["lines"] == lines[2:]
    assert after["totals"]["nano_dollars"] == sum(line["nano_dollars"] for line in lines)
    assert after["totals"]["models"]["small"]["calls"] == 3
    streamed = [json.loads(line) for line in sim.http.get("/sim/bill?format=jsonl").text.splitlines()]
    assert streamed == [*lines, {"totals": after["totals"]}]


class Messages:
    """An ASGI receive that gives what it was made with."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self._messages = list(messages)

    async def __call__(self) -> dict[str, Any]:
        return self._messages.pop(0)


def part(body: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_a_body_is_put_together() -> None:
    assert await body_of(Messages(part(b"a", more=True), part(b"b", more=False)), 2) == b"ab"


async def test_a_body_that_is_too_long_is_refused() -> None:
    with pytest.raises(Refused, match="longer than 2"):
        await body_of(Messages(part(b"ab", more=True), part(b"c", more=True)), 2)


async def test_a_body_that_does_not_come_means_that_the_client_left() -> None:
    with pytest.raises(ClientLeft):
        await body_of(Messages(part(b"a", more=True), {"type": "http.disconnect"}), 9)
