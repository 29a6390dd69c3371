"""Agents asked by OpenAI's own SDK: whole, streamed, in the background, cut and followed again, approved."""

import json
import time

import httpx
import openai
import pytest
from openai.types.responses import Response

from tests.journeys.program import until
from tests.journeys.test_runs import CONFIGURATION, ORDER
from tests.journeys.tool_server import tool_server

PATIENCE = 60.0
MODELS = """\
models:
  lost: {{ targets: [sim/nothing] }}
  large: {{ targets: [sim/large] }}
  broken: {{ targets: ["sim/small@fault=malformed"] }}
  flaky: {{ targets: ["sim/tools@fault=status,status=503,first=2"] }}
"""
MORE = """\
agents:
  lost: {{ model: lost }}
  short: {{ model: large, parameters: {{ max_output_tokens: 16 }} }}
  broken: {{ model: broken, limits: {{ attempts: 1 }} }}
  flaky: {{ model: flaky, tools: [desk/keyed] }}
"""
AGENTS = CONFIGURATION.replace("models:\n", MODELS).replace("agents:\n", MORE)
AGENTS += 'prices: {{ "sim/*": {{ input: 1, output: 4 }} }}\n'


@pytest.fixture(scope="module")
def tools():
    with tool_server() as tools:
        yield tools


@pytest.fixture(scope="module")
def gateway(simulator, tools, gateway_for_a_file):
    return gateway_for_a_file(AGENTS.format(simulator=simulator.base_url, tools=tools.url, order=ORDER))


@pytest.fixture
def sdk(gateway):
    with client(gateway) as sdk:
        yield sdk


def client(gateway, key: str | None = None) -> openai.OpenAI:
    return openai.OpenAI(base_url=gateway.base_url, api_key=key or gateway.key, max_retries=0, timeout=60)


def strictly(response: Response) -> Response:
    """As the SDK's types say it, not only as it takes it."""
    return Response.model_validate(response.model_dump())


def kinds(response: Response) -> list[str]:
    return [item.type for item in response.output]


def settled(sdk: openai.OpenAI, response_id: str) -> Response:
    deadline = time.monotonic() + PATIENCE
    while (response := sdk.responses.retrieve(response_id)).status in ("queued", "in_progress"):
        assert time.monotonic() < deadline, response
        time.sleep(0.05)
    return response


def test_an_agent_answers_where_a_model_would(sdk):
    response = strictly(sdk.responses.create(model="agent:reader", input="Please look.", metadata={"a": "b"}))
    assert response.status == "completed"
    assert response.model == "agent:reader"
    assert response.metadata == {"a": "b"}
    assert kinds(response) == ["mcp_call", "message"]
    call = response.output[0]
    assert (call.server_label, call.name, call.status, call.error) == ("desk", "look", "completed", None)
    assert "A-7" in call.arguments
    assert "done" in call.output
    assert "A-7" in response.output_text
    assert response.usage.input_tokens > 0
    assert response.usage.output_tokens > 0
    assert strictly(sdk.responses.retrieve(response.id)) == response


def test_a_stream_says_the_same_and_every_event_is_the_sdks(sdk):
    with sdk.responses.create(model="agent:reader", input="Please look.", stream=True) as stream:
        told = list(stream)
    assert [event.sequence_number for event in told] == list(range(len(told)))
    assert [type(event).__name__ for event in told if event.type.startswith("response.mcp_call")] == [
        "ResponseMcpCallInProgressEvent",
        "ResponseMcpCallArgumentsDeltaEvent",
        "ResponseMcpCallArgumentsDoneEvent",
        "ResponseMcpCallCompletedEvent",
    ]
    for event in told:
        type(event).model_validate(event.model_dump())
    assert told[0].type == "response.created"
    assert told[-1].type == "response.completed"
    said = "".join(event.delta for event in told if event.type == "response.output_text.delta")
    assert said == told[-1].response.output_text
    assert sdk.responses.retrieve(told[-1].response.id) == told[-1].response


def test_a_stream_that_is_cut_anywhere_goes_on_there(sdk):
    background = sdk.responses.create(model="agent:reader", input="Look.", background=True, stream=True)
    with background as stream:
        first = next(iter(stream))
    response_id = first.response.id
    whole = list(sdk.responses.retrieve(response_id, stream=True))
    assert whole[-1].type == "response.completed"
    for cut, event in enumerate(whole[:-1]):
        rest = sdk.responses.retrieve(response_id, stream=True, starting_after=event.sequence_number)
        assert list(rest) == whole[cut + 1 :]


