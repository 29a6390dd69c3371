"""Legacy completions, on the wire and with the official SDK."""

import json
from typing import Any

import openai
import pytest

from gateway.vendors.sim import tokens
from gateway.vendors.sim.behaviour import Behaviour, ScriptedCall
from gateway.vendors.sim.errors import Refused
from gateway.vendors.sim.openai_completions import CompletionReply, CompletionRequest
from gateway.vendors.sim.script import Stamp


def reply(behaviour: Behaviour | None = None, **more: Any) -> CompletionReply:
    body = json.dumps({"model": "small", "prompt": "Say hello", **more}).encode()
    return CompletionRequest(body).reply(behaviour or Behaviour(), 0, Stamp("run1", 1))


def test_the_sdk_gets_the_same_text_whole_and_streamed(sim: Any) -> None:
    with openai.OpenAI(base_url=sim.base_url, api_key="none", max_retries=0) as client:
        whole = client.completions.create(model="small", prompt="Say hello", max_tokens=40)
        stream = client.completions.create(
            model="small",
            prompt="Say hello",
            max_tokens=40,
            stream=True,
            stream_options={"include_usage": True},
        )
        found = list(stream)
    assert "".join(chunk.choices[0].text for chunk in found if chunk.choices) == whole.choices[0].text
    assert found[-1].usage == whole.usage and not found[-1].choices
    assert whole.object == "text_completion"


def test_sixteen_tokens_are_given_when_nothing_is_asked_for() -> None:
    answer = json.loads(reply().whole())
    assert answer["usage"]["completion_tokens"] == 16
    assert answer["choices"][0]["finish_reason"] == "length"


@pytest.mark.parametrize(
    ("prompt", "size", "choices"),
    [
        pytest.param("12345", 2, 1, id="a text"),
        pytest.param(["1234", "12345678"], 3, 2, id="texts"),
        pytest.param([5, 6, 7], 3, 1, id="token ids"),
        pytest.param([[5, 6], [7]], 3, 2, id="lists of token ids"),
    ],
)
def test_every_form_of_prompt_is_counted(prompt: Any, size: int, choices: int) -> None:
    answer = json.loads(reply(prompt=prompt).whole())
    assert (answer["usage"]["prompt_tokens"], len(answer["choices"])) == (size, choices)


def test_events_hand_over_every_token_once() -> None:
    answer = reply(Behaviour(length=21, tokens_per_event=4), n=2)
    assert sum(event.tokens for event in answer.events()) == answer.written == 42
    # Thoughts and text are counted apart: five bytes each are two tokens each, and three together.
    for told in (Behaviour(reasoning="12345", text="12345"), Behaviour(reasoning="1", text="1")):
        answer = reply(told, max_tokens=50)
        assert sum(event.tokens for event in answer.events()) == answer.written


def test_a_scripted_tool_call_is_left_out_and_not_billed() -> None:
    answer = json.loads(reply(Behaviour(text="Hi", tool_calls=(ScriptedCall("f"),))).whole())
    assert (answer["choices"][0]["text"], answer["choices"][0]["finish_reason"]) == ("Hi", "stop")
    assert tokens.count("Hi") == answer["usage"]["completion_tokens"]


@pytest.mark.parametrize(
    "more", [{"prompt": []}, {"n": 200}, {"n": 0}, {"prompt": {"a": 1}}, {"max_tokens": -1}]
)
def test_what_makes_no_sense_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        reply(**more)
    assert refused.value.status == 400
