"""Requests with a single setting on tools, format, thinking or tokens removed."""

from collections.abc import Callable

import msgspec

from dialects.conversation import Conversation

replace = msgspec.structs.replace


def no_choice(mode: str) -> Callable[[Conversation], Conversation]:
    def strip(conversation: Conversation) -> Conversation:
        choice = conversation.tool_choice
        return replace(conversation, tool_choice=None) if choice and choice.mode == mode else conversation

    return strip


def one_name(conversation: Conversation) -> Conversation:
    choice = conversation.tool_choice
    if choice is None or len(choice.names) < 2:
        return conversation
    return replace(conversation, tool_choice=replace(choice, names=()))


def no_parallel_wish(conversation: Conversation) -> Conversation:
    # Every format allows parallel tool calls by default: only a request not to make them can be lost.
    return (
        replace(conversation, parallel_tools=None) if conversation.parallel_tools is False else conversation
    )


def no_names_of_tools(conversation: Conversation) -> Conversation:
    choice = conversation.tool_choice
    return (
        replace(conversation, tool_choice=replace(choice, names=()))
        if choice and choice.names
        else conversation
    )


def no_schema(conversation: Conversation) -> Conversation:
    form = conversation.format
    return replace(conversation, format=None) if form is not None and form.kind == "schema" else conversation


def no_json(conversation: Conversation) -> Conversation:
    form = conversation.format
    return replace(conversation, format=None) if form is not None and form.kind == "json" else conversation


def one_choice(conversation: Conversation) -> Conversation:
    return replace(conversation, sampling=replace(conversation.sampling, choices=1))


def no_denial(conversation: Conversation) -> Conversation:
    """Removes a request not to think, which a model that cannot think satisfies anyway."""
    wish = conversation.reasoning
    if wish is None or (wish.effort != "none" and wish.budget != 0):
        return conversation
    return replace(conversation, reasoning=None)
