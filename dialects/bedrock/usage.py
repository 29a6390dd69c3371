"""Reads and writes Bedrock's token counts, in which input excludes cache reads and writes.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
"""

from typing import Any

from dialects.conversation import Extra
from dialects.openai.usage import MOST_TOKENS, count_of
from dialects.usage import Usage


def read_usage(found: Any) -> Usage | None:
    """The usage; None if nothing is counted. Invalid counts are zero, absurd ones bounded."""
    if not isinstance(found, dict):
        return None
    # Some models' answers use older names.
    read = _count(found.get("cacheReadInputTokens")) or _count(found.get("cacheReadInputTokenCount"))
    written = _count(found.get("cacheWriteInputTokens")) or _count(found.get("cacheWriteInputTokenCount"))
    total, said = _count(found.get("inputTokens")) + read + written, _count(found.get("outputTokens"))
    if not (total or said):
        return None
    total = min(total, MOST_TOKENS)
    read = min(read, total)
    written = min(written, total - read)
    return Usage(
        input=total,
        output=said,
        cached_read=read,
        cache_write=written,
        cache_write_1h=min(_kept_an_hour(found.get("cacheDetails")), written),
    )


def _kept_an_hour(details: Any) -> int:
    """Tokens cached with a lifetime of an hour.

    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CacheDetail.html
    """
    if not isinstance(details, list):
        return 0
    hours = [each for each in details if isinstance(each, dict) and each.get("ttl") == "1h"]
    return sum(_count(each.get("inputTokens")) for each in hours)


def _count(found: Any) -> int:
    return min(max(count_of(found) or 0, 0), MOST_TOKENS)


def write_usage(usage: Usage) -> Extra:
    """A usage object with all counts, zeros included."""
    written: Extra = {
        "inputTokens": max(usage.input - usage.cached_read - usage.cache_write, 0),
        "outputTokens": usage.output,
        "totalTokens": usage.input + usage.output,
        "cacheReadInputTokens": usage.cached_read,
        "cacheWriteInputTokens": usage.cache_write,
    }
    if usage.cache_write_1h:
        short = usage.cache_write - usage.cache_write_1h
        kept = [("1h", usage.cache_write_1h), *([("5m", short)] if short > 0 else [])]
        written["cacheDetails"] = [{"ttl": ttl, "inputTokens": tokens} for ttl, tokens in kept]
    return written
