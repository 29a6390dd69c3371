"""Spaces and dashes of word processors stand where those of ASCII do."""

import re

import pytest

from guardrails.personal.joints import BYTES, DASH, JOINT, SPACE, plain

SPACES, DASHES = " \u00a0\u2007\u2009\u202f", "-\u2010\u2011\u2012\u2013\u2014\u2212"


@pytest.mark.parametrize("joint", SPACES + DASHES)
def test_each_joint_is_one_in_patterns_and_plain_when_it_is_read(joint: str) -> None:
    raw = joint.encode()
    kind, plainly = (SPACE, b" ") if joint in SPACES else (DASH, b"-")
    assert re.fullmatch(kind.encode("latin-1"), raw) and re.fullmatch(JOINT.encode("latin-1"), raw)
    assert not re.fullmatch((DASH if kind == SPACE else SPACE).encode("latin-1"), raw)
    assert set(raw) <= set(BYTES) and plain(b"1" + raw + b"2") == b"1" + plainly + b"2"


def test_other_signs_stay_as_they_are() -> None:
    assert plain("1“2·3".encode()) == "1“2·3".encode()
