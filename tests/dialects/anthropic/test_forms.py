"""A message in both its forms has every member that the vendor wrote."""

from typing import Any

from config.kinds import Operation
from tests.dialects.anthropic_order import check_order
from tests.dialects.both_forms import are_one_answer, sse

_CITED = {
    "type": "char_location",
    "cited_text": "x",
    "document_index": 0,
    "start_char_index": 0,
    "end_char_index": 1,
}
_SEARCHED = {
    "type": "web_search_tool_result",
    "tool_use_id": "srvtoolu_1",
    "content": [{"type": "web_search_result"}],
}
_BLOCKS: list[dict[str, Any]] = [
    {"type": "thinking", "thinking": "hmm.", "signature": "sig"},
    {"type": "redacted_thinking", "data": "zzz"},
    {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "q"}},
    _SEARCHED,
    {"type": "text", "text": "Hi \U0001f600", "citations": [_CITED]},
    {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"a": 1}, "caller": {"type": "direct"}},
]
MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "m",
    "content": _BLOCKS,
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "container": {"id": "c", "expires_at": "2026"},
    "usage": {
        "input_tokens": 9,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 2,
        "output_tokens": 5,
        "service_tier": "standard",
        "server_tool_use": {"web_search_requests": 1},
    },
}
_STARTED = MESSAGE | {"content": [], "stop_reason": None, "usage": MESSAGE["usage"] | {"output_tokens": 1}}  # type: ignore[operator]
_STARTED.pop("container")


def _block(index: int, begun: dict[str, Any], *deltas: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"type": "content_block_start", "index": index, "content_block": begun},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


MESSAGES = (
    MESSAGE,
    sse(
        {"type": "message_start", "message": _STARTED},
        {"type": "ping"},
        *_block(
            0,
            {"type": "thinking", "thinking": "", "signature": ""},
            {"type": "thinking_delta", "thinking": "hm"},
            {"type": "thinking_delta", "thinking": "m."},
            {"type": "signature_delta", "signature": "sig"},
        ),
        *_block(1, _BLOCKS[1]),
        *_block(
            2,
            _BLOCKS[2] | {"input": {}},
            {"type": "input_json_delta", "partial_json": ""},
            {"type": "input_json_delta", "partial_json": '{"query":'},
            {"type": "input_json_delta", "partial_json": '"q"}'},
        ),
        *_block(3, _SEARCHED),
        *_block(
            4,
            {"type": "text", "text": "", "citations": []},
            {"type": "text_delta", "text": "Hi \ud83d"},
            {"type": "text_delta", "text": "\ude00"},
            {"type": "citations_delta", "citation": _CITED},
        ),
        *_block(5, _BLOCKS[5] | {"input": {}}, {"type": "input_json_delta", "partial_json": '{"a":1}'}),
        {
            "type": "message_delta",
            "delta": {"stop_reason": "tool_use", "stop_sequence": None, "container": MESSAGE["container"]},
            "usage": {"output_tokens": 5},
        },
        {"type": "message_stop"},
        named=True,
    ),
)


def test_both_forms_say_the_same() -> None:
    are_one_answer(Operation.MESSAGES, *MESSAGES, check_order)
