"""An answer that ended by a word nobody knows passes as one that is complete, and is not sure to be."""

from typing import Any

import msgspec
import pytest

from config.kinds import Operation
from gateway.formats import dialect_of

TEXT = "part"


def chat(word: Any, **more: Any) -> Any:
    return {"choices": [{"message": {"content": TEXT}, "finish_reason": word, **more}]}


def completion(word: Any) -> Any:
    return {"choices": [{"text": TEXT, "finish_reason": word}]}


def messages(word: Any) -> Any:
    return {"content": [{"type": "text", "text": TEXT}], "stop_reason": word}


def gemini(word: Any) -> Any:
    return {"candidates": [{"content": {"parts": [{"text": TEXT}]}, "finishReason": word}]}


def converse(word: Any) -> Any:
    return {"output": {"message": {"content": [{"text": TEXT}]}}, "stopReason": word}


def cohere(word: Any) -> Any:
    return {"message": {"content": [{"type": "text", "text": TEXT}]}, "finish_reason": word}


def ollama(word: Any) -> Any:
    return {"message": {"content": TEXT}, "done": True, "done_reason": word}


def responses(word: Any, item: str = "completed") -> Any:
    said = [{"type": "output_text", "text": TEXT}]
    return {"status": word, "output": [{"type": "message", "status": item, "content": said}]}


ENDS = [
    (Operation.CHAT, chat, ("stop", "eos"), ("abort", "sensitive", "", None, 7)),
    (Operation.COMPLETIONS, completion, ("stop",), ("abort", "", None)),
    (Operation.MESSAGES, messages, ("end_turn", "stop_sequence"), ("compaction", "zz", None, [])),
    (Operation.GENERATE_CONTENT, gemini, ("STOP",), ("FINISH_REASON_UNSPECIFIED", "ZZ", None)),
    (Operation.CONVERSE, converse, ("end_turn",), ("zz", None)),
    (Operation.COHERE_CHAT, cohere, ("COMPLETE",), ("ERROR_TOXIC", "USER_CANCEL", None, {})),
    (Operation.OLLAMA_CHAT, ollama, ("stop",), ("cancelled", "load", None)),
    (Operation.RESPONSES, responses, ("completed",), ("cancelled", "in_progress", "queued", None)),
]
SURE = [(operation, body(word), True) for operation, body, known, _ in ENDS for word in known]
UNSURE = [(operation, body(word), False) for operation, body, _, unknown in ENDS for word in unknown]
ODD = [
    (Operation.CHAT, chat("stop", error={"code": 502}), False),
    (Operation.RESPONSES, responses("completed", "incomplete"), False),
]


@pytest.mark.parametrize(("operation", "body", "sure"), [*SURE, *UNSURE, *ODD])
def test_who_reads_an_answer_says_whether_its_end_is_known(
    operation: Operation, body: Any, sure: bool
) -> None:
    dialect = dialect_of(operation)
    assert dialect is not None
    finish = dialect.read_answer(msgspec.json.encode(body)).choices[0].finish
    assert finish.reason in ("stop", "stop_sequence")
    assert finish.sure is sure
