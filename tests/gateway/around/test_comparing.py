"""Two answers are equal, alike or different."""

import pytest

from dialects.answer import Answer, Choice, Finish
from dialects.conversation import Part, Text, ToolCall
from gateway.around.comparing import compare


def answer(*parts: Part) -> Answer:
    return Answer("openai", (Choice(parts, Finish("stop")),))


@pytest.mark.parametrize(
    ("one", "other", "equal", "alike"),
    [
        pytest.param(Text("Seven trains."), Text("Seven\n trains."), True, True, id="but for spaces"),
        pytest.param(
            Text("The train leaves at 7."), Text("At 7 the train leaves here."), False, True, id="other order"
        ),
        pytest.param(
            Text("The train leaves at 7."), Text("The train leaves at 8."), False, False, id="another number"
        ),
        pytest.param(Text("Yes."), Text("No."), False, False, id="another word"),
        pytest.param(
            ToolCall("1", "look", '{"a": 1}'),
            ToolCall("2", "look", '{"a":1}'),
            True,
            True,
            id="a call",
        ),
        pytest.param(ToolCall("1", "look"), Text("Look!"), False, False, id="a call and words"),
    ],
)
def test_a_table_of_pairs(one: Part, other: Part, equal: bool, alike: bool) -> None:
    found = compare(answer(one), answer(other))
    assert (found.equal, found.alike) == (equal, alike)
    assert compare(answer(other), answer(one)).agreement == found.agreement


def test_lengths_and_ends_are_told() -> None:
    found = compare(answer(Text("four")), Answer("openai", ()))
    assert (found.length, found.other_length, found.finish, found.other_finish) == (4, 0, "stop", "")
