"""Members are taken with their types checked, and what nobody took is left."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.errors import Malformed
from dialects.members import Members, checked, read_answer_object, read_members, string
from tests.dialects.conversations import objects


@given(objects, st.sets(st.sampled_from(["city", "days", "text"])))
def test_what_was_not_taken_is_the_rest(value: dict[str, Any], taken: set[str]) -> None:
    members = Members(value)
    for name in taken:
        assert members.pop(name) == value.get(name)
    assert (members.rest() or {}) == {name: each for name, each in value.items() if name not in taken}


def test_the_object_that_was_read_is_not_changed() -> None:
    value = {"a": 1}
    Members(value).take("a", int)
    assert value == {"a": 1}


@pytest.mark.parametrize(
    ("value", "kind", "taken"),
    [
        ("x", str, "x"),
        (1, int, 1),
        (2.0, int, 2),
        (1, float, 1),
        (0.5, float, 0.5),
        (None, str, None),
        (False, bool, False),
    ],
    ids=repr,
)
def test_a_member_of_its_type_is_taken(value: Any, kind: type, taken: Any) -> None:
    assert Members({"a": value}).take("a", kind) == taken


@pytest.mark.parametrize(
    ("value", "kind", "found"),
    [
        (1, str, "`str`, got `int`"),
        (1.5, int, "`int`, got `float`"),
        (True, int, "`int`, got `bool`"),
        (True, float, "`float`, got `bool`"),
        (1, bool, "`bool`, got `int`"),
        ({}, list, "`array`, got `object`"),
    ],
    ids=repr,
)
def test_a_member_of_another_type_is_refused_with_its_place(value: Any, kind: type, found: str) -> None:
    with pytest.raises(Malformed) as refused:
        Members({"a": value}, "messages.3").take("a", kind)
    assert refused.value.param == "messages.3.a"
    assert refused.value.message == f"Invalid request body at 'messages.3.a': Expected {found}."


def test_what_must_be_there_is_missed() -> None:
    with pytest.raises(Malformed, match="missing required field `model`") as refused:
        Members({"model": None}).need("model", str)
    assert refused.value.param == "model"


def test_either_type_will_do_and_no_other() -> None:
    assert Members({"a": "x"}).either("a", str, list) == "x"
    with pytest.raises(Malformed, match=r"Expected `str \| array`, got `int`"):
        Members({"a": 1}).either("a", str, list)


def test_each_value_of_a_list_has_its_place() -> None:
    with pytest.raises(Malformed) as refused:
        Members({"stop": ["a", 7]}).each("stop", string)
    assert refused.value.param == "stop.1"


def test_what_is_kept_is_in_the_rest() -> None:
    members = Members({"a": 1})
    members.keep("a", members.get("a"))
    assert members.rest() == {"a": 1}


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"{", b"\xff", b"null"])
def test_a_body_that_is_no_object_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed, match="request body"):
        read_members(body)
    with pytest.raises(Malformed, match=r"^the answer is not a JSON object$"):
        read_answer_object(body)


def test_an_answer_cut_inside_an_emoji_is_read() -> None:
    assert read_answer_object(b'{"a":"\\ud83d","b":1}')["b"] == 1


def test_null_is_named_where_a_value_is_wanted() -> None:
    with pytest.raises(Malformed, match="got `null`"):
        checked(None, dict, "tools.0")
