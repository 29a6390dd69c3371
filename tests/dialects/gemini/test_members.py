"""Both spellings of a member are one, and its value is of the type it must be."""

import json
from typing import Any

import pytest

from dialects.errors import Malformed
from dialects.gemini import members
from dialects.gemini.members import camel, cameled


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("max_output_tokens", "maxOutputTokens"),
        ("maxOutputTokens", "maxOutputTokens"),
        ("top_p", "topP"),
        ("_hidden", "_hidden"),
        ("odd__name", "odd__name"),
        ("end_", "end_"),
        ("", ""),
    ],
)
def test_names_are_read_in_camel_case(name: str, written: str) -> None:
    assert camel(name) == written


def test_only_the_names_of_the_members_change() -> None:
    args = {"inner_name": 1}
    assert cameled({"function_call": args, "id": 2}) == {"functionCall": args, "id": 2}
    assert cameled({"functionCall": args}) == {"functionCall": args}


@pytest.mark.parametrize(
    ("read", "value", "place"),
    [
        (members.text_in, 7, "p.x"),
        (members.texts_in, 7, "p.x"),
        (members.texts_in, ["a", None], "p.x.1"),
        (members.flag_in, "true", "p.x"),
        (members.number_in, True, "p.x"),
        (members.number_in, "1", "p.x"),
        (members.count_in, 1.5, "p.x"),
        (members.count_in, "1e3", "p.x"),
        (members.count_in, False, "p.x"),
    ],
)
def test_a_wrong_type_is_refused_with_its_place(read: Any, value: Any, place: str) -> None:
    with pytest.raises(Malformed, match=f"^Invalid value at '{place}': expected ") as refused:
        read({"x": value}, "x", "p")
    assert refused.value.param == place
    assert not read({}, "x", "p")


@pytest.mark.parametrize(
    ("written", "count"), [(3, 3), (3.0, 3), ("3", 3), ("-3", -3), ("٣", None), (1e300, None)]
)
def test_counts_come_in_several_kinds(written: Any, count: int | None) -> None:
    assert members.whole_number(written) == count


def test_one_object_is_a_list_of_one() -> None:
    assert members.objects_in({"a_b": 1}, "p") == members.objects_in([{"aB": 1}], "p") == [{"aB": 1}]
    assert members.objects_in(None, "p") == []
    for broken in ("x", [1], [None]):
        with pytest.raises(Malformed):
            members.objects_in(broken, "p")
    with pytest.raises(Malformed):
        members.object_in([], "p")


@pytest.mark.parametrize("value", ["\ud83d", 2**70], ids=["half a surrogate pair", "more than 64 bits"])
def test_what_few_writers_take_is_written_as_it_came(value: Any) -> None:
    assert json.loads(members.encoded({"a": value})) == {"a": value}


def test_what_nobody_knows_is_the_rest() -> None:
    assert members.rest_of({"a": 1, "b": 2}, frozenset("a")) == {"b": 2}
    assert members.rest_of({"a": 1}, frozenset("a")) is None
