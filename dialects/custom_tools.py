"""OpenAI's free-text tools, expressed in other formats as functions with one text argument.

https://platform.openai.com/docs/guides/function-calling#custom-tools
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from dialects.answer import Answer, Delta, Finished, PartDelta, ToolDelta, ToolStarted
from dialects.carrying import pack, unpack
from dialects.conversation import (
    Conversation,
    Extra,
    Message,
    Native,
    NativeTool,
    Part,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from dialects.dialect import EventReader

replace = msgspec.structs.replace

_CHAT, _RESPONSES = "openai_chat", "openai_responses"
_INPUT = "input"
_PARAMETERS: Extra = {
    "type": "object",
    "properties": {_INPUT: {"type": "string", "description": "The whole input, as free text."}},
    "required": [_INPUT],
    "additionalProperties": False,
}


def as_functions(conversation: Conversation) -> tuple[Conversation, frozenset[str]]:
    """The conversation with functions instead of custom tools, and the names of those tools.

    The input's grammar, which functions lack, is put into the description. Earlier calls of custom tools
    become calls of the functions.
    """
    if conversation.dialect not in (_CHAT, _RESPONSES) or not _has_natives(conversation):
        return conversation, frozenset()
    tools = tuple(_function(tool) if isinstance(tool, NativeTool) else tool for tool in conversation.tools)
    messages = tuple(map(_turn, conversation.messages))
    names = frozenset(
        new.name
        for old, new in zip(conversation.tools, tools, strict=True)
        if isinstance(old, NativeTool) and isinstance(new, Tool)
    )
    if not names and messages == conversation.messages:
        return conversation, names
    choice, extra = conversation.tool_choice, conversation.extra
    named = _named((extra or {}).get("tool_choice"))
    if named is not None:
        choice = ToolChoice("required", (named,))
        extra = {name: value for name, value in (extra or {}).items() if name != "tool_choice"} or None
    return replace(conversation, tools=tools, messages=messages, tool_choice=choice, extra=extra), names


def _has_natives(conversation: Conversation) -> bool:
    """Whether there is anything to convert: most requests have nothing specific to one format."""
    for tool in conversation.tools:
        if type(tool) is NativeTool:
            return True
    for message in conversation.messages:
        for part in message.parts:
            if type(part) is Native:
                return True
    return False


def _custom(value: Any) -> Mapping[str, Any] | None:
    """The definition or choice of a custom tool: beside its type, or, in chat, inside `custom`."""
    if not isinstance(value, dict) or value.get("type") != "custom":
        return None
    said = value.get("custom", value)
    return said if isinstance(said, dict) and isinstance(said.get("name"), str) else None


def _named(choice: Any) -> str | None:
    said = _custom(choice)
    return None if said is None else said["name"]


def _function(tool: NativeTool) -> Tool | NativeTool:
    said = _custom(tool.value)
    if said is None:
        return tool
    told = [said["description"]] if isinstance(said.get("description"), str) else []
    form = said.get("format")
    grammar = form.get("grammar", form) if isinstance(form, dict) else {}
    if isinstance(grammar, dict) and isinstance(grammar.get("definition"), str):
        told.append(f"The input follows this {grammar.get('syntax', '')} grammar:\n{grammar['definition']}")
    return Tool(said["name"], "\n\n".join(told) or None, _PARAMETERS)


def _turn(message: Message) -> Message:
    parts = tuple(_known(part) if isinstance(part, Native) else part for part in message.parts)
    return message if parts == message.parts else replace(message, parts=parts)


def _known(part: Native) -> Part:
    """A custom tool's call or result, as a function's."""
    item = part.value
    kind, id = item.get("type"), item.get("call_id", item.get("id"))
    if not isinstance(id, str):
        return part
    called, signature = unpack(id)
    if kind == "custom_tool_call_output":
        output = item.get("output")
        blocks = [output] if isinstance(output, str) else output if isinstance(output, list) else []
        texts = [each.get("text") if isinstance(each, dict) else each for each in blocks]
        return ToolResult(called, tuple(Text(text) for text in texts if isinstance(text, str) and text))
    said = item.get("custom") if kind == "custom" else item if kind == "custom_tool_call" else None
    if not isinstance(said, dict) or not isinstance(said.get("name"), str):
        return part
    return ToolCall(called, said["name"], json.dumps({_INPUT: said.get("input", "")}), signature)


def as_custom(answer: Answer, names: frozenset[str], dialect: str) -> Answer:
    """The answer with calls of those functions turned back into custom tool calls of the caller's format."""

    def shown(part: Part) -> Part:
        if not isinstance(part, ToolCall) or part.name not in names:
            return part
        return Native(dialect, _call(dialect, part, _input_of(part.arguments)))

    choices = tuple(replace(each, parts=tuple(map(shown, each.parts))) for each in answer.choices)
    return replace(answer, choices=choices)


