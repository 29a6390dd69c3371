"""Signatures inside ids come back as they were, and no other id is taken for one that carries."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.carrying import pack, unpack

IDS = st.from_regex(r"[A-Za-z0-9_-]{0,20}", fullmatch=True)


@given(IDS, st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_what_is_packed_is_unpacked(id: str, signature: str) -> None:
    packed = pack(id, signature)
    assert unpack(packed) == (id, signature)
    assert re.fullmatch(r"[A-Za-z0-9_-]*", packed)


@pytest.mark.parametrize("id", ["", "call_1", "a__sb__!", "a__sb__A", "a__sb___w", "toolu__sb"])
def test_another_id_carries_nothing(id: str) -> None:
    assert unpack(id) == (id, None)
