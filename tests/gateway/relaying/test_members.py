"""A few members are found in any object, in any cuts, and the rest of it is never held."""

import json
import sys
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.relaying.members import Members

leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.sampled_from(["usage", "meta", "data", 'x"y', "\\", "é"]), trees, max_size=5)


def fed(text: bytes, cuts: list[int]) -> Members:
    members = Members({"usage", "meta"})
    start = 0
    for end in [*sorted(cut % (len(text) + 1) for cut in cuts), len(text)]:
        members.feed(text[start:end])
        start = end
    return members


@given(tree=objects, ascii_only=st.booleans(), cuts=st.lists(st.integers(0, 500), max_size=20))
def test_wanted_members_are_those_that_a_parser_finds(
    tree: dict[str, Any], ascii_only: bool, cuts: list[int]
) -> None:
    members = fed(json.dumps(tree, ensure_ascii=ascii_only, indent=1).encode(), cuts)
    found = {name: json.loads(text) for name, text in members.found.items()}
    assert found == {name: tree[name] for name in ("usage", "meta") if name in tree}


@given(count=st.integers(0, 5), cuts=st.lists(st.integers(0, 500), max_size=20))
def test_objects_of_a_list_are_counted(count: int, cuts: list[int]) -> None:
    body = {"data": [{"b64_json": "ab", "more": {"deep": [{}]}}] * count, "usage": 1}
    assert fed(json.dumps(body).encode(), cuts).counts.get("data", 0) == count


@given(st.binary(max_size=200))
def test_what_is_no_json_breaks_nothing(data: bytes) -> None:
    members = Members({"usage"})
    members.feed(data)
    assert set(members.found) <= {"usage"}


def test_a_value_without_end_is_let_go() -> None:
    members = Members({"usage"})
    members.feed(b'{"usage": "')
    for _ in range(100):
        members.feed(b"x" * 10_000)
    members.feed(b'", "meta": 1}')
    assert members.found == {}
    assert sys.getsizeof(members._value) < 100
