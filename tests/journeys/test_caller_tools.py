"""Tools that the caller runs, by OpenAI's own SDK: handed over, waited for through a death, answered once."""

import signal
import time
from contextlib import ExitStack

import openai
import pytest

from tests.journeys.test_agent_responses import client, kinds, strictly
from tests.journeys.test_runs import CONFIGURATION, ORDER, begin, until
from tests.journeys.tool_server import tool_server

SERVERS = """\
  page:
    kind: caller
    tools:
      locate: {{ arguments: {order} }}
      choose: {{ arguments: {order} }}
      glance: {{ arguments: {order}, timeout: 1s }}
agents:
  asks: {{ model: tools, tools: [page/locate] }}
  mixed: {{ model: tools, tools: [desk/look, page/locate, page/choose] }}
  hasty: {{ model: tools, tools: [page/glance] }}
  above: {{ model: tools, agents: [asks] }}
  careful: {{ model: tools, tools: [{{ tool: page/locate, approval: {{ group: people, ttl: 1h }} }}] }}
"""


@pytest.fixture(scope="module")
def tools():
    with tool_server() as tools:
        yield tools


@pytest.fixture(scope="module")
def gateway(simulator, tools, gateway_for_a_file):
    text = CONFIGURATION.replace("agents:\n", SERVERS, 1)
    return gateway_for_a_file(text.format(simulator=simulator.base_url, tools=tools.url, order=ORDER))


@pytest.fixture
def clients(gateway):
    """An SDK with another key of these properties, until the test is over."""
    with ExitStack() as opened:
        yield lambda **fields: opened.enter_context(client(gateway, gateway.new_key(**fields)[1]))


@pytest.fixture
def sdk(gateway):
    with client(gateway) as sdk:
        yield sdk


def output(call, text: str) -> dict:
    return {"type": "function_call_output", "call_id": call.call_id, "output": text}


def test_a_call_is_handed_over_and_the_run_goes_on_with_what_came_of_it(sdk, gateway):
    asked = strictly(sdk.responses.create(model="agent:asks", input="Where?"))
    assert asked.status == "completed"
    [call] = asked.output
    assert (call.type, call.name, call.status) == ("function_call", "page__locate", "completed")
    assert "A-7" in call.arguments
    with gateway.client() as http:
        run = http.get(f"/v1/runs/{asked.run_id}").json()
        assert (run["status"], run["waits_for"]) == ("waiting", "tool_output")
    said = [output(call, "in Berlin")]
    answer = {"model": "agent:asks", "previous_response_id": asked.id, "input": said}
    after = strictly(sdk.responses.create(**answer))
    assert (after.status, after.previous_response_id) == ("completed", asked.id)
    assert kinds(after) == ["message"]
    assert "in Berlin" in after.output_text
    assert sdk.responses.create(**answer) == after, "the same once more is no other"
    with pytest.raises(openai.ConflictError):
        sdk.responses.create(**{**answer, "input": [output(call, "in Paris")]})
    with gateway.client() as http:
        told = [step["said"] for step in http.get(f"/v1/runs/{asked.run_id}/explain").json()["steps"]]
    assert any("handed over" in line for line in told)
    assert any("says what came of" in line for line in told)


def test_every_event_of_such_a_stream_is_the_sdks_and_it_goes_on_anywhere(sdk):
    with sdk.responses.create(model="agent:asks", input="Where?", stream=True) as stream:
        told = list(stream)
    for event in told:
        type(event).model_validate(event.model_dump())
    assert [event.sequence_number for event in told] == list(range(len(told)))
    assert "response.function_call_arguments.done" in [event.type for event in told]
    final = told[-1].response
    [call] = final.output
    for cut, event in enumerate(told[:-1]):
        rest = sdk.responses.retrieve(final.id, stream=True, starting_after=event.sequence_number)
        assert list(rest) == told[cut + 1 :]
    parts = [{"type": "input_text", "text": "in"}, {"type": "input_text", "text": "Rome"}]
    with sdk.responses.create(
        model="agent:asks",
        previous_response_id=final.id,
        input=[{**output(call, ""), "output": parts}],
        stream=True,
    ) as stream:
        [*_, last] = stream
    assert "in Rome" in last.response.output_text


