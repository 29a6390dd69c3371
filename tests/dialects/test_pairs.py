"""Between any two formats, what is lost is what the vendor's format says it cannot say, and nothing else."""

from typing import Any, cast

import pytest
from hypothesis import given, settings

from config.kinds import Operation
from dialects.conversation import Conversation, Tool
from dialects.dialect import Asked, Destination, Dialect
from dialects.features import FEATURES, fit
from dialects.schemas_claude import for_claude, of_tool
from dialects.translating import Translated
from gateway.formats import SPOKEN
from tests.dialects.conversations import conversations
from tests.dialects.essence import said, wanted

# One prompt in, one text out: a conversation's turns are not told apart there.
FLAT = (Operation.COMPLETIONS, Operation.OLLAMA_GENERATE, Operation.GENERATE_CONTENT_ARRAY)
DIALECTS = {
    operation.value: cast(Dialect, spoken)
    for operation, spoken in SPOKEN.items()
    if not operation.embeds and not operation.counts and operation not in FLAT
}
PAIRS = [(caller, vendor) for caller in DIALECTS for vendor in DIALECTS if caller != vendor]
TO = Destination("some-model", unsupported="drop", output_limit=4096)


def spoken_by(dialect: Dialect, conversation: Conversation) -> bytes:
    """The conversation as a client of this format would send it, without what it cannot say."""
    return dialect.write_request(fit(conversation, dialect, TO)[0], TO)


@pytest.mark.parametrize(("caller", "vendor"), PAIRS, ids=[f"{a}-{b}" for a, b in PAIRS])
@settings(max_examples=15, deadline=None)
@given(conversations())
def test_what_is_lost_is_what_the_table_says(caller: str, vendor: str, conversation: Conversation) -> None:
    ours, theirs = DIALECTS[caller], DIALECTS[vendor]
    body = spoken_by(ours, conversation)
    asked = ours.read_request(body)
    expected, dropped = fit(asked, theirs, TO)
    sent = Translated(ours, theirs).request(body, Asked("some-model", stream=asked.stream), TO)
    told = theirs.read_request(sent.body)
    more = theirs.unsaid(expected, TO)
    assert sent.dropped == dropped + more
    kinds = {name for name in dropped if name.partition(".")[0] in theirs.cannot | {"extra"}}
    assert set(dropped) - kinds <= theirs.cannot | {"extra", "native", "tools.native", "thinking.foreign"}
    expected = without(more, expected)
    assert heard(vendor, told) == heard(vendor, expected)
    assert wanted(told) == as_wanted_by(vendor, expected, wanted(told))


def without(names: tuple[str, ...], conversation: Conversation) -> Conversation:
    """The conversation after what is named as unsaid is taken out."""
    for feature in FEATURES:
        if feature.name in names:
            conversation = feature.strip(conversation)
    return conversation


ROLES = ("system", "user", "assistant")
CLAUDES = ("messages", "converse")


def heard(vendor: str, conversation: Conversation) -> list[tuple[Any, ...]]:
    """What is said, apart from what a format cannot help."""
    pieces = said(conversation)
    if vendor in ("messages", "generate_content") and all(piece[0] == "system" for piece in pieces):
        return [("user", *piece[1:]) for piece in pieces]  # where nobody else speaks, the user does
    if vendor == "converse":
        # A full stop fills the place of a user who has to speak and says nothing.
        return [piece for piece in pieces if piece != ("user", "text", ".")]
    if vendor == "ollama_chat":
        # Its turns have their text and their images apart: what stood between two texts is not told.
        texts = {role: "".join(piece[2] for piece in pieces if piece[:2] == (role, "text")) for role in ROLES}
        return [*texts.items(), *sorted((piece for piece in pieces if piece[1] != "text"), key=repr)]
    return pieces


def as_wanted_by(vendor: str, asked: Conversation, told: dict[str, Any]) -> dict[str, Any]:
    """What is asked for, in the words that the vendor's format has for it."""
    wishes = wanted(asked)
    if wishes["limit"] is None:
        wishes["limit"] = told["limit"]  # Anthropic's API demands one
    if vendor in CLAUDES and wishes["format"] is not None and wishes["format"][1] is not None:
        # Its schemas are closed: https://docs.claude.com/en/docs/build-with-claude/structured-outputs
        wishes["format"] = ("schema", for_claude(wishes["format"][1]))
    if vendor in CLAUDES:
        wishes["tools"] = [
            (tool.name, tool.description, of_tool(tool.parameters or {}, strict=tool.strict))
            for tool in asked.tools
            if isinstance(tool, Tool)
        ]
    if vendor in CLAUDES and not wishes["tools"] and any(piece[1] == "call" for piece in said(asked)):
        wishes["tools"] = told["tools"]  # a history of calls demands the tools that were called
        wishes["choice"] = told["choice"] if vendor == "messages" else wishes["choice"]
    choice = asked.tool_choice
    if vendor in ("converse", "ollama_chat") and wishes["choice"] == ("none", ()) and not told["tools"]:
        wishes["tools"], wishes["choice"] = [], None  # without tools none is called
    if vendor in ("cohere_chat", "ollama_chat") and choice is not None and choice.names:
        # No name can be demanded: the others are not offered.
        wishes["tools"] = [tool for tool in wishes["tools"] if tool[0] in choice.names]
        wishes["choice"] = ("required", ()) if vendor == "cohere_chat" else told["choice"]
    return wishes
