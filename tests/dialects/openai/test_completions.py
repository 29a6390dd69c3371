"""Legacy completions: chat's rules without messages, and choices that hold their text."""

import json
from typing import Any

import pytest

from dialects.dialect import Asked, Spoken, WholeAnswer
from dialects.errors import Malformed
from dialects.openai.completions import OpenAICompletions

COMPLETIONS: Spoken = OpenAICompletions()


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        pytest.param({}, Asked("m"), id="nothing more"),
        pytest.param({"prompt": ["a", "b"], "n": 2}, Asked("m", choices=4), id="any prompt"),
        pytest.param({"max_tokens": 0}, Asked("m", max_output=0), id="only the prompt's logprobs"),
        pytest.param({"max_completion_tokens": 5}, Asked("m"), id="a cap that this format has not"),
        pytest.param(
            {"stream": True, "stream_options": {"include_usage": True}},
            Asked("m", stream=True, include_usage=True),
            id="stream",
        ),
    ],
)
def test_a_request_is_read(fields: dict[str, Any], asked: Asked) -> None:
    assert COMPLETIONS.peek(json.dumps({"model": "m"} | fields).encode()) == asked


def test_a_model_must_be_named() -> None:
    with pytest.raises(Malformed) as refused:
        COMPLETIONS.peek(b'{"prompt":"a"}')
    assert refused.value.param == "model"


def test_the_text_of_an_answer_is_counted() -> None:
    body = b'{"choices":[{"index":0,"text":"four","finish_reason":"stop"},{"text":null}]}'
    assert COMPLETIONS.peek_answer(body) == WholeAnswer(None, None, 4)


def test_a_stream_is_read_as_a_chats() -> None:
    reader = COMPLETIONS.watcher(hide_usage=False)
    sent = b'data: {"choices":[{"index":0,"text":"hi","finish_reason":"length"}]}\n\n'
    assert reader.feed(sent) == sent
    assert (reader.finished, reader.text_length) == (True, 2)


PROMPTS = [('"a"', 2), ("[1,2,3]", 2), ('["a","b"]', 4), ("[[1],[2],[3]]", 6), ("[]", 2)]
PROMPTS += [("null", 2), ("[1e999]", 2), ('["a",1e999]', 4)]


@pytest.mark.parametrize(("prompt", "choices"), PROMPTS)
def test_each_prompt_gets_its_choices(prompt: str, choices: int) -> None:
    assert OpenAICompletions().peek(b'{"model":"m","n":2,"prompt":%b}' % prompt.encode()).choices == choices
