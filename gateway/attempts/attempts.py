"""Executes a plan: tries one target after another until one answers, but none after content was sent."""

import asyncio
from collections.abc import Callable

from config.kinds import COUNTING
from gateway.attempts.attempt import Attempt
from gateway.attempts.course import Course, Step, begin, roomiest
from gateway.attempts.hedging import race
from gateway.books import Books
from gateway.call import Call, Cleared
from gateway.deployment import Route
from gateway.errors import (
    CallerError,
    GatewayError,
    NobodyAnswered,
    NotServed,
    Overloaded,
    RefusedByVendor,
    Unpriced,
    UpstreamError,
)
from gateway.formats import write_count
from gateway.frames import STREAM, Head, Sink
from gateway.targets.admission import PRIORITIES, Gate
from routing.budget import Budget
from routing.faults import Fault
from routing.plan import Plan

_WHOLE = (
    b"content-type: application/json\r\n%b%bx-signalbox-attempts: %d\r\n"
    b"x-signalbox-cache: %b\r\nx-signalbox-cost: %d.%09d\r\n"
)
_STREAM = STREAM + b"%b%bx-signalbox-attempts: %d\r\nx-signalbox-cache: %b\r\n"
_ESTIMATED = b"content-type: application/json\r\nx-signalbox-estimated: true\r\n"


class Attempts:
    """Executes plans. A failed attempt is followed by another only before the first content."""

    def __init__(self, books: Books, random: Callable[[], float], budget: Budget, hedges: Budget) -> None:
        self._books = books
        self._random = random
        self._budget = budget
        self._hedges = hedges

    async def run(self, cleared: Cleared, route: Route, plan: Plan, sink: Sink) -> None:
        """Pass the first answer of any target to the sink.

        Raises NobodyAnswered or RefusedByVendor before the answer begins, UpstreamError after it.
        """
        if cleared.call.operation in COUNTING and not _counted(cleared.call, route, plan):
            _estimate(cleared, sink)
            return
        self._budget.earn()
        try:
            if cleared.call.deployment.gated:
                plan = roomiest(route, plan)
            step = begin(route, plan[0], self._books.clock)
            if route.hedged and (late := step.line.state.late_seconds):
                await self._hedged(cleared, Course(route, plan, step, self._budget), late, sink)
                return
            number = cleared.call.attempts + 1
            attempt = self._attempt(cleared, step, number)
            if step.line.gate is not None:
                await self._admit(cleared, attempt, step.line.gate)
            failure = await self._try(attempt, number, sink)
            if failure is not None:
                course = Course(route, plan, step, self._budget)
                await self._go_on(cleared, course, [(step, failure)], sink)
        finally:
            if cleared.call.waiting is not None:
                cleared.call.waiting.end()

    async def _go_on(
        self, cleared: Cleared, course: Course, failed: list[tuple[Step, GatewayError]], sink: Sink
    ) -> None:
        clock = self._books.clock
        while True:
            step, failure = failed[-1]
            found = course.after(step, failure, clock.monotonic(), self._random())
            if found is None:
                break
            await self._next(cleared.call, found, failure)
            number = cleared.call.attempts + 1
            attempt = self._attempt(cleared, found, number)
            if found.line.gate is not None:
                await self._admit(cleared, attempt, found.line.gate)
            answer = await self._try(attempt, number, sink)
            if answer is None:
                return
            failed.append((found, answer))
        if course.denied:
            self._books.metrics.extra.add(("denied",))
            cleared.call.trail.append(("route", "denied", course.denied, {"attempts": len(failed)}))
        last = failed[-1][1]
        if last.fault is Fault.UNCOUNTED:
            _estimate(cleared, sink)
            return
        if isinstance(last, CallerError):
            raise last
        raise NobodyAnswered([(step.line.target, failure) for step, failure in failed])

    async def _hedged(self, cleared: Cleared, course: Course, late: float, sink: Sink) -> None:
        """Runs the first attempt, and a second beside it if the first is late and the hedge budget allows."""
        self._hedges.earn()
        steps = [course.step]
        call, before = cleared.call, cleared.call.attempts

        def second() -> Attempt | None:
            if not self._hedges.spend():
                call.trail.append(("route", "denied", "the hedge budget is spent", {}))
                return None
            self._books.metrics.extra.add(("hedge",))
            steps.append(course.hedge(self._books.clock.monotonic()))
            attempt = self._attempt(cleared, steps[1], before + 2)
            gate = steps[1].line.gate
            if gate is not None:
                if not gate.take():
                    steps.pop()
                    return None  # calls queued there come first
                attempt.gate = gate
            return attempt

        attempt = self._attempt(cleared, course.step, before + 1)
        if course.step.line.gate is not None:
            await self._admit(cleared, attempt, course.step.line.gate)
        found = await race(attempt, late, second, sink)
        if found.winner is not None:
            # Counts attempts actually made: a second one may have been outrun or refused before it began.
            number = call.attempts + (not found.winner.settled)
            await self._deliver(found.winner, number, found.first, sink)
            return
        lines = {step.line.target: step for step in steps}
        failed = [(lines[attempt.line.target], failure) for attempt, failure in found.failed]
        await self._go_on(cleared, course, failed, sink)

    async def _deliver(self, attempt: Attempt, number: int, first: bytes, sink: Sink) -> None:
        """Pass on an answer whose attempt is open. Raises UpstreamError if it breaks."""
        try:
            sink.begin(_head(attempt, number, attempt.call), first)
            if attempt.call.asked.stream:
                await attempt.relay(sink)
        except UpstreamError:
            raise
        except GatewayError as stopped:  # a guard stopped the answer on its way
            attempt.settle("cut", stopped.code)
            raise
        except Exception:
            attempt.settle("error", "internal_error")  # unless settled already: the fault is ours
            raise
        finally:
            attempt.close()

    async def _try(self, attempt: Attempt, number: int, sink: Sink) -> GatewayError | None:
        """Make an attempt: None if it answered to the end, else the failure before its answer began."""
        spoken = False
        call = attempt.call
        try:
            first = await attempt.open(sink)
            spoken = True
            sink.begin(_head(attempt, number, call), first)
            if call.asked.stream:
                await attempt.relay(sink)
            return None
        except (UpstreamError, RefusedByVendor) as failure:
            if spoken:
                raise
            return failure
        except GatewayError as stopped:  # a guard stopped the answer on its way
            attempt.settle("cut", stopped.code)
            raise
        except Exception:
            attempt.settle("error", "internal_error")  # unless settled already: the fault is ours
            raise
        finally:
            attempt.close()

    async def _next(self, call: Call, step: Step, failure: GatewayError) -> None:
        self._books.metrics.extra.add((failure.fault.value,))
        if step.wait:
            call.trail.append(
                ("route", "wait", f"before {step.line.target}", {"ms": round(step.wait * 1000)})
            )
            await asyncio.sleep(step.wait)

    async def _admit(self, cleared: Cleared, attempt: Attempt, gate: Gate) -> None:
        """Wait for the target's gate. Raises Overloaded if there is no room in time."""
        call, vendor = cleared.call, attempt.line.vendor.name
        if not gate.take():
            began = self._books.clock.monotonic()
            priority = max(call.priority, _least(call, cleared.principal.team))
            try:
                await gate.enter(priority, call.deployment.catalog.settings.queue_seconds)
            except Overloaded:
                self._books.metrics.shed.add((vendor, PRIORITIES[priority]))
                raise
            waited = round((self._books.clock.monotonic() - began) * 1000, 1)
            call.trail.append(("queue", PRIORITIES[priority], attempt.line.target, {"ms": waited}))
        attempt.gate = gate

    def _attempt(self, cleared: Cleared, step: Step, number: int) -> Attempt:
        call, line, state = cleared.call, step.line, step.line.state
        quote, lane = line.quote, line.lanes[step.lane]
        if quote is None:
            raise Unpriced(
                f"No price is known for '{line.target}', and the configuration says `unpriced: deny`. "
                f"Declare one under `prices:`."
            )
        try:
            way = lane.ways[call.operation]
        except KeyError:
            raise NotServed(
                f"The vendor of '{line.target}' does not offer '{call.endpoint}'. "
                f"Ask for a model of another vendor; GET /v1/models lists those there are.",
                param="model",
            ) from None
        call.trail.append(("route", line.target, step.reason, {"attempt": number}))
        call.account = lane.key.name
        pace = state.streams if call.asked.stream else state.wholes
        return Attempt(call, line, f"{call.id}.{number}", cleared, self._books, quote, way, lane.key, pace)


