"""An array is cut into its objects, wherever the network cut it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.errors import Malformed
from dialects.gemini.framing import JsonArray
from tests.dialects.drawn_schemas import json_values

chunks = st.lists(st.dictionaries(st.sampled_from(["a", "[", '"}']), json_values, max_size=3), max_size=4)


def split(*pieces: bytes) -> tuple[list[bytes], bytes]:
    events, rest = [], b""
    for piece in pieces:
        more, rest = JsonArray().split(rest + piece, len(rest))
        events += more
    return events, rest


@given(chunks, st.sampled_from([None, 1]), st.lists(st.integers(0, 400), max_size=5))
def test_events_do_not_depend_on_where_the_network_cuts(
    values: list[Any], indent: int | None, cuts: list[int]
) -> None:
    wire = json.dumps(values, indent=indent).encode()
    edges = sorted({0, len(wire), *(cut % (len(wire) + 1) for cut in cuts)})
    events, rest = split(*(wire[a:b] for a, b in zip(edges, edges[1:], strict=False)))
    assert [json.loads(event.strip(b"[, \n")) for event in events] == values
    assert b"".join(events) + rest == wire


@pytest.mark.parametrize("wire", [b"}", b'["a"]{}', b"[{}}]{}"])
def test_what_is_no_array_of_objects_is_malformed(wire: bytes) -> None:
    with pytest.raises(Malformed):
        split(wire + b"}")


def test_brackets_and_quotes_in_texts_end_nothing() -> None:
    whole = b'[{"a":"}]\\"{"}'
    assert split(*(whole[at : at + 1] for at in range(len(whole)))) == ([whole], b"")
