"""Thinking, as OpenAI-compatible vendors write it into chat messages.

OpenRouter's list preserves signatures: https://openrouter.ai/docs/use-cases/reasoning-tokens
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from dialects.answer import PartDelta, ThinkingDelta
from dialects.checking import loosely
from dialects.conversation import Part, RedactedThinking, Thinking

_FORMATS = {
    "anthropic": "anthropic-claude-v1",
    "gemini": "google-gemini-v1",
    "openai": "openai-responses-v1",
}
_ORIGINS = {"anthropic": "anthropic", "google": "gemini", "openai": "openai"}


class Detail(msgspec.Struct, frozen=True, gc=False):
    """One item of `reasoning_details`, whole or a fragment."""

    text: str | None = None
    summary: str | None = None
    data: str | None = None
    signature: str | None = None
    id: str | None = None
    format: str | None = None
    index: int | None = None

    @property
    def origin(self) -> str:
        # Clients that concatenate fragments repeat the format's name, so only its beginning is reliable.
        return _ORIGINS.get((self.format or "").partition("-")[0], "")


def details_of(found: Any) -> list[Detail]:
    """As much of a list of details as can be read; never raises."""
    items = found if isinstance(found, list) else ()
    return [loosely(each, Detail) for each in items]


def read_detail(detail: Detail, part: int, choice: int) -> ThinkingDelta | PartDelta | None:
    """The delta for one item, as the part with this number; None if the item is empty."""
    origin = detail.origin
    if detail.data is not None:
        # OpenAI's encrypted data belongs to a thinking part with an id.
        if origin == "openai" and detail.id:
            return ThinkingDelta("", detail.data, origin, detail.id, part, choice)
        return PartDelta(RedactedThinking(detail.data, origin), part, choice)
    text = detail.text or detail.summary or ""
    if not text and not detail.signature:
        return None
    return ThinkingDelta(text, detail.signature or None, origin, detail.id, part, choice)


def plain_thoughts(parts: Iterable[Part]) -> str:
    """All thinking text, as for `reasoning_content`."""
    return "\n\n".join(part.text for part in parts if isinstance(part, Thinking) and part.text)


def write_details(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """The list for a client, which preserves signatures and origins; [] if there are none."""
    thoughts = [part for part in parts if isinstance(part, Thinking | RedactedThinking)]
    if not any(isinstance(part, RedactedThinking) or part.signature or part.origin for part in thoughts):
        return []
    return [item for index, part in enumerate(thoughts) for item in write_detail(part, index)]


def write_detail(thought: Thinking | RedactedThinking, index: int) -> list[dict[str, Any]]:
    """The list items for one thinking part, or for a fragment of one."""
    rest: dict[str, Any] = {"format": _FORMATS.get(thought.origin, "unknown"), "index": index}
    if isinstance(thought, RedactedThinking):
        return [{"type": "reasoning.encrypted", "data": thought.data, **rest}]
    if thought.id is not None:
        rest["id"] = thought.id
    signature = thought.signature
    if thought.origin == "openai" and thought.id:
        items: list[dict[str, Any]] = []
        if thought.text:
            items.append({"type": "reasoning.summary", "summary": thought.text, **rest})
        if signature is not None:
            items.append({"type": "reasoning.encrypted", "data": signature, **rest})
        return items
    item: dict[str, Any] = {"type": "reasoning.text"}
    if thought.text:
        item["text"] = thought.text
    if signature is not None:
        item["signature"] = signature
    return [item | rest]
