"""Anthropic's counts, in the convention of all."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.anthropic.usage import merged, other_usage, read_usage, tier_of, write_usage
from dialects.openai.usage import MOST_TOKENS
from dialects.usage import Usage
from tests.dialects.conversations import usages

counts = st.sampled_from(
    [None, 0, 7, 300, -4, 10**12, 10**30, 1.5, float("nan"), float("inf"), "7", True, [], {"a": 1}]
)


@pytest.mark.parametrize(
    ("found", "usage"),
    [
        pytest.param({"input_tokens": 9, "output_tokens": 3}, Usage(9, 3), id="plain"),
        pytest.param(
            {
                "input_tokens": 9,
                "cache_read_input_tokens": 5,
                "cache_creation_input_tokens": 2,
                "output_tokens": 3,
            },
            Usage(16, 3, cached_read=5, cache_write=2),
            id="the input holds what was cached",
        ),
        pytest.param(
            {
                "input_tokens": 1,
                "output_tokens": 1,
                "cache_creation": {"ephemeral_5m_input_tokens": 2, "ephemeral_1h_input_tokens": 4},
            },
            Usage(7, 1, cache_write=6, cache_write_1h=4),
            id="writes told by their time alone",
        ),
        pytest.param(
            {"output_tokens": 9, "output_tokens_details": {"thinking_tokens": 4}},
            Usage(0, 9, reasoning=4),
            id="thinking is part of the output",
        ),
        pytest.param(
            {
                **{"input_tokens": 23, "output_tokens": 10, "cache_creation_input_tokens": 4},
                "cache_creation": {"ephemeral_5m_input_tokens": 4},
                "iterations": [
                    {
                        **{"type": "compaction", "input_tokens": 180, "output_tokens": 35},
                        **{"cache_read_input_tokens": 6, "cache_creation_input_tokens": 5},
                        "cache_creation": {"ephemeral_1h_input_tokens": 5},
                    },
                    {"type": "message", "input_tokens": 23, "output_tokens": 10},
                    {"type": "compaction", "input_tokens": "x"},
                    7,
                ],
            },
            Usage(218, 45, cached_read=6, cache_write=9, cache_write_1h=5),
            id="what made the context shorter is billed beside the rest",
        ),
        pytest.param(
            {"input_tokens": 9, "output_tokens": 3, "iterations": "odd"}, Usage(9, 3), id="odd iterations"
        ),
        pytest.param({"input_tokens": -4, "output_tokens": "7"}, Usage(0, 7), id="odd counts"),
        pytest.param({"input_tokens": 10**30, "output_tokens": 1}, Usage(MOST_TOKENS, 1), id="absurd"),
        pytest.param({}, None, id="empty"),
        pytest.param({"input_tokens": 0, "output_tokens": 0, "cache_creation": {}}, None, id="zeros"),
        pytest.param(None, None, id="none"),
        pytest.param([1], None, id="no object"),
    ],
)
def test_a_usage_object_is_read(found: Any, usage: Usage | None) -> None:
    assert read_usage(found) == usage


@given(usages)
def test_what_is_written_is_read_again(usage: Usage) -> None:
    assert read_usage(write_usage(usage)) == usage


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "input_tokens": counts,
            "output_tokens": counts,
            "cache_read_input_tokens": counts,
            "cache_creation_input_tokens": counts,
            "cache_creation": counts
            | st.fixed_dictionaries({"ephemeral_5m_input_tokens": counts, "x": counts}),
            "output_tokens_details": counts | st.fixed_dictionaries({"thinking_tokens": counts}),
        },
    )
)
def test_no_part_exceeds_its_whole_whatever_a_vendor_claims(found: dict[str, Any]) -> None:
    usage = read_usage(found)
    if usage is None:
        return
    assert usage.input or usage.output
    assert 0 <= usage.cached_read + usage.cache_write <= usage.input <= MOST_TOKENS
    assert 0 <= usage.reasoning <= usage.output <= MOST_TOKENS


def test_of_each_count_the_last_that_was_told_stands() -> None:
    started = {"input_tokens": 9, "output_tokens": 1, "cache_read_input_tokens": 5}
    ended = {"output_tokens": 7, "input_tokens": None}
    assert merged(started, ended) == {"input_tokens": 9, "output_tokens": 7, "cache_read_input_tokens": 5}
    assert merged(None, "odd") is None


def test_a_count_that_was_told_does_not_become_zero() -> None:
    started = {"input_tokens": 9, "output_tokens": 0, "cache_read_input_tokens": 5}
    assert merged(started, {"input_tokens": 0, "cache_read_input_tokens": 0}) == started


def test_what_else_is_told_is_kept() -> None:
    assert other_usage({"input_tokens": 1, "service_tier": "standard"}) == {"service_tier": "standard"}
    assert other_usage({"input_tokens": 1}) is None
    assert other_usage(None) is None


def test_clients_find_zeros_where_nothing_is_known() -> None:
    assert write_usage(None)["input_tokens"] == write_usage(None)["output_tokens"] == 0


@pytest.mark.parametrize(
    ("usage", "tier"),
    [
        ({"service_tier": "priority"}, "priority"),
        ({"service_tier": "standard", "speed": "fast"}, "fast"),
        ({"service_tier": "standard", "speed": "standard"}, "standard"),
        ({"service_tier": 7}, None),
        ({"service_tier": "standard", "inference_geo": "global"}, "standard"),
        ({"service_tier": "standard", "inference_geo": "not_available"}, "standard"),
        ({"service_tier": "standard", "inference_geo": None}, "standard"),
        ({"service_tier": "standard", "inference_geo": "us"}, "standard us"),
        ({"inference_geo": "us"}, "standard us"),
        ({"speed": "fast", "inference_geo": "us"}, "fast us"),
        ({"inference_geo": ["us"]}, None),
        ({}, None),
        (None, None),
    ],
)
def test_how_a_call_was_served_is_told_where_it_was_in_a_hurry(usage: Any, tier: str | None) -> None:
    assert tier_of(usage) == tier