def test_ours_are_called_and_the_outputs_of_all_others_come_together(sdk, tools):
    asked = sdk.responses.create(model="agent:mixed", input="Please.")
    assert sorted(kinds(asked)) == ["function_call", "function_call", "mcp_call"]
    calls = [item for item in asked.output if item.type == "function_call"]
    before = {"model": "agent:mixed", "previous_response_id": asked.id}
    for wrong, error in (
        ([output(calls[0], "a")], openai.BadRequestError),
        ([output(calls[0], "a"), output(calls[0], "b")], openai.BadRequestError),
        ([output(call, "a") for call in calls] + [{"role": "user", "content": "x"}], openai.BadRequestError),
        ([{"type": "function_call_output", "call_id": "forged", "output": "x"}], openai.ConflictError),
        ("go on", openai.ConflictError),
    ):
        with pytest.raises(error):
            sdk.responses.create(**before, input=wrong)
    after = sdk.responses.create(**before, input=[output(call, f"told {n}") for n, call in enumerate(calls)])
    assert after.status == "completed"
    assert "told 0" in after.output_text and "told 1" in after.output_text
    assert tools.calls == {"/look/A-7": 1}


def test_nobody_else_says_what_came_of_it(sdk, gateway, clients):
    asked = sdk.responses.create(model="agent:asks", input="Where?")
    [call] = asked.output
    with gateway.admin() as admin:
        admin.post("/admin/v1/teams", json={"name": "strangers"}).raise_for_status()
    for team, error in (("default", openai.PermissionDeniedError), ("strangers", openai.NotFoundError)):
        with pytest.raises(error):
            clients(team=team).responses.create(
                model="agent:asks", previous_response_id=asked.id, input=[output(call, "here")]
            )
        with gateway.client(gateway.new_key(team=team)[1]) as http:
            way = f"/v1/runs/{asked.run_id}/outputs"
            assert http.post(way, json={"outputs": {call.call_id: "here"}}).status_code in (403, 404)
    assert sdk.responses.retrieve(asked.id) == asked


def test_who_says_nothing_in_time_is_waited_for_no_more(gateway):
    with gateway.client() as http:
        run = until(http, begin(http, "hasty"), "completed", "failed", "incomplete")
        assert run["status"] == "completed"
        assert "timeout" in run["output"]


def test_what_is_handed_over_needs_a_persons_word_where_a_rule_says_so(sdk, clients):
    asked = sdk.responses.create(model="agent:careful", input="Where?")
    assert kinds(asked) == ["mcp_approval_request"]
    approver = clients(tags={"approver": "people"})
    word = {"type": "mcp_approval_response", "approval_request_id": asked.output[0].id, "approve": True}
    after = approver.responses.create(model="agent:careful", previous_response_id=asked.id, input=[word])
    [call] = after.output
    assert call.type == "function_call"
    said = {"model": "agent:careful", "previous_response_id": after.id, "input": [output(call, "in Oslo")]}
    with pytest.raises(openai.PermissionDeniedError):
        approver.responses.create(**said)
    assert "in Oslo" in sdk.responses.create(**said).output_text


def test_a_fork_goes_on_with_the_conversation_and_does_nothing_again(gateway, tools):
    with gateway.client() as http:
        run = until(http, begin(http, "reader"), "completed", "failed")
        calls = tools.calls["/look/A-7"]
        forked = http.post(f"/v1/runs/{run['id']}/fork", json={"at": run["events"] - 2})
        assert forked.status_code == 202, forked.text
        again = until(http, forked.json()["id"], "completed", "failed")
        assert "A-7" in again["output"]
        assert tools.calls["/look/A-7"] == calls
        assert http.post(f"/v1/runs/{run['id']}/fork", json={"at": 0}).status_code == 400
    with gateway.admin() as admin:
        admin.post("/admin/v1/teams", json={"name": "forgers"})
    with gateway.client(gateway.new_key(team="forgers")[1]) as http:
        assert http.post(f"/v1/runs/{run['id']}/fork").status_code == 404


@pytest.mark.parametrize("agent", ["asks", "above"])
def test_chat_completions_cannot_say_it(sdk, agent):
    with pytest.raises(openai.BadRequestError):
        sdk.chat.completions.create(model=f"agent:{agent}", messages=[{"role": "user", "content": "Where?"}])


def test_a_death_while_it_is_waited_for_loses_nothing(gateway):
    with gateway.client() as http:
        run_id = begin(http, "asks")
        [call] = until(http, run_id, "waiting")["tool_calls"]
    gateway.signal(signal.SIGKILL)
    time.sleep(0.1)
    gateway.kill()
    gateway.start()
    with gateway.client() as http:
        answered = http.post(f"/v1/runs/{run_id}/outputs", json={"outputs": {call["call_id"]: "in Bonn"}})
        assert answered.status_code == 200, answered.text
        assert "in Bonn" in until(http, run_id, "completed", "failed")["output"]
