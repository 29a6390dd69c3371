"""Cache points stand behind what is to be kept, and nothing else of the request changes."""

import json
from typing import Any

import msgspec

from dialects.bedrock.breakpoints import BedrockBreakpoints

POINT = {"cachePoint": {"type": "default"}}
FORMAT = BedrockBreakpoints()
BODY: dict[str, Any] = {
    "system": [{"text": "Be brief."}],
    "messages": [
        {"role": "user", "content": [{"text": "One"}]},
        {"role": "assistant", "content": [{"text": "Two"}]},
    ],
    "toolConfig": {"tools": [{"toolSpec": {"name": "a"}}], "toolChoice": {"auto": {}}},
    "inferenceConfig": {"temperature": 0.5},
}
RAW = msgspec.json.encode(BODY)


def test_each_place_takes_a_point_and_all_else_stays() -> None:
    found = json.loads(FORMAT.mark(RAW, True, True, [1]))
    assert found["toolConfig"]["tools"].pop() == POINT
    assert found["system"].pop() == POINT
    assert found["messages"][1]["content"].pop() == POINT
    assert found == BODY
    assert FORMAT.marked(FORMAT.mark(RAW, False, True, []))
    assert not FORMAT.marked(RAW)


def test_only_claude_takes_a_point_among_tools_and_behind_a_result() -> None:
    result = {"role": "user", "content": [{"toolResult": {"toolUseId": "x", "content": [{"text": "3"}]}}]}
    body = msgspec.json.encode({**BODY, "messages": [BODY["messages"][0], result]})
    claude, nova = FORMAT, BedrockBreakpoints(claude=False)
    theirs, ours = claude.prefixes(body), nova.prefixes(body)
    assert theirs is not None and ours is not None
    assert theirs.tools is not None and ours == theirs._replace(tools=None)
    for each, points in ((claude, 2), (nova, 1)):
        assert each.mark(body, False, False, [0, 1]).count(b"cachePoint") == points


def test_what_cannot_be_marked_goes_as_it_is() -> None:
    for body in (b"[]", b"{", b'{"messages":7}', b'{"toolConfig":7}'):
        assert FORMAT.mark(body, True, True, [0]) == body
    empty = msgspec.json.encode({"system": [], "messages": []})
    assert FORMAT.mark(empty, False, True, []) == empty


def test_prefixes_grow_in_the_order_in_which_the_vendor_reads() -> None:
    found = FORMAT.prefixes(RAW)
    assert found is not None and found.tools is not None and found.system is not None
    sizes = [found.tools.size, found.system.size, *(each.size for each in found.messages)]
    assert sizes == sorted(sizes) and len(set(sizes)) == 4
    plain = FORMAT.prefixes(msgspec.json.encode({"messages": BODY["messages"]}))
    assert plain is not None and plain.tools is plain.system is None
    assert FORMAT.prefixes(b'{"toolConfig":7}') is None
