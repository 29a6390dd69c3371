"""Runs one guard, and applies its settings if it fails."""

from collections.abc import Sequence

from gateway.guardrails.cordons import Post
from guardrails.guard import Finding, GuardBroken, Lengthy, Segment

# What a caller is told of a guard that would ask a person.
NOBODY_TO_ASK = "It would ask a person, which only an agent's run can wait for."


def ask(post: Post, segment: Segment, failed: list[tuple[str, str]]) -> Sequence[Finding]:
    """Its findings; where it fails and may be passed by, none, and a line in `failed`.

    Raises GuardBroken, and Lengthy where the segment gives a time.
    """
    try:
        found = post.guard.inspect(segment)
        size = len(segment.text)
        for each in found:
            if not 0 <= each.start < each.end <= size:
                raise ValueError("a finding lies outside of the text")
        return found
    except Lengthy:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it raises, its `on_error` says what follows
        return without(post, error, "error", failed)


def without(post: Post, error: Exception, reason: str, failed: list[tuple[str, str]]) -> Sequence[Finding]:
    """No findings of one that failed, where it may be passed by. Raises GuardBroken."""
    if post.facts.on_error == "block" and post.facts.mode == "enforce":
        raise GuardBroken(post.facts.name, error, reason) from None
    failed.append((post.facts.name, reason))
    return ()
