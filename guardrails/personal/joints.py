"""Separators between the groups of a number, also typographic ones."""

import re

_SPACES = r"\xc2\xa0|\xe2\x80[\x87\x89\xaf]"  # U+00A0, U+2007, U+2009, U+202F
_DASHES = r"\xe2\x80[\x90-\x94]|\xe2\x88\x92"  # U+2010 to U+2014, U+2212
SPACE, DASH = rf"(?: |{_SPACES})", rf"(?:-|{_DASHES})"  # byte patterns for a single one
JOINT = rf"(?:[ -]|{_SPACES}|{_DASHES})"
BYTES = b" -\xc2\xa0\xe2\x80\x87\x89\x90\x91\x92\x93\x94\xaf\x88"  # all bytes of separators
DIGITS_APART = bytes(each if 48 <= each <= 57 else 32 for each in range(256))  # non-digits become spaces
_SPACE_FORMS, _DASH_FORMS = re.compile(_SPACES.encode()), re.compile(_DASHES.encode())


def plain(raw: bytes) -> bytes:
    """A number with ASCII spaces and hyphens."""
    return raw if raw.isascii() else _DASH_FORMS.sub(b"-", _SPACE_FORMS.sub(b" ", raw))
