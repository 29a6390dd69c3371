"""A text is too long from one byte above what is allowed, and what stands between texts is no text."""

import pytest

from config.catalog import GuardFacts
from guardrails.guard import SEPARATOR, Segment
from guardrails.guards.size import GUARD


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"", []),
        (b"x" * 10, []),
        (b"x" * 11, ["TOO_LONG"]),
        (b"xxxxx" + SEPARATOR + b"xxxxx", []),
        (b"xxxxx" + SEPARATOR + b"xxxxxx", ["TOO_LONG"]),
        ("é".encode() * 6, ["TOO_LONG"]),
    ],
    ids=["empty", "as long as allowed", "one byte more", "two texts", "two longer ones", "bytes count"],
)
def test_how_long_a_text_may_be(text: bytes, found: list[str]) -> None:
    guard = GUARD.build(GuardFacts("size", "size", max_bytes=10))
    assert [each.kind for each in guard.inspect(Segment("input", text))] == found


@pytest.mark.parametrize(
    "facts", [{}, {"max_bytes": 9, "action": "mask"}, {"max_bytes": 9, "stages": ("tool_call",)}]
)
def test_settings_that_make_no_guard(facts: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="size"):
        GUARD.build(GuardFacts("size", "size", **facts))  # type: ignore[arg-type]
