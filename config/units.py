"""Parses human units exactly: durations, sizes, dollars, counts."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from config.errors import Unfit

NANO = 1_000_000_000
MOST_SECONDS = 86_400
MOST_DAYS = 3_660
MOST_BYTES = 100 * 10**9
MOST_DOLLARS = 1_000_000
MOST_TOKENS = 100_000_000
_DURATION = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,6})?(?:ms|s|m|h))+")
_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)(ms|s|m|h)")
_DAYS = re.compile(r"([0-9]{1,4})d")
_PERCENT = re.compile(r"([0-9]{1,3})\s?%")
_SECONDS = {"ms": Fraction(1, 1000), "s": Fraction(1), "m": Fraction(60), "h": Fraction(3600)}
_SIZE = re.compile(r"([0-9]{1,15})\s?([kmg]?i?b)", re.IGNORECASE)
_BYTES = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_WRITTEN = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
_TOKENS = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)\s?([kKmM]?)")
_SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,9})?)\s?(%?)")
_FACTOR = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,9})?")
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_DOLLARS = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,18})?")


def seconds(value: object) -> float:
    """A duration such as "500ms", "5s" or "1m30s", in seconds; at most a day."""
    allowed = 'a duration such as "500ms", "5s" or "2m", at most a day'
    if not isinstance(value, str):
        number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        raise Unfit(allowed, f'Did you mean "{value}s"?' if number else "")
    if not _DURATION.fullmatch(value):
        raise Unfit(allowed)
    total = sum((Fraction(number) * _SECONDS[unit] for number, unit in _PART.findall(value)), Fraction(0))
    if total > MOST_SECONDS:
        raise Unfit(allowed)
    return float(total)


def positive_seconds(value: object) -> float:
    """A duration above zero, in seconds."""
    duration = seconds(value)
    if duration <= 0:
        raise Unfit('a duration longer than nothing, such as "5s"')
    return duration


def age(value: object) -> float:
    """How long something is kept, in seconds: "10m" or "7d", at most ten years; "off" is 0."""
    if value is False or value == "off":  # YAML reads off as false
        return 0.0
    try:
        return _length(value)
    except Unfit as unfit:
        raise Unfit('a duration such as "10m", "1h" or "7d", at most ten years, or off', unfit.hint) from None


def span(value: object) -> float:
    """How long to keep something, such as "30d" or "12h", in seconds; at most ten years."""
    allowed = 'a time such as "30d" or "12h", longer than nothing and at most ten years'
    try:
        length = _length(value)
    except Unfit:
        raise Unfit(allowed) from None
    if length <= 0:
        raise Unfit(allowed)
    return length


def _length(value: object) -> float:
    """A number of days or a duration, in seconds."""
    match = _DAYS.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return seconds(value)
    if not 1 <= int(match.group(1)) <= MOST_DAYS:
        raise Unfit("days")
    return int(match.group(1)) * 86_400.0


def written_time(length: float) -> str:
    """Seconds in the file's notation, such as 30d, 1m30s or 50ms; parsing it gives the same length."""
    if length > MOST_SECONDS and length % MOST_SECONDS == 0:
        return f"{int(length) // MOST_SECONDS}d"
    exact = Decimal(repr(length))
    if 0 < exact < 1:
        return f"{_decimal(exact * 1000)}ms"
    whole, rest = divmod(exact, 60)
    hours, minutes = divmod(int(whole), 60)
    parts = (
        f"{hours}h" if hours else "",
        f"{minutes}m" if minutes else "",
        f"{_decimal(rest)}s" if rest else "",
    )
    return "".join(parts) or "0s"


def written_size(size: int) -> str:
    """A number of bytes in the file's notation, such as 256MB or 32MiB, in the shortest form."""
    fitting = [f"{size // many}{unit}" for unit, many in _WRITTEN.items() if size % many == 0]
    return min(fitting, key=len)


