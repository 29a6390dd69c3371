"""Calls go where the file says they cost least, and everybody can see why."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from gateway.routing.learning import read_learnt
from tests.journeys.program import ADMIN_KEY, Gateway, Simulator, running
from tests.journeys.wire import CHAT, HELLO

FILE = """\
vendors:
  sim: {{ kind: sim, base_url: "{url}", region: us-east-1 }}
  far: {{ kind: sim, base_url: "{url}", region: eu-west-1 }}
models:
  fast:
    targets: [sim/large, far/small, sim/echo]
    strategy: {{ kind: cheapest, explore: 0 }}
  turns: {{ targets: [sim/small, far/small], strategy: round_robin }}
  home: {{ targets: [sim/small, far/small], strategy: sticky }}
  large: {{ targets: [sim/large] }}
  small: {{ targets: [sim/small] }}
  auto:
    strategy: {{ kind: difficulty, cheap: small, strong: large, dial: 1, explore: 0, learn: true }}
  frugal:
    strategy: {{ kind: difficulty, cheap: small, strong: large, dial: 0%, explore: 0 }}
  blind: {{ targets: [sim/small, far/echo] }}
teams:
  european: {{ regions: [eu] }}
  free: {{ controls: [strategy, vendors] }}
capabilities:
  sim/small: {{ tools: false }}
  far/echo: {{ tools: false }}
admin_key: {key}
log: {{ format: json }}
"""


@pytest.fixture(scope="module")
def gateway(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    text = FILE.format(url=simulator.base_url, key=ADMIN_KEY)
    gateway = Gateway(tmp_path_factory.mktemp("routing"), text)
    with running(gateway):
        yield gateway


def ask(gateway: Gateway, model: str, key: str | None = None, **headers: str) -> httpx.Response:
    named = {f"x-signalbox-{name.replace('_', '-')}": value for name, value in headers.items()}
    with gateway.client(key) as client:
        return client.post(CHAT, json={"model": model, "messages": HELLO}, headers=named)


def target(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return answer.headers["x-signalbox-target"]


def test_the_cheapest_is_asked_and_explain_says_why(gateway: Gateway, tmp_path: Path) -> None:
    answer = ask(gateway, "fast")
    assert target(answer) == "sim/echo"
    request = answer.headers["x-request-id"]
    gateway.attempts(request)
    (attempt,) = gateway.command("explain", request)["attempts"]
    assert [step["reason"] for step in attempt["trail"] if step["stage"] == "route"] == [
        "cheapest, about $0.0000409"
    ]


def test_turns_are_taken_and_sessions_stay(gateway: Gateway) -> None:
    assert {target(ask(gateway, "turns")) for _ in range(2)} == {"sim/small", "far/small"}
    homes = {target(ask(gateway, "home", session=f"s{n}")) for n in range(12)}
    assert homes == {"sim/small", "far/small"}
    assert len({target(ask(gateway, "home", session="mine")) for _ in range(4)}) == 1


def test_a_teams_calls_stay_in_its_region_also_where_nothing_is_to_choose(gateway: Gateway) -> None:
    _, key = gateway.new_key(team="european")
    assert target(ask(gateway, "fast", key)) == "far/small"
    assert target(ask(gateway, "turns", key)) == "far/small"


def test_the_caller_narrows_and_is_told_what_it_may_not(gateway: Gateway) -> None:
    assert target(ask(gateway, "fast", vendors="far")) == "far/small"
    assert target(ask(gateway, "fast", regions="eu")) == "far/small"
    refused = ask(gateway, "fast", max_price="0.000000001")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "no_target_fits")
    assert "sim/large: about $" in refused.json()["error"]["message"]
    refused = ask(gateway, "fast", strategy="weighted")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "control_not_allowed")
    _, key = gateway.new_key(team="free")
    assert ask(gateway, "fast", key, strategy="least-busy").status_code == 200
    wrong = ask(gateway, "fast", key, strategy="canary")
    assert wrong.status_code == 400
    assert "allowed: cheapest" in wrong.json()["error"]["message"]


def test_what_a_call_needs_keeps_it_from_who_lacks_it(gateway: Gateway) -> None:
    tools = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]
    body = {"model": "turns", "messages": HELLO, "tools": tools}
    with gateway.client() as client:
        assert {target(client.post(CHAT, json=body)) for _ in range(3)} == {"far/small"}
        nobody = client.post(CHAT, json={**body, "model": "blind"})
    assert nobody.json()["error"]["message"] == (
        "No target of 'blind' fits this call. sim/small: cannot do tools; far/echo: cannot do tools."
    )
    row = gateway.attempts(nobody.headers["x-request-id"])[0]
    assert (row["status"], row["error_code"]) == ("refused", "no_target_fits")


def test_hard_calls_ask_the_strong_group_and_what_people_say_of_them_is_learnt(
    gateway: Gateway, tmp_path: Path
) -> None:
    hard = "Prove that every finite group of prime order is cyclic, and derive its automorphisms."
    asked = {"model": "auto", "messages": [{"role": "user", "content": hard}]}
    with gateway.client() as client:
        cheap = client.post(CHAT, json={**asked, "model": "frugal"})
        answers = [client.post(CHAT, json=asked) for _ in range(4)]
        assert target(cheap) == "sim/small"
        assert target(answers[0]) == "sim/large"
        requests = [answer.headers["x-request-id"] for answer in (cheap, *answers)]
        for number, request in enumerate(requests):
            told = {"request_id": request, "score": number % 2}
            assert client.post("/v1/feedback", json=told).status_code == 202
    gateway.attempts(requests[1])
    (attempt,) = gateway.command("explain", requests[1])["attempts"]
    (step,) = [step for step in attempt["trail"] if step["stage"] == "plan"]
    assert (step["verdict"], step["numbers"]["dial"], step["numbers"]["propensity"]) == ("strong", 1.0, 1.0)
    learnt = read_learnt(gateway.state / "router", "auto")
    assert [row.example.strong for row in learnt] == [True, False, True, False]
