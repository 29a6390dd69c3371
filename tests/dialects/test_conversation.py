"""The typed form is made of values: nothing in it changes, all of it can be compared."""

import msgspec
import pytest
from hypothesis import given

from dialects.conversation import Conversation, Message, Text
from tests.dialects.conversations import conversations


def test_a_conversation_cannot_be_changed() -> None:
    asked = Conversation(dialect="test", model="m", messages=(Message("user", (Text("hi"),)),))
    with pytest.raises(AttributeError):
        asked.model = "n"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        asked.messages[0].role = "tool"  # type: ignore[misc]


@given(conversations())
def test_a_conversation_survives_being_stored(conversation: Conversation) -> None:
    stored = msgspec.msgpack.encode(conversation)
    assert msgspec.msgpack.decode(stored, type=Conversation) == conversation
