"""A bound on the answer lands where each format has it, in the place of any other."""

from typing import Any

import msgspec
import pytest

from config.kinds import Operation
from gateway.attempts.capping import MEMBERS, capped
from gateway.formats import SPOKEN
from tests.gateway.asking import BODIES

TABLE: list[tuple[Operation, dict[str, Any], dict[str, Any]]] = [
    (Operation.CHAT, {}, {"max_completion_tokens": 7}),
    (Operation.CHAT, {"max_tokens": 99}, {"max_tokens": 7}),
    (Operation.CHAT, {"max_tokens": 99, "max_completion_tokens": 98}, {"max_completion_tokens": 7}),
    (Operation.RESPONSES, {"max_output_tokens": None}, {"max_output_tokens": 7}),
    (Operation.COMPLETIONS, {"n": 2}, {"n": 2, "max_tokens": 7}),
    (Operation.MESSAGES, {"max_tokens": 99}, {"max_tokens": 7}),
    (Operation.GENERATE_CONTENT, {}, {"generationConfig": {"maxOutputTokens": 7}}),
    (
        Operation.GENERATE_CONTENT,
        {"generation_config": {"max_output_tokens": 99, "top_k": 3}},
        {"generation_config": {"top_k": 3, "maxOutputTokens": 7}},
    ),
    (
        Operation.GENERATE_CONTENT_ARRAY,
        {"generationConfig": {"maxOutputTokens": 99, "topK": 3}},
        {"generationConfig": {"topK": 3, "maxOutputTokens": 7}},
    ),
    (Operation.CONVERSE, {"inferenceConfig": None}, {"inferenceConfig": {"maxTokens": 7}}),
    (Operation.COHERE_CHAT, {}, {"max_tokens": 7}),
    (
        Operation.OLLAMA_CHAT,
        {"options": {"num_predict": -1, "seed": 3}},
        {"options": {"seed": 3, "num_predict": 7}},
    ),
    (Operation.OLLAMA_GENERATE, {}, {"options": {"num_predict": 7}}),
    (Operation.EMBEDDINGS, {"input": "x"}, {"input": "x"}),
]


@pytest.mark.parametrize(("operation", "before", "after"), TABLE)
def test_the_bound_stands_alone(operation: Operation, before: dict[str, Any], after: dict[str, Any]) -> None:
    assert msgspec.json.decode(capped(msgspec.json.encode(before), operation, 7)) == after


@pytest.mark.parametrize("operation", list(MEMBERS))
def test_each_format_reads_it_as_its_bound(operation: Operation) -> None:
    assert SPOKEN[operation].peek(capped(BODIES[operation], operation, 7)).max_output == 7


def test_every_format_that_answers_in_text_can_be_bounded() -> None:
    answering = {each for each in SPOKEN if not each.embeds and not each.counts}
    assert answering == set(MEMBERS)
