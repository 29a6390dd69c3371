"""Each setting has its place in a generationConfig."""

from typing import Any

import pytest

from dialects.conversation import Format, Reasoning, Sampling
from dialects.errors import Malformed
from dialects.gemini import settings


@pytest.mark.parametrize(
    ("config", "sampling"),
    [
        ({}, Sampling()),
        (
            {
                "maxOutputTokens": 5,
                "temperature": 0.5,
                "topP": 0.9,
                "topK": 40.0,
                "stopSequences": ["X"],
                "seed": 1,
            },
            Sampling(5, 0.5, 0.9, 40, ("X",), 1),
        ),
        (
            {"candidateCount": 2, "frequencyPenalty": 0.5, "presencePenalty": -0.5},
            Sampling(choices=2, frequency_penalty=0.5, presence_penalty=-0.5),
        ),
        ({"responseLogprobs": True}, Sampling(logprobs=0)),
        ({"responseLogprobs": True, "logprobs": 3}, Sampling(logprobs=3)),
    ],
    ids=str,
)
def test_sampling_is_read_and_written_again(config: dict[str, Any], sampling: Sampling) -> None:
    assert settings.read_sampling(config) == sampling
    assert settings.write_sampling(sampling) == config
    assert settings.rest_of_config(config) is None


@pytest.mark.parametrize(
    ("config", "form"),
    [
        ({}, None),
        ({"responseMimeType": "application/json"}, Format("json")),
        (
            {"responseMimeType": "application/json", "responseJsonSchema": {"type": "object"}},
            Format("schema", {"type": "object"}),
        ),
    ],
    ids=str,
)
def test_an_answers_form_is_read_and_written_again(config: dict[str, Any], form: Format | None) -> None:
    assert settings.read_format(config) == form
    assert settings.write_format(form) == config


def test_the_older_schema_is_read_as_json_schema() -> None:
    config = {"responseMimeType": "application/json", "responseSchema": {"type": "STRING", "nullable": True}}
    assert settings.read_format(config) == Format("schema", {"type": ["string", "null"]})
    with pytest.raises(Malformed):
        settings.read_format({"responseMimeType": "application/json", "responseSchema": 7})


@pytest.mark.parametrize(
    ("thinking", "reasoning", "model"),
    [
        ({"thinkingLevel": "low"}, Reasoning("low"), "gemini-3-pro"),
        ({"thinkingBudget": -1, "includeThoughts": True}, Reasoning(budget=-1, show=True), "gemini-2.5-pro"),
        ({"thinkingBudget": 0}, Reasoning(budget=0), "gemini-3-pro"),
    ],
    ids=str,
)
def test_thinking_is_read_and_written_again(
    thinking: dict[str, Any], reasoning: Reasoning, model: str
) -> None:
    assert settings.read_reasoning({"thinkingConfig": thinking}) == reasoning
    assert settings.write_reasoning(reasoning, model) == {"thinkingConfig": thinking}


@pytest.mark.parametrize(
    ("reasoning", "model", "thinking"),
    [
        (Reasoning("none"), "gemini-3-flash", {"thinkingLevel": "minimal"}),
        (Reasoning("max", budget=9), "gemini-3-flash", {"thinkingLevel": "high"}),
        (Reasoning("none"), "gemini-2.5-flash", {"thinkingBudget": 0}),
        (Reasoning("low", budget=9), "gemini-2.5-flash", {"thinkingBudget": 9}),
    ],
)
def test_an_effort_is_said_once_and_as_the_model_knows_it(
    reasoning: Reasoning, model: str, thinking: dict[str, Any]
) -> None:
    assert settings.write_reasoning(reasoning, model) == {"thinkingConfig": thinking}


def test_levels_are_read_in_capitals_too_and_unknown_ones_say_nothing() -> None:
    assert settings.read_reasoning({"thinkingConfig": {"thinkingLevel": "HIGH"}}) == Reasoning("high")
    assert (
        settings.read_reasoning({"thinkingConfig": {"thinkingLevel": "THINKING_LEVEL_UNSPECIFIED"}}) is None
    )
    assert settings.write_reasoning(Reasoning(), "m") == settings.write_reasoning(None, "m") == {}


@pytest.mark.parametrize(
    ("config", "rest"),
    [
        ({"speechConfig": {}, "topK": 1}, {"speechConfig": {}}),
        ({"logprobs": 3}, {"logprobs": 3}),
        (
            {"responseMimeType": "text/x.enum", "responseSchema": {"enum": ["a"]}, "responseLogprobs": True},
            {"responseMimeType": "text/x.enum", "responseSchema": {"enum": ["a"]}},
        ),
        ({"thinkingConfig": {"thinkingBudget": 1, "new": 2}}, {"thinkingConfig": {"new": 2}}),
    ],
    ids=str,
)
def test_what_only_this_format_knows_is_kept(config: dict[str, Any], rest: dict[str, Any]) -> None:
    assert settings.rest_of_config(config) == rest


def test_what_was_kept_is_put_back_inside() -> None:
    assert settings.joined({"a": {"b": 1}, "c": 2}, {"a": {"d": 3}, "c": 4}) == {
        "a": {"b": 1, "d": 3},
        "c": 4,
    }
    assert settings.joined({"a": 1}, None) == {"a": 1}
