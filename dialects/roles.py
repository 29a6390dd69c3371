"""The role of each text of a document, in every format.

Recognised by the names that formats give to roles; text in an unknown format counts as the user's.
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
# Members whose values come from the operator: instructions and tool definitions.
_OPERATORS = frozenset(
    [
        *("system", "systemInstruction", "system_instruction", "instructions", "preamble"),
        *("tools", "toolConfig", "tool_config", "functions", "response_format", "text_format"),
    ]
)
# A member name without content of its own: not a URL, and not a number.
_NAME = re.compile(r"[A-Za-z_$@][A-Za-z0-9_$-]{0,63}")


def roles(document: bytes) -> list[Role | None] | None:
    """The role of each string in order, member names included; None for an ordinary member name.

    None instead of the list if the document is not JSON or nested too deeply: the roles are then unknown.
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
        return outer  # a "role" in a tool's definition is not a role
    said = dict(value).get("role") if isinstance(value, Members) else None
    if isinstance(said, str) and said in _SAID_BY:
        return _SAID_BY[said]
    if position == "tool_call":
        return "assistant"
    return "system" if key in _OPERATORS else outer
