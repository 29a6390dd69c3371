"""Chat Completions' messages as an agent takes them; journeys ask with the official SDK."""

import json
from types import SimpleNamespace

import pytest

from config.kinds import Operation
from dialects.dialect import Asked
from gateway.agents.completions import _items
from gateway.errors import BadRequest


def items(**body):
    body = {"model": "agent:desk", **body}
    call = SimpleNamespace(
        body=json.dumps(body).encode(), asked=Asked("agent:desk"), operation=Operation.CHAT
    )
    return [json.loads(item.json) for item in _items(call)]


def test_messages_become_items_and_what_the_system_says_stays_first():
    found = items(messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}])
    assert [item["role"] for item in found] in (["system", "user"], ["developer", "user"])
    assert "Be brief." in json.dumps(found[0])
    assert "Hi" in json.dumps(found[1])


@pytest.mark.parametrize(
    "body",
    [{"messages": []}, {}, {"messages": 1}, {"messages": [], "tools": []}],
    ids=["none", "no", "odd", "tools"],
)
def test_what_cannot_be_an_agents_input_is_refused(body):
    with pytest.raises(BadRequest):
        items(**body)


OWN = {
    "temperature": 1,
    "seed": 7,
    "stop": ["x"],
    "n": 2,
    "tools": [{"type": "function"}],
    "tool_choice": "required",
    "reasoning_effort": "low",
    "logprobs": True,
    "response_format": {"type": "json_object"},
}


@pytest.mark.parametrize("name", OWN)
def test_what_an_agent_has_of_its_own_is_refused_by_name(name):
    with pytest.raises(BadRequest, match=f"leave out {name}"):
        items(messages=[{"role": "user", "content": "Hi"}], **{name: OWN[name]})


def test_what_says_nothing_is_left_out():
    usual = {"n": 1, "temperature": None, "tools": [], "response_format": {"type": "text"}, "stop": None}
    usual |= {"presence_penalty": 0.0, "logprobs": False, "tool_choice": "auto"}
    assert len(items(messages=[{"role": "user", "content": "Hi"}], **usual)) == 1
