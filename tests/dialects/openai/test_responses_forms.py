"""A response in both its forms has every member that the vendor wrote."""

import json
from typing import Any

from config.kinds import Operation
from tests.dialects.both_forms import again, are_one_answer, sse, token
from tests.dialects.openai_responses_order import check_order
from tests.dialects.openai_responses_recorded import CALL, USAGE

_ITEMS: list[dict[str, Any]] = [
    {
        "type": "reasoning",
        "id": "rs_1",
        "summary": [{"type": "summary_text", "text": "a"}, {"type": "summary_text", "text": "b"}],
        "encrypted_content": "sealed",
    },
    {
        "type": "web_search_call",
        "id": "ws_1",
        "status": "completed",
        "action": {"type": "search", "query": "q"},
    },
    {
        "type": "message",
        "id": "msg_1",
        "status": "completed",
        "role": "assistant",
        "phase": "final_answer",
        "content": [
            {
                "type": "output_text",
                "text": "Hi \U0001f600",
                "annotations": [
                    {"type": "file_citation", "file_id": "f_1", "filename": "a.txt", "index": 1},
                    {
                        "type": "url_citation",
                        "url": "https://a.example",
                        "title": "A",
                        "start_index": 0,
                        "end_index": 2,
                    },
                ],
                "logprobs": [token("Hi")],
            }
        ],
    },
    CALL,
]
RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "created_at": 7,
    "model": "m",
    "status": "completed",
    "error": None,
    "incomplete_details": None,
    "service_tier": "flex",
    "instructions": "Be brief.",
    "tools": [{"type": "web_search"}],
    "output": _ITEMS,
    "usage": USAGE,
}
_BEGUN = RESPONSE | {"status": "in_progress", "output": [], "usage": None}
_AT = {"item_id": "msg_1", "output_index": 2, "content_index": 0}
_RESPONSES_EVENTS: list[dict[str, Any]] = [
    {"type": "response.created", "response": _BEGUN},
    {"type": "response.in_progress", "response": _BEGUN},
    {"type": "response.output_item.added", "output_index": 0, "item": _ITEMS[0] | {"summary": []}},
    *(
        {"type": "response.reasoning_summary_text.delta", "item_id": "rs_1", "output_index": 0}
        | {"summary_index": number, "delta": text}
        for number, text in enumerate("ab")
    ),
    {"type": "response.output_item.done", "output_index": 0, "item": _ITEMS[0]},
    {"type": "response.output_item.added", "output_index": 1, "item": _ITEMS[1] | {"status": "in_progress"}},
    {"type": "response.output_item.done", "output_index": 1, "item": _ITEMS[1]},
    {"type": "response.output_item.added", "output_index": 2, "item": _ITEMS[2] | {"content": []}},
    {"type": "response.output_text.delta", **_AT, "delta": "Hi \ud83d", "logprobs": [token("Hi")]},
    {"type": "response.output_text.delta", **_AT, "delta": "\ude00", "logprobs": []},
    *(
        {
            "type": "response.output_text.annotation.added",
            **_AT,
            "annotation_index": number,
            "annotation": each,
        }
        for number, each in enumerate(_ITEMS[2]["content"][0]["annotations"])
    ),
    {"type": "response.output_item.done", "output_index": 2, "item": _ITEMS[2]},
    {"type": "response.output_item.added", "output_index": 3, "item": _ITEMS[3] | {"arguments": ""}},
    {
        "type": "response.function_call_arguments.delta",
        "item_id": "fc_1",
        "output_index": 3,
        "delta": '{"a":1}',
    },
    {"type": "response.output_item.done", "output_index": 3, "item": _ITEMS[3]},
    {"type": "response.completed", "response": RESPONSE},
]
RESPONSES = (
    RESPONSE,
    sse(*(each | {"sequence_number": n} for n, each in enumerate(_RESPONSES_EVENTS)), named=True),
)


def test_both_forms_say_the_same() -> None:
    are_one_answer(Operation.RESPONSES, *RESPONSES, check_order)


def test_a_response_whose_end_has_no_output_is_what_its_items_were() -> None:
    whole, stream = RESPONSES
    emptied = stream.replace(json.dumps(whole["output"]).encode(), b"[]")
    assert emptied != stream
    assert json.loads(again(Operation.RESPONSES, emptied, stream=False)) == whole
