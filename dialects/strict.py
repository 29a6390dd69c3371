"""Adapts schemas to OpenAI's strict mode, and undoes the changes in the answer.

Strict mode has no optional members: the model writes null for them. The answer must satisfy the caller's own
schema, so the nulls are removed again. A schema that strict mode cannot fully express, such as a map, is sent
as it is, without strict mode.
"""

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from dialects.answer import (
    Answer,
    Counted,
    Delta,
    Failed,
    Finished,
    Started,
    TextDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.conversation import Conversation, Extra, Format, Part, Text, Tool, ToolCall
from dialects.dialect import EventReader
from dialects.schemas_openai import as_asked, for_openai_strict, is_wrapped, narrows

replace = msgspec.structs.replace

_NATIVE = frozenset(["openai_chat", "openai_responses", "openai_completions"])


class Originals(msgspec.Struct, frozen=True, gc=False):
    """The caller's own schemas, if the vendor was sent adapted ones."""

    answer: Extra | None
    tools: dict[str, Extra]  # argument schemas by tool name


def strictened(conversation: Conversation) -> tuple[Conversation, Originals | None]:
    """The conversation with its schemas adapted to strict mode; None: no schema was changed.

    Callers of OpenAI's formats set strict mode themselves, so their schemas stay unchanged.
    """
    if conversation.dialect in _NATIVE or (conversation.format is None and not conversation.tools):
        return conversation, None
    form = _strict_format(conversation.format)
    tools = tuple(_strict_tool(tool) if isinstance(tool, Tool) else tool for tool in conversation.tools)
    told = replace(conversation, format=form, tools=tools)
    changed = {
        old.name: old.parameters
        for old, new in zip(conversation.tools, tools, strict=True)
        if isinstance(old, Tool)
        and isinstance(new, Tool)
        and old.parameters
        and new.parameters != old.parameters
    }
    asked = conversation.format
    answer = asked.schema if asked is not None and form is not None and form.schema != asked.schema else None
    if answer is None and not changed:
        return told, None
    return told, Originals(answer, changed)


def _strict_format(form: Format | None) -> Format | None:
    """Other formats enforce a schema unless they say otherwise, so strict mode is set."""
    if form is None or form.kind != "schema" or form.schema is None or form.strict is False:
        return form
    if narrows(form.schema):
        return replace(form, strict=None)
    return replace(form, schema=for_openai_strict(form.schema), strict=True)


def _strict_tool(tool: Tool) -> Tool:
    if not tool.strict or tool.parameters is None:
        return tool
    if narrows(tool.parameters):
        return replace(tool, strict=None)
    return replace(tool, parameters=for_openai_strict(tool.parameters))


def taken_back(answer: Answer, originals: Originals) -> Answer:
    """The answer with its JSON converted back to the caller's schemas."""
    choices = tuple(
        replace(choice, parts=tuple(_part(part, originals) for part in choice.parts))
        for choice in answer.choices
    )
    return replace(answer, choices=choices)


def _part(part: Part, originals: Originals) -> Part:
    if isinstance(part, Text) and originals.answer is not None:
        return replace(part, text=_text(part.text, originals.answer))
    if isinstance(part, ToolCall) and part.name in originals.tools:
        return replace(part, arguments=_text(part.arguments, originals.tools[part.name]))
    return part


def _text(text: str, schema: Extra) -> str:
    """The JSON text converted to the schema; text that is not JSON, or needs no change, stays as it is."""
    try:
        value = json.loads(text)
        asked: Any = as_asked(value, schema)
    except (ValueError, RecursionError):
        return text
    return text if asked == value else json.dumps(asked, ensure_ascii=False, separators=(",", ":"))


class TakenBack:
    """An EventReader that converts texts and arguments back, once the model has completed them.

    A text's opening brace is passed on at once: the caller sees that an answer has begun.
    """

    def __init__(self, reader: EventReader, originals: Originals) -> None:
        self._reader = reader
        self._originals = originals
        self._begins = originals.answer is not None and not is_wrapped(originals.answer)
        self._texts: dict[int, list[TextDelta]] = {}  # by choice, which has one text at a time
        self._calls: dict[tuple[int, int], tuple[Extra, list[str]]] = {}  # by choice and part

    @property
    def done(self) -> bool:
        return self._reader.done

    def read(self, event: bytes) -> Sequence[Delta]:
        return self._taken(self._reader.read(event))

    def end(self) -> Sequence[Delta]:
        return self._taken(self._reader.end())

    def _taken(self, deltas: Sequence[Delta]) -> Sequence[Delta]:
        taken: list[Delta] = []
        for delta in deltas:
            match delta:
                case TextDelta() if self._originals.answer is not None:
                    taken += self._held(delta)
                    continue
                case ToolDelta() if (delta.choice, delta.part) in self._calls:
                    self._calls[delta.choice, delta.part][1].append(delta.arguments)
                    continue
                case ToolStarted() if delta.name in self._originals.tools:
                    self._calls[delta.choice, delta.part] = self._originals.tools[delta.name], []
                case Started() | Counted() | Failed() | ToolDelta():
                    taken.append(delta)
                    continue
            taken += self._said(delta.choice)
            if isinstance(delta, Finished):
                taken += self._called(delta.choice)
            taken.append(delta)
        return taken

    def _held(self, delta: TextDelta) -> Sequence[Delta]:
        held = self._texts.setdefault(delta.choice, [])
        other = self._said(delta.choice) if held and held[0].part != delta.part else []
        held = self._texts.setdefault(delta.choice, [])
        first = not held and self._begins and delta.text.startswith("{")
        held.append(replace(delta, logprobs=()) if first else delta)
        return [*other, replace(delta, text="{")] if first else other

    def _said(self, choice: int) -> list[Delta]:
        held = self._texts.pop(choice, None)
        if not held:
            return []
        assert self._originals.answer is not None
        text = _text("".join(delta.text for delta in held), self._originals.answer)
        begun = self._begins and held[0].text.startswith("{")
        logprobs = tuple(each for delta in held for each in delta.logprobs)
        rest = text[1:] if begun else text
        return [TextDelta(rest, held[0].part, choice, logprobs)] if rest else []

    def _called(self, choice: int) -> list[Delta]:
        whole: list[Delta] = []
        for of, part in sorted(self._calls):
            if of == choice:
                schema, pieces = self._calls.pop((of, part))
                arguments = _text("".join(pieces), schema)
                whole += [ToolDelta(arguments, part, choice)] if arguments else []
        return whole
