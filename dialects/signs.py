"""What there is in a conversation, found in one look, so that what is not there is not looked for."""

from collections.abc import Iterable

from dialects.conversation import Conversation, Part, ToolResult

Sign = type | str  # a kind of part, or one of these
NAMED = "name"  # a participant has a name
DEVELOPER = "developer"  # a developer speaks
EXTRA = "extra"  # somewhere there are members that nobody here knows


def signs_in(conversation: Conversation) -> set[Sign]:
    """All signs of a conversation, those inside results of tools too."""
    signs: set[Sign] = set()
    if conversation.extra is not None:
        signs.add(EXTRA)
    for message in conversation.messages:
        if message.name:
            signs.add(NAMED)
        if message.role == "developer":
            signs.add(DEVELOPER)
        if message.extra is not None:
            signs.add(EXTRA)
        _note(message.parts, signs)
    for tool in conversation.tools:
        if getattr(tool, "extra", None) is not None:
            signs.add(EXTRA)
    return signs


def _note(parts: Iterable[Part], signs: set[Sign]) -> None:
    for part in parts:
        signs.add(type(part))
        if getattr(part, "extra", None) is not None:
            signs.add(EXTRA)
        if isinstance(part, ToolResult):
            _note(part.parts, signs)
