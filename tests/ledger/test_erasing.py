"""A name is taken out of JSON where it is a word, and JSON stays JSON; for tables see the gateway's."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.erasing import Subject, without

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def named(name: str) -> Subject:
    return Subject("user_1", name, "support", (), "erased-x")


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("ann", '["user ann is late","annual"]', '["user erased-x is late","annual"]'),
        ("1", '[1,"1",11]', '[1,"erased-x",11]'),
        ('a"b', r'["a\"b"]', '["erased-x"]'),
        ("ann", "", ""),
        ("ann", '["nobody"]', '["nobody"]'),
        ("ann", "[ann", ""),
        ("ann.owl", '{"who":"ann.owl","app":"annXowl"}', '{"who":"erased-x","app":"annXowl"}'),
    ],
)
def test_where_a_name_stands(name: str, before: str, after: str) -> None:
    assert without(before, named(name)) == after


@given(value=JSON, name=st.text(min_size=1, max_size=3))
def test_what_comes_out_is_json_and_the_same_a_second_time(value: object, name: str) -> None:
    once = without(msgspec.json.encode(value).decode(), named(name))
    msgspec.json.decode(once)
    assert type(msgspec.json.decode(once)) is type(value)
