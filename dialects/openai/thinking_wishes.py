"""Thinking settings ("wishes") in chat requests, as OpenAI-compatible vendors accept them.

`thinking`: https://api-docs.deepseek.com/guides/thinking_mode and Anthropic's own. `reasoning`:
https://openrouter.ai/docs/use-cases/reasoning-tokens. `enable_thinking`:
https://www.alibabacloud.com/help/en/model-studio/deep-thinking.
"""

from typing import Any, get_args

from dialects.conversation import Effort, Extra, Reasoning

WORDS = ("thinking", "reasoning", "enable_thinking")
_EFFORTS = get_args(Effort)
_NOT_AT_ALL, _FREELY = 0, -1


def read_wish(effort: str | None, extra: Extra) -> Reasoning | None:
    """OpenAI's `effort` takes precedence over settings in `extra`, which stay for vendors of this format."""
    if effort is not None:
        if effort in _EFFORTS and extra.keys().isdisjoint(WORDS):
            return Reasoning(effort)  # type: ignore[arg-type]
        extra["reasoning_effort"] = effort  # one vendor's own value, or given besides other settings
        if effort in _EFFORTS:
            return Reasoning(effort)  # type: ignore[arg-type]
    for word, read in _READ.items():
        if word in extra and (wish := read(extra[word])) is not None:
            return wish
    return None


def _thinking(found: Any) -> Reasoning | None:
    kind = found.get("type") if isinstance(found, dict) else None
    if kind == "disabled":
        return Reasoning(budget=_NOT_AT_ALL)
    if kind not in ("enabled", "adaptive"):
        return None
    return Reasoning(budget=_count(found.get("budget_tokens")) or _FREELY)


def _reasoning(found: Any) -> Reasoning | None:
    if not isinstance(found, dict):
        return None
    show = not found["exclude"] if isinstance(found.get("exclude"), bool) else None
    if found.get("enabled") is False:
        return Reasoning(budget=_NOT_AT_ALL, show=show)
    effort, budget = found.get("effort"), _count(found.get("max_tokens"))
    if effort in _EFFORTS:
        return Reasoning(effort, show=show)
    if budget is not None or found.get("enabled") is True:
        return Reasoning(budget=budget or _FREELY, show=show)
    return None if show is None else Reasoning(show=show)


def _enabled(found: Any) -> Reasoning | None:
    return Reasoning(budget=_FREELY if found else _NOT_AT_ALL) if isinstance(found, bool) else None


def _count(found: Any) -> int | None:
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else None


_READ = {"thinking": _thinking, "reasoning": _reasoning, "enable_thinking": _enabled}
