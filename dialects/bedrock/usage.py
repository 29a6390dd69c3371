"""Token counts as Bedrock writes them: the input without what was read from a cache or written to it.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
"""

import math
from typing import Any

from dialects.conversation import Extra
from dialects.openai.usage import MOST_TOKENS
from dialects.usage import Usage


def read_usage(found: Any) -> Usage | None:
    """None where there are no counts; odd ones are zero, absurd ones bounded."""
    if not isinstance(found, dict):
        return None
    # Some models' answers have the older names.
    read = _count(found.get("cacheReadInputTokens")) or _count(found.get("cacheReadInputTokenCount"))
    written = _count(found.get("cacheWriteInputTokens")) or _count(found.get("cacheWriteInputTokenCount"))
    total = min(_count(found.get("inputTokens")) + read + written, MOST_TOKENS)
    read = min(read, total)
    return Usage(
        input=total,
        output=_count(found.get("outputTokens")),
        cached_read=read,
        cache_write=min(written, total - read),
    )


def _count(found: Any) -> int:
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        return 0
    return min(max(int(found), 0), MOST_TOKENS)


def write_usage(usage: Usage) -> Extra:
    """All counts, zeros too."""
    return {
        "inputTokens": max(usage.input - usage.cached_read - usage.cache_write, 0),
        "outputTokens": usage.output,
        "totalTokens": usage.input + usage.output,
        "cacheReadInputTokens": usage.cached_read,
        "cacheWriteInputTokens": usage.cache_write,
    }
