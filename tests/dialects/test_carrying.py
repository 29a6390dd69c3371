"""What an id carries comes out as it went in; ids that carry nothing are left alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.carrying import MARKER, pack, unpack

ids = st.from_regex(r"[A-Za-z0-9_-]{0,40}", fullmatch=True) | st.just(f"call{MARKER}x")
signatures = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(ids, signatures)
def test_what_is_packed_is_unpacked_even_from_ids_that_were_packed_before(id: str, signature: str) -> None:
    assert unpack(pack(id, signature)) == (id, signature)


@given(ids, signatures)
def test_a_packed_id_has_only_characters_that_every_vendor_takes(id: str, signature: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]+", pack(id, signature))


@given(st.text(max_size=40).filter(lambda id: MARKER not in id))
def test_an_id_of_somebody_else_carries_nothing(id: str) -> None:
    assert unpack(id) == (id, None)


@pytest.mark.parametrize("carried", ["A", "é", "_w", "AB", "QQ==", "Q Q"])
def test_an_id_that_only_looks_like_ours_is_left_alone(carried: str) -> None:
    # Half a byte, no base64, no UTF-8, bits too many, padding, white space.
    id = f"call{MARKER}{carried}"
    assert unpack(id) == (id, None)


def test_the_form_is_known_to_others() -> None:
    assert pack("call_1", "sig") == "call_1__sb__c2ln"
