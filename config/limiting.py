"""Parses limits and budgets as people write them: `600/min`, `200k/day`, `40`, `5 USD`, `80%`."""

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.discover import discover
from config.errors import Unfit, any_of
from config.limit import SPEND, Limit, LimitKind, Per
from config.units import nano_dollars

# By YAML name, which is the file's name.
KINDS: Mapping[str, LimitKind] = {
    name.replace("-", "_"): kind for name, kind in discover("config.limits", "LIMIT", LimitKind).items()
}
NAMES = tuple(name for name in KINDS if name != SPEND)
MOST = 10**12
_PER: Mapping[str, Per] = {
    "min": "minute",
    "minute": "minute",
    "h": "hour",
    "hour": "hour",
    "day": "day",
    "week": "week",
    "month": "month",
    "total": "total",
}
PERIODS = "min, hour, day, week, month, total"
_AMOUNT = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)\s?([kKmM]?)")
_DOLLARS = re.compile(r"\$?\s?([0-9.]{1,20})\s?(?:USD|usd|\$)?")
_UNITS = {"": 1, "k": 10**3, "m": 10**6}


def rate(kind: str, value: object) -> tuple[int, Per]:
    """The amount and window of a limit. Raises Unfit."""
    while_open = KINDS[kind].when == "while"
    allowed = "a whole number such as 40" if while_open else f'an amount and one of {PERIODS}: "600/min"'
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Unfit(allowed)
    amount, slash, per = (part.strip() for part in str(value).partition("/"))
    if while_open:
        if slash:
            raise Unfit(allowed, f'Did you mean "{amount}"?')
        return _amount(amount, allowed), "once"
    if per not in _PER:
        raise Unfit(allowed, "" if slash else f'Did you mean "{amount}/min"?')
    return _amount(amount, allowed), _PER[per]


def dollars(value: object) -> int:
    """An amount of US dollars such as `200`, `"200 USD"` or `"$0.50"`, in nano-dollars. Raises Unfit."""
    found = _DOLLARS.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        nano = nano_dollars(found.group(1) if found else value)
    except Unfit:
        raise Unfit('US dollars such as 200, "200 USD" or "$0.50", with at most nine decimals') from None
    if not nano:
        raise Unfit("an amount above nothing", "Who may spend nothing has no key, or no models.")
    return nano


def period(value: object) -> Per:
    """The window of a budget."""
    found = _PER.get(value) if isinstance(value, str) else None
    if found is None:
        raise Unfit(any_of(["min", "hour", "day", "week", "month", "total"]))
    return found


def percent(value: object) -> int:
    """A share such as `80%`, from 1 to 100."""
    text = str(value).removesuffix("%").strip() if isinstance(value, str | int) else ""
    if text.isascii() and text.isdigit() and not isinstance(value, bool) and 1 <= int(text) <= 100:
        return int(text)
    raise Unfit("a share such as 80%, from 1% to 100%")


def zone(value: object) -> str:
    """A time zone of the IANA database, such as `Europe/Berlin`."""
    try:
        if isinstance(value, str) and value:
            ZoneInfo(value)
            return value
    except (ValueError, OSError, ZoneInfoNotFoundError):  # also if this machine does not have the zone
        pass
    raise Unfit(
        'a time zone such as "Europe/Berlin" or UTC', "This machine has to know it: tzdata holds them."
    )


def parse_limit(text: str) -> Limit:
    """A limit in the notation of the command line and the database, `requests=10/min`. Raises Unfit."""
    kind, equals, value = text.partition("=")
    if not equals or kind not in NAMES:
        raise Unfit(f"one of {', '.join(NAMES)}, `=` and its amount, such as requests=10/min")
    amount, per = rate(kind, value)
    return Limit(kind, amount, per)


def parse_budget(text: str) -> Limit:
    """A hard budget in the command line's notation, `5USD/month`. Raises Unfit."""
    amount, slash, per = text.partition("/")
    if not slash:
        raise Unfit("dollars and a window, such as 5USD/month or 20USD/total")
    return Limit(SPEND, dollars(amount), period(per.strip()), hard=True, on_store_failure="deny")


def parse_either(text: str) -> Limit:
    """A limit or a budget; a limit contains `=`. Raises Unfit."""
    if "=" not in text and "/" not in text:
        raise Unfit("a limit such as requests=10/min, or a budget such as 5USD/month")
    return parse_limit(text) if "=" in text else parse_budget(text)


def _amount(text: str, allowed: str) -> int:
    found = _AMOUNT.fullmatch(text)
    if found is not None:
        number = Fraction(Decimal(found.group(1))) * _UNITS[found.group(2).lower()]
        if number.denominator == 1 and 1 <= number <= MOST:
            return int(number)
    raise Unfit(allowed)
