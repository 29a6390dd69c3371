"""A catalog is printed without the headers of its collector."""

from config.secret import Secret
from config.trace import TracingFacts


def test_a_header_is_not_printed() -> None:
    facts = TracingFacts("https://a/v1/traces", (("x-key", Secret("hush", "literal")),), 0.1, "edge")
    assert "hush" not in repr(facts)
