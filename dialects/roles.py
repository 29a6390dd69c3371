"""The role of each text of a document, in every format.

It is told by the names that formats give to speakers; what an unknown format says is the user's.
"""

import json
import re
from collections.abc import Iterator
from typing import Literal

from dialects.positions import Members, Position, within

Role = Literal["system", "user", "assistant", "tool"]

_SAID_BY: dict[str, Role] = {
    **dict.fromkeys(("system", "developer", "SYSTEM"), "system"),
    **dict.fromkeys(("user", "USER"), "user"),
    **dict.fromkeys(("assistant", "model", "CHATBOT"), "assistant"),
    **dict.fromkeys(("tool", "function", "TOOL"), "tool"),
}  # fmt: skip
# Members whose values are the operator's own: instructions, and what tools there are.
_OPERATORS = frozenset(
    [
        *("system", "systemInstruction", "system_instruction", "instructions", "preamble"),
        *("tools", "toolConfig", "tool_config", "functions", "response_format", "text_format"),
    ]
)
# A name of a member that says nothing to anybody: no address, and no number.
_NAME = re.compile(r"[A-Za-z_$@][A-Za-z0-9_$-]{0,63}")


def roles(document: bytes) -> list[Role | None] | None:
    """Of each string in order, names of members included; None for a name that is just a name.

    None for the whole where it is no JSON, or nested too deep to be read: then anybody may have said it.
    """
    try:
        return list(_walk(json.loads(document, object_pairs_hook=Members), "user", "words"))
    except (RecursionError, ValueError):
        return None


def _walk(value: object, role: Role, position: Position) -> Iterator[Role | None]:
    if isinstance(value, str):
        yield role
    elif isinstance(value, Members):
        for key, member in value:
            yield None if _NAME.fullmatch(key) else role
            place = within(key, member, position)
            yield from _walk(member, _role(key, member, role, place), place)
    elif isinstance(value, list):
        for each in value:
            place = within("", each, position)
            yield from _walk(each, _role("", each, role, place), place)


def _role(key: str, value: object, outer: Role, position: Position) -> Role:
    if position == "tool_result":
        return "tool"
    if outer == "system" and key != "messages":
        return outer  # what a tool's description calls a role is none
    said = dict(value).get("role") if isinstance(value, Members) else None
    if isinstance(said, str) and said in _SAID_BY:
        return _SAID_BY[said]
    if position == "tool_call":
        return "assistant"
    return "system" if key in _OPERATORS else outer
