"""How many web searches a call may make, which some vendors bill beside its tokens."""

from typing import Any

import msgspec

UNTOLD = 10  # searches held where a call does not bound them
_SEARCH = "web_search"  # how the types of such tools begin; a date may follow, or a preview's name


class _Tool(msgspec.Struct):
    type: Any = None
    max_uses: Any = None  # Anthropic's


class _Request(msgspec.Struct):
    tools: list[_Tool] | None = None
    web_search_options: Any = None
    max_tool_calls: Any = None  # OpenAI's, of all tools that it runs


_READ = msgspec.json.Decoder(_Request).decode


def most_searches(body: bytes) -> int:
    """As far as a call says it; of one that cannot be read, what is held for any."""
    try:
        asked = _READ(body)
    except msgspec.MsgspecError:
        return UNTOLD
    tools = [each for each in asked.tools or () if str(each.type).startswith(_SEARCH)]
    found = sum(_bound(each.max_uses, UNTOLD) for each in tools)
    if asked.web_search_options is not None:
        found = max(found, UNTOLD)
    return min(found, _bound(asked.max_tool_calls, found))


def _bound(told: Any, else_: int) -> int:
    return told if type(told) is int and told >= 0 else else_
