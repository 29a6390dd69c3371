"""Signatures travel in ids and come back as they were."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.carrying import pack, unpack
from tests.dialects.conversations import ids

signatures = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(ids, signatures)
def test_what_is_packed_is_unpacked(id: str, signature: str) -> None:
    assert unpack(pack(id, signature)) == (id, signature)


@given(ids, signatures)
def test_a_packed_id_has_only_the_letters_that_every_format_takes(id: str, signature: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]+", pack(id, signature))


@given(ids)
def test_an_id_without_a_signature_is_itself(id: str) -> None:
    assert pack(id, None) == id
    assert unpack(id) == (id, None)


@pytest.mark.parametrize("id", ["", "call__sb__*", "call__sb__a", "call__sb___w", "call__sb"])
def test_an_id_that_only_looks_packed_comes_back_whole(id: str) -> None:
    assert unpack(id) == (id, None)
