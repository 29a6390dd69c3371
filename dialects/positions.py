"""Which texts of a document are tool results or tool arguments, in every format.

Recognised by the names that formats give them; in unknown formats every text counts as words.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Literal

Position = Literal["words", "tool_call", "tool_result"]

# Members with such values, whatever object contains them.
_KEYS: dict[str, Position] = {
    **dict.fromkeys(("toolResult", "functionResponse", "function_response"), "tool_result"),
    **dict.fromkeys(("tool_results", "documents", "codeExecutionResult"), "tool_result"),
    **dict.fromkeys(("tool_calls", "toolUse", "functionCall", "function_call", "arguments"), "tool_call"),
    "executableCode": "tool_call",
}  # fmt: skip
# `type` of such objects. An `…_output` other than the model's own text is one, too.
_TYPES: dict[str, Position] = {
    **dict.fromkeys(("document", "search_result"), "tool_result"),
    **dict.fromkeys(
        ("function_call", "custom_tool_call", "tool_use", "server_tool_use", "mcp_tool_use", "mcp_call"),
        "tool_call",
    ),
    # https://platform.openai.com/docs/api-reference/responses/object has these; many are run by the caller
    **dict.fromkeys(("shell_call", "local_shell_call", "apply_patch_call", "computer_call"), "tool_call"),
    **dict.fromkeys(("code_interpreter_call", "mcp_approval_request"), "tool_call"),
}  # fmt: skip
_RESULTS = re.compile(r".*(?:call_output|tool_result)")
# Events that stream a tool's arguments: `response.function_call_arguments.delta`.
_CALLS = re.compile(r"response\.\w+_call_(?!output)\w+\..*")
_GIVEN_BACK = frozenset(["output", "outputs"])  # of a call that also contains its result
_ROLES: dict[str, Position] = {"tool": "tool_result", "function": "tool_result"}
# Without any of these, all texts are words. A name may be written with escapes.
_MARKS = (
    *(b"tool", b"unction", b"_call", b"document", b"search_result", b"codeExecution", b"\\u00"),
    *(b"executableCode", b"mcp_approval"),
)


class Members(list[tuple[str, Any]]):
    """An object: its members in order, duplicate names included."""


def positions(document: bytes) -> list[Position] | None:
    """The position of each string in order, member names included; None if all are words.

    A document nested too deeply to parse counts as tool results entirely.
    """
    if not any(mark in document for mark in _MARKS):
        return None
    try:
        found = json.loads(document, object_pairs_hook=Members)
        return list(_walk(found, within("", found, "words")))
    except RecursionError:
        return ["tool_result"] * document.count(b'"')
    except ValueError:
        return None  # not JSON: whoever passes it on reports that


def within(key: str, value: object, outer: Position) -> Position:
    """A value's position: by its own role or type, by its member's name, otherwise its container's."""
    if outer == "tool_result":
        return outer
    if isinstance(value, Members):
        named = _of(dict(value))
    elif isinstance(value, dict):
        named = _of(value)
    else:
        named = None
    if outer == "tool_call" and key in _GIVEN_BACK:
        return "tool_result"
    return named or _KEYS.get(key) or outer


def _of(members: dict[str, Any]) -> Position | None:
    role, kind = members.get("role"), members.get("type")
    if isinstance(role, str) and role in _ROLES:
        return _ROLES[role]
    if not isinstance(kind, str):
        return None
    if _RESULTS.fullmatch(kind):
        return "tool_result"
    return "tool_call" if _CALLS.fullmatch(kind) else _TYPES.get(kind)


def _walk(value: object, position: Position) -> Iterator[Position]:
    if isinstance(value, str):
        yield position
    elif isinstance(value, Members):
        for key, member in value:
            yield position
            yield from _walk(member, within(key, member, position))
    elif isinstance(value, list):
        for each in value:
            yield from _walk(each, within("", each, position))
