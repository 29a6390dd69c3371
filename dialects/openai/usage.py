"""The usage object, as OpenAI and compatible vendors write it."""

import math
from typing import Any

import msgspec

from dialects.answer import shown_tier
from dialects.usage import Told, Usage

# No attempt uses more; a broken vendor's larger counts must still fit the ledger's columns.
MOST_TOKENS = 1_000_000_000_000
_MOST_DOLLARS = 1_000_000
_NANO = 1_000_000_000  # nano-dollars per dollar; an xAI tick is a tenth of one


class Details(msgspec.Struct, frozen=True, gc=False):
    """The token classes of the input or the output.

    Qwen uses Anthropic's names for cache writes: https://www.alibabacloud.com/help/en/model-studio/context-cache
    """

    cached_tokens: int | None = 0
    cache_write_tokens: int | None = 0
    audio_tokens: int | None = 0
    reasoning_tokens: int | None = 0
    image_tokens: int | None = 0
    cache_creation_input_tokens: int | None = 0
    cache_creation: Any = None


class UsageWire(msgspec.Struct, frozen=True, gc=False):
    """OpenAI's usage object and the fields its imitators add.

    DeepSeek counts cache hits apart: https://api-docs.deepseek.com/guides/kv_cache. Mistral:
    `num_cached_tokens`. Together and Moonshot: `cached_tokens` beside the totals; gateways in front of
    Claude: `cache_creation_input_tokens`.
    """

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    # The names of OpenAI's Responses API, which some chat imitators use, too.
    input_tokens: int | None = None
    output_tokens: int | None = None
    prompt_tokens_details: Details | None = None
    completion_tokens_details: Details | None = None
    prompt_cache_hit_tokens: int | None = None
    num_cached_tokens: int | None = None
    cached_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    # OpenRouter's, in dollars: https://openrouter.ai/docs/use-cases/usage-accounting
    # Perplexity's is an object: https://docs.perplexity.ai/api-reference/chat-completions-post
    # xAI's, in tenths of a nano-dollar: https://docs.x.ai/developers/cost-tracking
    cost: Any = None
    cost_in_usd_ticks: Any = None
    is_byok: Any = None
    cost_details: Any = None


_NO_DETAILS = Details()
_NOTHING_APART = (None, _NO_DETAILS)


def read_usage(wire: UsageWire | None) -> Usage | None:
    """Token classes from a usage object: negative counts become zero, and no part exceeds its whole.

    An absent input or output count is the total minus the other. None if nothing was counted, or only a
    total: input and output have different prices.
    """
    if wire is None:
        return None
    total_in = wire.prompt_tokens or wire.input_tokens or 0
    total_out = wire.completion_tokens or wire.output_tokens or 0
    if not (total_in and total_out) and wire.total_tokens:
        total_in, total_out = _derived(wire, wire.total_tokens)
    cached = wire.prompt_cache_hit_tokens or wire.num_cached_tokens or wire.cached_tokens or 0
    prompt, completion = wire.prompt_tokens_details, wire.completion_tokens_details
    plain = (
        not (cached or wire.cache_creation_input_tokens)
        and wire.cost is wire.cost_in_usd_ticks is None
        and prompt in _NOTHING_APART
        and completion in _NOTHING_APART
    )
    if plain and 0 <= total_in <= MOST_TOKENS and 0 <= total_out <= MOST_TOKENS:
        return Usage(total_in, total_out) if total_in or total_out else None  # most usage objects
    usage = _in_parts(wire, total_in, total_out, cached)
    return usage if usage is None else with_cost(usage, wire)


def _in_parts(wire: UsageWire, total_in: int, total_out: int, cached: int) -> Usage | None:
    prompt = wire.prompt_tokens_details or _NO_DETAILS
    completion = wire.completion_tokens_details or _NO_DETAILS
    cached = prompt.cached_tokens or cached
    thought = completion.reasoning_tokens or 0
    # xAI counts reasoning in addition to the completion, and bills both: https://docs.x.ai/docs/guides/reasoning
    if thought > 0 and wire.total_tokens == total_in + total_out + thought:
        total_out += thought
    total_in, total_out = _part(total_in, MOST_TOKENS), _part(total_out, MOST_TOKENS)
    if not (total_in or total_out):
        return None
    cached = _part(cached, total_in)
    written = prompt.cache_write_tokens or prompt.cache_creation_input_tokens
    written = _part(written or wire.cache_creation_input_tokens or 0, total_in - cached)
    return Usage(
        input=total_in,
        output=total_out,
        cached_read=cached,
        cache_write=written,
        reasoning=_part(thought, total_out),
        input_audio=_part(prompt.audio_tokens or 0, total_in),
        output_audio=_part(completion.audio_tokens or 0, total_out),
        input_image=_part(prompt.image_tokens or 0, total_in),
        output_image=_part(completion.image_tokens or 0, total_out),
        cache_write_1h=_part(_kept_an_hour(prompt.cache_creation), written),
    )