def test_one_in_the_background_is_looked_at_later(sdk):
    begun = strictly(sdk.responses.create(model="agent:reader", input="Please look.", background=True))
    assert begun.background
    assert begun.status in ("in_progress", "completed")
    assert settled(sdk, begun.id).status == "completed"
    [given] = sdk.responses.input_items.list(begun.id).data
    assert given.role == "user"


def test_a_conversation_goes_on_from_its_last_response_alone(sdk):
    first = sdk.responses.create(model="agent:reader", input="Please look.")
    second = sdk.responses.create(model="agent:reader", input="And again?", previous_response_id=first.id)
    assert second.status == "completed"
    assert second.previous_response_id == first.id
    assert second.id != first.id
    assert second.usage.input_tokens > first.usage.input_tokens / 2
    with pytest.raises(openai.NotFoundError):
        sdk.responses.create(model="agent:reader", input="x", previous_response_id="resp_forged_1")


def approval(call: str, *, approve: bool = True) -> list[dict]:
    return [{"type": "mcp_approval_response", "approval_request_id": call, "approve": approve}]


def test_what_needs_a_person_ends_the_response_and_the_next_one_is_theirs(gateway, sdk, tools):
    tools.effects.clear()
    asked = strictly(sdk.responses.create(model="agent:asker", input="Please."))
    assert asked.status == "completed"
    [request] = [item for item in asked.output if item.type == "mcp_approval_request"]
    assert (request.server_label, request.name) == ("desk", "keyed")
    with pytest.raises(openai.PermissionDeniedError):
        sdk.responses.create(model="agent:asker", previous_response_id=asked.id, input=approval(request.id))
    with pytest.raises(openai.ConflictError):
        sdk.responses.create(model="agent:asker", previous_response_id=asked.id, input="Go on, please.")
    assert not tools.effects
    approver = client(gateway, gateway.new_key(tags={"approver": "people"})[1])
    answer = strictly(
        approver.responses.create(
            model="agent:asker", previous_response_id=asked.id, input=approval(request.id)
        )
    )
    assert answer.status == "completed"
    assert answer.previous_response_id == asked.id
    assert kinds(answer) == ["mcp_call", "message"]
    assert answer.output[0].approval_request_id == request.id
    assert tools.effects == {"/keyed": 1}
    with pytest.raises(openai.ConflictError):
        approver.responses.create(
            model="agent:asker", previous_response_id=asked.id, input=approval(request.id)
        )


def test_a_refusal_is_told_to_the_model_and_nothing_is_done(gateway, sdk, tools):
    tools.effects.clear()
    asked = sdk.responses.create(model="agent:asker", input="Please.")
    request = asked.output[-1]
    approver = client(gateway, gateway.new_key(tags={"approver": "people"})[1])
    with approver.responses.create(
        model="agent:asker",
        previous_response_id=asked.id,
        input=approval(request.id, approve=False),
        stream=True,
    ) as stream:
        told = list(stream)
    assert "response.mcp_call.failed" in [event.type for event in told]
    assert told[-1].response.output[0].status == "failed"
    assert not tools.effects


def test_one_that_waits_is_cancelled(sdk, tools):
    tools.effects.clear()
    asked = sdk.responses.create(model="agent:asker", input="Please.", background=True)
    assert settled(sdk, asked.id).output[-1].type == "mcp_approval_request"
    assert sdk.responses.cancel(asked.id).status == "cancelled"
    assert not tools.effects


def test_agents_are_listed_with_the_models(gateway, sdk):
    names = [model.id for model in sdk.models.list()]
    assert {"tools", "agent:reader", "agent:asker"} <= set(names)
    assert sdk.models.retrieve("agent:reader").id == "agent:reader"
    narrow = client(gateway, gateway.new_key(models=["tools", "agent:reader"])[1])
    assert {model.id for model in narrow.models.list()} == {"tools", "agent:reader"}
    with pytest.raises(openai.PermissionDeniedError):
        narrow.responses.create(model="agent:keeper", input="x")


@pytest.mark.parametrize("member", ["tools", "instructions", "temperature", "store"])
def test_what_an_agent_has_of_its_own_cannot_be_given(sdk, member):
    given = {"tools": [], "instructions": "x", "temperature": 0, "store": False}[member]
    with pytest.raises(openai.BadRequestError, match=member):
        sdk.responses.create(model="agent:reader", input="x", **{member: given})


def test_chat_completions_ask_an_agent_that_asks_nobody(sdk):
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Please look."}]
    whole = sdk.chat.completions.create(model="agent:reader", messages=messages)
    assert whole.choices[0].finish_reason == "stop"
    assert "A-7" in whole.choices[0].message.content
    assert whole.usage.total_tokens > 0
    with sdk.chat.completions.create(
        model="agent:reader", messages=messages, stream=True, stream_options={"include_usage": True}
    ) as stream:
        chunks = list(stream)
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert "A-7" in said
    assert chunks[-1].usage.total_tokens > 0
    with pytest.raises(openai.BadRequestError, match="agree"):
        sdk.chat.completions.create(model="agent:asker", messages=messages)
    with pytest.raises(openai.BadRequestError, match="temperature"):
        sdk.chat.completions.create(model="agent:reader", messages=messages, temperature=0)


