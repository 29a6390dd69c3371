"""Shadow traffic: copies of calls to a candidate target, sent after the caller was answered.

The copy's answer is compared with the caller's; the difference is recorded in the trail of the copy's row.
"""

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import Any, cast

import msgspec

from dialects.answer import Answer
from dialects.dialect import Destination, Dialect
from dialects.errors import Malformed
from gateway.around.comparing import Difference, compare
from gateway.around.judges import Shadow
from gateway.around.kinds import Means, Run, Where
from gateway.attempts.holding import Held, as_whole, read_said
from gateway.call import Call, Cleared
from gateway.deployment import Line, Route
from gateway.errors import GatewayError
from gateway.formats import dialect_of
from gateway.frames import Head, Sink
from gateway.routing.learning import Label, Sample
from gateway.routing.scoring import seen_in
from gateway.targets.admission import PRIORITIES
from ledger.naming import dump_tags
from ledger.principal import Principal
from ledger.row import UsageRow
from routing.plan import Plan

log = logging.getLogger("signalbox.shadow")

MOST_AT_ONCE = 8  # copies in flight in this process
MOST_BYTES = 256 * 1024  # longer answers are not compared
TAG = "shadow"
_DAY_MS = 86_400_000


class Shadowing:
    """The layer around groups with the `shadow` strategy. Each process tracks the day's cost on its own."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._tasks: set[asyncio.Task[None]] = set()
        self._day = 0
        self._spent: dict[str, int] = {}  # nano-dollars since the day began, by group

    async def run(self, inner: Run, cleared: Cleared, where: Where, sink: Sink) -> None:
        """Pass on the answer as usual. A copy may follow: by chance, if budget and capacity allow it."""
        shadow = where.route.shadow
        if shadow is None or self._means.random() >= shadow.share or not self._may(cleared, where.route):
            await inner(cleared, where.route, where.plan, sink)
            return
        seen = _Seen(sink)
        await inner(cleared, where.route, where.plan, seen)
        served = cleared.call.served
        # Checked again: meanwhile other copies may have taken the capacity or spent the budget.
        if served is None or seen.length > MOST_BYTES or not self._may(cleared, where.route):
            return
        pair = _Pair(cleared, where.route, shadow, b"".join(seen.parts), served)
        task = asyncio.get_running_loop().create_task(self._follow(pair))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Cancel the copies in flight."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _may(self, cleared: Cleared, route: Route) -> bool:
        shadow = route.shadow
        assert shadow is not None
        if dialect_of(cleared.call.operation) is None:
            return False  # embeddings and token counts cannot be compared
        line = route.lines[shadow.target]
        today = self._means.books.clock.unix_ms() // _DAY_MS
        if today != self._day:
            self._day, self._spent = today, {}
        if self._spent.get(shadow.group, 0) >= shadow.budget:
            return self._dropped("budget")
        if len(self._tasks) >= MOST_AT_ONCE or line.state.open or _full(line):
            return self._dropped("busy")
        return True

    def _dropped(self, why: str) -> bool:
        self._means.books.metrics.shadows.add((why,))
        return False

    async def _follow(self, pair: "_Pair") -> None:
        try:
            await self._copy(pair)
        except GatewayError as error:
            log.debug("a copy of %s got no answer: %s", pair.cleared.call.id, error)
            self._means.books.metrics.shadows.add(("failed",))
        except Exception:  # nothing awaits the copy, so it can only be logged
            log.exception("a copy of %s failed", pair.cleared.call.id)
            self._means.books.metrics.shadows.add(("failed",))

    async def _copy(self, pair: "_Pair") -> None:
        shadow = pair.shadow
        plan: Plan = self._means.router.aside(pair.cleared, (shadow.tier,), as_it_is=True)
        if not plan:
            return  # it may not go there, for example because of its region
        copy = pair.copied(self._means.books.clock.monotonic())
        found: list[Difference] = []
        copy.call.check = lambda line, body: found.append(pair.compared(copy.call, body))
        route = replace(pair.route, alternatives={}, retries=0, hedged=False)
        try:
            await self._means.attempts.run(copy, route, plan, Held())
        finally:
            self._spent[shadow.group] = self._spent.get(shadow.group, 0) + copy.call.spent
        (difference,) = found
        self._means.books.metrics.shadows.add(("alike" if difference.alike else "different",))
        if shadow.learn:
            self._learn(pair, difference)

    def _learn(self, pair: "_Pair", difference: Difference) -> None:
        """Record a sample: if the answers are alike, the cheap target would have sufficed."""
        learning, seen = self._means.learning, seen_in(pair.cleared)
        if learning is None or seen is None:
            return
        call, team = pair.cleared.call, pair.cleared.principal.team
        name, figures = f"{call.id}.shadow", [round(each, 5) for each in seen.figures]
        learning.sample(Sample(name, team, pair.shadow.group, "cheap", 1.0, seen.words, figures))
        learning.label(Label(name, team, 1.0 if difference.alike else 0.0))


def _full(line: Line) -> bool:
    gate = line.gate
    return gate is not None and (gate.waiting > 0 or gate.inside >= int(gate.concurrency.limit))


@dataclass(frozen=True, slots=True)
class _Pair:
    """An answered call and its copy's destination."""

    cleared: Cleared
    route: Route
    shadow: Shadow
    said: bytes  # the answer that the caller got
    served: UsageRow

    def copied(self, now: float) -> Cleared:
        """A copy of the call for a whole answer, without a principal: it is not charged to the caller."""
        call, who = self.cleared.call, self.cleared.principal
        dialect = cast(Dialect, call.dialect)
        body = self.cleared.body
        if call.asked.stream:
            question = as_whole(dialect.read_request(body))
            body = dialect.write_request(question, Destination(call.asked.model))
        tags = {TAG: self.shadow.group, **({"team": who.team} if who.team else {})}
        nobody = Principal("", "", "caller", "", "", "", tags=tuple(tags.items()))
        copy = msgspec.structs.replace(
            call,
            asked=msgspec.structs.replace(call.asked, stream=False),
            arrived=now,
            trail=[],
            spent=0,
            priority=len(PRIORITIES) - 1,
            waiting=None,
            held=None,
            caller=None,
            cache="",
            served=None,
        )
        named = replace(nobody, tags_json=dump_tags(tags) or "")
        return msgspec.structs.replace(self.cleared, call=copy, principal=named, body=body)

    def compared(self, copy: Call, body: bytes) -> Difference:
        """The difference; also added to the copy's trail, with the caller's cost and time."""
        dialect = cast(Dialect, copy.dialect)
        difference = compare(self._read(dialect), dialect.read_answer(body))
        numbers: dict[str, float | int | str] = {
            "length": difference.other_length,
            "length_served": difference.length,
            "agreement": difference.agreement,
            "finish": difference.other_finish,
            "finish_served": difference.finish,
            "cost_served_nano": self.served.cost,
            "total_served_ms": self.served.total_ms,
        }
        verdict = "equal" if difference.equal else "alike" if difference.alike else "different"
        served = f"{self.served.vendor}/{self.served.model_served}"
        copy.trail.append(("shadow", verdict, f"beside the answer of {served}", numbers))
        return difference

    def _read(self, dialect: Dialect) -> Answer:
        try:
            return read_said(dialect, self.said, stream=self.cleared.call.asked.stream)
        except Malformed:
            return Answer(dialect.name, ())


class _Seen:
    """A sink that passes an answer on, and keeps a copy of up to MOST_BYTES."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.parts: list[bytes] = []
        self.length = 0
        self.end = sink.end
        self.hold = sink.hold
        self.drained: Any = sink.drained

    @property
    def paused(self) -> bool:
        return self._sink.paused

    def begin(self, head: Head, data: bytes) -> None:
        self._note(data)
        self._sink.begin(head, data)

    def write(self, data: bytes) -> None:
        self._note(data)
        self._sink.write(data)

    def _note(self, data: bytes) -> None:
        self.length += len(data)
        if self.length <= MOST_BYTES:
            self.parts.append(data)