def _kept_an_hour(found: Any) -> int:
    return (count_of(found.get("ephemeral_1h_input_tokens")) or 0) if isinstance(found, dict) else 0


def with_cost(usage: Usage, wire: UsageWire) -> Usage:
    """The usage with the cost that the vendor reports; with a bring-your-own key, the upstream's is added."""
    ticks = wire.cost_in_usd_ticks
    if ticks is not None and _dollars(ticks, _MOST_DOLLARS * 10 * _NANO) is not None:
        return Told.of(usage, int(ticks + 5) // 10)
    dollars = _dollars(wire.cost.get("total_cost") if isinstance(wire.cost, dict) else wire.cost)
    if dollars is None:
        return usage
    if wire.is_byok is True and isinstance(wire.cost_details, dict):
        dollars += _dollars(wire.cost_details.get("upstream_inference_cost")) or 0.0
    return Told.of(usage, round(dollars * _NANO))


def _dollars(found: Any, most: int = _MOST_DOLLARS) -> float | None:
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= most:
        return None
    return float(found)


def read_input(wire: UsageWire | None) -> Usage | None:
    """The same for a call without output, for which a total suffices."""
    usage = read_usage(wire)
    if usage is None and wire is not None and wire.total_tokens and wire.total_tokens > 0:
        return Usage(min(wire.total_tokens, MOST_TOKENS))
    return usage


def _derived(wire: UsageWire, total: int) -> tuple[int, int]:
    """The input and output counts, an absent one computed from the total."""
    told_in = wire.input_tokens if wire.prompt_tokens is None else wire.prompt_tokens
    told_out = wire.output_tokens if wire.completion_tokens is None else wire.completion_tokens
    if told_out is None and told_in:
        return told_in, max(0, total - told_in)
    if told_in is None and told_out:
        return max(0, total - told_out), told_out
    return told_in or 0, told_out or 0


def _part(count: int, whole: int) -> int:
    return 0 if count < 0 else min(count, whole)


def loose_usage(found: Any) -> UsageWire | None:
    """A usage object with the counts that can be read as numbers; None if it is not an object."""
    if not isinstance(found, dict):
        return None
    return UsageWire(
        prompt_tokens=count_of(found.get("prompt_tokens")),
        completion_tokens=count_of(found.get("completion_tokens")),
        total_tokens=count_of(found.get("total_tokens")),
        input_tokens=count_of(found.get("input_tokens")),
        output_tokens=count_of(found.get("output_tokens")),
        prompt_tokens_details=_details(found.get("prompt_tokens_details")),
        completion_tokens_details=_details(found.get("completion_tokens_details")),
        prompt_cache_hit_tokens=count_of(found.get("prompt_cache_hit_tokens")),
        num_cached_tokens=count_of(found.get("num_cached_tokens")),
        cached_tokens=count_of(found.get("cached_tokens")),
        cache_creation_input_tokens=count_of(found.get("cache_creation_input_tokens")),
        cost=found.get("cost"),
        cost_in_usd_ticks=found.get("cost_in_usd_ticks"),
        is_byok=found.get("is_byok"),
        cost_details=found.get("cost_details"),
    )


def _details(found: Any) -> Details | None:
    if not isinstance(found, dict):
        return None
    counts = {name: count_of(found.get(name, 0)) for name in Details.__struct_fields__[:-1]}
    return Details(**counts, cache_creation=found.get("cache_creation"))


def count_of(found: Any) -> int | None:
    """A count given as a number or a numeric string; otherwise None."""
    if isinstance(found, str):
        try:
            found = float(found)
        except ValueError:
            return None
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        return None
    return int(found)


def tier_name(tier: str) -> str:
    """OpenAI's name for a service tier; its clients may reject any other."""
    name = shown_tier(tier)
    return "default" if name == "standard" else name  # https://docs.claude.com/en/api/service-tiers
