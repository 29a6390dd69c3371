"""Gemini's counts in OpenAI's convention, however few of them there are."""

from typing import Any

import msgspec
import pytest
from google.genai import types
from hypothesis import given
from hypothesis import strategies as st

from dialects.gemini.usage import UsageWire, loose_usage, read_usage, tier_of, write_usage
from dialects.openai.usage import MOST_TOKENS
from dialects.usage import Usage
from tests.dialects.conversations import usages


@pytest.mark.parametrize(
    ("wire", "usage"),
    [
        (
            {
                "promptTokenCount": 5,
                "candidatesTokenCount": 2,
                "thoughtsTokenCount": 10,
                "totalTokenCount": 17,
            },
            Usage(5, 12, reasoning=10),
        ),
        ({"promptTokenCount": 5, "totalTokenCount": 5}, Usage(5)),
        ({"promptTokenCount": 5, "totalTokenCount": 9}, Usage(5, 4)),
        ({"promptTokenCount": 5, "thoughtsTokenCount": 3, "totalTokenCount": 8}, Usage(5, 3, reasoning=3)),
        ({"candidatesTokenCount": 2, "totalTokenCount": 9}, Usage(7, 2)),
        (
            {
                "promptTokenCount": 5,
                "toolUsePromptTokenCount": 7,
                "cachedContentTokenCount": 4,
                "totalTokenCount": 12,
            },
            Usage(12, 0, cached_read=4),
        ),
        ({"promptTokenCount": 5, "cachedContentTokenCount": 9}, Usage(5, cached_read=5)),
        ({"promptTokenCount": -5, "candidatesTokenCount": "2"}, Usage(0, 2)),
        ({"promptTokenCount": 10**40, "candidatesTokenCount": 1.5}, Usage(MOST_TOKENS)),
        (
            {
                "promptTokenCount": 5,
                "promptTokensDetails": [
                    {"modality": "TEXT", "tokenCount": 2},
                    {"modality": "AUDIO", "tokenCount": 3},
                ],
                "candidatesTokenCount": 4,
                "candidatesTokensDetails": [{"modality": "AUDIO", "tokenCount": 9}, 7],
            },
            Usage(5, 4, input_audio=3, output_audio=4),
        ),
        (
            {
                "promptTokenCount": 50,
                "cachedContentTokenCount": 30,
                "promptTokensDetails": [{"modality": "AUDIO", "tokenCount": 40}],
                "cacheTokensDetails": [
                    {"modality": "AUDIO", "tokenCount": 20},
                    {"modality": "TEXT", "tokenCount": 10},
                ],
            },
            Usage(50, 0, cached_read=30, input_audio=40, cached_audio=20),
        ),
        ({"promptTokenCount": 5, "cacheTokensDetails": [{"modality": "AUDIO", "tokenCount": 2}]}, Usage(5)),
        ({}, None),
        ({"trafficType": "ON_DEMAND", "promptTokenCount": 0}, None),
    ],
    ids=repr,
)
def test_counts_are_read(wire: dict[str, Any], usage: Usage | None) -> None:
    loose = loose_usage(wire)
    assert loose is not None
    assert read_usage(loose) == usage


@given(usages)
def test_what_is_written_is_read_again_but_for_cache_writes(usage: Usage) -> None:
    wire = write_usage(usage)
    types.GenerateContentResponseUsageMetadata.model_validate(wire)
    again = read_usage(msgspec.convert(wire, UsageWire))
    assert again == msgspec.structs.replace(usage, cache_write=0)


def test_sound_is_written_beside_text() -> None:
    usage = Usage(10, 6, input_audio=4, output_audio=5)
    assert read_usage(msgspec.convert(write_usage(usage), UsageWire)) == usage


numbers = st.none() | st.integers(-10, 10**20) | st.floats() | st.text(max_size=3) | st.booleans()


@given(st.dictionaries(st.sampled_from(UsageWire.__struct_fields__), numbers | st.lists(numbers)))
def test_odd_counts_are_brought_to_sane_ones(wire: dict[str, Any]) -> None:
    loose = loose_usage(wire)
    assert loose is not None
    usage = read_usage(loose)
    if usage is None:
        return
    assert usage.input or usage.output
    assert 0 <= usage.cached_read <= usage.input <= MOST_TOKENS
    assert 0 <= usage.reasoning <= usage.output <= MOST_TOKENS


@pytest.mark.parametrize("found", [None, [], 7, "x"])
def test_what_is_no_usage_is_none(found: Any) -> None:
    assert loose_usage(found) is None


@pytest.mark.parametrize(
    ("told", "tier"),
    [
        ("ON_DEMAND_PRIORITY", "priority"),
        ("ON_DEMAND_FLEX", "flex"),
        ("ON_DEMAND", None),
        (7, None),
        (None, None),
    ],
)
def test_vertex_tells_the_tier_with_its_counts(told: Any, tier: str | None) -> None:
    assert tier_of(loose_usage({"trafficType": told})) == tier
    assert tier_of(None) is None
