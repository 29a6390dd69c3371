"""Marks are put where Anthropic takes them, and nothing else of the request changes."""

import json
from typing import Any

import msgspec
import pytest

from dialects.anthropic.breakpoints import AnthropicBreakpoints

HINT = {"type": "ephemeral"}
FORMAT = AnthropicBreakpoints()
BODY: dict[str, Any] = {
    "model": "claude",
    "max_tokens": 10,
    "temperature": 0.70,
    "tools": [{"name": "a", "input_schema": {}}, {"name": "b", "input_schema": {}}],
    "system": "Be brief.",
    "messages": [
        {"role": "user", "content": "One"},
        {"role": "assistant", "content": [{"type": "text", "text": "Two"}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "x", "content": "3"}]},
    ],
}
RAW = msgspec.json.encode(BODY)


def marked(body: dict[str, Any], **where: Any) -> Any:
    wanted = {"tools": False, "system": False, "messages": [], **where}
    return json.loads(FORMAT.mark(msgspec.json.encode(body), **wanted))


def test_each_place_takes_a_mark_and_all_else_stays() -> None:
    found = marked(BODY, tools=True, system=True, messages=[0, 2])
    assert found["tools"][-1].pop("cache_control") == HINT
    assert found["system"] == [{"type": "text", "text": "Be brief.", "cache_control": HINT}]
    assert found["messages"][0]["content"] == [{"type": "text", "text": "One", "cache_control": HINT}]
    assert found["messages"][2]["content"][-1].pop("cache_control") == HINT
    rest = {**BODY, "system": found["system"], "messages": [found["messages"][0], *BODY["messages"][1:]]}
    assert found == rest


def test_a_tool_that_is_loaded_later_takes_no_mark() -> None:
    first, later = BODY["tools"][0], {**BODY["tools"][1], "defer_loading": True}
    found = marked({**BODY, "tools": [first, later, later]}, tools=True)
    assert found["tools"] == [{**first, "cache_control": HINT}, later, later]
    assert marked({**BODY, "tools": [later]}, tools=True)["tools"] == [later]


LEFT_ALONE = [
    pytest.param("", id="an empty text"),
    pytest.param([{"type": "text", "text": ""}], id="an empty block"),
    pytest.param([], id="no block"),
    pytest.param([{"type": "thinking", "thinking": "hm", "signature": "s"}], id="thinking"),
]


@pytest.mark.parametrize("content", LEFT_ALONE)
def test_what_takes_no_mark_has_none(content: Any) -> None:
    body = {**BODY, "messages": [{"role": "user", "content": content}]}
    assert marked(body, messages=[0]) == body


def test_what_cannot_be_marked_goes_as_it_is() -> None:
    for body in (b"[]", b"{", b'{"messages":7}', b'{"tools":{}}'):
        assert FORMAT.mark(body, True, True, [0]) == body
    assert FORMAT.mark(RAW, True, True, [99]) == RAW


def test_prefixes_grow_in_the_order_in_which_the_vendor_reads() -> None:
    found = FORMAT.prefixes(RAW)
    assert found is not None and found.tools is not None and found.system is not None
    sizes = [found.tools.size, found.system.size, *(each.size for each in found.messages)]
    assert sizes == sorted(sizes) and len(set(sizes)) == 5
    longer = msgspec.json.encode(
        {**BODY, "messages": [*BODY["messages"], {"role": "assistant", "content": "4"}]}
    )
    again = FORMAT.prefixes(longer)
    assert again is not None and again.messages[:3] == found.messages
    assert FORMAT.prefixes(b"{") is None


@pytest.mark.parametrize(
    "change",
    [{"model": "other"}, {"tools": []}, {"system": "Be long."}, {"tool_choice": {"type": "any"}}],
    ids=lambda change: next(iter(change)),
)
def test_what_the_vendor_would_not_find_again_has_another_digest(change: dict[str, Any]) -> None:
    one, other = FORMAT.prefixes(RAW), FORMAT.prefixes(msgspec.json.encode({**BODY, **change}))
    assert one is not None and other is not None
    assert one.messages[-1].digest != other.messages[-1].digest


def test_whose_caller_has_marked_is_known() -> None:
    assert not FORMAT.marked(RAW)
    assert FORMAT.marked(FORMAT.mark(RAW, True, False, []))
