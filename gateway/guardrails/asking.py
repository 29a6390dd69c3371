"""Runs one guard, and applies its settings if it fails."""

from collections.abc import Sequence

from gateway.guardrails.cordons import Post
from guardrails.guard import Finding, GuardBroken, Lengthy, Segment

# Added to the caller's message if a guard would ask a person.
NOBODY_TO_ASK = "It would ask a person, which only an agent's run can wait for."


def ask(post: Post, segment: Segment, failed: list[tuple[str, str]]) -> Sequence[Finding]:
    """The guard's findings; none if it fails without blocking, which is added to `failed`.

    Raises GuardBroken, and Lengthy if the segment has a span.
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
    except Exception as error:  # noqa: BLE001 - whatever it raises, `on_error` decides
        return without(post, error, "error", failed)


def without(post: Post, error: Exception, reason: str, failed: list[tuple[str, str]]) -> Sequence[Finding]:
    """No findings, and the failed guard is added to `failed`. Raises GuardBroken if it must block."""
    if post.facts.on_error == "block" and post.facts.mode == "enforce":
        raise GuardBroken(post.facts.name, error, reason) from None
    failed.append((post.facts.name, reason))
    return ()
