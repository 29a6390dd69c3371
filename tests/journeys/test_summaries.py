"""What falls out of an agent's window is summed up over real sockets: paid, written down, asked once."""

import json
from decimal import Decimal

import httpx
import pytest

from tests.journeys.program import until as wait_until
from tests.journeys.test_runs import ORDER, events, until
from tests.journeys.tool_server import tool_server

CONFIGURATION = """\
vendors:
  sim: {{ kind: sim, base_url: "{simulator}" }}
models:
  tools: {{ targets: [sim/tools] }}
  echo: {{ targets: [sim/echo] }}
  brief: {{ targets: [sim/small] }}
  broken: {{ targets: ["sim/fault=status"] }}
tool_servers:
  desk:
    base_url: "{tools}"
    private: ["127.0.0.0/8"]
    tools:
      look: {{ method: GET, path: "/look/{{order_id}}", effect: read, arguments: {order} }}
agents:
  long: {{ model: tools, tools: [desk/look], window: {{ tokens: 600, summary: brief }} }}
  own: {{ model: echo, window: {{ tokens: 600, summary: echo }} }}
  alone: {{ model: tools, tools: [desk/look], window: {{ tokens: 600, summary: broken }} }}
admin_key: journeys-admin
log: {{ format: json }}
"""
SAID = [
    {"role": "user", "content": f"Number {number}: look at order A-7. {'It is urgent. ' * 20}"}
    for number in range(20)
]


@pytest.fixture(scope="module")
def gateway(simulator, gateway_for_a_file):
    with tool_server() as tools:
        yield gateway_for_a_file(
            CONFIGURATION.format(simulator=simulator.base_url, tools=tools.url, order=ORDER)
        )


def done(http: httpx.Client, agent: str) -> dict:
    asked = http.post("/v1/runs", json={"agent": agent, "input": SAID}).raise_for_status().json()
    run = until(http, asked["id"], "completed", "failed", "incomplete")
    assert run["status"] == "completed", run
    return run


def journal(http: httpx.Client, run: dict) -> list[dict]:
    lines = http.get(f"/v1/runs/{run['id']}/events").text.splitlines()
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: {")]


def test_what_falls_out_is_summed_up_once_paid_and_replayed(gateway):
    with gateway.client() as http:
        run = done(http, "long")
        told = journal(http, run)
        assert [each["type"] for each in told[2:4]] == ["summary.requested", "summary.completed"]
        assert [each["type"] for each in told].count("summary.completed") == 1
        summary = told[3]
        assert summary["text"]
        models = [each for each in told if each["type"] == "model.completed"]
        assert run["usage"]["tokens"] == summary["tokens"] + sum(each["tokens"] for each in models)
        paid = summary["cost"] + sum(each["cost"] for each in models)
        assert Decimal(run["usage"]["cost_usd"]) * 10**9 == paid
        explained = http.get(f"/v1/runs/{run['id']}/explain").json()["steps"]
        assert any(step["said"].startswith("summed up: ") for step in explained)
    found = "SELECT model_asked FROM usage WHERE tags LIKE ?"
    wait_until(lambda: len(gateway.query(found, f"%{run['id']}%")) == 3, "its rows did not arrive")
    assert {row["model_asked"] for row in gateway.query(found, f"%{run['id']}%")} == {"tools", "brief"}
    replayed = gateway.command("runs", "replay", run["id"])
    assert replayed["same"] is True, replayed


def test_the_summary_is_what_the_model_sees(gateway):
    """The echo says what it was asked last: here the newest word, whose forerunners were summed up."""
    with gateway.client() as http:
        run = done(http, "own")
        asked = [each for each in journal(http, run) if each["type"] == "summary.requested"]
        assert asked[0]["through"] > 10
        assert "Number 19" in run["output"]


def test_a_model_that_cannot_sum_up_costs_the_run_nothing_but_the_words(gateway):
    with gateway.client() as http:
        run = done(http, "alone")
        kinds = [name for _, name in events(http, run["id"])]
        assert kinds.count("summary.failed") == 1
        assert kinds.count("model.completed") == 2


def test_a_key_that_may_not_use_the_model_of_summaries_may_not_use_the_agent(gateway):
    for models, status in ((["agent:long", "tools"], 403), (["agent:long", "tools", "brief"], 202)):
        with gateway.client(gateway.new_key(models=models)[1]) as http:
            assert http.post("/v1/runs", json={"agent": "long", "input": "x"}).status_code == status
