"""Whether a possible phone number is only a part of something longer."""

import re

from guardrails.personal.announcing import announced
from guardrails.personal.joints import DIGITS_APART

_POINTED = re.compile(rb"\+?[0-9.]+")
_SUFFIX = re.compile(rb"-(?![xX][0-9])[A-Z]{1,3}[0-9]{0,3}\b")  # of lot and part numbers
_POSTCODE, _STATE = re.compile(rb"[0-9]{5,6}-[0-9]{4}"), re.compile(rb"\b[A-Z]{2} {1,2}$")  # MA 02110-1301
_ZONE = re.compile(rb"(?<![0-9A-Za-z])[0-6]?[0-9][C-HJ-NP-X] $")  # of map coordinates: 18T 076514 5129477
_DAY = re.compile(rb"(?:\A|[\s(,;/])(?:[0-9]{1,2}|(?:19|20)[0-9]{2})/$")  # the beginning of a date
_LINK = re.compile(rb"://(?!(?:www\.)?(?:wa\.me|t\.me|api\.whatsapp\.com)/)[^\s?#=]*/$")
_COMPARED = re.compile(rb"['\"]%$")  # an SQL LIKE pattern
_LONGEST = 120  # bytes of a link before the number
_GROUPS = re.compile(rb"(?<![0-9])(?:[0-9]{4} ){2}$")


def is_piece(text: bytes, start: int, end: int) -> bool:
    """Whether it is part of a version, a path, a decimal number or the like."""
    before, after = text[start - 1 : start] if start else b"", text[end : end + 1]
    pointed = after == b"." and text[end + 1 : end + 2].isdigit()
    if pointed and _POINTED.fullmatch(text, start, end):
        return True  # 1444934889.601, +9000000000.5, 255.255.255.0
    if b"+" in text[start : start + 2]:
        return before.isalnum()
    if before == b"+" and (text[start - 2 : start - 1].isalnum() or text[start - 2 : start - 1] == b"+"):
        return True  # 1.2e+06, +++090/9337/55493+++
    if after == b"-" and _SUFFIX.match(text, end):
        return True
    if before == b" " and _is_place(text, start, end):
        return True
    if before == b"," and text[start - 2 : start - 1].isdigit() and b"." in text[start:end]:
        return True  # 1,053.1950937
    if before and (before in b"./-_:=#$%@\\" or before.isalnum()) and _goes_before(text, start, end, before):
        return True
    if after == b"-" and text[end + 1 : end + 5].isdigit() and len(text[end + 1 : end + 5]) == 4:
        return True
    if after == b"/" and is_parted(text, start, end):
        return False
    return bool(after) and after in b"_%@/:" and text[end + 1 : end + 2].isalnum()


def _is_place(text: bytes, start: int, end: int) -> bool:
    """Whether it belongs to map coordinates, or is a US postcode after a state."""
    if _ZONE.search(text, max(0, start - 5), start):
        return True
    return bool(_POSTCODE.fullmatch(text, start, end) and _STATE.search(text, max(0, start - 4), start))


def _goes_before(text: bytes, start: int, end: int, before: bytes) -> bool:
    parted = before == b"/" and is_parted(text, start, end)
    if before == b"/" and (
        _LINK.search(text, max(0, start - _LONGEST), start) or _DAY.search(text, max(0, start - 6), start)
    ):
        return True
    if before == b"=" or parted or _COMPARED.search(text, max(0, start - 2), start):
        return False  # phone1=4155550132, 415-555-0132/415-555-0133
    if before not in b":-/":
        return True
    ahead = text[start - 2 : start - 1]
    return ahead.isdigit() or before == b"-" and ahead.isalpha() and not announced(text, start)


def is_parted(text: bytes, start: int, end: int) -> bool:
    """Whether a number has groups of its own, so that a slash beside it only separates it from another."""
    return len(text[start:end].translate(DIGITS_APART).split()) > 2


def is_among(text: bytes, start: int) -> bool:
    """Whether groups of four digits precede it, as in a tracking number or a dump."""
    return _GROUPS.search(text, max(0, start - 11), start) is not None
