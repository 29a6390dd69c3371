"""A usage survives being written down, also by an older version."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.usage import Usage

FIELDS = ("input", "output", "cached_read", "cache_write", "reasoning", "input_audio", "output_audio")
LATER = ("cache_write_1h", "input_image", "output_image", "cached_audio")


def test_classes_of_later_versions_are_at_the_end() -> None:
    assert Usage.__struct_fields__ == (*FIELDS, *LATER)


@given(st.fixed_dictionaries({name: st.integers(0, 2**53) for name in (*FIELDS, *LATER)}))
def test_what_was_written_is_read_again(counts: dict[str, int]) -> None:
    usage = Usage(**counts)
    assert msgspec.json.decode(msgspec.json.encode(usage), type=Usage) == usage


@pytest.mark.parametrize(
    ("written", "usage"),
    [
        pytest.param(b"[]", Usage(), id="nothing used"),
        pytest.param(b"[7,2]", Usage(input=7, output=2), id="fewer classes"),
        pytest.param(b"[7,2,0,0,0,0,0,0,0,0,0,9]", Usage(input=7, output=2), id="a class of a later version"),
    ],
)
def test_another_versions_usage_is_read(written: bytes, usage: Usage) -> None:
    assert msgspec.json.decode(written, type=Usage) == usage


def test_a_usage_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Usage().input = 1  # type: ignore[misc]
