"""Replaces tool names that a vendor rejects, and restores them in its answer.

Callers of imitators and of MCP servers name tools `server.tool` or `server/tool`, and Gemini's callers use
colons; each vendor has a rule of its own.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence

import msgspec

from dialects.answer import Answer, Choice, Delta, ToolStarted
from dialects.conversation import Conversation, Message, Part, Tool, ToolCall, ToolResult
from dialects.dialect import EventReader

replace = msgspec.structs.replace

_TAKEN: Mapping[str, "re.Pattern[str]"] = {
    # https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/implement-tool-use
    "anthropic_messages": re.compile(r"[a-zA-Z0-9_-]{1,128}"),
    # https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html
    "bedrock_converse": re.compile(r"[a-zA-Z0-9_-]{1,64}"),
    # https://ai.google.dev/api/caching#FunctionDeclaration
    "gemini": re.compile(r"[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}"),
    # https://platform.openai.com/docs/api-reference/responses/create
    "openai_responses": re.compile(r"[a-zA-Z0-9_-]{1,64}"),
}
_ODD = re.compile(r"[^a-zA-Z0-9_-]")
_LONGEST = 64
_MARK = 9  # characters appended to names that would otherwise collide

Names = Mapping[str, str]  # the caller's names, by those sent to the vendor


def renamed(conversation: Conversation, vendor: str) -> tuple[Conversation, Names | None]:
    """The conversation with names that the vendor's format accepts; None if it accepts them all."""
    rule = _TAKEN.get(vendor)
    if rule is None or not (conversation.tools or any(map(_calls, conversation.messages))):
        return conversation, None
    named = dict.fromkeys(
        [
            *(tool.name for tool in conversation.tools if isinstance(tool, Tool)),
            *(
                part.name
                for turn in conversation.messages
                for part in turn.parts
                if isinstance(part, ToolCall)
            ),
        ]
    )
    refused = [name for name in named if rule.fullmatch(name) is None]
    if not refused:
        return conversation, None
    told: dict[str, str] = {}
    taken = set(named)
    for name in refused:
        told[name] = new = _like(name, taken)
        taken.add(new)
    return _with_names(conversation, told), {new: name for name, new in told.items()}


def _calls(turn: Message) -> bool:
    return any(type(part) is ToolCall for part in turn.parts)


def _like(name: str, taken: set[str]) -> str:
    """An accepted name as similar as possible, and not taken by another tool."""
    new = _ODD.sub("_", name)
    if not new[:1].isalpha() and new[:1] != "_":
        new = f"_{new}"
    if len(new) > _LONGEST or new in taken:
        mark = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[: _MARK - 1]
        new = f"{new[: _LONGEST - _MARK]}_{mark}"
    return new


def _with_names(conversation: Conversation, told: Mapping[str, str]) -> Conversation:
    def part_of(part: Part) -> Part:
        if isinstance(part, ToolCall | ToolResult) and part.name is not None and part.name in told:
            return replace(part, name=told[part.name])
        return part

    choice = conversation.tool_choice
    if choice is not None and choice.names:
        choice = replace(choice, names=tuple(told.get(name, name) for name in choice.names))
    return replace(
        conversation,
        tools=tuple(
            replace(tool, name=told.get(tool.name, tool.name)) if isinstance(tool, Tool) else tool
            for tool in conversation.tools
        ),
        messages=tuple(
            replace(turn, parts=tuple(map(part_of, turn.parts))) for turn in conversation.messages
        ),
        tool_choice=choice,
    )


def named_back(answer: Answer, names: Names) -> Answer:
    """The answer with the caller's names."""
    return replace(answer, choices=tuple(_choice(each, names) for each in answer.choices))


def _choice(choice: Choice, names: Names) -> Choice:
    parts = (
        replace(part, name=names[part.name]) if isinstance(part, ToolCall) and part.name in names else part
        for part in choice.parts
    )
    return replace(choice, parts=tuple(parts))


class NamedBack:
    """An EventReader that restores the caller's tool names."""

    def __init__(self, reader: EventReader, names: Names) -> None:
        self._reader = reader
        self._names = names

    @property
    def done(self) -> bool:
        return self._reader.done

    def read(self, event: bytes) -> Sequence[Delta]:
        return self._named(self._reader.read(event))

    def end(self) -> Sequence[Delta]:
        return self._named(self._reader.end())

    def _named(self, deltas: Sequence[Delta]) -> Sequence[Delta]:
        return [
            replace(delta, name=self._names[delta.name])
            if isinstance(delta, ToolStarted) and delta.name in self._names
            else delta
            for delta in deltas
        ]
