"""Guards look at what a stream says in odd bytes, and what nobody can look at does not pass them."""

import json
from typing import cast

import pytest

from config.catalog import GuardFacts
from config.kinds import Operation
from dialects.dialect import Dialect
from gateway.errors import GuardFailed
from gateway.formats import SPOKEN
from gateway.frames import Head
from gateway.guardrails.cordons import Post
from gateway.guardrails.shield import Shield
from gateway.guardrails.shielding import ShieldedSink
from guardrails.ends import OPENINGS
from guardrails.guards import words
from guardrails.restoring import Issued
from guardrails.skimming import FormSkim
from tests.gateway.road import Caller

WORDS = words.GUARD.build(GuardFacts("w", "words", words=("night train",)))


def said(*events: bytes) -> bytes:
    """What a caller is given of a stream."""
    given = Caller([])
    shield = Shield(
        cast(Dialect, SPOKEN[Operation.CHAT]),
        Issued({}),
        (Post(WORDS, GuardFacts("w", "words")),),
        OPENINGS.build(WORDS.partial),
        refusal="finish",
        skim=FormSkim(WORDS.partial),
    )
    sink = ShieldedSink(shield, given, lambda shield: None)
    sink.begin(Head(b"", whole=False), events[0])
    for event in events[1:]:
        sink.write(event)
    sink.end()
    return given.body


def chunk(text: str, end: bytes = b"\n\n") -> bytes:
    event = {"choices": [{"index": 0, "delta": {"content": text}, "x": "X"}]}
    return b"data: " + json.dumps(event).encode() + end


@pytest.mark.parametrize(
    ("before", "after"), [(b'"X"', b"-Infinity"), (b'"X"', b"1e999"), (b"X", b"\xff"), (b"\n\n", b"\r\r")]
)
def test_no_form_of_an_event_hides_a_word(before: bytes, after: bytes) -> None:
    assert b"train" not in said(chunk("a night train, at nine").replace(before, after))


def test_a_byte_that_is_no_letter_is_given_on() -> None:
    out = said(chunk("one "), chunk("two "), chunk("Y night").replace(b"Y", b"\xff"), chunk(" bus"))
    assert b"\xff" in out or "\N{REPLACEMENT CHARACTER}".encode() in out
    assert b"night" in out and b"bus" in out


def test_what_no_guard_can_read_does_not_pass() -> None:
    with pytest.raises(GuardFailed, match="no JSON"):
        said(b'data: {"choices": [night train\n\n')


def test_arguments_that_come_in_pieces_are_a_tools_and_no_words() -> None:
    guard = words.GUARD.build(GuardFacts("w", "words", words=("night train",), stages=("tool_call",)))
    shield = Shield(
        cast(Dialect, SPOKEN[Operation.GENERATE_CONTENT]),
        Issued({}),
        refusal="finish",
        calls=(Post(guard, GuardFacts("w", "words")),),
        call_openings=OPENINGS.build(guard.partial),
    )
    given = Caller([])
    sink = ShieldedSink(shield, given, lambda shield: None)
    for text in ("a night ", "train"):
        piece = {"jsonPath": "$.a", "stringValue": text, "willContinue": True}
        call = {"partialArgs": [piece], "willContinue": True}
        event = {"candidates": [{"content": {"parts": [{"text": text}, {"functionCall": call}]}}]}
        raw = b"data: " + json.dumps(event).encode() + b"\n\n"
        sink.write(raw) if given.body else sink.begin(Head(b"", whole=False), raw)
    sink.end()
    assert given.body.count(b"train") == 1 and shield.stopped is not None
