"""A label that stands for two versions of an agent, over real sockets: each caller has one of them."""

import httpx
import pytest

from tests.journeys.test_runs import until

CONFIGURATION = """\
vendors:
  sim: {{ kind: sim, base_url: "{simulator}" }}
models:
  small: {{ targets: [sim/small] }}
agents:
  desk: {{ model: small }}
  desk@canary: {{ model: small }}
agent_labels:
  desk@production: {{ desk: 1, desk@canary: 1 }}
admin_key: journeys-admin
log: {{ format: json }}
"""
PEOPLE = [f"person{number}" for number in range(12)]


@pytest.fixture
def gateway(simulator, make_gateway):
    return make_gateway(CONFIGURATION.format(simulator=simulator.base_url))


def asked(http: httpx.Client) -> set[str]:
    """The agents that ran, for each way to ask."""
    begun = http.post("/v1/runs", json={"agent": "desk@production", "input": "Hi."}).raise_for_status().json()
    body = {"model": "agent:desk@production", "input": "Hi."}
    response = http.post("/v1/responses", json=body).raise_for_status().json()
    chat = {"model": "agent:desk@production", "messages": [{"role": "user", "content": "Hi."}]}
    answer = http.post("/v1/chat/completions", json=chat).raise_for_status()
    runs = (begun["id"], response["run_id"], answer.headers["x-signalbox-run"])
    return {until(http, run, "completed")["agent"] for run in runs}


def test_each_caller_has_one_version_by_every_way_to_ask(gateway):
    found = {}
    for person in PEOPLE:
        keys = [gateway.new_key(user=person, models=["agent:desk@production", "small"])[1] for _ in range(2)]
        for key in keys:
            with gateway.client(key) as http:
                found.setdefault(person, set()).update(asked(http))
    assert {len(each) for each in found.values()} == {1}
    assert {name for each in found.values() for name in each} == {"desk", "desk@canary"}


def test_a_label_is_in_the_list_of_models_for_whoever_may_use_it(gateway):
    with gateway.client() as http:
        listed = [each["id"] for each in http.get("/v1/models").json()["data"]]
        assert "agent:desk@production" in listed
        assert http.get("/v1/models/agent:desk@production").status_code == 200
    with gateway.client(gateway.new_key(models=["agent:desk", "small"])[1]) as http:
        assert http.post("/v1/runs", json={"agent": "desk@production", "input": "x"}).status_code == 403
        assert http.get("/v1/models/agent:desk@production").status_code == 404