def _decimal(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def temperature(value: object) -> float:
    """A sampling temperature, from 0 to 2."""
    if isinstance(value, int | Decimal | float) and not isinstance(value, bool) and 0 <= value <= 2:
        return float(value)
    raise Unfit("a temperature from 0 to 2")


def percent(value: object) -> int:
    """A share such as "50%", in whole percent from 0 to 100."""
    match = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if match is None or int(match.group(1)) > 100:
        raise Unfit('a share such as "50%", from 0% to 100%')
    return int(match.group(1))


def octets(value: object) -> int:
    """A size such as "32MB" (millions) or "32MiB" (2^20), in bytes; at most 100 GB."""
    allowed = 'a size such as "500kB", "32MB" or "32MiB", from one byte to 100 GB'
    if isinstance(value, int) and not isinstance(value, bool):
        size = value
    else:
        match = _SIZE.fullmatch(value) if isinstance(value, str) else None
        if match is None or match.group(2).lower() not in _BYTES:
            raise Unfit(allowed)
        size = int(match.group(1)) * _BYTES[match.group(2).lower()]
    if not 1 <= size <= MOST_BYTES:
        raise Unfit(allowed)
    return size


def nano_dollars(value: object) -> int:
    """US dollars as integer nano-dollars: exact to nine decimals, never rounded."""
    if isinstance(value, str) and _DOLLARS.fullmatch(value):
        value = Decimal(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        dollars = Decimal(value)
        if dollars.is_finite() and 0 <= dollars <= MOST_DOLLARS:
            nano = Fraction(dollars) * NANO
            if nano.denominator == 1:
                return int(nano)
    raise Unfit("US dollars from 0 to 1,000,000 with at most nine decimals, such as 0.15")


def tokens(value: object) -> int:
    """A number of tokens such as 16384, "128k" (thousands) or "1.5M" (millions)."""
    match = _TOKENS.fullmatch(str(value)) if isinstance(value, int | str) else None
    if match is not None and not isinstance(value, bool):
        number = Fraction(match.group(1)) * {"": 1, "k": 10**3, "m": 10**6}[match.group(2).lower()]
        if number.denominator == 1 and 1 <= number <= MOST_TOKENS:
            return int(number)
    raise Unfit('a number of tokens such as 16384, "128k" or "1M", at most 100 million')


def share(value: object) -> float:
    """A share such as 0.05 or "5%", from 0 to 1."""
    match = _SHARE.fullmatch(str(value)) if isinstance(value, int | Decimal | str) else None
    if match is not None and not isinstance(value, bool):
        part = Fraction(match.group(1)) / (100 if match.group(2) else 1)
        if part <= 1:
            return float(part)
    raise Unfit('a share such as 0.05 or "5%", from 0 to 1')


def factor(value: object) -> float:
    """A multiplier from 1 to 1000."""
    if isinstance(value, str) and _FACTOR.fullmatch(value):
        value = Decimal(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        times = Decimal(value)
        if times.is_finite() and 1 <= times <= 1000:
            return float(times)
    raise Unfit("a factor from 1 to 1000, such as 1.5")


def flag(value: object) -> bool:
    """true or false."""
    if isinstance(value, str) and value in ("true", "false"):  # an environment variable's value is text
        return value == "true"
    if not isinstance(value, bool):
        raise Unfit("true or false")
    return value


def unmask(value: object) -> bool | Literal["on-request"]:
    """true, false or on-request."""
    if value == "on-request":
        return "on-request"
    try:
        return flag(value)
    except Unfit:
        raise Unfit("true, false or on-request") from None


def port(value: object) -> int:
    """A TCP port; 0 lets the system choose."""
    return _whole(value, 0, 65_535, Unfit("a port from 0 to 65535"))


def count(value: object) -> int:
    """A number of things, at least one."""
    return _whole(value, 1, 1_000_000, Unfit("a whole number from 1 to 1000000"))


def weight(value: object) -> int:
    """A target's share among the targets of its group."""
    unfit = Unfit("a whole number from 1 to 1000000", "A target that shall get no calls is left out.")
    return _whole(value, 1, 1_000_000, unfit)


def concurrency(value: object) -> int:
    """The most calls in flight; "auto", which adapts, becomes 0."""
    unfit = Unfit('a whole number from 1 to 1000000, or "auto"')
    return 0 if value == "auto" else _whole(value, 1, 1_000_000, unfit)


def retries(value: object) -> int:
    """How often something may be retried."""
    return _whole(value, 0, 10, Unfit("a whole number from 0 to 10"))


def _whole(value: object, least: int, most: int, unfit: Unfit) -> int:
    if isinstance(value, str) and _WHOLE.fullmatch(value):  # an environment variable's value is text
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise unfit
    return value
