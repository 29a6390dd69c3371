"""Calls of tools stay apart, however their fragments are numbered."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.answer import Delta, PartDelta, ToolDelta, ToolStarted
from dialects.conversation import ToolCall
from dialects.deltas import Finish, Finished, gather
from dialects.openai.chat_calls import Calls
from dialects.openai.chat_events import Call, Function


def hear(*fragments: Call, whole: bool = False) -> list[Delta]:
    calls, out = Calls(0), list[Delta]()
    number = 0
    for each in [list(fragments)] if whole else [[fragment] for fragment in fragments]:
        number = calls.hear(each, out, number, whole=whole)
    calls.finish(out, number)
    assert calls.any == bool(fragments)
    return out


def fragment(
    index: int | None, id: str | None = None, name: str | None = None, arguments: Any = None
) -> Call:
    return Call(index, id, Function(name, arguments))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20))
def test_fragments_may_alternate(order: list[int]) -> None:
    begun: dict[int, str] = {}
    fragments = []
    for step, index in enumerate(order):
        new = index not in begun
        begun[index] = begun.get(index, "") + f"{step},"
        fragments.append(fragment(index, f"id{index}" if new else None, "f" if new else None, f"{step},"))
    whole = gather([*hear(*fragments), Finished(Finish("tool_calls"))], "test")
    assert whole.choices[0].parts == tuple(
        ToolCall(f"id{index}", "f", arguments) for index, arguments in begun.items()
    )


def test_whole_calls_are_told_apart_by_their_place() -> None:
    said = hear(fragment(None, None, "f"), fragment(None, None, "f"), whole=True)
    assert said == [ToolStarted("call_0_0", "f", 0), ToolStarted("call_0_1", "f", 1)]


def test_fragments_by_id_alone() -> None:
    said = hear(fragment(None, "a", "f"), fragment(None, "b", "g"), fragment(None, "a", None, "{}"))
    assert said == [ToolStarted("a", "f"), ToolStarted("b", "g", 1), ToolDelta("{}")]


@pytest.mark.parametrize(
    ("fragments", "names"),
    [
        ([(0, None, "f", '{"a":1}'), (0, None, "g", "{}")], "fg"),
        ([(0, None, "f", '{"a"'), (0, None, None, ":1}"), (0, None, "f", "{}")], "ff"),
        ([(0, "a", "f", "{}"), (0, None, "g", "")], "fg"),
        ([(0, "a", "f", '{"a"'), (0, None, "f", ":1}"), (0, None, "f", "")], "f"),  # named in each fragment
    ],
)
def test_another_call_under_one_number_without_an_id_begins_behind_whole_arguments(
    fragments: list[tuple[int, str | None, str | None, str]], names: str
) -> None:
    said = hear(*(fragment(*each) for each in fragments))
    assert "".join(each.name for each in said if isinstance(each, ToolStarted)) == names


def test_arguments_before_any_call_are_of_a_call_without_a_name() -> None:
    assert hear(fragment(None, None, None, "{}")) == [ToolStarted("call_0_0", ""), ToolDelta("{}")]


@pytest.mark.parametrize(
    ("extra", "signature"),
    [
        ({"google": {"thought_signature": "s"}}, "s"),
        ({"google": {"thought_signature": 7}}, None),
        ({"google": 7}, None),
        (7, None),
    ],
)
def test_geminis_signature_is_found(extra: Any, signature: str | None) -> None:
    (begun,) = hear(Call(0, "a", Function("f"), extra_content=extra))
    assert begun == ToolStarted("a", "f", signature=signature)


def test_free_text_comes_whole_at_the_end() -> None:
    first = Call(0, "a", custom={"name": "c", "input": "x", "odd": 1})
    said = hear(first, Call(0, custom={"input": "y", "name": 7}), fragment(1, "b", "f"))
    assert said[0] == ToolStarted("b", "f")
    assert isinstance(said[1], PartDelta)
    assert said[1].value.value == {  # type: ignore[union-attr]
        "id": "a",
        "type": "custom",
        "custom": {"name": "c", "input": "xy"},
    }
