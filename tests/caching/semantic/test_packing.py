"""A text comes back from a store as it was put there, but for the last digits of its vector."""

import msgspec
import numpy as np
import pytest

from caching.kept import Asked
from caching.semantic.packing import packed, unpacked
from caching.semantic.shelves import Array, Entry
from caching.semantic.traits import traits
from caching.semantic.wording import bare
from tests.caching.test_kept import KEPT

SCOPE, TEXT = b"s" * 32, "Where is the library?"


def vector(seed: int, width: int) -> Array:
    found = np.random.default_rng(seed).standard_normal(width).astype(np.float32)
    return found / np.linalg.norm(found)


@pytest.mark.parametrize("width", [8, 384, 3072])
def test_a_text_and_its_vector_come_back(width: int) -> None:
    direction, other = vector(1, width), vector(2, width)
    kept = msgspec.structs.replace(KEPT, asked=packed(SCOPE, Entry(b"1", TEXT, traits(TEXT)), direction))
    sent = msgspec.msgpack.decode(msgspec.msgpack.encode(kept), type=type(KEPT))
    ((scope, entry, back),) = unpacked([b"1"], [sent])
    assert (scope, entry) == (SCOPE, Entry(b"1", TEXT, traits(TEXT), hash(bare(TEXT))))
    assert float(np.linalg.norm(back)) == pytest.approx(1.0, abs=1e-6)
    assert float(back @ other) == pytest.approx(float(direction @ other), abs=0.0005)


@pytest.mark.parametrize(
    "asked",
    [
        None,
        Asked(SCOPE, TEXT, b"odd"),
        Asked(SCOPE, TEXT, b""),
        Asked(SCOPE, TEXT, bytes(16)),
        Asked(SCOPE, TEXT, b"\xff\x7f" * 8),
    ],
    ids=["no text", "half a number", "no vector", "no direction", "no numbers"],
)
def test_what_is_not_as_it_should_be_is_passed_over(asked: Asked | None) -> None:
    assert unpacked([b"1", b"2"], [msgspec.structs.replace(KEPT, asked=asked), None]) == []
