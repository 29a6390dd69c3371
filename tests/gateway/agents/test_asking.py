"""A run's model call: what is asked, and what of the answer is kept."""

import msgspec
import pytest

from agentloop.agents import AgentVersion, ToolVersion
from agentloop.commands import SumUp
from agentloop.events import Item, ModelCompleted, ToolCall
from agentloop.foreign import Unreadable
from agentloop.summing import INSTRUCTIONS
from gateway.agents.asking import MOST_CALLS, completed, request, summary_request

TOOL = ToolVersion("desk/look", "http", "Looks.", {"type": "object"}, "read")


def test_the_request_is_the_conversation_with_the_agents_own_words_and_tools():
    agent = AgentVersion("desk", "fast", "Help.", (TOOL,), parameters={"temperature": 0})
    body = msgspec.json.decode(request(agent, (Item('{"role":"user","content":"hi"}'),)))
    assert body == {
        "model": "fast",
        "input": [{"role": "user", "content": "hi"}],
        "store": False,
        "temperature": 0,
        "instructions": "Help.",
        "tools": [
            {
                "type": "function",
                "name": "desk__look",
                "description": "Looks.",
                "parameters": {"type": "object"},
                "strict": False,
            }
        ],
    }


def test_without_words_and_tools_none_are_sent():
    body = msgspec.json.decode(request(AgentVersion("desk", "fast", ""), ()))
    assert body == {"model": "fast", "input": [], "store": False}


def test_every_item_of_an_answer_is_kept_as_it_came():
    reasoning = '{"type":"reasoning","id":"rs_1","encrypted_content":"ZZ","summary":[]}'
    call = '{"type":"function_call","call_id":"c1","name":"desk__look","arguments":"{\\"a\\":1}"}'
    parts = '[{"type":"output_text","text":"Well"},{"type":"refusal","refusal":"no"}]'
    message = f'{{"type":"message","content":{parts}}}'
    body = f'{{"output":[{reasoning},{call},{message}],"usage":{{"total_tokens":9}}}}'.encode()
    said = completed(body, 70, "req_1")
    assert [item.json for item in said.items] == [reasoning, call, message]
    assert said.calls == (ToolCall("c1", "desk__look", '{"a":1}'),)
    assert (said.text, said.tokens, said.cost, said.request_id) == ("Wellno", 9, 70, "req_1")


def test_each_call_of_an_answer_has_an_id_of_its_own():
    calls = [
        {"type": "function_call", "call_id": call_id, "name": "desk__look", "arguments": f'{{"a":{place}}}'}
        for place, call_id in enumerate(["c1", "c1", "", "c1_1", "", "c1"])
    ]
    said = completed(msgspec.json.encode({"output": calls}), 0, "req_1")
    ids = [call.call_id for call in said.calls]
    assert ids[0] == "c1"
    assert len(set(ids)) == 6
    assert all(ids)
    assert [call.arguments for call in said.calls] == [f'{{"a":{place}}}' for place in range(6)]
    assert [msgspec.json.decode(item.json)["call_id"] for item in said.items] == ids


@pytest.mark.parametrize("body", [b"", b"[]", b'{"output":[3]}', b'{"output":"x"}'])
def test_what_is_no_answer_is_not_taken_for_one(body):
    with pytest.raises(msgspec.DecodeError):
        completed(body, 0, "req_1")


def calling(number):
    call = b'{"type":"function_call","call_id":"","name":"desk__look","arguments":"{}"}'
    return completed(b'{"output":[%b]}' % b",".join([call] * number), 5, "req_1")


def test_an_answer_that_asks_for_more_calls_than_any_run_makes_ends_it_and_was_paid():
    assert (len(calling(MOST_CALLS).calls), calling(MOST_CALLS).cut) == (MOST_CALLS, "")
    assert calling(MOST_CALLS + 1) == ModelCompleted((), (), "", 0, 5, "req_1", cut="max_tool_calls")


def test_an_answer_that_was_cut_off_says_so_and_a_call_without_arguments_in_it_is_none():
    details = b'"incomplete_details":{"reason":"max_output_tokens"}'
    call = b'{"type":"function_call","call_id":"c1","name":"desk__look","arguments":""}'
    body = b'{"output":[%b]' % call
    assert completed(body + b"}", 0, "req_1").calls == (ToolCall("c1", "desk__look", ""),)
    said = completed(body + b"," + details + b"}", 0, "req_1")
    assert said.cut == "max_output_tokens"
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(said.calls[0].arguments)


@pytest.mark.parametrize("depth", [101, 960, 30_000])
def test_what_is_too_deep_is_no_answer_either(depth):
    content = b'{"output":[{"type":"message","content":[{"x":' + b"[" * depth + b"]" * depth + b"}]}]}"
    with pytest.raises(Unreadable):
        completed(content, 0, "req_1")


def test_a_question_for_a_summary_is_one_message_without_tools():
    body = msgspec.json.decode(summary_request(SumUp(9, 1, "brief", "user: hi"), 100))
    assert INSTRUCTIONS in body.pop("instructions")
    assert body == {"model": "brief", "input": "user: hi", "max_output_tokens": 100, "store": False}
