"""Finds in one pass what a conversation contains, so that absent features need no search."""

from collections.abc import Iterable

from dialects.conversation import Conversation, Extra, Part, ToolResult

Sign = type | str  # a part type, or one of the following
NAMED = "name"  # a message has a participant's name
DEVELOPER = "developer"  # a message has the role developer
EXTRA = "extra"  # some `extra` has unknown members
ECHO = "echo"  # some `extra` has only members that are also parsed, and that its own format gets unchanged


# The members of ECHO by format.
ECHOED = {
    "openai_chat": frozenset(["cache_control", "enable_thinking", "reasoning", "thinking"]),
    "cohere_chat": frozenset(["documents"]),
}
_NONE = frozenset[str]()


def signs_in(conversation: Conversation) -> set[Sign]:
    """All signs of a conversation, including those inside tool results."""
    signs: set[Sign] = set()
    echoed = ECHOED.get(conversation.dialect, _NONE)
    if conversation.extra is not None:
        signs.add(_sign_of(conversation.extra, echoed))
    for message in conversation.messages:
        if message.name:
            signs.add(NAMED)
        if message.role == "developer":
            signs.add(DEVELOPER)
        if message.extra is not None:
            signs.add(_sign_of(message.extra, echoed))
        _note(message.parts, signs, echoed)
    for tool in conversation.tools:
        if (extra := getattr(tool, "extra", None)) is not None:
            signs.add(_sign_of(extra, echoed))
    return signs


def _note(parts: Iterable[Part], signs: set[Sign], echoed: frozenset[str]) -> None:
    for part in parts:
        signs.add(type(part))
        if (extra := getattr(part, "extra", None)) is not None:
            signs.add(_sign_of(extra, echoed))
        if isinstance(part, ToolResult):
            _note(part.parts, signs, echoed)


def _sign_of(extra: Extra, echoed: frozenset[str]) -> Sign:
    return ECHO if echoed.issuperset(extra) else EXTRA
