"""What others wrote is read to one depth, however deep the reader itself stands."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentloop.foreign import MAX_DEPTH, Unreadable, check_depth, read

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
)


@given(VALUES)
def test_any_usual_value_is_read(value):
    assert read(json.dumps(value)) == value
    assert read(json.dumps(value).encode()) == value


@pytest.mark.parametrize("before", ["", '"[[[[{{{{", '], ids=["bare", "beside brackets in a text"])
@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"a":', "}")])
def test_the_depth_is_bounded(opens, closes, before):
    def nested(depth):
        return f"[{before}{opens * (depth - 1)}1{closes * (depth - 1)}]"

    read(nested(MAX_DEPTH))
    for depth in (MAX_DEPTH + 1, 500, 960, 990, 1_000, 30_000):
        for text in (nested(depth), nested(depth).encode()):
            with pytest.raises(Unreadable):
                read(text)


def test_many_beside_one_another_are_not_deep():
    text = json.dumps([[{"a": [each]}] for each in range(5_000)])
    check_depth(text, read(text))


@pytest.mark.parametrize("text", ["", "x", "[1", "{'a':1}", "NaN", "[" * 30_000, '"\ud800"', b"\xff"])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(Unreadable):
        read(text)
