"""Reads and writes Anthropic's usage object.

https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching: `input_tokens` counts neither what was
read from a cache nor what was written to one.
"""

from collections.abc import Iterable
from typing import Any

from dialects.conversation import Extra
from dialects.openai.usage import MOST_TOKENS, count_of
from dialects.usage import Searches, Usage

_COUNTS = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
_ANYWHERE = ("global", "not_available", "")
_KNOWN = frozenset([*_COUNTS, "cache_creation", "output_tokens_details"])


def merged(before: Any, now: Any) -> Extra | None:
    """A stream's two usage objects as one: for each count the later value wins, unless it is zero."""
    told = [each for each in (before, now) if isinstance(each, dict)]
    if not told:
        return None
    usage: Extra = {}
    for each in told:
        usage |= {name: value for name, value in each.items() if value or value == 0 and name not in usage}
    return usage


def read_usage(found: Any) -> Usage | None:
    """Token classes from a usage object; None if it counts nothing. Invalid counts are zero."""
    if not isinstance(found, dict):
        return None
    if found.get("iterations"):
        found = _with_compactions(found)
    by_time, details = found.get("cache_creation"), found.get("output_tokens_details")
    read = _count(found.get("cache_read_input_tokens"))
    written = _count(found.get("cache_creation_input_tokens"))
    new = _count(found.get("input_tokens"))
    output = _count(found.get("output_tokens"))
    if not (read or written or by_time or details):  # the common case
        return Usage(new, output) if new or output else None
    by_time = by_time if isinstance(by_time, dict) else {}
    if not written:
        written = min(MOST_TOKENS, sum(map(_count, by_time.values())))
    if not (new or read or written or output):
        return None
    thought = _count(details.get("thinking_tokens")) if isinstance(details, dict) else 0
    read = min(read, MOST_TOKENS - new)
    written = min(written, MOST_TOKENS - new - read)
    return Usage(
        input=new + read + written,
        output=output,
        cached_read=read,
        cache_write=written,
        reasoning=min(thought, output),
        cache_write_1h=min(_count(by_time.get("ephemeral_1h_input_tokens")), written),
    )


def tier_of(found: Any) -> str | None:
    """The tier that a call is priced at, followed by a space and the region if it was bound to one.

    https://platform.claude.com/docs/en/build-with-claude/fast-mode
    https://platform.claude.com/docs/en/manage-claude/data-residency
    """
    if not isinstance(found, dict):
        return None
    tier = "fast" if found.get("speed") == "fast" else found.get("service_tier")
    tier = tier if isinstance(tier, str) and tier else None
    place = found.get("inference_geo")
    if place is None or place in _ANYWHERE or not isinstance(place, str):
        return tier
    return f"{tier or 'standard'} {place}"


def _with_compactions(found: Extra) -> Extra:
    """Usage including compaction passes, which are billed but not in the top-level counts.

    https://docs.claude.com/en/docs/build-with-claude/compaction#understanding-usage
    """
    told = found["iterations"] if isinstance(found["iterations"], list) else []
    passes = [each for each in told if isinstance(each, dict) and each.get("type") == "compaction"]
    counts = {name: _sum(name, (found, *passes)) for name in _COUNTS}
    by_time = [
        each["cache_creation"] for each in (found, *passes) if isinstance(each.get("cache_creation"), dict)
    ]
    kept = {name: _sum(name, by_time) for each in by_time for name in each}
    return {**found, **counts, "cache_creation": kept}


def _sum(name: str, counts: Iterable[Extra]) -> int:
    return min(MOST_TOKENS, sum(_count(each.get(name)) for each in counts))


def read_searches(found: Any) -> Searches | None:
    """The number of web searches, which are billed separately.

    https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/web-search-tool#usage-and-pricing
    """
    tools = found.get("server_tool_use") if isinstance(found, dict) else None
    return Searches.of(_count(tools.get("web_search_requests"))) if isinstance(tools, dict) else None


def _count(found: Any) -> int:
    if type(found) is int:
        return found if 0 <= found <= MOST_TOKENS else 0 if found < 0 else MOST_TOKENS
    return min(max(0, count_of(found) or 0), MOST_TOKENS)


def other_usage(found: Any) -> Extra | None:
    """The other members of a usage object; None if there are none."""
    if not isinstance(found, dict):
        return None
    if _KNOWN.issuperset(found):
        return None
    return {name: value for name, value in found.items() if name not in _KNOWN}


def write_usage(usage: Usage | None) -> Extra:
    """A usage object with every count that clients read; unknown ones are zero."""
    usage = usage or Usage()
    written: Extra = {
        "input_tokens": max(0, usage.input - usage.cached_read - usage.cache_write),
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cached_read,
        "output_tokens": usage.output,
    }
    if usage.cache_write_1h:
        written["cache_creation"] = {
            "ephemeral_5m_input_tokens": max(0, usage.cache_write - usage.cache_write_1h),
            "ephemeral_1h_input_tokens": usage.cache_write_1h,
        }
    if usage.reasoning:
        written["output_tokens_details"] = {"thinking_tokens": usage.reasoning}
    return written
