"""Signatures come back to whoever signed, in a form that Gemini's SDKs keep."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.conversation import RedactedThinking, Thinking
from dialects.gemini import signatures

opaque = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(opaque, st.sampled_from(["anthropic", "openai", ""]))
def test_anothers_signature_travels_as_base64_and_comes_back(signature: str, origin: str) -> None:
    thought = Thinking("hm", signature, origin)
    written = signatures.written(thought)
    assert written is not None
    assert base64.b64encode(base64.b64decode(written, validate=True)).decode() == written
    assert signatures.read("hm", written) == thought
    # The SDKs write their bytes with the other alphabet.
    assert signatures.read("hm", written.replace("+", "-").replace("/", "_")) == thought


@given(opaque)
def test_redacted_thoughts_travel_the_same_way(data: str) -> None:
    thought = RedactedThinking(data, "anthropic")
    assert signatures.read("", signatures.written(thought)) == thought


def test_geminis_own_is_left_as_it_is() -> None:
    assert signatures.written(Thinking("", "c2ln", "gemini")) == "c2ln"
    assert signatures.read("hm", "c2ln") == Thinking("hm", "c2ln", "gemini")
    assert signatures.written(Thinking("hm", None, "anthropic")) is None


def test_the_placeholder_is_no_signature() -> None:
    assert base64.b64decode(signatures.PLACEHOLDER) == b"skip_thought_signature_validator"
    assert signatures.read("", signatures.PLACEHOLDER) == Thinking("", None, "gemini")


@pytest.mark.parametrize("broken", ["c2lnbmFsYm94Ojo6!", "c2lnbmFsYm94Ojo6", "c2lnbmFsYm94Ojo6/w=="])
def test_what_only_looks_wrapped_is_geminis(broken: str) -> None:
    assert signatures.read("", broken) == Thinking("", broken, "gemini")


@pytest.mark.parametrize(
    ("model", "demands"),
    [("gemini-2.5-pro", False), ("gemini-1.5-flash", False), ("gemini-3-pro", True), ("other", True)],
)
def test_models_before_the_third_demand_none(model: str, demands: bool) -> None:
    assert signatures.demands_signature(model) is demands
