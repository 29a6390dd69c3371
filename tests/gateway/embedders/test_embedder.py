"""A vector has length one, or is none."""

import numpy as np

from gateway.embedders.embedder import unit


def test_it_has_length_one() -> None:
    found = unit((3, 4))
    assert found is not None
    assert found.tolist() == [np.float32(0.6), np.float32(0.8)]


def test_what_has_no_direction_is_none() -> None:
    assert unit((0, 0)) is None
    assert unit((float("nan"), 1)) is None
    assert unit((float("inf"), 1)) is None
