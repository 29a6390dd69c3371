"""What is wrong with a wire format is said with its place, and cannot be changed afterwards."""

import pytest

from dialects.errors import Malformed, Unsupported, VendorError


def test_what_is_malformed_says_where() -> None:
    error = Malformed("no", param="n", code="c")
    assert (str(error), error.message, error.param, error.code) == ("no", "no", "n", "c")


def test_what_is_unsupported_names_every_wish_and_the_way_out() -> None:
    error = Unsupported("gemini", ["logit_bias", "seed"])
    assert "gemini" in error.message and "logit_bias, seed" in error.message
    assert "unsupported: drop" in error.message
    assert (error.param, error.code) == ("logit_bias", "unsupported_parameter")


def test_a_vendors_words_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        VendorError("m").message = "x"  # type: ignore[misc]
