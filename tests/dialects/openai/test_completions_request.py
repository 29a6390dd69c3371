"""Legacy completions: one text that goes on."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from dialects.conversation import Conversation, Message, Sampling, Text, ToolCall, ToolResult
from dialects.dialect import Destination
from dialects.errors import Malformed
from dialects.features import fit
from dialects.openai.completions import OpenAICompletions
from tests.dialects.conversations import conversations

# A whole conversation takes long to draw on a busy machine.
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
COMPLETIONS = OpenAICompletions()
TO = Destination("m", unsupported="drop")
replace = msgspec.structs.replace


def read(**fields: Any) -> Conversation:
    return COMPLETIONS.read_request(json.dumps({"model": "m", "prompt": "hi"} | fields).encode())


def plain(**fields: Any) -> Conversation:
    said = (Message("user", (Text("hi"),)),)
    return Conversation(dialect="openai_completions", model="m", messages=said, **fields)


@pytest.mark.parametrize(
    ("fields", "wishes"),
    [
        pytest.param({}, {}, id="nothing more"),
        pytest.param({"prompt": ["hi"]}, {}, id="one prompt in a list"),
        pytest.param(
            {"max_tokens": 7, "stop": "x"}, {"sampling": Sampling(max_output=7, stop=("x",))}, id="cap"
        ),
        pytest.param({"logprobs": 2, "n": 2}, {"sampling": Sampling(logprobs=2, choices=2)}, id="logprobs"),
        pytest.param(
            {"stream": True, "stream_options": {"include_usage": True}},
            {"stream": True, "include_usage": True},
            id="stream",
        ),
        pytest.param({"user": "u"}, {"user": "u"}, id="user"),
        pytest.param({"suffix": "s", "echo": True}, {"extra": {"suffix": "s", "echo": True}}, id="its own"),
    ],
)
def test_a_request_is_read_and_written_again(fields: dict[str, Any], wishes: dict[str, Any]) -> None:
    conversation = read(**fields)
    assert conversation == plain(**wishes)
    assert COMPLETIONS.read_request(COMPLETIONS.write_request(conversation, TO)) == conversation


@SLOW
@given(conversations())
def test_all_that_was_said_is_one_text(conversation: Conversation) -> None:
    fitted, _ = fit(conversation, COMPLETIONS, TO)
    found = COMPLETIONS.read_request(COMPLETIONS.write_request(fitted, TO))
    (turn,) = found.messages
    text = "\n\n".join(
        part.text
        for message in fitted.messages
        for outer in message.parts
        for part in (outer.parts if isinstance(outer, ToolResult) else (outer,))
        if isinstance(part, Text)
    )
    assert turn == Message("user", (Text(text),))
    same = replace(fitted, dialect=COMPLETIONS.name, model="m", messages=(turn,), parallel_tools=None)
    assert found == same


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        (["a", "b"], "not several prompts"),
        ([1, 2], "not token ids"),
        ([[1], [2]], "not token ids"),
        ([], "not an empty list"),
    ],
)
def test_what_is_not_one_text_is_refused_with_a_sentence(prompt: Any, message: str) -> None:
    assert COMPLETIONS.peek(json.dumps({"model": "m", "prompt": prompt}).encode()).model == "m"
    with pytest.raises(Malformed, match=message) as refused:
        read(prompt=prompt)
    assert refused.value.param == "prompt"


@pytest.mark.parametrize(
    ("fields", "param"), [({"prompt": 7}, "prompt"), ({"logprobs": True}, "logprobs"), ({"stop": 7}, "stop")]
)
def test_a_mistake_is_named_with_its_place(fields: dict[str, Any], param: str) -> None:
    with pytest.raises(Malformed) as refused:
        read(**fields)
    assert refused.value.param == param


def test_the_target_has_the_last_word() -> None:
    said = (Message("system", (Text("be brief"),)), Message("user", (Text("hi"), ToolCall("a", "f"))))
    asked = Conversation(
        dialect="test", model="x", messages=said, sampling=Sampling(max_output=7), stream=True
    )
    to = Destination("m", True, renames={"max_tokens": "n_predict"})
    assert json.loads(COMPLETIONS.write_request(asked, to)) == {
        "model": "m",
        "prompt": "be brief\n\nhi",
        "n_predict": 7,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
