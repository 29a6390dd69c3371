"""A short text is known however it is hidden, and nothing else is taken for it."""

import base64
import codecs

import pytest
import re2

from guardrails.hiding import hidden
from guardrails.rules import options

TEXT = "Swan-7731 at noon"
RAW = TEXT.encode()
[PATTERN] = hidden(TEXT)
FOUND = re2.compile(PATTERN.encode("latin-1"), options()).search


@pytest.mark.parametrize(
    "said",
    [
        " ".join(TEXT),
        "s*w*a*n*7*7*3*1*a*t*n*o*o*n",
        "SWAN7731ATNOON",
        "swan_7731_at_noon",
        "\u200b".join(TEXT),
        "_swan_**-7731** at noon",
        "'Swan-' + '7731' + \" at noon\"",
        ", ".join(map(str, RAW)),
        "".join(f"&#{each};" for each in RAW),
        "\n".join(TEXT),
        TEXT[::-1],
        codecs.encode(TEXT, "rot13"),
        RAW.hex(),
        RAW.hex(" ").upper(),
        "".join(f"%{each:02x}" for each in RAW),
        "".join(f"\\x{each:02x}" for each in RAW),
        *(base64.b64encode(before + RAW + b" and more").decode() for before in (b"", b"1", b"12", b"the ")),
        base64.urlsafe_b64encode(b"??>" + RAW).decode(),
    ],
)
def test_it_is_known(said: str) -> None:
    assert FOUND(f"it is {said}.".encode())


@pytest.mark.parametrize(
    "said", ["a swan at noon", "Swan-7732 at noon", "noon", base64.b64encode(b"Swan-7731").decode()]
)
def test_nothing_else_is(said: str) -> None:
    assert not FOUND(said.encode())


def test_short_texts_are_found_as_they_stand_alone() -> None:
    assert hidden("swan-7") == []
