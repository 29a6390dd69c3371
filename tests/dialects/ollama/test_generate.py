"""Ollama's answers to one prompt, as a conversation of one turn."""

from typing import Any

import msgspec
import ollama
import pytest
from hypothesis import given

from dialects.answer import Answer, Choice, Finish
from dialects.conversation import (
    Conversation,
    Image,
    Inline,
    Message,
    Refusal,
    Sampling,
    Text,
    Thinking,
    ToolCall,
)
from dialects.dialect import Asked, Destination, Dialect, Reply
from dialects.errors import Malformed, Unsupported
from dialects.features import fit
from dialects.ollama.generate import OllamaGenerate
from dialects.usage import Usage
from tests.dialects.conversations import answers, conversations
from tests.dialects.oracles import gathered, streamed

GENERATE: Dialect = OllamaGenerate()
TO = Destination("m", unsupported="drop")
REPLY = Reply("r1", 1_700_000_000, "m")

REQUEST = {
    "model": "m",
    "prompt": "Why?",
    "system": "Be brief.",
    "images": ["iVBOR"],
    "suffix": "end",
    "raw": True,
    "template": "t",
    "context": [1, 2],
    "format": "json",
    "think": False,
    "options": {"seed": 1, "num_ctx": 2},
    "keep_alive": 0,
    "stream": False,
}


def words(answer: Answer) -> tuple[str, str]:
    """The thoughts and the text of an answer."""
    parts = answer.choices[0].parts
    thought = "".join(part.text for part in parts if isinstance(part, Thinking))
    return thought, "".join(part.text for part in parts if isinstance(part, Text | Refusal))


def test_a_prompt_is_the_one_turn_of_a_user() -> None:
    asked = GENERATE.read_request(msgspec.json.encode(REQUEST))
    assert asked.messages == (
        Message("system", (Text("Be brief."),)),
        Message("user", (Text("Why?"), Image(Inline("image/png", "iVBOR")))),
    )
    assert asked.sampling == Sampling(seed=1)
    assert asked.extra == {
        "suffix": "end",
        "raw": True,
        "template": "t",
        "context": [1, 2],
        "options": {"num_ctx": 2},
        "keep_alive": 0,
    }
    assert msgspec.json.decode(GENERATE.write_request(asked, TO)) == REQUEST


def test_ollamas_own_type_says_the_same() -> None:
    asked = ollama._types.GenerateRequest(model="m", prompt="hi", options={"seed": 1})
    body = asked.model_dump_json(exclude_none=True).encode()
    assert GENERATE.peek(body) == Asked("m", stream=True, include_usage=True)
    assert GENERATE.read_request(body).messages == (Message("user", (Text("hi"),)),)


def test_a_request_without_a_prompt_loads_the_model() -> None:
    assert GENERATE.read_request(b'{"model":"m"}').messages == ()


@given(conversations())
def test_a_conversation_of_one_turn_is_read_again(conversation: Conversation) -> None:
    fitted, _ = fit(conversation, GENERATE, TO)
    roles = [message.role for message in fitted.messages if message.role != "system"]
    if roles not in ([], ["user"]):
        with pytest.raises(Unsupported, match="messages"):
            GENERATE.write_request(fitted, TO)
        return
    once = GENERATE.read_request(GENERATE.write_request(fitted, TO))
    assert once.sampling == fitted.sampling
    assert GENERATE.read_request(GENERATE.write_request(once, TO)) == once


@pytest.mark.parametrize(
    ("fields", "param"),
    [({"prompt": 7}, "prompt"), ({"images": [7]}, "images.0"), ({"system": []}, "system")],
)
def test_what_is_of_the_wrong_type_is_refused_with_its_place(fields: dict[str, Any], param: str) -> None:
    with pytest.raises(Malformed) as refused:
        GENERATE.read_request(msgspec.json.encode({"model": "m"} | fields))
    assert refused.value.param == param


def test_an_answer_keeps_its_context() -> None:
    body = {
        "model": "m",
        "created_at": "2023-11-14T22:13:20Z",
        "response": "Hi",
        "thinking": "hm",
        "done": True,
        "done_reason": "stop",
        "context": [1, 2],
        "total_duration": 4,
        "load_duration": 3,
        "prompt_eval_count": 9,
        "prompt_eval_duration": 2,
        "eval_count": 3,
        "eval_duration": 1,
    }
    answer = GENERATE.read_answer(msgspec.json.encode(body))
    assert answer.choices == (Choice((Thinking("hm"), Text("Hi")), Finish("stop")),)
    assert answer.usage == Usage(9, 3)
    assert msgspec.json.decode(GENERATE.write_answer(answer, REPLY)) == body


@given(answers())
def test_whole_or_streamed_an_answer_says_the_same_words(answer: Answer) -> None:
    whole = GENERATE.read_answer(GENERATE.write_answer(answer, REPLY))
    assert words(whole) == words(answer)
    assert words(gathered(GENERATE, streamed(GENERATE, answer, REPLY))) == words(answer)


@given(answers())
def test_ollamas_own_types_know_a_whole_answer(answer: Answer) -> None:
    read = ollama.GenerateResponse.model_validate_json(GENERATE.write_answer(answer, REPLY))
    assert read.response == words(answer)[1]


@pytest.mark.parametrize("body", [b"{}", b'{"response":7}', b"[]"])
def test_what_is_no_answer_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed, match=r"^the answer "):
        GENERATE.read_answer(body)


def test_a_call_has_no_place_in_a_prompts_answer() -> None:
    answer = Answer("other", (Choice((Text("a"), ToolCall("c", "f")), Finish("tool_calls")),))
    written = msgspec.json.decode(GENERATE.write_answer(answer, REPLY))
    assert (written["response"], written["done_reason"], "tool_calls" in written) == ("a", "stop", False)
