"""Whether a cheap answer is good enough, judged by the answer alone."""

from collections.abc import Sequence
from types import ModuleType
from typing import NamedTuple

import msgspec

from dialects.answer import Answer, Choice
from dialects.conversation import Conversation, Refusal, Text, ToolCall
from dialects.errors import UNREADABLE
from gateway.around.as_read import AsRead

_REFUSED = frozenset(["refusal", "content_filter"])
_CUT = frozenset(["length", "context_window"])
_ENDED = frozenset(["stop", "stop_sequence"])


class Doubt(NamedTuple):
    """Why an answer is rejected. `usable`: it is still better than no answer."""

    check: str
    reason: str
    usable: bool = True


def by_its_state(answer: Answer, asked: Conversation) -> Doubt | None:
    """Rejects refusals, answers that are cut or empty, and invalid arguments of tool calls.

    An answer as long as the caller's limit is not rejected as cut: a stronger model's would end there, too.
    """
    most = asked.sampling.max_output
    full = most is not None and answer.usage is not None and answer.usage.output >= most
    if not answer.choices:
        return Doubt("state", "it is empty", False)
    for choice in answer.choices:
        reason = choice.finish.reason
        if reason in _REFUSED or any(isinstance(part, Refusal) for part in choice.parts):
            return Doubt("state", "it is a refusal")
        if reason in _CUT and not full:
            return Doubt("state", "it was cut by its length")
        calls = [part for part in choice.parts if isinstance(part, ToolCall)]
        if not calls and not text_of(choice).strip():
            return Doubt("state", "it is empty", False)
        if not all(_is_object(call.arguments) for call in calls):
            return Doubt("state", "a tool's arguments are no JSON object", False)
    return None


def by_its_schema(
    answer: Answer, asked: Conversation, validating: ModuleType | None, read: AsRead
) -> Doubt | None:
    """Rejects answers that violate the caller's JSON Schema, if there is one."""
    schema = asked.format.schema if asked.format is not None else None
    if schema is None or validating is None:
        return None
    try:
        validator = validating.Validator(read.schema(schema))
    except validating.UnusableSchema:
        return None  # it cannot tell a better answer from a worse one
    for choice in answer.choices:
        if choice.finish.reason in _ENDED and not any(isinstance(part, ToolCall) for part in choice.parts):
            fault = validator.fault(read.text(text_of(choice)))
            if fault is not None:
                return Doubt("schema", f"it breaks {fault.keyword} of its schema", False)
    return None


def said_by(answer: Answer) -> str:
    """The text of the first choice; "" if it calls tools, since text says nothing about those calls."""
    choices: Sequence[Choice] = answer.choices
    if not choices or any(isinstance(part, ToolCall) for part in choices[0].parts):
        return ""
    return text_of(choices[0])


def text_of(choice: Choice) -> str:
    """The concatenated text of a choice."""
    return "".join(part.text for part in choice.parts if isinstance(part, Text))


def _is_object(arguments: str) -> bool:
    try:
        return isinstance(msgspec.json.decode(arguments or "{}"), dict)
    except UNREADABLE:
        return False
