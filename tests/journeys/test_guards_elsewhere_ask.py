"""A guard elsewhere that asks: the call of an agent's tool waits for a person where it finds something."""

import json

import pytest

from tests.gateway.guard_service import guard_service
from tests.journeys.test_guards_ask import asked, conversation, say, schema
from tests.journeys.test_runs import begin, until
from tests.journeys.tool_server import tool_server

NAME = "Ann of Ghent"
ASKS = "action: ask, approval: { group: people }, budget: 10s"

CONFIGURATION = """\
vendors:
  sim: {{ kind: sim, base_url: "{simulator}" }}
models:
  tools: {{ targets: [sim/tools] }}
  nod: {{ targets: ["sim/small@text=Yes."] }}
  shake: {{ targets: ["sim/small@text=No."] }}
tool_servers:
  desk:
    base_url: "{tools}"
    private: ["127.0.0.0/8"]
    tools:
      pay: {{ path: /keyed, effect: keyed, arguments: {arguments} }}
guards:
  far:
    kind: webhook
    url: "{service}"
    secret: hush
    private: ["127.0.0.0/8"]
    stages: [tool_call]
    action: ask
    approval: {{ group: people, ttl: 1h }}
    budget: 5s
  nods: {{ kind: judge, model: nod, question: "An order?", {asks} }}
  shakes: {{ kind: judge, model: shake, question: "An order?", {asks} }}
teams:
  support: {{ guardrails: [far] }}
  judged: {{ guardrails: [nods] }}
  passed: {{ guardrails: [shakes] }}
agents:
  payer: {{ model: tools, tools: [desk/pay] }}
admin_key: journeys-admin
log: {{ format: json }}
"""


@pytest.fixture(scope="module")
def service():
    with guard_service() as found:
        yield found


@pytest.fixture(scope="module")
def tools():
    with tool_server() as tools:
        yield tools


@pytest.fixture(scope="module")
def gateway(simulator, tools, service, gateway_for_a_file):
    settings = {"simulator": simulator.base_url, "tools": tools.url, "service": service.url, "asks": ASKS}
    return gateway_for_a_file(CONFIGURATION.format(**settings, arguments=schema("whom", NAME)))


@pytest.fixture(scope="module")
def approver(gateway):
    return gateway.new_key(team="support", tags={"approver": "people"})[1]


@pytest.fixture
def holder(gateway, service):
    service.crashes, service.answer = False, finding
    with gateway.client(gateway.new_key(team="support")[1]) as http:
        yield http


def finding(question):
    places = [(number, text.find(NAME)) for number, text in enumerate(question["texts"]) if NAME in text]
    found = [{"type": "person", "text": number, "start": at, "end": at + len(NAME)} for number, at in places]
    return {"findings": found}


def test_a_call_waits_for_a_person_and_goes_on_when_one_agrees(gateway, tools, service, holder, approver):
    before = tools.calls["/keyed"]
    run = begin(holder, "payer")
    until(holder, run, "waiting")
    waits = asked(holder, run)
    assert waits["rules"][0] == "guard far: PERSON"
    assert tools.calls["/keyed"] == before
    question = json.loads(service.requests[-1][1])
    assert (question["stage"], question["guard"]) == ("tool_call", "far")
    say(gateway, approver, waits, "approve")
    assert until(holder, run, "completed", "failed")["status"] == "completed"
    assert tools.calls["/keyed"] == before + 1


def test_in_which_nothing_is_found_goes_on_at_once(tools, service, holder):
    service.answer = lambda question: {"findings": []}
    before = tools.calls["/keyed"]
    run = begin(holder, "payer")
    assert until(holder, run, "completed", "failed", "waiting")["status"] == "completed"
    assert tools.calls["/keyed"] == before + 1


@pytest.mark.parametrize("failing", ["crash", "lie"])
def test_no_call_is_made_where_the_service_does_not_say(tools, service, holder, failing):
    service.crashes = failing == "crash"
    service.answer = lambda question: {"findings": [{"type": "person", "text": 99}]}
    before = tools.calls["/keyed"]
    run = begin(holder, "payer")
    until(holder, run, "completed", "failed", "incomplete")
    assert tools.calls["/keyed"] == before


def test_outside_of_a_run_nobody_is_asked_and_the_call_of_a_tool_is_stopped(holder):
    tool = {"type": "function", "function": {"name": "pay", "parameters": json.loads(schema("whom", NAME))}}
    body = {"model": "tools", "messages": [{"role": "user", "content": "Pay."}], "tools": [tool]}
    for stream in (False, True):
        answer = holder.post("/v1/chat/completions", json={**body, "stream": stream})
        assert "content_filter" in answer.text and "would ask a person" in answer.text
        assert NAME not in answer.text


@pytest.mark.parametrize(("team", "ends"), [("judged", "waiting"), ("passed", "completed")])
def test_a_model_may_be_asked_whether_a_person_is(gateway, team, ends):
    with gateway.client(gateway.new_key(team=team)[1]) as http:
        run = begin(http, "payer")
        assert until(http, run, "waiting", "completed", "failed")["status"] == ends
        if ends == "waiting":
            assert asked(http, run)["rules"][0] == "guard nods: JUDGED"
            http.post(f"/v1/runs/{run}/cancel").raise_for_status()


def test_what_tools_told_is_asked_about_too(gateway):
    with gateway.client(gateway.new_key(team="judged")[1]) as http:
        answer = http.post("/v1/responses", json={"model": "tools", "input": conversation("Pay them.")})
        assert answer.status_code == 400
        assert "would ask a person" in answer.json()["error"]["message"]
