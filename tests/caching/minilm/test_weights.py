"""Weights are read as they were written, and what is no such file is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caching.minilm.weights import read_weights
from tests.caching.minilm.bert import safetensors


def test_each_kind_of_number_comes_back() -> None:
    told = {
        "a": np.array([[1.5, -2], [0, 3]], dtype=np.float32),
        "b": np.array([0.25, 8], dtype=np.float16),
        "c": np.array([7], dtype=np.int64),
    }
    found = read_weights(safetensors(told))
    assert {name: values.tolist() for name, values in found.items()} == {
        name: values.tolist() for name, values in told.items()
    }
    assert found["b"].dtype == np.float32


@given(st.binary(max_size=200))
def test_anything_else_is_refused_in_words(data: bytes) -> None:
    try:
        read_weights(data)
    except ValueError as error:
        assert "safetensors" in str(error)


@pytest.mark.parametrize("cut", [3, 20, 400])
def test_a_file_that_was_cut_off_is_refused(cut: int) -> None:
    data = safetensors({"a": np.zeros((20, 20), dtype=np.float32)})
    with pytest.raises(ValueError, match="safetensors"):
        read_weights(data[:cut])