def _call(dialect: str, call: ToolCall, text: str) -> Extra:
    id = call.id if call.signature is None else pack(call.id, call.signature)
    said = {"name": call.name, "input": text}
    if dialect == _CHAT:
        return {"id": id, "type": "custom", "custom": said}
    return {"type": "custom_tool_call", "status": "completed", "call_id": id, **said}


def _input_of(arguments: str) -> str:
    """The text argument of such a function; a model may also have written the text alone."""
    try:
        found = json.loads(arguments)
    except ValueError:
        return arguments
    said = found.get(_INPUT) if isinstance(found, dict) else found
    return said if isinstance(said, str) else arguments


class CustomCalls:
    """An EventReader that yields custom tool calls as such, with deltas of their plain text."""

    def __init__(self, reader: EventReader, names: frozenset[str], dialect: str) -> None:
        self._reader = reader
        self._names = names
        self._dialect = dialect
        self._inputs: dict[tuple[int, int], _Input] = {}  # by choice and part

    @property
    def done(self) -> bool:
        return self._reader.done

    def read(self, event: bytes) -> Sequence[Delta]:
        return self._shown(self._reader.read(event))

    def end(self) -> Sequence[Delta]:
        return self._shown(self._reader.end())

    def _shown(self, deltas: Sequence[Delta]) -> Sequence[Delta]:
        shown: list[Delta] = []
        for delta in deltas:
            if isinstance(delta, ToolStarted) and delta.name in self._names:
                self._inputs[delta.choice, delta.part] = _Input()
                call = ToolCall(delta.id, delta.name, "", delta.signature)
                native = Native(self._dialect, _call(self._dialect, call, ""))
                shown.append(PartDelta(native, delta.part, delta.choice))
            elif isinstance(delta, ToolDelta) and (delta.choice, delta.part) in self._inputs:
                text = self._inputs[delta.choice, delta.part].more(delta.arguments)
                shown += [replace(delta, arguments=text)] if text else []
            else:
                if isinstance(delta, Finished):
                    shown += self._rest(delta.choice)
                shown.append(delta)
        return shown

    def _rest(self, choice: int) -> list[Delta]:
        """Arguments that were not an object with the one text, and so could not be streamed."""
        owed = [(part, text.rest()) for (of, part), text in self._inputs.items() if of == choice]
        self._inputs = {place: text for place, text in self._inputs.items() if place[0] != choice}
        return [ToolDelta(text, part, choice) for part, text in owed if text]


_BEGINS = re.compile(r'\s*\{\s*"input"\s*:\s*"')
# The longest complete prefix of a JSON string: no partial escape, and no half of a surrogate pair.
_WHOLE = re.compile(
    r'(?:[^"\\]|\\["\\/bfnrt]|\\u(?![dD][89abAB])[0-9a-fA-F]{4}|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[0-9a-fA-F]{4})*'
)


class _Input:
    """Extracts the text from such a function's arguments, which arrive in arbitrary pieces."""

    def __init__(self) -> None:
        self._held = ""
        self._begun = False

    def more(self, arguments: str) -> str:
        self._held += arguments
        if not self._begun:
            begins = _BEGINS.match(self._held)
            if begins is None:
                return ""
            self._begun, self._held = True, self._held[begins.end() :]
        whole = _WHOLE.match(self._held)
        assert whole is not None  # the pattern also matches the empty string
        self._held = self._held[whole.end() :]
        return str(json.loads(f'"{whole[0]}"', strict=False)) if whole[0] else ""

    def rest(self) -> str:
        return "" if self._begun else _input_of(self._held)
