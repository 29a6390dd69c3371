"""Converse's cache points: separate items after tools, system blocks and a message's blocks.

https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from dialects.breakpoints import Chain, Prefixed, Raws, listed, members, says, written

_POINT = msgspec.Raw(b'{"cachePoint":{"type":"default"}}')


class BedrockBreakpoints:
    """Reads and sets cache points. Only Claude accepts one among tools or after a tool result.

    https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html#prompt-caching-models
    """

    def __init__(self, *, claude: bool = True) -> None:
        self._claude = claude

    def marked(self, body: bytes) -> bool:
        return says(body, b"cachePoint")

    def prefixes(self, body: bytes) -> Prefixed | None:
        try:
            request = members(body)
            config = members(request["toolConfig"]) if "toolConfig" in request else {}
            messages = listed(request.get("messages"))
        except msgspec.DecodeError:
            return None
        chain = Chain(
            bytes(config.get("toolChoice", b"")), bytes(request.get("additionalModelRequestFields", b""))
        )
        after_tools = chain.add(bytes(config["tools"])) if "tools" in config else None
        after_system = chain.add(bytes(request["system"])) if "system" in request else None
        after_tools = after_tools if self._claude else None
        return Prefixed(after_tools, after_system, tuple(chain.add(bytes(each)) for each in messages))

    def mark(self, body: bytes, tools: bool, system: bool, messages: Sequence[int]) -> bytes:
        try:
            request: dict[str, Any] = dict(members(body))
            if tools:
                config = members(request["toolConfig"])
                request["toolConfig"] = {**config, "tools": _pointed(listed(config["tools"]))}
            if system:
                request["system"] = _pointed(listed(request["system"]))
            if messages:
                found: list[Any] = list(listed(request["messages"]))
                for place in messages:
                    message = members(found[place])
                    content = listed(message["content"])
                    if self._claude or not (content and "toolResult" in members(content[-1])):
                        found[place] = {**message, "content": _pointed(content)}
                request["messages"] = found
        except (msgspec.DecodeError, KeyError, IndexError):
            return body
        return bytes(written(request))


def _pointed(items: Raws) -> Raws:
    return [*items, _POINT] if items else items
