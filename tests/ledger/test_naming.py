"""Names, patterns and tags: what is refused says so, what is stored comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.entities import InvalidChange
from ledger.naming import (
    check_models,
    check_name,
    check_tags,
    dump_models,
    dump_tags,
    load_models,
    load_tags,
)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("", id="empty"),
        pytest.param(" a", id="space before"),
        pytest.param("a ", id="space after"),
        pytest.param("a\nb", id="line end"),
        pytest.param("a\x1b[31m", id="terminal colours"),
        pytest.param("a" * 201, id="too long"),
    ],
)
def test_a_bad_name_is_refused_with_what_was_found(name) -> None:
    with pytest.raises(InvalidChange, match="allowed are 1 to 200") as refusal:
        check_name(name)
    assert refusal.value.param == "name"


@pytest.mark.parametrize("pattern", ["a*b", "**", "", " gpt"])
def test_a_bad_pattern_is_refused(pattern) -> None:
    with pytest.raises(InvalidChange):
        check_models((pattern,))


def test_too_many_patterns_and_tags_are_refused() -> None:
    with pytest.raises(InvalidChange, match="at most 500"):
        check_models(tuple(map(str, range(501))))
    with pytest.raises(InvalidChange, match="at most 50"):
        check_tags((str(n), "") for n in range(51))
    with pytest.raises(InvalidChange, match="has the value"):
        check_tags([("a", "b\n")])


def test_patterns_keep_their_order_once() -> None:
    assert check_models(("b", "a", "b")) == ("b", "a")
    assert check_models(None) is None


@given(st.one_of(st.none(), st.lists(st.text()).map(tuple)))
def test_patterns_come_back_from_their_column(models) -> None:
    assert load_models(dump_models(models)) == models


@given(st.dictionaries(st.text(), st.text()))
def test_tags_come_back_sorted_from_their_column(tags) -> None:
    assert load_tags(dump_tags(tags)) == tuple(sorted(tags.items()))


def test_equal_tags_have_one_spelling() -> None:
    assert dump_tags((("b", "2"), ("a", "1"))) == '{"a":"1","b":"2"}'
    assert dump_tags(()) is None
