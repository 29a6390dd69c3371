"""Usage objects become token classes, whatever their author calls them."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.openai.usage import MOST_TOKENS, UsageWire, loose_usage, read_input, read_usage
from dialects.usage import Told, Usage

COUNT = st.none() | st.integers(-3, 20) | st.integers(-(10**30), 10**30)


def wire(**fields: Any) -> UsageWire:
    return msgspec.convert(fields, UsageWire)


TOLD = st.fixed_dictionaries(
    {},
    optional={
        "prompt_tokens": COUNT,
        "completion_tokens": COUNT,
        "total_tokens": COUNT,
        "prompt_cache_hit_tokens": COUNT,
        "num_cached_tokens": COUNT,
        "cached_tokens": COUNT,
        "prompt_tokens_details": st.none()
        | st.fixed_dictionaries(
            {}, optional={name: COUNT for name in ("cached_tokens", "cache_write_tokens", "audio_tokens")}
        ),
        "completion_tokens_details": st.none()
        | st.fixed_dictionaries({}, optional={name: COUNT for name in ("reasoning_tokens", "audio_tokens")}),
    },
)


@given(TOLD)
def test_no_part_exceeds_its_whole(told: dict[str, Any]) -> None:
    usage = read_usage(wire(**told))
    if usage is None:
        return
    assert usage.input or usage.output
    assert all(0 <= getattr(usage, name) <= MOST_TOKENS for name in Usage.__struct_fields__)
    assert usage.cached_read + usage.cache_write <= usage.input
    assert usage.input_audio <= usage.input
    assert max(usage.reasoning, usage.output_audio) <= usage.output


@given(TOLD)
def test_reading_loosely_changes_nothing_where_strictly_would_do(told: dict[str, Any]) -> None:
    assert loose_usage(told) == wire(**told)


@pytest.mark.parametrize(
    ("told", "usage"),
    [
        pytest.param({}, None, id="nothing"),
        pytest.param({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}, None, id="zeros"),
        pytest.param({"total_tokens": 9}, None, id="a total that may be of either"),
        pytest.param({"prompt_tokens": 5, "total_tokens": 9}, Usage(5, 4), id="the output is the rest"),
        pytest.param({"completion_tokens": 5, "total_tokens": 9}, Usage(4, 5), id="the input is the rest"),
        pytest.param(
            {"prompt_tokens": 5, "completion_tokens": 0, "total_tokens": 9},
            Usage(5),
            id="a zero that is told",
        ),
        pytest.param({"prompt_tokens": 5, "completion_tokens": 2}, Usage(5, 2), id="totals alone"),
        pytest.param({"prompt_tokens": 5, "total_tokens": 5}, Usage(5), id="embeddings"),
        pytest.param({"prompt_tokens": -5, "completion_tokens": None}, None, id="negative and null"),
        pytest.param(
            {
                "prompt_tokens": 10,
                "completion_tokens": 8,
                "prompt_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 2, "audio_tokens": 3},
                "completion_tokens_details": {"reasoning_tokens": 5, "audio_tokens": 1},
            },
            Usage(10, 8, cached_read=4, cache_write=2, reasoning=5, input_audio=3, output_audio=1),
            id="all classes",
        ),
        pytest.param(
            {"prompt_tokens": 10, "prompt_tokens_details": {"cached_tokens": 99, "cache_write_tokens": 99}},
            Usage(10, cached_read=10),
            id="more cached than there is",
        ),
        pytest.param(
            {"prompt_tokens": 9, "prompt_cache_hit_tokens": 8}, Usage(9, cached_read=8), id="DeepSeek"
        ),
        pytest.param({"prompt_tokens": 9, "num_cached_tokens": 7}, Usage(9, cached_read=7), id="Mistral"),
        pytest.param({"prompt_tokens": 9, "cached_tokens": 6}, Usage(9, cached_read=6), id="Together"),
        pytest.param(
            {
                "prompt_tokens": 32,
                "completion_tokens": 9,
                "total_tokens": 135,
                "completion_tokens_details": {"reasoning_tokens": 94},
            },
            Usage(32, 103, reasoning=94),
            id="xAI: reasoning beside the completion",
        ),
        pytest.param(
            {
                "prompt_tokens": 32,
                "completion_tokens": 100,
                "total_tokens": 132,
                "completion_tokens_details": {"reasoning_tokens": 94},
            },
            Usage(32, 100, reasoning=94),
            id="OpenAI: reasoning within the completion",
        ),
    ],
)
def test_a_usage_is_read_as_its_vendor_means_it(told: dict[str, Any], usage: Usage | None) -> None:
    assert read_usage(wire(**told)) == usage


@pytest.mark.parametrize(
    ("told", "usage"),
    [
        ({"total_tokens": 9}, Usage(9)),
        ({"prompt_tokens": 8, "total_tokens": 8}, Usage(8)),
        ({"prompt_tokens": 0, "total_tokens": 0}, None),
        ({"total_tokens": -9}, None),
        ({}, None),
    ],
    ids=str,
)
def test_of_what_has_no_output_the_total_says_all(told: dict[str, Any], usage: Usage | None) -> None:
    assert read_input(wire(**told)) == usage


@pytest.mark.parametrize(
    ("told", "count"),
    [
        (7.0, 7),
        (7.9, 7),
        ("7", 7),
        ("7.5", 7),
        (" 7 ", 7),
        (-7, -7),
        (True, None),
        (None, None),
        ("seven", None),
        ("", None),
        ([7], None),
        ({}, None),
        (float("nan"), None),
        (float("inf"), None),
        ("inf", None),
    ],
)
def test_a_count_of_an_odd_type_is_read_if_it_is_a_number(told: Any, count: int | None) -> None:
    found = loose_usage({"prompt_tokens": told, "prompt_tokens_details": {"cached_tokens": told}})
    assert found is not None
    assert found.prompt_tokens == count
    assert found.prompt_tokens_details is not None
    assert found.prompt_tokens_details.cached_tokens == count


@pytest.mark.parametrize("told", [None, 7, "7", [], True])
def test_what_is_no_object_is_no_usage(told: Any) -> None:
    assert loose_usage(told) is None


@pytest.mark.parametrize("told", [None, 7, "7", []])
def test_details_that_are_no_object_are_left_out(told: Any) -> None:
    found = loose_usage(
        {"prompt_tokens": 3, "prompt_tokens_details": told, "completion_tokens_details": told}
    )
    assert found == UsageWire(prompt_tokens=3)


DETAILS = {"completion_tokens_details": {"reasoning_tokens": 2}}


@pytest.mark.parametrize(
    ("told", "nano"),
    [
        ({"cost": 0.00014}, 140_000),
        ({"cost": 0.00014, **DETAILS}, 140_000),
        ({"cost": 0}, 0),
        ({"cost": 0.1, "is_byok": False, "cost_details": {"upstream_inference_cost": 2}}, 100_000_000),
        ({"cost": 0.1, "is_byok": True, "cost_details": {"upstream_inference_cost": 2}}, 2_100_000_000),
        ({"cost": 1e-9}, 1),
        ({"cost": {"input_tokens_cost": 1e-6, "request_cost": 0.005, "total_cost": 0.006136}}, 6_136_000),
    ],
)
def test_what_a_vendor_takes_is_told_beside_its_tokens(told: dict[str, Any], nano: int) -> None:
    usage = read_usage(wire(prompt_tokens=10, completion_tokens=5, **told))
    assert isinstance(usage, Told)
    assert (usage.input, usage.output, usage.nano) == (10, 5, nano)
    written = msgspec.json.encode(usage)
    assert len(msgspec.json.decode(written)) == len(Usage.__struct_fields__)  # another version's classes


@pytest.mark.parametrize(
    "cost", [None, {"request_cost": 1}, {"total_cost": "1"}, "0.1", True, -1, 1e30, float("nan")]
)
def test_what_is_no_cost_is_none(cost: Any) -> None:
    usage = read_usage(wire(prompt_tokens=10, completion_tokens=5, cost=cost))
    assert usage == Usage(10, 5)
    assert not isinstance(usage, Told)
