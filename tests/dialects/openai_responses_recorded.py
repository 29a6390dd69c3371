"""Responses as OpenAI's documentation shows them, whole and streamed, for the tests that read them."""

import json
from typing import Any

HEAD = {"id": "resp_1", "object": "response", "created_at": 7, "model": "gpt-x"}
USAGE = {
    "input_tokens": 10,
    "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 2},
    "output_tokens": 6,
    "output_tokens_details": {"reasoning_tokens": 3},
    "total_tokens": 16,
}
CITED = {"type": "url_citation", "url": "https://a.example", "title": "A", "start_index": 0, "end_index": 2}
TOKEN = {"token": "hi", "logprob": -0.5, "bytes": [104, 105], "top_logprobs": []}
REASONING = {
    "type": "reasoning",
    "id": "rs_1",
    "summary": [{"type": "summary_text", "text": "a"}, {"type": "summary_text", "text": "b"}],
    "encrypted_content": "sealed",
}
SEARCH = {"type": "web_search_call", "id": "ws_1", "status": "completed"}
CUSTOM = {"type": "custom_tool_call", "id": "ctc_1", "call_id": "c", "name": "patch", "input": "x"}
CALL = {
    "type": "function_call",
    "id": "fc_1",
    "call_id": "c1",
    "name": "f",
    "arguments": '{"a":1}',
    "status": "completed",
}


def text(said: str, *annotations: Any, **more: Any) -> dict[str, Any]:
    return {"type": "output_text", "text": said, "annotations": list(annotations), **more}


def refusal(said: str) -> dict[str, Any]:
    return {"type": "refusal", "refusal": said}


def message(*content: Any) -> dict[str, Any]:
    return {
        "type": "message",
        "id": "msg_1",
        "status": "completed",
        "role": "assistant",
        "content": list(content),
    }


def response(*output: Any, **members: Any) -> dict[str, Any]:
    return HEAD | {"status": "completed", "output": list(output), "error": None, "usage": USAGE} | members


def event(kind: str, **members: Any) -> bytes:
    data = json.dumps({"type": kind, "sequence_number": 0} | members).encode()
    return b"event: " + kind.encode() + b"\ndata: " + data + b"\n\n"


def at(index: int, **members: Any) -> dict[str, Any]:
    return {"output_index": index, "item_id": f"item_{index}", **members}


CREATED = event("response.created", response=response(status="in_progress", usage=None))


def completed(*output: Any, **members: Any) -> bytes:
    whole = response(*output, **members)
    return event(f"response.{whole['status']}", response=whole)
