"""What a vendor's headers say about its rate limits: requests left, and how long to wait."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

Header = Callable[[bytes], bytes | None]  # the value of a header, by its name in lower case

# Longer waits are cut to this, so that the vendor is probed now and then.
LONGEST_SECONDS = 3600.0
_MILLISECONDS_SINCE_1970 = 1e11  # larger numbers than this are Unix milliseconds
_SECONDS_SINCE_1970 = 1e9  # larger ones than this are Unix seconds

# OpenAI's, which most of its imitators use (https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers),
# and Anthropic's (https://docs.anthropic.com/en/api/rate-limits#response-headers).
_OPENAI = (
    (b"x-ratelimit-remaining-requests", b"x-ratelimit-reset-requests"),
    (b"x-ratelimit-remaining-tokens", b"x-ratelimit-reset-tokens"),
)
_ANTHROPIC = (
    (b"anthropic-ratelimit-requests-remaining", b"anthropic-ratelimit-requests-reset"),
    (b"anthropic-ratelimit-tokens-remaining", b"anthropic-ratelimit-tokens-reset"),
    (b"anthropic-ratelimit-input-tokens-remaining", b"anthropic-ratelimit-input-tokens-reset"),
    (b"anthropic-ratelimit-output-tokens-remaining", b"anthropic-ratelimit-output-tokens-reset"),
)
# An explicit delay comes first; then the end of a window as in the IETF's draft and its predecessors
# (https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/03/), Together's and Hugging Face's.
_WAITS = (b"retry-after", b"ratelimit-reset", b"x-ratelimit-reset")
# OpenAI's "Please try again in 1m23.5s" (inside a stream the only source), Azure's "Please retry after 9
# seconds".
_WORD = r"(\d{1,9}(?:\.\d{1,9})?) ?(ms|s|m|h|d)(?:ec(?:ond)?s?|in(?:ute)?s?|ours?|ays?)?(?![a-z])"
_WORDS = re.compile(_WORD, re.IGNORECASE)
_HINT = re.compile(rf"(?:try again in|retry in|retry after) ((?:{_WORD},? ?){{1,4}})", re.IGNORECASE)
# More requests than this need not be counted down: the next answer reports before they are used up.
PLENTY = 1000
# A header of something remaining with a value that is not a number above PLENTY.
_SCARCE = re.compile(rb"remaining[^\r:]*+:[ \t]*+(?!(?!0|%d[ \t]*\r)\d{4,}+[ \t]*\r)" % PLENTY).search
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h|d)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class Quota(NamedTuple):
    """What remains of a key's limits at a target."""

    requests: int | None = None  # None: not reported, or plenty
    resets: float = 1.0  # seconds until the number is reset
    wait: float = 0.0  # seconds to wait; 0: the limit is not used up


_PLENTY = Quota()


def scarce(head: bytes) -> bool:
    """Whether a head, in lower case, may report a nearly exhausted limit; cheaper than `quota`."""
    return _SCARCE(head) is not None


def quota(header: Header, unix: float) -> Quota:
    """The quota in an answer's headers; unreadable values are ignored. `unix` is now, in Unix seconds."""
    requests: int | None = None
    resets, wait = 1.0, 0.0
    for remaining, reset in _ANTHROPIC if header(_ANTHROPIC[0][0]) is not None else _OPENAI:
        value = header(remaining)
        left = _number(value)
        if value is None or left is None:
            continue
        counted = b"requests" in remaining and left <= PLENTY
        if left <= 0 or counted:
            seconds = _seconds(header(reset), unix) or 1.0
            if counted:
                requests, resets = int(left), seconds
            if left <= 0:
                wait = max(wait, seconds)
    return _PLENTY if requests is None and not wait else Quota(requests, resets, wait)


def retry_after(header: Header, unix: float, *, limited: bool = True) -> float | None:
    """The retry delay of a refusal in seconds, in whatever form; None if it gives none.

    The end of a window counts only if the refusal is for a rate limit (`limited`).
    """
    milliseconds = _number(header(b"retry-after-ms"))  # OpenAI's and Azure's
    if milliseconds is not None:
        return _bounded(milliseconds / 1000)
    told = (_seconds(header(name), unix) for name in (_WAITS if limited else _WAITS[:1]))
    return next((seconds for seconds in told if seconds is not None), None)


def hinted(message: str) -> float | None:
    """The retry delay in a refusal's message, in seconds; None if it gives none."""
    found = _HINT.search(message)
    if found is None:
        return None
    return _bounded(sum(float(number) * _UNITS[unit.lower()] for number, unit in _WORDS.findall(found[1])))


def _seconds(value: bytes | None, unix: float) -> float | None:
    """Seconds from now, parsed from `60`, `1.5`, `6m0s`, `20ms`, a Unix time, an HTTP or ISO date."""
    if value is None or len(value) > 40:
        return None
    text = value.decode("latin-1").strip()
    number = _number(value)
    if number is not None:
        if number > _MILLISECONDS_SINCE_1970:
            return _bounded(number / 1000 - unix)
        return _bounded(number - unix if number > _SECONDS_SINCE_1970 else number)
    parts = _PART.findall(text)
    if parts and "".join(number + unit for number, unit in parts) == text:
        return _bounded(sum(float(number) * _UNITS[unit] for number, unit in parts))
    moment = _moment(text)
    return None if moment is None else _bounded(moment - unix)


def _moment(text: str) -> float | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def _number(value: bytes | None) -> float | None:
    if value is None or len(value) > 20:
        return None
    if value.isdigit():
        return int(value)
    return float(value) if value.strip().replace(b".", b"", 1).isdigit() else None


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST_SECONDS)
