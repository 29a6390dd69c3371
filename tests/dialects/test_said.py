"""How much an answer says is counted over all that a model writes."""

from dialects.answer import Answer, Choice, Finish
from dialects.conversation import Image, Refusal, Text, Thinking, ToolCall, Url
from dialects.said import length_of


def test_text_thoughts_refusals_and_arguments_count() -> None:
    parts = (Thinking("ab"), Text("cdé"), Refusal("f"), ToolCall("c", "name", "{}"), Image(Url("u")))
    choice = Choice(parts, Finish("stop"))
    assert length_of(Answer("d", (choice, choice))) == 2 * (2 + 3 + 1 + 2)
