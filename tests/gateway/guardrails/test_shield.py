"""What guards find in an answer is told once, in time, and not of what the caller said itself."""

from typing import cast

import pytest

from config.catalog import GuardFacts
from config.kinds import Operation
from dialects.dialect import Dialect
from gateway.formats import SPOKEN
from gateway.guardrails.cordons import Post
from gateway.guardrails.shield import Shield
from guardrails.guard import Lengthy, Span
from guardrails.guards import secrets, words
from guardrails.restoring import Issued
from guardrails.skimming import FormSkim

CHAT = cast(Dialect, SPOKEN[Operation.CHAT])
KEY = b"AKIAIOSFODNN7QWERTYZ"
SECRETS = secrets.GUARD.build(GuardFacts("s", "secrets"))


def shield(facts: GuardFacts, **more: object) -> Shield:
    kind = {"secrets": secrets, "words": words}[facts.kind]
    return Shield(CHAT, Issued({}), (Post(kind.GUARD.build(facts), facts),), **more)  # type: ignore[arg-type]


def test_what_the_caller_said_itself_is_no_finding() -> None:
    assert [each.kind for each in shield(GuardFacts("s", "secrets")).inspect(KEY)] == ["SECRET"]
    assert not shield(GuardFacts("s", "secrets"), known=frozenset([KEY.lower()])).inspect(KEY)


def test_what_would_be_done_is_counted_and_not_done() -> None:
    made = shield(GuardFacts("w", "words", mode="shadow", words=("tea",)))
    assert not made.inspect(b"my tea")
    assert made.counts == {("w", "shadow", "block"): {"WORD": 1}}


def test_a_look_ends_in_time() -> None:
    made = shield(GuardFacts("s", "secrets"), span=Span(0.0))
    with pytest.raises(Lengthy):
        made.inspect(KEY)
    assert not made.failed and not made.counts


@pytest.mark.parametrize(
    ("answer", "nothing"),
    [
        (b'{"content":"calm words"}', True),
        (b'{"content":"%b"}' % KEY, False),
        (b'{"content":"%b"}' % (b"<" * 99), False),  # what may have to come back takes its time
    ],
)
def test_one_look_tells_of_an_answer_in_which_nothing_is(answer: bytes, nothing: bool) -> None:
    facts = GuardFacts("s", "secrets")
    assert shield(facts, skim=FormSkim(SECRETS.forms)).finds_nothing(answer) is nothing  # type: ignore[attr-defined]
    assert not shield(facts).finds_nothing(answer)  # nobody can tell
