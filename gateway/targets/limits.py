"""What a vendor's headers say about its rate limits: requests left, and how long to wait."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

Header = Callable[[bytes], bytes | None]  # the value of a header, by its name in lower case

# Longer waits are not believed: a vendor that asks for more is probed at times.
LONGEST_SECONDS = 3600.0
_MILLISECONDS_SINCE_1970 = 1e11  # larger numbers than this are Unix milliseconds
_SECONDS_SINCE_1970 = 1e9  # larger ones than this are Unix seconds

# OpenAI's, which most of its imitators have (https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers),
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
# What is asked for comes first; then the end of a window as the IETF's draft and its predecessors tell it
# (https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/03/), Together's and Hugging Face's.
_WAITS = (b"retry-after", b"ratelimit-reset", b"x-ratelimit-reset")
# OpenAI's "Please try again in 1m23.5s" (inside a stream nothing else tells), Azure's "Please retry after 9
# seconds".
_WORD = r"(\d{1,9}(?:\.\d{1,9})?) ?(ms|s|m|h|d)(?:ec(?:ond)?s?|in(?:ute)?s?|ours?|ays?)?(?![a-z])"
_WORDS = re.compile(_WORD, re.IGNORECASE)
_HINT = re.compile(rf"(?:try again in|retry in|retry after) ((?:{_WORD},? ?){{1,4}})", re.IGNORECASE)
# So many requests need not be counted one by one: the next answer tells again before they are used up.
PLENTY = 1000
# What is left of anything, and is not a number of more than that.
_SCARCE = re.compile(rb"remaining[^\r:]*+:[ \t]*+(?!(?!0|%d[ \t]*\r)\d{4,}+[ \t]*\r)" % PLENTY).search
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h|d)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class Quota(NamedTuple):
    """What is left of a key's limits at a target."""

    requests: int | None = None  # None: not told, or plenty
    resets: float = 1.0  # seconds until their number is whole again
    wait: float = 0.0  # seconds until something is left again; 0: something is


_PLENTY = Quota()


def scarce(head: bytes) -> bool:
    """Whether a head, in lower case, may tell of a limit that is near: cheaper than to read what it tells."""
    return _SCARCE(head) is not None


def quota(header: Header, unix: float) -> Quota:
    """What an answer's headers say; whatever cannot be read says nothing. `unix` is now, in Unix seconds."""
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
    """The seconds that a refusal asks to wait, whichever way it says so; None where it does not.

    Only of a refusal for a limit (`limited`) the end of its window is one.
    """
    milliseconds = _number(header(b"retry-after-ms"))  # OpenAI's and Azure's
    if milliseconds is not None:
        return _bounded(milliseconds / 1000)
    told = (_seconds(header(name), unix) for name in (_WAITS if limited else _WAITS[:1]))
    return next((seconds for seconds in told if seconds is not None), None)


def hinted(message: str) -> float | None:
    """The seconds that a refusal's words ask to wait; None where they do not."""
    found = _HINT.search(message)
    if found is None:
        return None
    return _bounded(sum(float(number) * _UNITS[unit.lower()] for number, unit in _WORDS.findall(found[1])))


def _seconds(value: bytes | None, unix: float) -> float | None:
    """Seconds from now: of `60`, `1.5`, `6m0s`, `20ms`, a Unix time, an HTTP date or an ISO one."""
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
