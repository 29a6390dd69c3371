"""Anthropic's `cache_control`: on a tool, on a block of the system prompt, on a block of a message.

https://docs.claude.com/en/docs/build-with-claude/prompt-caching
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from dialects.breakpoints import Chain, Prefixed, Raws, listed, members, says, written

_HINT = msgspec.Raw(b'{"type":"ephemeral"}')
# The blocks that accept it; thinking does not, and an empty text with it is rejected.
_TAKE = frozenset(["text", "image", "document", "tool_use", "tool_result"])


class AnthropicBreakpoints:
    """Reads and sets cache breakpoints in the Messages format."""

    def marked(self, body: bytes) -> bool:
        return says(body, b"cache_control")

    def prefixes(self, body: bytes) -> Prefixed | None:
        try:
            request = members(body)
            tools, messages = request.get("tools"), listed(request.get("messages"))
        except msgspec.DecodeError:
            return None
        # These invalidate a cached prefix, wherever they are in the body.
        chain = Chain(*(bytes(request.get(name, b"")) for name in ("model", "tool_choice", "thinking")))
        after_tools = None if tools is None else chain.add(bytes(tools))
        system = request.get("system")
        after_system = None if system is None else chain.add(bytes(system))
        return Prefixed(after_tools, after_system, tuple(chain.add(bytes(each)) for each in messages))

    def mark(self, body: bytes, tools: bool, system: bool, messages: Sequence[int]) -> bytes:
        try:
            request: dict[str, Any] = dict(members(body))
            if tools:
                request["tools"] = _marked_tools(listed(request["tools"]))
            if system:
                request["system"] = _marked_content(request["system"])
            if messages:
                found: list[Any] = list(listed(request["messages"]))
                for place in messages:
                    message: dict[str, Any] = dict(members(found[place]))
                    message["content"] = _marked_content(message["content"])
                    found[place] = message
                request["messages"] = found
        except (msgspec.DecodeError, KeyError, IndexError):
            return body
        return bytes(written(request))


def _marked_content(raw: msgspec.Raw) -> Any:
    """Content as blocks, the last of which is marked if it accepts a mark."""
    if (text := bytes(raw)).startswith(b'"'):
        return raw if text == b'""' else [{"type": "text", "text": raw, "cache_control": _HINT}]
    return _marked_last(listed(raw), _marked_block)


def _marked_last(blocks: Raws, mark: Any) -> Any:
    return [*blocks[:-1], mark(blocks[-1])] if blocks else blocks


def _marked_tools(tools: Raws) -> list[Any]:
    """Marks the last tool that is not loaded later: a deferred tool with a mark is rejected.

    https://platform.claude.com/docs/en/agents-and-tools/tool-use/tool-use-with-prompt-caching
    """
    found: list[Any] = list(tools)
    for place in reversed(range(len(tools))):
        tool = members(tools[place])
        if bytes(tool.get("defer_loading", b"")) != b"true":
            found[place] = {**tool, "cache_control": _HINT}
            break
    return found


def _marked_block(raw: msgspec.Raw) -> Any:
    block = members(raw)
    kind = msgspec.json.decode(block.get("type", b'""'))
    empty = kind == "text" and bytes(block.get("text", b'""')) == b'""'
    return raw if kind not in _TAKE or empty else {**block, "cache_control": _HINT}
