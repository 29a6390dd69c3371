"""What a look at a conversation finds."""

import pytest

from dialects.conversation import (
    Conversation,
    Extra,
    Image,
    Message,
    Refusal,
    Text,
    Tool,
    ToolResult,
    Url,
)
from dialects.signs import DEVELOPER, EXTRA, NAMED, Sign, signs_in

PLAIN = Message("user", (Text("hello"),))
ODD: Extra = {"odd": 1}


def talk(*messages: Message, tools: tuple[Tool, ...] = (), extra: Extra | None = None) -> Conversation:
    return Conversation(dialect="a", model="m", messages=messages, tools=tools, extra=extra)


@pytest.mark.parametrize(
    ("conversation", "signs"),
    [
        pytest.param(talk(), set(), id="nothing is said"),
        pytest.param(talk(PLAIN), {Text}, id="a text"),
        pytest.param(talk(PLAIN, Message("assistant", (Refusal("no"),))), {Text, Refusal}, id="two turns"),
        pytest.param(talk(Message("user", (), name="ann")), {NAMED}, id="a participant with a name"),
        pytest.param(talk(Message("user", (), name="")), set(), id="an empty name is none"),
        pytest.param(talk(Message("developer", ())), {DEVELOPER}, id="a developer"),
        pytest.param(talk(extra=ODD), {EXTRA}, id="an unknown member of the request"),
        pytest.param(talk(Message("user", (), extra=ODD)), {EXTRA}, id="an unknown member of a message"),
        pytest.param(talk(Message("user", (Text("", extra=ODD),))), {Text, EXTRA}, id="of a part"),
        pytest.param(talk(tools=(Tool("t"),)), set(), id="a tool"),
        pytest.param(talk(tools=(Tool("t"), Tool("u", extra=ODD))), {EXTRA}, id="of a tool"),
        pytest.param(
            talk(Message("tool", (ToolResult("1", (Image(Url("u"), extra=ODD),)),))),
            {ToolResult, Image, EXTRA},
            id="inside the result of a tool",
        ),
    ],
)
def test_each_sign_is_seen_wherever_it_is(conversation: Conversation, signs: set[Sign]) -> None:
    assert signs_in(conversation) == signs
