"""Log probabilities of tokens as chat and legacy completions write them."""

from collections.abc import Sequence
from typing import Any


def read_logprobs(found: Any) -> tuple[Any, ...]:
    """One object per token in chat's structure; () if none can be read."""
    if not isinstance(found, dict):
        return ()
    content = found.get("content")
    if isinstance(content, list):
        return tuple(content)
    tokens, values, tops = (found.get(name) for name in ("tokens", "token_logprobs", "top_logprobs"))
    if not isinstance(tokens, list) or not isinstance(values, list):
        return ()
    best = tops if isinstance(tops, list) else []
    return tuple(
        _token(token, value, [_token(*each) for each in _items(best, number)])
        for number, (token, value) in enumerate(zip(tokens, values, strict=False))
    )


def write_legacy(logprobs: Sequence[Any], since: int = 0) -> dict[str, Any]:
    """The four lists of legacy completions; `since`: the characters of text before these tokens."""
    logprobs = _objects(logprobs)
    offsets, tokens = [], []
    for each in logprobs:
        token = str(each.get("token", ""))
        offsets.append(since)
        tokens.append(token)
        since += len(token)
    return {
        "tokens": tokens,
        "token_logprobs": [each.get("logprob") for each in logprobs],
        "top_logprobs": [
            {str(top.get("token")): top.get("logprob") for top in _objects(each.get("top_logprobs"))}
            for each in logprobs
        ],
        "text_offset": offsets,
    }


def _objects(found: Any) -> list[dict[str, Any]]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, Sequence) else []


def _items(best: list[Any], number: int) -> list[tuple[str, Any]]:
    found = best[number] if number < len(best) else None
    return list(found.items()) if isinstance(found, dict) else []


def _token(token: Any, logprob: Any, top: Sequence[Any] = ()) -> dict[str, Any]:
    return {
        "token": token,
        "logprob": logprob,
        "bytes": list(token.encode("utf-8", "replace")) if isinstance(token, str) else None,
        "top_logprobs": list(top),
    }
