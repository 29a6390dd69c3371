"""Citations stay at their words when what was masked before them comes back, whole and streamed."""

import json
from typing import Any, cast

import pytest

from config.kinds import Operation
from dialects.dialect import Dialect
from gateway.formats import SPOKEN
from gateway.frames import Head
from gateway.guardrails.citing import may_cite
from gateway.guardrails.shield import Shield
from gateway.guardrails.shielding import ShieldedSink
from guardrails.placeholders import Placeholders
from guardrails.restoring import Issued
from tests.gateway.guardrails.test_shielding import Caller

VALUE = "jürgen.böhm@night-train.example"
PLACES = Placeholders(b"k", "team")
NAME = PLACES.of("EMAIL", VALUE.encode())
SAID = f"Grüße: {NAME} kauft Brötchen, {NAME} auch."
WORDS = "Brötchen"
TEXT = SAID.replace(NAME, VALUE)
START = SAID.index(WORDS)
AT = {"start_index": START, "end_index": START + len(WORDS)}
IN_BYTES = {
    "startIndex": len(SAID[:START].encode()),
    "endIndex": len(SAID[: START + len(WORDS)].encode()),
}
CUT = SAID.index(NAME) + 7  # amid a placeholder
PIECES = [SAID[:CUT], SAID[CUT:]]

CITE = {"type": "url_citation", "url": "https://a.example", "title": "A", **AT}
CHAT_CITE = {"type": "url_citation", "url_citation": AT | {"url": "https://a.example"}}
COHERE_CITE = {"start": START, "end": START + len(WORDS), "text": WORDS, "type": "TEXT_CONTENT"}
PART = {"type": "output_text", "text": SAID, "annotations": [CITE]}
RESPONSE = {"id": "r", "output": [{"type": "message", "id": "i", "content": [PART]}]}
GROUND = {"groundingSupports": [{"segment": {**IN_BYTES, "text": WORDS}}]}
WHOLE: dict[Operation, Any] = {
    Operation.RESPONSES: RESPONSE,
    Operation.CHAT: {"choices": [{"index": 0, "message": {"content": SAID, "annotations": [CHAT_CITE]}}]},
    Operation.GENERATE_CONTENT: {
        "candidates": [{"content": {"parts": [{"text": SAID}]}, "groundingMetadata": GROUND}]
    },
    Operation.COHERE_CHAT: {
        "message": {"content": [{"type": "text", "text": SAID}], "citations": [COHERE_CITE]}
    },
}
PLACE = {"item_id": "i", "output_index": 0, "content_index": 0}
EVENTS: dict[Operation, list[Any]] = {
    Operation.RESPONSES: [
        *({"type": "response.output_text.delta", "delta": each, **PLACE} for each in PIECES),
        {"type": "response.output_text.annotation.added", "annotation": CITE, "annotation_index": 0, **PLACE},
        {"type": "response.output_text.done", "text": SAID, **PLACE},
        {"type": "response.content_part.done", "part": PART, **PLACE},
        {"type": "response.completed", "response": RESPONSE},
    ],
    Operation.CHAT: [
        *({"choices": [{"index": 0, "delta": {"content": each}}]} for each in PIECES),
        {"choices": [{"index": 0, "delta": {"content": "", "annotations": [CHAT_CITE]}}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    ],
    Operation.GENERATE_CONTENT: [
        {"candidates": [{"content": {"parts": [{"text": PIECES[0]}]}}]},
        {
            "candidates": [
                {
                    "content": {"parts": [{"text": PIECES[1]}]},
                    "finishReason": "STOP",
                    "groundingMetadata": GROUND,
                }
            ]
        },
    ],
    Operation.COHERE_CHAT: [
        *(
            {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": each}}}}
            for each in PIECES
        ),
        {"type": "citation-start", "index": 0, "delta": {"message": {"citations": COHERE_CITE}}},
        {"type": "content-end", "index": 0},
    ],
}


def shielded(operation: Operation) -> tuple[ShieldedSink, Caller]:
    caller = Caller()
    shield = Shield(cast(Dialect, SPOKEN[operation]), Issued(PLACES.values), cites=True)
    return ShieldedSink(shield, caller, lambda _: None), caller


def spans(value: Any) -> list[str]:
    """The words of the delivered text that each citation names."""
    if isinstance(value, list):
        return [found for each in value for found in spans(each)]
    if not isinstance(value, dict):
        return []
    found = [each for inner in value.values() for each in spans(inner)]
    if "endIndex" in value:
        return [*found, TEXT.encode()[value["startIndex"] : value["endIndex"]].decode(errors="replace")]
    for start, end in (("start_index", "end_index"), ("start", "end")):
        if end in value:
            found.append(TEXT[value[start] : value[end]])
    return found


@pytest.mark.parametrize("operation", WHOLE)
def test_in_a_whole_answer(operation: Operation) -> None:
    sink, caller = shielded(operation)
    sink.begin(Head(b"", whole=True), json.dumps(WHOLE[operation], ensure_ascii=False).encode())
    told = json.loads(caller.body)
    assert TEXT in repr(told)
    assert spans(told) == [WORDS]


@pytest.mark.parametrize("operation", EVENTS)
def test_in_a_stream(operation: Operation) -> None:
    sink, caller = shielded(operation)
    wire = [f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode() for event in EVENTS[operation]]
    sink.begin(Head(b"", whole=False), wire[0])
    for event in wire[1:]:
        sink.write(event)
    sink.end()
    told = [json.loads(line[6:]) for line in caller.body.decode().splitlines() if line.startswith("data: ")]
    found = spans(told)
    assert found and set(found) == {WORDS}


@pytest.mark.parametrize(
    ("at", "ends", "place"),
    [
        (0, False, 0),
        (START, False, TEXT.index(WORDS)),
        (CUT, False, TEXT.index(VALUE)),
        (CUT, True, TEXT.index(VALUE) + len(VALUE)),
        (len(SAID), True, len(TEXT)),
    ],
)
def test_a_place_is_found_in_the_restored_text(at: int, ends: bool, place: int) -> None:
    issued = Issued(PLACES.values)
    assert issued.place(SAID, at, ends=ends) == (TEXT, place)
    assert (issued.restored, issued.unknown) == (0, 0)


def test_texts_are_remembered_only_where_an_answer_may_cite() -> None:
    assert may_cite(b'{"tools": [{"type": "web_search"}]}')
    assert not may_cite(b'{"messages": [{"role": "user", "content": "hi"}]}')
