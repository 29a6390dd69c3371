"""Counts are the same in both conventions, and broken ones break nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.bedrock.usage import read_usage, write_usage
from dialects.openai.usage import MOST_TOKENS
from dialects.usage import Usage
from tests.dialects.bedrock_values import json_values
from tests.dialects.conversations import usages


@given(usages)
def test_what_was_written_is_read(usage: Usage) -> None:
    whole = Usage(usage.input, usage.output, usage.cached_read, usage.cache_write)
    assert read_usage(write_usage(usage)) == whole


def test_the_input_does_not_hold_what_the_cache_does() -> None:
    said = {"inputTokens": 9, "outputTokens": 3, "cacheReadInputTokens": 4, "cacheWriteInputTokens": 2}
    assert read_usage(said) == Usage(15, 3, cached_read=4, cache_write=2)
    assert write_usage(Usage(15, 3, 4, 2)) == said | {"totalTokens": 18}


def test_older_names_count_too() -> None:
    said = {"inputTokens": 1, "cacheReadInputTokenCount": 4, "cacheWriteInputTokenCount": 2}
    assert read_usage(said) == Usage(7, 0, cached_read=4, cache_write=2)


@pytest.mark.parametrize("said", [None, [], "9", 9, {}, {"inputTokens": 0, "outputTokens": None}])
def test_what_is_no_usage_counts_nothing(said: object) -> None:
    assert read_usage(said) is None


@given(
    st.dictionaries(
        st.sampled_from(["inputTokens", "outputTokens", "cacheReadInputTokens", "cacheWriteInputTokens"]),
        json_values | st.integers() | st.floats(),
    )
)
def test_no_count_is_negative_or_absurd_and_no_part_exceeds_its_whole(said: dict[str, object]) -> None:
    usage = read_usage(said)
    if usage is None:
        return
    assert usage.input or usage.output
    assert 0 <= usage.cached_read + usage.cache_write <= usage.input <= MOST_TOKENS
    assert 0 <= usage.output <= MOST_TOKENS
