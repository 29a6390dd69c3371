"""Groups similar rows, which are then validated, bound and counted once per group."""

from collections import defaultdict
from collections.abc import Iterable
from operator import attrgetter, itemgetter, le
from typing import Any, NamedTuple

from msgspec.structs import astuple, replace

from dialects.usage import Usage
from ledger.row import UsageRow
from ledger.statements import (
    HITS,
    HOUR_KEYS,
    HOUR_MS,
    MOST_TAGS,
    NOT_ERRORS,
    OWN,
    SHARED,
    SUMS,
    UNITS,
    Values,
)

_CHOSEN = ("model_asked", "model_served", "error_code")  # values set by callers and vendors
_WIDTHS = {**dict(zip(_CHOSEN, (200, 200, 64), strict=True)), "user": 200, "guard": 32, "tags": MOST_TAGS}
_REQUEST_ID = 200

_IN_NANO = {"cost": "cost_nano", "saved": "saved_nano", "unsure": "unsure_nano"}
_FIELDS = {_IN_NANO.get(name, name): n for n, name in enumerate(UsageRow.__struct_fields__)}
_shared = itemgetter(*(_FIELDS[name] for name in SHARED if name in _FIELDS))
_own = itemgetter(*(_FIELDS[name] for name in OWN if name in _FIELDS))  # followed by the token counts
_tokens = attrgetter(*Usage.__struct_fields__)
_texts = itemgetter(*(SHARED.index(name) - 1 for name in _WIDTHS))
_hour_keys = itemgetter(*(SHARED.index(name) for name in HOUR_KEYS if name != "hour"))
_judged = itemgetter(*(SHARED.index(name) for name in ("status", "estimated", "priced", "cache", "unit")))
_ID = OWN.index("attempt_id")
_UNITS = OWN.index("units")
_NO_UNITS = (0,) * len(UNITS)
_SUMMED = [OWN.index(name) for name in SUMS]


class Alike(NamedTuple):
    """Rows of one hour that share the values of the columns `SHARED`."""

    hour: int
    shared: Values
    own: list[Values]  # the values of the columns `OWN`, per row

    def counted(self) -> Values:
        """What the rows add to their hourly totals; `statements.hourly_columns` is the same in SQL."""
        status, estimated, priced, cache, unit = _judged(self.shared)
        own = list(zip(*self.own, strict=True))
        attempts = len(self.own)
        counts = (
            attempts,
            sum(name.endswith((".0", ".1")) for name in own[_ID]),
            0 if status in NOT_ERRORS else attempts,
            attempts if estimated else 0,
            0 if priced else attempts,
            attempts if cache in HITS else 0,
        )
        sums = (sum(own[place]) for place in _SUMMED)
        units = (
            tuple(sum(own[_UNITS]) if unit == each else 0 for each in UNITS.values()) if unit else _NO_UNITS
        )
        return (self.hour, *_hour_keys(self.shared), *counts, *sums, *units)


def gathered(rows: Iterable[UsageRow], batch: str) -> list[Alike]:
    """All rows, grouped by hour and shared values.

    Texts set by callers or vendors are cut to their column's width. NULs, which PostgreSQL cannot store in a
    text, are replaced.
    """
    groups: defaultdict[tuple[int, Values], list[Values]] = defaultdict(list)
    for row in rows:
        if len(row.vendor_request_id) > _REQUEST_ID:
            row = replace(row, vendor_request_id=row.vendor_request_id[:_REQUEST_ID])
        values = astuple(row)
        groups[row.at_ms // HOUR_MS, _shared(values)].append(_own(values) + _tokens(row.usage))
    return [Alike(hour, (batch, *_fitted(shared)), own) for (hour, shared), own in groups.items()]


def _fitted(shared: Values) -> Values:
    texts = _texts(shared)
    if all(map(le, map(len, texts), _WIDTHS.values())) and "\0" not in "".join(texts[: len(_CHOSEN)]):
        return shared
    return tuple(_cut(name, value) for name, value in zip(SHARED[1:], shared, strict=True))


def _cut(name: str, value: Any) -> Any:
    if name == "tags":
        return value if len(value) <= MOST_TAGS else ""
    return value[: _WIDTHS[name]].replace("\0", "\ufffd") if name in _WIDTHS else value
