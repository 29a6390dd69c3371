"""Reads and writes the turns of a conversation in the order that Anthropic's Messages requires."""

from typing import Any

from dialects.anthropic.blocks import NAME, read_parts, rest, text_at
from dialects.anthropic.parts import content_of, write_parts
from dialects.checking import wrong
from dialects.conversation import Conversation, Extra, Message, ToolResult
from dialects.dialect import Destination

_ROLES = ("user", "assistant", "system")
_ASKING = ("system", "developer")


def read_turns(system: Any, messages: list[dict[str, Any]]) -> tuple[Message, ...]:
    """The messages, system prompt first; tool results become turns of their own. Raises Malformed."""
    turns: list[Message] = []
    if system:
        turns.append(Message("system", read_parts(system, "system")))
    for number, message in enumerate(messages):
        turns.extend(_read_turn(message, f"messages.{number}"))
    return tuple(turns)


def _read_turn(message: dict[str, Any], place: str) -> list[Message]:
    role = text_at(message, "role", place)
    if role not in _ROLES:
        raise wrong(f"{place}.role", "it must be user, assistant or system")
    parts = read_parts(message.get("content"), f"{place}.content")
    extra = rest(message, "role", "content")
    results = tuple(part for part in parts if isinstance(part, ToolResult))
    if role != "user" or not results:
        return [Message(role, parts, extra=extra)]  # type: ignore[arg-type]
    said = tuple(part for part in parts if not isinstance(part, ToolResult))
    turns = [Message("tool", results, extra=extra)]
    return [*turns, Message("user", said)] if said else turns


def write_turns(conversation: Conversation, to: Destination) -> tuple[list[Extra], list[Extra]]:
    """The blocks of `system`, and the turns.

    Mid-conversation instructions keep their place if the caller uses this format. For a model that does
    not accept them (`system.inside` in the destination's `cannot`) they become part of the user's
    turn: https://platform.claude.com/docs/en/build-with-claude/mid-conversation-system-messages
    In other formats they join the system prompt, as in Anthropic's own endpoint for OpenAI's SDKs, except
    for one at the very end, which is the actual question: https://platform.claude.com/docs/en/api/openai-sdk
    """
    system: list[Extra] = []
    turns: list[Extra] = []
    inside = conversation.dialect == NAME and "system.inside" not in to.cannot
    first = True  # leading instructions belong to the system prompt
    for message in conversation.messages:
        first = first and message.role in _ASKING
        joins = message.role in _ASKING and message is not conversation.messages[-1]
        if first or (joins and conversation.dialect != NAME):
            system += write_parts(message.parts)
        else:
            _add(turns, _role(message, inside), message)
    for turn in turns:
        # https://docs.anthropic.com/en/docs/agents-and-tools/tool-use: results must come first in their turn.
        if turn["role"] == "user" and len(turn["content"]) > 1:
            turn["content"].sort(key=_no_result)
    if turns and turns[-1]["role"] == "assistant":
        _strip_end(turns)
    for turn in turns:
        turn["content"] = content_of(turn["content"])
    return system, turns


def _no_result(block: Extra) -> bool:
    return block.get("type") != "tool_result"


def _role(message: Message, inside: bool) -> str:
    if message.role == "assistant" or (inside and message.role == "system"):
        return message.role
    return "user"


def _add(turns: list[Extra], role: str, message: Message) -> None:
    """Append a turn, or extend the last one: the vendor merges consecutive turns of one role."""
    blocks = write_parts(message.parts)
    if not blocks:
        return
    if turns and turns[-1]["role"] == role:
        turns[-1]["content"].extend(blocks)
        turns[-1].update(message.extra or {})
    else:
        turns.append({"role": role, "content": blocks, **(message.extra or {})})


def _strip_end(turns: list[Extra]) -> None:
    """Strip white space from the end: "final assistant content cannot end with trailing whitespace"."""
    blocks = turns[-1]["content"]
    if blocks[-1].get("type") == "text":
        blocks[-1] = blocks[-1] | {"text": blocks[-1]["text"].rstrip()}
