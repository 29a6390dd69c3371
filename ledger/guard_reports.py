"""What guards did, and what shadow mode would have done, from the trails of calls."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import func, or_, select

from ledger.row import first_id_at
from storage.engine import Database
from storage.schema import usage as rows

_STAGES = frozenset(["guard", "guard answer"])
_MARK = '%["guard%'  # matches a trail with such a step
_WOULD = "would "

_READ = msgspec.json.Decoder(list[tuple[str, str, str, dict[str, Any]]]).decode


class Guarded(NamedTuple):
    """One request in which a guard found something; its text is not recorded."""

    request: str
    at_ms: int
    team: str
    model: str
    types: dict[str, int]


class GuardLine(NamedTuple):
    """One guard's uses of one action. `requests` are the latest, up to the number requested."""

    guard: str
    action: str  # block, ask, mask, redact, flag or failed
    shadow: bool
    calls: int
    types: dict[str, int]  # findings
    requests: tuple[Guarded, ...]


class GuardReport(NamedTuple):
    """The number of calls in the period, and the lines by guard and action."""

    calls: int
    lines: tuple[GuardLine, ...]


async def guard_report(database: Database, since: int, until: int, show: int) -> GuardReport:
    """The report on calls that arrived in this time (Unix milliseconds, `until` excluded).

    `show` is the number of requests per line. Raises `StoreError`.
    """
    within = (rows.c.at_ms >= since) & (rows.c.at_ms < until)
    # Ids begin with the time of arrival, so the primary key finds a period's rows among millions.
    within &= rows.c.attempt_id.between(first_id_at(since), first_id_at(until))
    # A rejected call has an attempt 0; every other call has an attempt 1.
    first = or_(rows.c.attempt_id.like("%.0"), rows.c.attempt_id.like("%.1"))
    calls = await database.fetch(select(func.count()).select_from(rows).where(within & first))
    columns = (rows.c.attempt_id, rows.c.at_ms, rows.c.team, rows.c.model_asked, rows.c.trail)
    found = await database.fetch(select(*columns).where(within & rows.c.trail.like(_MARK)))
    return GuardReport(int(calls[0][0]), folded(found, show))


def folded(found: Iterable[Sequence[Any]], show: int) -> tuple[GuardLine, ...]:
    """Rows as lines: shadow mode first, then by severity. Attempts of a request count as one."""
    lines: dict[tuple[str, str, bool], dict[str, Guarded]] = {}
    for attempt_id, at_ms, team, model, trail in found:
        request = str(attempt_id).rpartition(".")[0]
        steps: dict[tuple[str, str, bool], Counter[str]] = {}
        for stage, verdict, guard, types in _steps(trail):
            if stage in _STAGES:
                key = guard, verdict.removeprefix(_WOULD), verdict.startswith(_WOULD)
                steps.setdefault(key, Counter()).update(types)
        for key, types in steps.items():
            of_guard = lines.setdefault(key, {})
            if request not in of_guard or sum(of_guard[request].types.values()) < types.total():
                of_guard[request] = Guarded(request, at_ms, team, model, dict(types))
    return tuple(sorted((_line(key, each, show) for key, each in lines.items()), key=_order))


def _line(key: tuple[str, str, bool], requests: dict[str, Guarded], show: int) -> GuardLine:
    types: Counter[str] = Counter()
    for each in requests.values():
        types.update(each.types)
    latest = sorted(requests.values(), key=lambda each: (-each.at_ms, each.request))
    return GuardLine(*key, len(requests), dict(types.most_common()), tuple(latest[:show]))


_GRAVITY = ("failed", "block", "ask", "redact", "mask", "flag")


def _order(line: GuardLine) -> tuple[bool, int, int, str]:
    gravity = _GRAVITY.index(line.action) if line.action in _GRAVITY else len(_GRAVITY)
    return (not line.shadow, gravity, -line.calls, line.guard)


def _steps(trail: str) -> list[tuple[str, str, str, dict[str, Any]]]:
    try:
        return _READ(trail)
    except msgspec.MsgspecError:
        return []  # `explain` shows such a trail as unreadable
