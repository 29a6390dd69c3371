"""Wishes beside the messages are read and written, in the words of who made the model."""

from typing import Any

import msgspec
import pytest

from dialects.bedrock.reading import NAME
from dialects.bedrock.settings import read_settings, write_settings
from dialects.conversation import Conversation, Format, Reasoning, Sampling
from dialects.errors import Malformed

replace = msgspec.structs.replace
CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
NOVA = "amazon.nova-2-lite-v1:0"
GPT = "openai.gpt-oss-120b-1:0"
LLAMA = "meta.llama3-1-8b-instruct-v1:0"
FIELDS = "additionalModelRequestFields"


def written(model: str, **wishes: Any) -> dict[str, Any]:
    return write_settings(Conversation(dialect="x", model="m", messages=(), **wishes), model, {})


def test_sampling_is_read_and_written() -> None:
    config = {"maxTokens": 9, "temperature": 0.5, "topP": 1, "stopSequences": ["X"]}
    sampling = Sampling(max_output=9, temperature=0.5, top_p=1, stop=("X",))
    assert read_settings({"inferenceConfig": config}).sampling == sampling
    assert written(LLAMA, sampling=sampling) == {"inferenceConfig": config}


@pytest.mark.parametrize(
    ("model", "fields"),
    [(CLAUDE, {"top_k": 5}), (LLAMA, {"top_k": 5}), (NOVA, {"inferenceConfig": {"topK": 5}})],
)
def test_top_k_has_each_makers_name(model: str, fields: dict[str, Any]) -> None:
    assert written(model, sampling=Sampling(top_k=5)) == {FIELDS: fields}
    found = read_settings({FIELDS: fields})
    assert (found.sampling.top_k, found.extra) == (5, {})


THINKING = [
    ({"type": "enabled", "budget_tokens": 2048}, Reasoning(budget=2048)),
    ({"type": "adaptive"}, Reasoning(budget=-1)),
    ({"type": "adaptive", "display": "omitted"}, Reasoning(budget=-1, show=False)),
    ({"type": "enabled", "budget_tokens": 2048, "display": "summarized"}, Reasoning(budget=2048, show=True)),
    ({"type": "disabled"}, Reasoning(budget=0)),
]


@pytest.mark.parametrize(("thinking", "wish"), THINKING)
def test_claudes_thinking_is_read_and_written(thinking: dict[str, Any], wish: Reasoning) -> None:
    found = read_settings({FIELDS: {"thinking": thinking, "anthropic_beta": ["b"]}})
    assert (found.reasoning, found.extra) == (wish, {FIELDS: {"anthropic_beta": ["b"]}})
    assert written(CLAUDE, reasoning=wish) == {FIELDS: {"thinking": thinking}}


def test_thinking_of_another_kind_stays_as_it_is() -> None:
    for thinking in ({"type": "new"}, {"type": "enabled"}, {"type": "adaptive", "x": 1}):
        found = read_settings({FIELDS: {"thinking": thinking}})
        assert (found.reasoning, found.extra) == (None, {FIELDS: {"thinking": thinking}})


@pytest.mark.parametrize(
    ("model", "wish", "said"),
    [
        (CLAUDE, Reasoning("high"), {"outputConfig": {"effort": "high"}}),
        (CLAUDE, Reasoning("minimal"), {"outputConfig": {"effort": "low"}}),
        (CLAUDE, Reasoning("none"), {FIELDS: {"thinking": {"type": "disabled"}}}),
        (CLAUDE, Reasoning(budget=100), {FIELDS: {"thinking": {"type": "enabled", "budget_tokens": 1024}}}),
        (LLAMA, Reasoning("none"), {}),
        (GPT, Reasoning("high"), {FIELDS: {"reasoning_effort": "high"}}),
        (GPT, Reasoning("xhigh"), {FIELDS: {"reasoning_effort": "high"}}),
        (
            NOVA,
            Reasoning("low"),
            {FIELDS: {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "low"}}},
        ),
        (NOVA, Reasoning(budget=9), {}),
    ],
)
def test_each_maker_is_asked_to_think_in_its_own_words(model: str, wish: Reasoning, said: object) -> None:
    assert written(model, reasoning=wish) == said


def test_efforts_are_read_wherever_they_are() -> None:
    assert read_settings({"outputConfig": {"effort": "max"}}).reasoning == Reasoning("max")
    assert read_settings({FIELDS: {"reasoning_effort": "low"}}).reasoning == Reasoning("low")
    assert read_settings({"outputConfig": {"effort": "new"}}).extra == {"outputConfig": {"effort": "new"}}


def test_a_schema_is_read_and_written_as_text() -> None:
    definition = {"schema": '{"type":"string"}', "name": "n", "description": "d"}
    said = {"outputConfig": {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": definition}}}}
    form = Format("schema", {"type": "string"}, "n", "d")
    assert read_settings(said).format == form
    assert written(CLAUDE, format=form) == said


def test_a_schema_of_another_format_is_told_as_it_is_taken() -> None:
    open_, own = Format("schema", {"type": "object"}), Conversation(dialect=NAME, model="m", messages=())
    schemas = [
        write_settings(replace(own, dialect=dialect, format=open_), CLAUDE, {})["outputConfig"]["textFormat"]
        for dialect in (NAME, "openai_chat")
    ]
    assert [each["structure"]["jsonSchema"]["schema"] for each in schemas] == [
        '{"type":"object"}',
        '{"type":"object","additionalProperties":false}',
    ]


def test_what_nobody_knows_is_kept_and_written_back() -> None:
    body = {"inferenceConfig": {"new": 1}, FIELDS: {"k": 2}, "outputConfig": {"textFormat": {"type": "new"}}}
    found = read_settings(body)
    assert found.extra == body
    conversation = Conversation(dialect="bedrock_converse", model="m", messages=())
    assert write_settings(conversation, CLAUDE, found.extra) == body


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"inferenceConfig": 7}, "inferenceConfig"),
        ({"inferenceConfig": {"maxTokens": 1.5}}, "inferenceConfig.maxTokens"),
        ({"inferenceConfig": {"temperature": True}}, "inferenceConfig.temperature"),
        ({"inferenceConfig": {"stopSequences": [7]}}, "inferenceConfig.stopSequences.0"),
        ({FIELDS: []}, FIELDS),
        (
            {
                "outputConfig": {
                    "textFormat": {"type": "json_schema", "structure": {"jsonSchema": {"schema": "{"}}}
                }
            },
            "outputConfig.textFormat.structure.jsonSchema.schema",
        ),
    ],
)
def test_a_wrong_wish_is_refused_with_its_place(body: dict[str, Any], place: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_settings(body)
    assert refused.value.param == place
