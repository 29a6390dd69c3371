"""Texts that were made to keep a detector busy cost what other texts cost, by every guard and pattern."""

import time
from collections.abc import Callable
from types import MappingProxyType

import pytest

from config.catalog import GuardFacts
from config.discover import load
from guardrails.guard import Guard, GuardKind, Segment, Stage

SIZE = 32 * 1024  # bytes
# CPU time for one look, with a machine in mind that does much else: measured are 2 to 60 ms. What backtracks
# takes minutes for such a text, and what is quadratic takes many seconds.
SECONDS = 1.5

EVIL: dict[str, str] = {
    # repetitions without the end that a pattern waits for
    "one letter": "a",
    "one digit": "1",
    "digits in groups": "4111 ",
    "digits and dashes": "4-",
    "digits and dots": "1.",
    "mail without its end": "a.a@",
    "mail of dots": "a@a.",
    "at signs": "@",
    "colons": "ab:",
    "groups of hex": "dead:beef::",
    "iban heads": "DE89 ",
    "plus and digits": "+1 (2",
    "brackets": "((((",
    "markdown images": "![](",
    "markdown links": "](http://a",
    "references": "\n[a]:",
    "tags": "<img src=",
    "unclosed tags": "<img ",
    "quotes": "\"'",
    "assignments": "password=",
    "assignments in a row": "key = key = ",
    "bearer": "Bearer ",
    "jwt heads": "eyJhbGciOi.",
    "private keys": "-----BEGIN PRIVATE KEY-----\n",
    "base64": "QUJD",
    "base64 with holes": "QUJDQUJDQUJDQUJDQUJDQUJD ",
    "hex": "%41\\x41",
    "percent": "%",
    "letters apart": "i g n o r e ",
    "leet": "1gn0r3 ",
    "words of attacks": "ignore the ",
    "all but the last word": "ignore all of the previous and prior and ",
    "rot13": "vtaber ",
    "backwords": "snoitcurtsni ",
    "foreign letters": "аеорсух",
    "accents upon accents": "e\u0301\u0301\u0301",
    "no width": "a\u200b",
    "tags that nobody sees": "\U000e0061",
    "wide letters": "ｉｇｎｏｒｅ ",
    "separators": "\n\0\n",
    "line ends": "\n",
    "spaces": " ",
    "dates": "born 01/01/1990 ",
    "phones": "tel 030 ",
    "words that make likely": "ssn passport dob iban ",
    "urls": "http://a:b@",
    "ethereum": "0x0123456789abcdef",
    "bitcoin": "bc1q",
}
KINDS = ("pii", "secrets", "injection", "links")


def guard_of(kind: str, **facts: object) -> Guard:
    return load("guardrails.guards", kind, "GUARD", GuardKind).build(GuardFacts(kind, kind, **facts))  # type: ignore[arg-type]


GUARDS = {kind: guard_of(kind) for kind in KINDS}


def cpu(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began


def texts(unit: str) -> list[bytes]:
    raw = unit.encode()
    body = raw * (SIZE // len(raw))
    return [body, body + b"!", b"x" + body + b"@"]


@pytest.mark.parametrize("unit", EVIL.values(), ids=list(EVIL))
@pytest.mark.parametrize("kind", KINDS)
def test_no_text_keeps_a_guard_busy(kind: str, unit: str) -> None:
    guard = GUARDS[kind]
    stages: list[Stage] = [each for each in ("input", "tool_result", "output") if each in guard.stages]
    took = cpu(lambda: guard.inspect(Segment(stages[-1], texts(unit)[len(unit) % 3])))
    assert took < SECONDS


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(a+)+$", "a" * SIZE + "!"),
        ("(a|aa)+$", "a" * SIZE + "!"),
        ("(a|a?)+b", "a" * SIZE),
        ("(.*a){12}b", "a" * SIZE),
        ("([a-zA-Z]+)*1", "a" * SIZE),
        ("^(([a-z])+.)+[A-Z]([a-z])+$", "a" * SIZE),
        (r"(\w+\s?)*:", "word " * (SIZE // 5)),
        (r"(x+x+)+y", "x" * SIZE),
    ],
)
@pytest.mark.parametrize("kind", ["words", "pii"])
def test_no_pattern_of_an_operator_keeps_a_guard_busy(kind: str, pattern: str, text: str) -> None:
    guard = guard_of(kind, patterns=MappingProxyType({"own": pattern}))
    assert cpu(lambda: guard.inspect(Segment("input", text.encode()))) < SECONDS
