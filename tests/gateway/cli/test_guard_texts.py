"""Of a kept call only what stands around a finding is shown, and nothing that a guard finds."""

import json

import pytest

from config.catalog import GuardFacts
from gateway.cli.guard_texts import excerpt, masked
from guardrails.guards.pii import GUARD

PII = GUARD.build(GuardFacts("pii", "pii"))


def test_what_a_guard_finds_is_its_type_alone() -> None:
    document = json.dumps({"request": {"messages": [{"content": "I am ann@acme.example."}]}}).encode()
    assert "I am [EMAIL]." in masked(document, [PII])
    assert "ann@" not in "".join(masked(document, [PII]))


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["nothing", "to [EMAIL] or [PHONE]"], "to [EMAIL] or [PHONE]"),
        (["x" * 150 + " [EMAIL] " + "y" * 150], f"…{'x' * 99} [EMAIL] {'y' * 99}…"),
        (["of another type: [CARD]"], ""),
        (["on [EMAIL]\n\n two lines"], "on [EMAIL] two lines"),
    ],
    ids=["the first that has one", "cut", "none", "on one line"],
)
def test_what_stands_around_it(texts: list[str], said: str) -> None:
    assert excerpt(texts, ["EMAIL"]) == said
