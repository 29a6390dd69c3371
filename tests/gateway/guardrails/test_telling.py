"""Whatever of an answer its caller can read, a guard that reads it whole is shown."""

import json
from typing import Any, cast

import pytest

from config.kinds import Operation
from dialects.dialect import Dialect
from dialects.errors import Malformed
from gateway.formats import SPOKEN
from gateway.guardrails.telling import Text, told


def shown(operation: Operation, said: Any, *, stream: bool = False) -> list[Text]:
    raw = json.dumps(said).encode()
    if stream:
        lines = "" if operation is Operation.OLLAMA_CHAT else "data: "
        raw = "".join(f"{lines}{json.dumps(each)}\n\n" for each in said).encode()
    return told(cast(Dialect, SPOKEN[operation]), raw, stream=stream)


def words(*texts: str) -> list[Text]:
    return [Text(each, False) for each in texts]


def chunk(**delta: Any) -> dict[str, Any]:
    return {"id": "c-1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta}]}


CITATION = {"type": "char_location", "cited_text": "a heron", "document_title": "of birds"}
SOURCE = {"type": "document", "id": "d", "document": {"t": "of birds"}}
RESPONSES: list[dict[str, Any]] = [
    {"type": "response.created", "response": {"id": "r", "status": "in_progress", "instructions": "be kind"}},
    *({"type": "response.output_text.delta", "item_id": "m", "delta": each} for each in ("a h", "eron")),
    {"type": "response.output_text.done", "item_id": "m", "text": "a heron"},
    {
        "type": "response.output_text.annotation.added",
        "annotation": {"type": "url_citation", "title": "birds"},
    },
    {"type": "response.code_interpreter_call_code.delta", "item_id": "i", "delta": "x = 'wren'"},
    {"type": "response.mcp_call_arguments.done", "item_id": "p", "arguments": '{"a": "owl"}'},
    {"type": "response.output_item.done", "item": {"type": "mcp_call", "id": "p", "output": "an owl"}},
    {
        "type": "response.output_item.done",
        "item": {"type": "image_generation_call", "revised_prompt": "a tit"},
    },
    {"type": "response.completed", "response": {"output": [{"content": [{"text": "a heron"}]}]}},
]


@pytest.mark.parametrize(
    ("operation", "said", "texts"),
    [
        (
            Operation.CHAT,
            [
                chunk(role="assistant", content="a h"),
                chunk(
                    content="eron", annotations=[{"type": "url_citation", "url_citation": {"title": "birds"}}]
                ),
                chunk(
                    audio={"transcript": "a wren"}, tool_calls=[{"index": 0, "function": {"arguments": "{}"}}]
                ),
            ],
            [*words("a heron", "a wren"), Text("{}", True), *words("birds")],
        ),
        (
            Operation.RESPONSES,
            RESPONSES,
            [*words("a heron"), Text("x = 'wren'", True), *words("be kind", "birds")]
            + [Text('{"a": "owl"}', True), *words("an owl", "a tit")],
        ),
        (
            Operation.MESSAGES,
            [
                {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "a h"}},
                {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "eron"}},
                {"type": "content_block_delta", "index": 0, "delta": {"type": "x", "citation": CITATION}},
                {
                    "type": "message_delta",
                    "delta": {"stop_reason": "stop_sequence", "stop_sequence": "the end"},
                },
            ],
            words("a heron", "of birds", "the end"),
        ),
        (
            Operation.COHERE_CHAT,
            [
                {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "a heron"}}}},
                {
                    "type": "citation-start",
                    "delta": {"message": {"citations": {"text": "heron", "sources": [SOURCE]}}},
                },
            ],
            words("a heron", "of birds"),
        ),
        (
            Operation.OLLAMA_CHAT,
            [
                {"model": "m", "message": {"role": "assistant", "content": "a heron"}, "done": False},
                {
                    "message": {"tool_calls": [{"function": {"name": "f", "arguments": {"name": "wren"}}}]},
                    "done_reason": "stop",
                },
            ],
            [*words("a heron"), Text("name", True), Text("wren", True)],
        ),
    ],
)
def test_a_stream(operation: Operation, said: list[Any], texts: list[Text]) -> None:
    assert shown(operation, said, stream=True) == texts


def test_a_whole_answer() -> None:
    parts = [
        {"text": "a heron"},
        {"executableCode": {"language": "PYTHON", "code": "x = 'wren'"}},
        {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "a wren"}},
        {"functionCall": {"name": "f", "args": {"status": "owl", "of": [{"type": "tit"}]}}},
    ]
    grounding = {"webSearchQueries": ["birds"], "groundingSupports": [{"segment": {"text": "a heron"}}]}
    candidate = {"content": {"role": "model", "parts": parts}, "finishReason": "STOP"}
    said = {"candidates": [{**candidate, "groundingMetadata": grounding, "logprobsResult": {"x": "heron"}}]}
    said |= {"modelVersion": "gemini-2", "responseId": "a1"}
    found = shown(Operation.GENERATE_CONTENT, said)
    assert [each.said for each in found if not each.called] == ["a heron", "OUTCOME_OK", "a wren", "birds"]
    code = ["PYTHON", "x = 'wren'", "status", "owl", "of", "type", "tit"]
    assert [each.said for each in found if each.called] == code


def test_a_word_of_the_format_is_one_only_as_it_looks() -> None:
    said = {"id": "x-1", "model": "a heron said", "choices": [{"finish_reason": "because of wrens"}]}
    assert shown(Operation.CHAT, said) == words("a heron said", "because of wrens")


@pytest.mark.parametrize("stream", [True, False])
def test_what_nobody_can_read_is_told_to_nobody(stream: bool) -> None:
    with pytest.raises(Malformed):
        told(cast(Dialect, SPOKEN[Operation.CHAT]), b"data: {no JSON\n\n", stream=stream)