def _least(call: Call, team: str) -> int:
    """The highest priority that the team's calls may have, as an index: larger is lower."""
    facts = call.deployment.catalog.teams.get(team)
    return 0 if facts is None else PRIORITIES.index(facts.priority)


def _head(attempt: Attempt, number: int, call: Call) -> Head:
    lasting, told = attempt.line.answer_block, call.told
    if attempt.dropped:
        lasting += b"x-signalbox-dropped: %b\r\n" % ", ".join(attempt.dropped).encode()
    cache = call.cache.encode() if call.cache else b"bypass"
    if call.asked.stream:
        return Head(_STREAM % (call.dialect.stream_type, lasting, told, number, cache), False, lasting)
    # Nano-dollars as an exact decimal number of dollars.
    dollars = divmod(call.spent, 1_000_000_000)
    return Head(_WHOLE % (lasting, told, number, cache, *dollars), True, lasting)


def _counted(call: Call, route: Route, plan: Plan) -> bool:
    """Whether the vendor of any target in the plan counts tokens."""
    return any(call.operation in route.lines[choice.target].ways.served for choice in plan)


def _estimate(cleared: Cleared, sink: Sink) -> None:
    """Answer a token-counting call with our own estimate, because no vendor counts."""
    tokens = cleared.call.dialect.input_estimate(cleared.body)
    sink.begin(Head(_ESTIMATED, whole=True), write_count(cleared.call.operation, tokens))