def test_a_run_that_fails_is_begun_once_by_who_asked_chat_completions(sdk):
    """What it did is done: an SDK that asked once more, as it does after other errors, would do it again."""
    before = len(sdk.get("/runs", cast_to=httpx.Response).json()["data"])
    with pytest.raises(openai.APIStatusError) as failed:
        sdk.with_options(max_retries=2).chat.completions.create(
            model="agent:lost", messages=[{"role": "user", "content": "Please look."}]
        )
    assert (failed.value.status_code, failed.value.code) == (502, "run_failed")
    assert len(sdk.get("/runs", cast_to=httpx.Response).json()["data"]) == before + 1


def test_a_labelled_version_is_asked_by_its_label(sdk):
    response = sdk.responses.create(model="agent:reader@canary", input="Please look.")
    assert (response.status, response.model) == ("completed", "agent:reader@canary")
    assert "agent:reader@canary" in [model.id for model in sdk.models.list()]
    with pytest.raises(openai.NotFoundError, match="reader@canary"):
        sdk.responses.create(model="agent:reader@production", input="x")


def test_an_unknown_agent_is_said_to_be_unknown(sdk):
    for ask in (
        lambda: sdk.responses.create(model="agent:nobody", input="x"),
        lambda: sdk.chat.completions.create(model="agent:nobody", messages=[]),
    ):
        with pytest.raises(openai.NotFoundError, match="reader"):
            ask()


def test_the_same_request_again_is_the_same_response(sdk):
    more = {"idempotency-key": "once-more"}
    first = sdk.responses.create(model="agent:reader", input="Please look.", extra_headers=more)
    again = sdk.responses.create(model="agent:reader", input="Please look.", extra_headers=more)
    assert again == first


def test_without_agents_it_is_said_what_to_do(simulator, make_gateway):
    gateway_without_agents = make_gateway(
        f"vendors: {{ sim: {{ kind: sim, base_url: {simulator.base_url} }} }}"
    )
    with gateway_without_agents.client() as http:
        for answer in (http.get("/v1/runs"), http.post("/v1/runs", json={"agent": "x", "input": "y"})):
            assert answer.status_code == 404
            assert "`agents:`" in answer.json()["error"]["message"]
    with client(gateway_without_agents) as sdk, pytest.raises(openai.NotFoundError, match="`agents:`"):
        sdk.responses.create(model="agent:x", input="y")


def test_an_answer_that_was_cut_off_is_no_complete_one_on_any_face(sdk, gateway):
    response = strictly(sdk.responses.create(model="agent:short", input="Tell me all about order A-7."))
    assert (response.status, response.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert response.output_text
    with gateway.client() as http:
        run = http.get(f"/v1/runs/{response.run_id}").json()
    assert (run["status"], run["reason"]) == ("incomplete", "max_output_tokens")
    assert run["output"] == response.output_text
    answer = sdk.chat.completions.create(
        model="agent:short", messages=[{"role": "user", "content": "Tell me all."}]
    )
    assert answer.choices[0].finish_reason == "length"


def test_what_a_failed_answer_cost_counts_for_its_run(sdk, gateway):
    response = sdk.responses.create(model="agent:broken", input="Please look.")
    assert response.status == "failed"
    with gateway.client() as http:
        cost = http.get(f"/v1/runs/{response.run_id}").json()["usage"]["cost_usd"]
    rows = "SELECT cost_nano FROM usage WHERE tags LIKE ?"
    until(lambda: gateway.query(rows, f"%{response.run_id}%"), "no row of the run came")
    assert cost == f"{sum(row['cost_nano'] for row in gateway.query(rows, f'%{response.run_id}%')) / 1e9:.9f}"
    assert cost != "0.000000000"


def test_a_run_waits_for_a_model_that_cannot_answer_now(sdk, gateway, tools):
    before = tools.effects["/keyed"]
    response = sdk.responses.create(model="agent:flaky", input="Please use the tool.")
    assert response.status == "completed"
    assert tools.effects["/keyed"] == before + 1
    with gateway.client() as http:
        told = http.get(f"/v1/runs/{response.run_id}/events").text
    failed = [json.loads(line[6:]) for line in told.splitlines() if '"type":"model.failed"' in line]
    assert failed
    assert all(event["again_ms"] > 0 for event in failed)
