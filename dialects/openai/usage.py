"""OpenAI's usage object, as OpenAI and its imitators write it."""

import math
from typing import Any

import msgspec

from dialects.usage import Usage

# No attempt uses more; what a broken vendor claims beyond it must still fit a ledger's columns.
MOST_TOKENS = 1_000_000_000_000


class Details(msgspec.Struct, frozen=True, gc=False):
    """The parts of the input or of the output."""

    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    audio_tokens: int | None = None
    reasoning_tokens: int | None = None
    image_tokens: int | None = None


class UsageWire(msgspec.Struct, frozen=True, gc=False):
    """OpenAI's usage object and the fields its imitators add.

    DeepSeek counts hits apart: https://api-docs.deepseek.com/guides/kv_cache. Mistral: `num_cached_tokens`.
    Together and Moonshot: `cached_tokens` beside the totals.
    """

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    prompt_tokens_details: Details | None = None
    completion_tokens_details: Details | None = None
    prompt_cache_hit_tokens: int | None = None
    num_cached_tokens: int | None = None
    cached_tokens: int | None = None


_NO_DETAILS = Details()


def read_usage(wire: UsageWire) -> Usage:
    """Token classes from a usage object: absent and negative counts are zero, no part exceeds its whole."""
    total_in = wire.prompt_tokens or 0
    total_out = wire.completion_tokens or 0
    prompt = wire.prompt_tokens_details or _NO_DETAILS
    completion = wire.completion_tokens_details or _NO_DETAILS
    cached = prompt.cached_tokens or (
        wire.prompt_cache_hit_tokens or wire.num_cached_tokens or wire.cached_tokens or 0
    )
    parts_in = cached or prompt.cache_write_tokens or prompt.audio_tokens or prompt.image_tokens
    parts_out = completion.reasoning_tokens or completion.audio_tokens or completion.image_tokens
    if not (parts_in or parts_out) and 0 <= total_in <= MOST_TOKENS and 0 <= total_out <= MOST_TOKENS:
        return Usage(total_in, total_out)  # as most are
    thought = completion.reasoning_tokens or 0
    # xAI counts reasoning beside the completion, and bills both: https://docs.x.ai/docs/guides/reasoning
    if thought > 0 and wire.total_tokens == total_in + total_out + thought:
        total_out += thought
    total_in, total_out = _part(total_in, MOST_TOKENS), _part(total_out, MOST_TOKENS)
    cached = _part(cached, total_in)
    return Usage(
        input=total_in,
        output=total_out,
        cached_read=cached,
        cache_write=_part(prompt.cache_write_tokens or 0, total_in - cached),
        reasoning=_part(thought, total_out),
        input_audio=_part(prompt.audio_tokens or 0, total_in),
        output_audio=_part(completion.audio_tokens or 0, total_out),
        input_image=_part(prompt.image_tokens or 0, total_in),
        output_image=_part(completion.image_tokens or 0, total_out),
    )


def _part(count: int, whole: int) -> int:
    return 0 if count < 0 else min(count, whole)


def loose_usage(found: Any) -> UsageWire | None:
    """A usage object whose counts are of odd types, read as far as they are numbers; None if it is none."""
    if not isinstance(found, dict):
        return None
    return UsageWire(
        prompt_tokens=_count(found.get("prompt_tokens")),
        completion_tokens=_count(found.get("completion_tokens")),
        total_tokens=_count(found.get("total_tokens")),
        prompt_tokens_details=_details(found.get("prompt_tokens_details")),
        completion_tokens_details=_details(found.get("completion_tokens_details")),
        prompt_cache_hit_tokens=_count(found.get("prompt_cache_hit_tokens")),
        num_cached_tokens=_count(found.get("num_cached_tokens")),
        cached_tokens=_count(found.get("cached_tokens")),
    )


def _details(found: Any) -> Details | None:
    if not isinstance(found, dict):
        return None
    return Details(**{name: _count(found.get(name)) for name in Details.__struct_fields__})


def _count(found: Any) -> int | None:
    if isinstance(found, str):
        try:
            found = float(found)
        except ValueError:
            return None
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        return None
    return int(found)
